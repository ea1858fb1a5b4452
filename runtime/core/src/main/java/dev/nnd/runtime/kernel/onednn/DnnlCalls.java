package dev.nnd.runtime.kernel.onednn;

import dev.nnd.runtime.foreign.NativeCalls;
import java.lang.foreign.MemorySegment;

/** The native functions on the path of a step, and what oneDNN says of the processor. Nothing is allocated. */
final class DnnlCalls {

    private static final MemorySegment EXECUTE = DnnlLibrary.address("dnnl_primitive_execute");
    /** dnnl_cpu_isa_avx512_core_bf16: the bits of all that it includes. */
    private static final int AVX512_CORE_BF16 = 0xe7;

    private static final int AVX512_CORE_VNNI = 0x67;
    private static final int AVX2_VNNI = 0xf;

    private static final MemorySegment SET_THREADS =
            DnnlLibrary.openMpAddress("omp_set_num_threads").orElse(MemorySegment.NULL);

    private DnnlCalls() {}

    /** Whether the processor multiplies bfloat16 numbers by instructions of its own, so that oneDNN has fast kernels. */
    static boolean hasBfloat16() {
        return has(AVX512_CORE_BF16);
    }

    /**
     * Whether it multiplies bytes and adds four products to an integer in one instruction. Older instructions keep sums of
     * two products in 16 bits, which is not enough.
     */
    static boolean hasByteProducts() {
        return has(AVX512_CORE_VNNI) || has(AVX2_VNNI);
    }

    private static boolean has(int bits) {
        int isa = (int) NativeCalls.call(DnnlLibrary.address("dnnl_get_effective_cpu_isa"), 0, 0, 0, 0);
        return (isa & bits) == bits;
    }

    /** Runs a primitive to its end; returns oneDNN's status. */
    static int execute(long primitive, long stream, int argumentCount, long arguments) {
        return (int) NativeCalls.call(EXECUTE, primitive, stream, argumentCount, arguments);
    }

    /** Sets how many threads oneDNN uses when called from this thread. */
    static void threads(int count) {
        if (SET_THREADS.address() != 0) {
            NativeCalls.call(SET_THREADS, count, 0, 0, 0);
        }
    }
}
