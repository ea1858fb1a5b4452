package dev.nnd.runtime.kernel.onednn;

import java.nio.ByteOrder;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/** {@link RowKernels} on the Vector API. */
final class RowVectorKernels extends RowKernels {

    private static final VectorSpecies<Float> SPECIES =
            FloatVector.SPECIES_PREFERRED.length() > 16 ? FloatVector.SPECIES_512 : FloatVector.SPECIES_PREFERRED;
    private static final long WIDTH = (long) SPECIES.length() * Float.BYTES;
    private static final ByteOrder ORDER = ByteOrder.nativeOrder();

    RowVectorKernels() {
        super(SPECIES.length());
    }

    @Override
    void four(long x, long w0, long w1, long w2, long w3, long bytes, long to) {
        multiply(x, w0, w1, w2, w3, bytes, to);
    }

    @Override
    long vectorRelu(long at, long bytes) {
        long whole = bytes / WIDTH * WIDTH;
        clip(at, whole);
        return whole;
    }

    private static void clip(long at, long bytes) {
        var zero = FloatVector.zero(SPECIES);
        for (long k = at; k < at + bytes; k += WIDTH) {
            FloatVector.fromMemorySegment(SPECIES, MEMORY, k, ORDER).max(zero).intoMemorySegment(MEMORY, k, ORDER);
        }
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
        s0.intoMemorySegment(MEMORY, to, ORDER);
        s1.intoMemorySegment(MEMORY, to + WIDTH, ORDER);
        s2.intoMemorySegment(MEMORY, to + 2 * WIDTH, ORDER);
        s3.intoMemorySegment(MEMORY, to + 3 * WIDTH, ORDER);
    }
}
