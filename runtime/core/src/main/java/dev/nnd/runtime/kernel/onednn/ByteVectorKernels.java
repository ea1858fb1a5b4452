package dev.nnd.runtime.kernel.onednn;

import java.nio.ByteOrder;
import jdk.incubator.vector.ByteVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorShape;
import jdk.incubator.vector.VectorSpecies;

/** {@link ByteKernels} on the Vector API: whole vectors here, the rest as there. */
final class ByteVectorKernels extends ByteKernels {

    private static final VectorSpecies<Float> FLOATS =
            FloatVector.SPECIES_PREFERRED.length() < 8 ? FloatVector.SPECIES_256 : FloatVector.SPECIES_PREFERRED;
    private static final int LANES = FLOATS.length();
    private static final VectorSpecies<Integer> INTS = FLOATS.withLanes(int.class);
    private static final VectorSpecies<Byte> BYTES =
            VectorSpecies.of(byte.class, VectorShape.forBitSize(LANES * Byte.SIZE));
    private static final int WIDTH = Float.BYTES;
    private static final ByteOrder ORDER = ByteOrder.nativeOrder();

    private static long whole(long count) {
        return count / LANES * LANES;
    }

    @Override
    int largest(long x, long count) {
        long end = whole(count);
        return Math.max(largestLane(x, end), super.largest(x + end * WIDTH, count - end));
    }

    private static int largestLane(long x, long end) {
        var largest = IntVector.zero(INTS);
        for (long i = 0; i < end; i += LANES) {
            largest = IntVector.fromMemorySegment(INTS, MEMORY, x + WIDTH * i, ORDER)
                    .and(MAGNITUDE)
                    .max(largest);
        }
        return IntVector.zero(INTS).max(largest).reduceLanes(VectorOperators.MAX);
    }

    @Override
    long range(long x, long count) {
        long end = whole(count);
        var above = IntVector.zero(INTS);
        var below = IntVector.zero(INTS);
        for (long i = 0; i < end; i += LANES) {
            var bits = IntVector.fromMemorySegment(INTS, MEMORY, x + WIDTH * i, ORDER);
            above = bits.max(above);
            below = bits.lanewise(VectorOperators.XOR, Integer.MIN_VALUE).max(below);
        }
        long rest = super.range(x + end * WIDTH, count - end);
        int smallest = Math.max(below.reduceLanes(VectorOperators.MAX), below(rest));
        return range(smallest, Math.max(above.reduceLanes(VectorOperators.MAX), above(rest)));
    }

    @Override
    void quantize(long x, long q, long count, float inverse, int offset) {
        long end = whole(count);
        for (long i = 0; i < end; i += LANES) {
            var shifted = FloatVector.fromMemorySegment(FLOATS, MEMORY, x + WIDTH * i, ORDER)
                    .mul(inverse)
                    .add(ROUNDING)
                    .reinterpretAsInts()
                    .add(offset);
            ((ByteVector) shifted.convertShape(VectorOperators.I2B, BYTES, 0)).intoMemorySegment(MEMORY, q + i, ORDER);
        }
        super.quantize(x + end * WIDTH, q + end, count - end, inverse, offset);
    }

    @Override
    void dequantize(long y, long corrections, long weightScales, long bias, long count, float scale) {
        long end = whole(count);
        for (long i = 0; i < end; i += LANES) {
            var factors = FloatVector.fromMemorySegment(FLOATS, MEMORY, weightScales + WIDTH * i, ORDER)
                    .mul(scale);
            var sums = IntVector.fromMemorySegment(INTS, MEMORY, y + WIDTH * i, ORDER)
                    .sub(IntVector.fromMemorySegment(INTS, MEMORY, corrections + WIDTH * i, ORDER));
            ((FloatVector) sums.convert(VectorOperators.I2F, 0))
                    .mul(factors)
                    .add(FloatVector.fromMemorySegment(FLOATS, MEMORY, bias + WIDTH * i, ORDER))
                    .intoMemorySegment(MEMORY, y + WIDTH * i, ORDER);
        }
        long at = end * WIDTH;
        super.dequantize(y + at, corrections + at, weightScales + at, bias + at, count - end, scale);
    }

    @Override
    void dequantizeRelu(long y, long corrections, long weightScales, long bias, long count, float scale) {
        long end = whole(count);
        for (long i = 0; i < end; i += LANES) {
            var factors = FloatVector.fromMemorySegment(FLOATS, MEMORY, weightScales + WIDTH * i, ORDER)
                    .mul(scale);
            var sums = IntVector.fromMemorySegment(INTS, MEMORY, y + WIDTH * i, ORDER)
                    .sub(IntVector.fromMemorySegment(INTS, MEMORY, corrections + WIDTH * i, ORDER));
            ((FloatVector) sums.convert(VectorOperators.I2F, 0))
                    .mul(factors)
                    .add(FloatVector.fromMemorySegment(FLOATS, MEMORY, bias + WIDTH * i, ORDER))
                    .max(0)
                    .intoMemorySegment(MEMORY, y + WIDTH * i, ORDER);
        }
        long at = end * WIDTH;
        super.dequantizeRelu(y + at, corrections + at, weightScales + at, bias + at, count - end, scale);
    }
}
