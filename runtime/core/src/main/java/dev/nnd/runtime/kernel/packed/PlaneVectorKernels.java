package dev.nnd.runtime.kernel.packed;

import java.nio.ByteOrder;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/** {@link PlaneKernels} on the Vector API: whole vectors of neighbours here, the rest as there. */
final class PlaneVectorKernels extends PlaneKernels {

    private static final VectorSpecies<Float> SPECIES = FloatVector.SPECIES_PREFERRED;
    private static final int LANES = SPECIES.length();
    private static final int BYTES = Float.BYTES;
    private static final ByteOrder ORDER = ByteOrder.nativeOrder();

    /** The sum of the lanes, in a fixed order: that of the Vector API is the compiler's. */
    private double lanes(long spare) {
        return super.sum(spare, BYTES, LANES, spare);
    }

    private static long whole(long step, long count) {
        return step == BYTES ? count / LANES * LANES : 0;
    }

    @Override
    double sum(long x, long step, long count, long spare) {
        long end = whole(step, count);
        sums(x, end, spare);
        double rest = super.sum(x + end * step, step, count - end, spare);
        return lanes(spare) + rest;
    }

    private static void sums(long x, long end, long spare) {
        var sums = FloatVector.zero(SPECIES);
        for (long i = 0; i < end; i += LANES) {
            sums = FloatVector.fromMemorySegment(SPECIES, MEMORY, x + BYTES * i, ORDER)
                    .add(sums);
        }
        FloatVector.zero(SPECIES).add(sums).intoMemorySegment(MEMORY, spare, ORDER);
    }

    @Override
    double squares(long x, long step, long count, float mean, long spare) {
        long end = whole(step, count);
        squares(x, end, mean, spare);
        double rest = super.squares(x + end * step, step, count - end, mean, spare);
        return lanes(spare) + rest;
    }

    private static void squares(long x, long end, float mean, long spare) {
        var sums = FloatVector.zero(SPECIES);
        for (long i = 0; i < end; i += LANES) {
            var distance = FloatVector.fromMemorySegment(SPECIES, MEMORY, x + BYTES * i, ORDER)
                    .sub(mean);
            sums = distance.fma(distance, sums);
        }
        FloatVector.zero(SPECIES).add(sums).intoMemorySegment(MEMORY, spare, ORDER);
    }

    @Override
    double products(long dy, long x, long step, long count, float mean, long spare) {
        long end = whole(step, count);
        products(dy, x, end, mean, spare);
        double rest = super.products(dy + end * step, x + end * step, step, count - end, mean, spare);
        return lanes(spare) + rest;
    }

    private static void products(long dy, long x, long end, float mean, long spare) {
        var sums = FloatVector.zero(SPECIES);
        for (long i = 0; i < end; i += LANES) {
            sums = FloatVector.fromMemorySegment(SPECIES, MEMORY, x + BYTES * i, ORDER)
                    .sub(mean)
                    .fma(FloatVector.fromMemorySegment(SPECIES, MEMORY, dy + BYTES * i, ORDER), sums);
        }
        FloatVector.zero(SPECIES).add(sums).intoMemorySegment(MEMORY, spare, ORDER);
    }

    @Override
    void normalize(long x, long y, long step, long count, float mean, float scale, float shift) {
        long end = whole(step, count);
        for (long i = 0; i < end; i += LANES) {
            FloatVector.fromMemorySegment(SPECIES, MEMORY, x + BYTES * i, ORDER)
                    .sub(mean)
                    .mul(scale)
                    .add(shift)
                    .intoMemorySegment(MEMORY, y + BYTES * i, ORDER);
        }
        super.normalize(x + end * step, y + end * step, step, count - end, mean, scale, shift);
    }

    @Override
    void combine(long dy, long x, long dx, long step, long count, float mean, float scale, float slope, float shift) {
        long end = whole(step, count);
        for (long i = 0; i < end; i += LANES) {
            var distances = FloatVector.fromMemorySegment(SPECIES, MEMORY, x + BYTES * i, ORDER)
                    .sub(mean)
                    .mul(slope);
            FloatVector.fromMemorySegment(SPECIES, MEMORY, dy + BYTES * i, ORDER)
                    .mul(scale)
                    .add(distances)
                    .add(shift)
                    .intoMemorySegment(MEMORY, dx + BYTES * i, ORDER);
        }
        super.combine(dy + end * step, x + end * step, dx + end * step, step, count - end, mean, scale, slope, shift);
    }
}
