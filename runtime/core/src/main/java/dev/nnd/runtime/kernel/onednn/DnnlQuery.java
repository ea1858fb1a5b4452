package dev.nnd.runtime.kernel.onednn;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;

/** The one query whose result is a pointer and not a status. */
final class DnnlQuery {

    private static final MethodHandle QUERY = DnnlLibrary.function(
            "dnnl_primitive_desc_query_md",
            FunctionDescriptor.of(
                    ValueLayout.JAVA_LONG, ValueLayout.JAVA_LONG, ValueLayout.JAVA_INT, ValueLayout.JAVA_INT));

    private DnnlQuery() {}

    /** A memory descriptor that belongs to a primitive description; 0 if there is none. */
    static long argument(long description, int what, int index) {
        try {
            return (long) QUERY.invokeExact(description, what, index);
        } catch (Throwable impossible) {
            throw new AssertionError("a C function does not throw", impossible);
        }
    }
}
