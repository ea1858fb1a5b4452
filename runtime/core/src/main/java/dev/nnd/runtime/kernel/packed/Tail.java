package dev.nnd.runtime.kernel.packed;

import dev.nnd.runtime.memory.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * What an op does to its sums: max((sum + bias) * scale + shift + added, least), with a bias, scale and shift for each channel.
 * Addresses, 0 where there is none.
 *
 * @param added bytes from a result to the number that is added to it; 0 if nothing is, so results lie elsewhere
 */
record Tail(long biases, long scales, long shifts, long added, double least) {

    /** Of placed tensors, one of numbers for each channel. */
    static Tail of(@Nullable Tensor bias) {
        return new Tail(address(bias), 0, 0, 0, Double.NEGATIVE_INFINITY);
    }

    /** Of placed tensors, for results in {@code y}, which {@code added} must not share memory with. */
    static Tail of(
            @Nullable Tensor bias,
            @Nullable Tensor scale,
            @Nullable Tensor shift,
            @Nullable Tensor added,
            Tensor y,
            boolean relu) {
        long apart = added == null ? 0 : Places.of(added) - Places.of(y);
        return new Tail(address(bias), address(scale), address(shift), apart, relu ? 0 : Double.NEGATIVE_INFINITY);
    }

    private static long address(@Nullable Tensor tensor) {
        return tensor == null ? 0 : Places.of(tensor);
    }
}
