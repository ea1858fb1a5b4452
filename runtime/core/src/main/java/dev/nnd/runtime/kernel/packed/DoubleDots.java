package dev.nnd.runtime.kernel.packed;

import dev.nnd.runtime.kernel.NativeMemory;
import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;
import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * The products of some rows with four others over whole vectors, to a tile of vectors in memory with four in each row. What
 * sums the lanes of a vector up is not here, since the Vector API leaves the order to the compiler.
 */
final class DoubleDots {

    private static final MemorySegment MEMORY = NativeMemory.ALL;
    private static final VectorSpecies<Double> SPECIES = DoubleVector.SPECIES_PREFERRED;
    private static final long WIDTH = (long) SPECIES.length() * Double.BYTES;
    private static final ByteOrder ORDER = ByteOrder.nativeOrder();

    private DoubleDots() {}

    static void dots4(long a0, long a1, long a2, long a3, long b0, long b1, long b2, long b3, long end, long to) {
        var s00 = DoubleVector.zero(SPECIES);
        var s01 = DoubleVector.zero(SPECIES);
        var s02 = DoubleVector.zero(SPECIES);
        var s03 = DoubleVector.zero(SPECIES);
        var s10 = DoubleVector.zero(SPECIES);
        var s11 = DoubleVector.zero(SPECIES);
        var s12 = DoubleVector.zero(SPECIES);
        var s13 = DoubleVector.zero(SPECIES);
        var s20 = DoubleVector.zero(SPECIES);
        var s21 = DoubleVector.zero(SPECIES);
        var s22 = DoubleVector.zero(SPECIES);
        var s23 = DoubleVector.zero(SPECIES);
        var s30 = DoubleVector.zero(SPECIES);
        var s31 = DoubleVector.zero(SPECIES);
        var s32 = DoubleVector.zero(SPECIES);
        var s33 = DoubleVector.zero(SPECIES);
        for (long k = 0; k < end; k += WIDTH) {
            var x0 = DoubleVector.fromMemorySegment(SPECIES, MEMORY, a0 + k, ORDER);
            var x1 = DoubleVector.fromMemorySegment(SPECIES, MEMORY, a1 + k, ORDER);
            var x2 = DoubleVector.fromMemorySegment(SPECIES, MEMORY, a2 + k, ORDER);
            var x3 = DoubleVector.fromMemorySegment(SPECIES, MEMORY, a3 + k, ORDER);
            var y0 = DoubleVector.fromMemorySegment(SPECIES, MEMORY, b0 + k, ORDER);
            s00 = x0.fma(y0, s00);
            s10 = x1.fma(y0, s10);
            s20 = x2.fma(y0, s20);
            s30 = x3.fma(y0, s30);
            var y1 = DoubleVector.fromMemorySegment(SPECIES, MEMORY, b1 + k, ORDER);
            s01 = x0.fma(y1, s01);
            s11 = x1.fma(y1, s11);
            s21 = x2.fma(y1, s21);
            s31 = x3.fma(y1, s31);
            var y2 = DoubleVector.fromMemorySegment(SPECIES, MEMORY, b2 + k, ORDER);
            s02 = x0.fma(y2, s02);
            s12 = x1.fma(y2, s12);
            s22 = x2.fma(y2, s22);
            s32 = x3.fma(y2, s32);
            var y3 = DoubleVector.fromMemorySegment(SPECIES, MEMORY, b3 + k, ORDER);
            s03 = x0.fma(y3, s03);
            s13 = x1.fma(y3, s13);
            s23 = x2.fma(y3, s23);
            s33 = x3.fma(y3, s33);
        }
        s00.intoMemorySegment(MEMORY, to, ORDER);
        s01.intoMemorySegment(MEMORY, to + WIDTH, ORDER);
        s02.intoMemorySegment(MEMORY, to + 2 * WIDTH, ORDER);
        s03.intoMemorySegment(MEMORY, to + 3 * WIDTH, ORDER);
        s10.intoMemorySegment(MEMORY, to + 4 * WIDTH, ORDER);
        s11.intoMemorySegment(MEMORY, to + 5 * WIDTH, ORDER);
        s12.intoMemorySegment(MEMORY, to + 6 * WIDTH, ORDER);
        s13.intoMemorySegment(MEMORY, to + 7 * WIDTH, ORDER);
        s20.intoMemorySegment(MEMORY, to + 8 * WIDTH, ORDER);
        s21.intoMemorySegment(MEMORY, to + 9 * WIDTH, ORDER);
        s22.intoMemorySegment(MEMORY, to + 10 * WIDTH, ORDER);
        s23.intoMemorySegment(MEMORY, to + 11 * WIDTH, ORDER);
        s30.intoMemorySegment(MEMORY, to + 12 * WIDTH, ORDER);
        s31.intoMemorySegment(MEMORY, to + 13 * WIDTH, ORDER);
        s32.intoMemorySegment(MEMORY, to + 14 * WIDTH, ORDER);
        s33.intoMemorySegment(MEMORY, to + 15 * WIDTH, ORDER);
    }

    static void dots2(long a0, long a1, long b0, long b1, long b2, long b3, long end, long to) {
        var s00 = DoubleVector.zero(SPECIES);
        var s01 = DoubleVector.zero(SPECIES);
        var s02 = DoubleVector.zero(SPECIES);
        var s03 = DoubleVector.zero(SPECIES);
        var s10 = DoubleVector.zero(SPECIES);
        var s11 = DoubleVector.zero(SPECIES);
        var s12 = DoubleVector.zero(SPECIES);
        var s13 = DoubleVector.zero(SPECIES);
        for (long k = 0; k < end; k += WIDTH) {
            var x0 = DoubleVector.fromMemorySegment(SPECIES, MEMORY, a0 + k, ORDER);
            var x1 = DoubleVector.fromMemorySegment(SPECIES, MEMORY, a1 + k, ORDER);
            var y0 = DoubleVector.fromMemorySegment(SPECIES, MEMORY, b0 + k, ORDER);
            s00 = x0.fma(y0, s00);
            s10 = x1.fma(y0, s10);
            var y1 = DoubleVector.fromMemorySegment(SPECIES, MEMORY, b1 + k, ORDER);
            s01 = x0.fma(y1, s01);
            s11 = x1.fma(y1, s11);
            var y2 = DoubleVector.fromMemorySegment(SPECIES, MEMORY, b2 + k, ORDER);
            s02 = x0.fma(y2, s02);
            s12 = x1.fma(y2, s12);
            var y3 = DoubleVector.fromMemorySegment(SPECIES, MEMORY, b3 + k, ORDER);
            s03 = x0.fma(y3, s03);
            s13 = x1.fma(y3, s13);
        }
        s00.intoMemorySegment(MEMORY, to, ORDER);
        s01.intoMemorySegment(MEMORY, to + WIDTH, ORDER);
        s02.intoMemorySegment(MEMORY, to + 2 * WIDTH, ORDER);
        s03.intoMemorySegment(MEMORY, to + 3 * WIDTH, ORDER);
        s10.intoMemorySegment(MEMORY, to + 4 * WIDTH, ORDER);
        s11.intoMemorySegment(MEMORY, to + 5 * WIDTH, ORDER);
        s12.intoMemorySegment(MEMORY, to + 6 * WIDTH, ORDER);
        s13.intoMemorySegment(MEMORY, to + 7 * WIDTH, ORDER);
    }

    static void dots1(long a0, long b0, long b1, long b2, long b3, long end, long to) {
        var s00 = DoubleVector.zero(SPECIES);
        var s01 = DoubleVector.zero(SPECIES);
        var s02 = DoubleVector.zero(SPECIES);
        var s03 = DoubleVector.zero(SPECIES);
        for (long k = 0; k < end; k += WIDTH) {
            var x0 = DoubleVector.fromMemorySegment(SPECIES, MEMORY, a0 + k, ORDER);
            var y0 = DoubleVector.fromMemorySegment(SPECIES, MEMORY, b0 + k, ORDER);
            s00 = x0.fma(y0, s00);
            var y1 = DoubleVector.fromMemorySegment(SPECIES, MEMORY, b1 + k, ORDER);
            s01 = x0.fma(y1, s01);
            var y2 = DoubleVector.fromMemorySegment(SPECIES, MEMORY, b2 + k, ORDER);
            s02 = x0.fma(y2, s02);
            var y3 = DoubleVector.fromMemorySegment(SPECIES, MEMORY, b3 + k, ORDER);
            s03 = x0.fma(y3, s03);
        }
        s00.intoMemorySegment(MEMORY, to, ORDER);
        s01.intoMemorySegment(MEMORY, to + WIDTH, ORDER);
        s02.intoMemorySegment(MEMORY, to + 2 * WIDTH, ORDER);
        s03.intoMemorySegment(MEMORY, to + 3 * WIDTH, ORDER);
    }
}
