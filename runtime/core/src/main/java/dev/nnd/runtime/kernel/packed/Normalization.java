package dev.nnd.runtime.kernel.packed;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;

import dev.nnd.runtime.kernel.NativeMemory;
import dev.nnd.runtime.kernel.Shapes;
import java.lang.foreign.MemorySegment;

/** Batch normalization of x [n, c, inner], channel by channel; a part is a channel. Addresses of f32 elements, 0 for none. */
final class Normalization {

    private static final MemorySegment MEMORY = NativeMemory.ALL;
    private static final int BYTES = Float.BYTES;

    private final PlaneKernels kernels;
    private final Shapes.Channels shape;
    private final double eps;
    private final long spares;
    private final long spareBytes;
    private final long planes;
    private final long count;
    private final long step;
    private final long planeStride;

    /**
     * Of one shape.
     *
     * @param spares room for a vector for each thread, {@code spareBytes} apart
     */
    Normalization(PlaneKernels kernels, Shapes.Channels shape, double eps, long spares, long spareBytes) {
        this.kernels = kernels;
        this.shape = shape;
        this.eps = eps;
        this.spares = spares;
        this.spareBytes = spareBytes;
        // With one element for each row and channel, a channel is one run of elements that are a row apart.
        boolean rows = shape.inner() == 1;
        planes = rows ? 1 : shape.n();
        count = rows ? shape.n() : shape.inner();
        step = rows ? shape.c() * BYTES : BYTES;
        planeStride = shape.c() * shape.inner() * BYTES;
    }

    private long first(int channel) {
        return channel * shape.inner() * BYTES;
    }

    private static float at(long numbers, int channel, float other) {
        return numbers == 0 ? other : MEMORY.get(JAVA_FLOAT, numbers + (long) channel * BYTES);
    }

    private static void put(long numbers, int channel, double value) {
        if (numbers != 0) {
            MEMORY.set(JAVA_FLOAT, numbers + (long) channel * BYTES, (float) value);
        }
    }

    /** The mean and the variance of a channel. */
    void statistics(int channel, int slot, long x, long mean, long variance) {
        long spare = spares + slot * spareBytes;
        double sum = 0;
        for (long i = 0; i < planes; i++) {
            sum += kernels.sum(x + first(channel) + i * planeStride, step, count, spare);
        }
        float center = (float) (sum / shape.count());
        double squares = 0;
        for (long i = 0; i < planes; i++) {
            squares += kernels.squares(x + first(channel) + i * planeStride, step, count, center, spare);
        }
        put(mean, channel, center);
        put(variance, channel, squares / shape.count());
    }

    /** y = (x - mean) / sqrt(variance + eps) * weight + bias. */
    void normalize(int channel, long x, long mean, long variance, long weight, long bias, long y) {
        double scale = at(weight, channel, 1) / Math.sqrt(at(variance, channel, 1) + eps);
        for (long i = 0; i < planes; i++) {
            long at = first(channel) + i * planeStride;
            kernels.normalize(x + at, y + at, step, count, at(mean, channel, 0), (float) scale, at(bias, channel, 0));
        }
    }

    /** Where the operands of the gradient are. */
    record Gradient(long dy, long x, long mean, long variance, long weight, long dx, long dWeight, long dBias) {}

    /** dx, dWeight and dBias where mean and variance are those of x. */
    void backward(int channel, int slot, Gradient at) {
        long spare = spares + slot * spareBytes;
        float mean = at(at.mean, channel, 0);
        double inverse = 1 / Math.sqrt(at(at.variance, channel, 1) + eps);
        double sum = 0;
        double product = 0;
        for (long i = 0; i < planes; i++) {
            long place = first(channel) + i * planeStride;
            sum += kernels.sum(at.dy + place, step, count, spare);
            product += kernels.products(at.dy + place, at.x + place, step, count, mean, spare) * inverse;
        }
        double scale = at(at.weight, channel, 1) * inverse;
        double slope = -scale * inverse * product / shape.count();
        double shift = -scale * sum / shape.count();
        for (long i = 0; i < planes; i++) {
            long place = first(channel) + i * planeStride;
            kernels.combine(
                    at.dy + place, at.x + place, at.dx + place, step, count, mean, (float) scale, (float) slope, (float)
                            shift);
        }
        put(at.dWeight, channel, product);
        put(at.dBias, channel, sum);
    }
}
