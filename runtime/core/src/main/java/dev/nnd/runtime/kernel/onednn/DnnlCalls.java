package dev.nnd.runtime.kernel.onednn;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;

/** The two native functions on the path of a step. Handles are constants and pointers are longs: nothing is allocated. */
final class DnnlCalls {

    private static final MethodHandle EXECUTE = DnnlLibrary.function(
            "dnnl_primitive_execute",
            FunctionDescriptor.of(
                    ValueLayout.JAVA_INT,
                    ValueLayout.JAVA_LONG,
                    ValueLayout.JAVA_LONG,
                    ValueLayout.JAVA_INT,
                    ValueLayout.JAVA_LONG));
    /** dnnl_cpu_isa_avx512_core_bf16: the bits of all that it includes. */
    private static final int AVX512_CORE_BF16 = 0xe7;

    private static final MethodHandle SET_THREADS = DnnlLibrary.openMpFunction(
                    "omp_set_num_threads", FunctionDescriptor.ofVoid(ValueLayout.JAVA_INT))
            .orElseGet(() -> MethodHandles.empty(MethodType.methodType(void.class, int.class)));

    private DnnlCalls() {}

    /** Whether the processor multiplies bfloat16 numbers by instructions of its own, so that oneDNN has fast kernels. */
    static boolean hasBfloat16() {
        try {
            int isa = (int)
                    DnnlLibrary.function("dnnl_get_effective_cpu_isa", FunctionDescriptor.of(ValueLayout.JAVA_INT))
                            .invokeExact();
            return (isa & AVX512_CORE_BF16) == AVX512_CORE_BF16;
        } catch (Throwable impossible) {
            throw new AssertionError("a C function does not throw", impossible);
        }
    }

    /** Runs a primitive to its end; returns oneDNN's status. */
    static int execute(long primitive, long stream, int argumentCount, long arguments) {
        try {
            return (int) EXECUTE.invokeExact(primitive, stream, argumentCount, arguments);
        } catch (Throwable impossible) {
            throw new AssertionError("a C function does not throw", impossible);
        }
    }

    /** Sets how many threads oneDNN uses when called from this thread. */
    static void threads(int count) {
        try {
            SET_THREADS.invokeExact(count);
        } catch (Throwable impossible) {
            throw new AssertionError("a C function does not throw", impossible);
        }
    }
}
