package dev.nnd.runtime.kernel.packed;

import dev.nnd.runtime.memory.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * What an op does to its sums: max((sum + bias) * scale + shift, least), with a bias, scale and shift for each channel.
 * Addresses, 0 where there is none.
 */
record Tail(MatrixKernels kernels, long biases, long scales, long shifts, double least) {

    /** Of placed tensors. */
    static Tail of(
            MatrixKernels kernels,
            @Nullable Tensor bias,
            @Nullable Tensor scale,
            @Nullable Tensor shift,
            boolean relu) {
        double least = relu ? 0 : Double.NEGATIVE_INFINITY;
        return new Tail(kernels, address(bias), address(scale), address(shift), least);
    }

    private static long address(@Nullable Tensor tensor) {
        return tensor == null ? 0 : Places.of(tensor);
    }

    double bias(long channel) {
        return biases == 0 ? 0 : kernels.get(biases + channel * kernels.bytes());
    }

    double scale(long channel) {
        return scales == 0 ? 1 : kernels.get(scales + channel * kernels.bytes());
    }

    double shift(long channel) {
        return shifts == 0 ? 0 : kernels.get(shifts + channel * kernels.bytes());
    }
}
