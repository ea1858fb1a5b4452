package dev.nnd.runtime.kernel.onednn;

import dev.nnd.runtime.foreign.NativeCalls;
import java.lang.foreign.MemorySegment;

/** The one query whose result is a pointer and not a status. */
final class DnnlQuery {

    private static final MemorySegment QUERY = DnnlLibrary.address("dnnl_primitive_desc_query_md");

    private DnnlQuery() {}

    /** A memory descriptor that belongs to a primitive description; 0 if there is none. */
    static long argument(long description, int what, int index) {
        return NativeCalls.call(QUERY, description, what, index, 0);
    }
}
