package dev.nnd.runtime.kernel.packed;

import dev.nnd.runtime.memory.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * What an op does to its sums: max((sum + bias) * scale + shift, least), with a bias, scale and shift for each channel.
 * Addresses, 0 where there is none.
 */
record Tail(long biases, long scales, long shifts, double least) {

    /** Of placed tensors. */
    static Tail of(@Nullable Tensor bias, @Nullable Tensor scale, @Nullable Tensor shift, boolean relu) {
        return new Tail(address(bias), address(scale), address(shift), relu ? 0 : Double.NEGATIVE_INFINITY);
    }

    private static long address(@Nullable Tensor tensor) {
        return tensor == null ? 0 : Places.of(tensor);
    }
}
