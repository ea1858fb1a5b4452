package dev.nnd.runtime.kernel.onednn;

import java.nio.ByteOrder;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorShuffle;
import jdk.incubator.vector.VectorSpecies;

/** {@link RowKernels} on the Vector API. */
final class RowVectorKernels extends RowKernels {

    private static final VectorSpecies<Float> SPECIES =
            FloatVector.SPECIES_PREFERRED.length() > 16 ? FloatVector.SPECIES_512 : FloatVector.SPECIES_PREFERRED;
    private static final int LANES = SPECIES.length();
    private static final long WIDTH = (long) LANES * Float.BYTES;
    private static final ByteOrder ORDER = ByteOrder.nativeOrder();

    /** Brings the other half of the lanes, the other half of each half, and so on. */
    private static final VectorShuffle<Float> HALVES = exchange(LANES / 2);

    private static final VectorShuffle<Float> QUARTERS = exchange(LANES / 4);
    private static final VectorShuffle<Float> PAIRS = exchange(2);
    private static final VectorShuffle<Float> NEIGHBOURS = exchange(1);

    /** The second half of the lanes, and that of each half. */
    private static final VectorMask<Float> SECOND_HALF = second(LANES / 2);

    private static final VectorMask<Float> SECOND_QUARTERS = second(LANES / 4);

    RowVectorKernels() {
        super(LANES);
    }

    private static VectorShuffle<Float> exchange(int distance) {
        return VectorShuffle.fromOp(SPECIES, lane -> lane ^ distance);
    }

    private static VectorMask<Float> second(int size) {
        boolean[] lanes = new boolean[LANES];
        for (int lane = 0; lane < LANES; lane++) {
            lanes[lane] = lane / size % 2 == 1;
        }
        return VectorMask.fromArray(SPECIES, lanes, 0);
    }

    @Override
    void four(long x, long w0, long w1, long w2, long w3, long bytes, long to) {
        multiply(x, w0, w1, w2, w3, bytes, to);
    }

    private static void multiply(long x, long w0, long w1, long w2, long w3, long bytes, long to) {
        var s0 = FloatVector.zero(SPECIES);
        var s1 = FloatVector.zero(SPECIES);
        var s2 = FloatVector.zero(SPECIES);
        var s3 = FloatVector.zero(SPECIES);
        for (long k = 0; k < bytes; k += WIDTH) {
            var row = FloatVector.fromMemorySegment(SPECIES, MEMORY, x + k, ORDER);
            s0 = FloatVector.fromMemorySegment(SPECIES, MEMORY, w0 + k, ORDER).fma(row, s0);
            s1 = FloatVector.fromMemorySegment(SPECIES, MEMORY, w1 + k, ORDER).fma(row, s1);
            s2 = FloatVector.fromMemorySegment(SPECIES, MEMORY, w2 + k, ORDER).fma(row, s2);
            s3 = FloatVector.fromMemorySegment(SPECIES, MEMORY, w3 + k, ORDER).fma(row, s3);
        }
        // In registers: summed up from memory, the lanes of a row keep the next ones waiting, a seventh of all the
        // time.
        var firstTwo = s0.add(s0.rearrange(HALVES)).blend(s1.add(s1.rearrange(HALVES)), SECOND_HALF);
        var lastTwo = s2.add(s2.rearrange(HALVES)).blend(s3.add(s3.rearrange(HALVES)), SECOND_HALF);
        var sums = firstTwo.add(firstTwo.rearrange(QUARTERS))
                .blend(lastTwo.add(lastTwo.rearrange(QUARTERS)), SECOND_QUARTERS);
        if (LANES > 8) {
            sums = sums.add(sums.rearrange(PAIRS));
        }
        if (LANES > 4) {
            sums = sums.add(sums.rearrange(NEIGHBOURS));
        }
        sums.intoMemorySegment(MEMORY, to, ORDER);
    }
}
