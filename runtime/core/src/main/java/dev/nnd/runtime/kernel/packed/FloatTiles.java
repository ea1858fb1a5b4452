package dev.nnd.runtime.kernel.packed;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;

import dev.nnd.runtime.kernel.NativeMemory;
import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * c [rows, two vectors] += a [rows, depth] b [depth, two vectors], with all sums in registers. A method for each number of
 * rows: the JIT compilers put vectors on the heap that cross a call or sit in an array.
 */
final class FloatTiles {

    private static final MemorySegment MEMORY = NativeMemory.ALL;
    private static final VectorSpecies<Float> SPECIES = FloatVector.SPECIES_PREFERRED;
    private static final long WIDTH = (long) SPECIES.length() * Float.BYTES;
    private static final ByteOrder ORDER = ByteOrder.nativeOrder();

    private FloatTiles() {}

    static void tile8(int from, int to, long[] places, long a, long as, long b, long c, long cs) {
        var s00 = FloatVector.fromMemorySegment(SPECIES, MEMORY, c, ORDER);
        var s01 = FloatVector.fromMemorySegment(SPECIES, MEMORY, c + WIDTH, ORDER);
        var s10 = FloatVector.fromMemorySegment(SPECIES, MEMORY, c + cs, ORDER);
        var s11 = FloatVector.fromMemorySegment(SPECIES, MEMORY, c + cs + WIDTH, ORDER);
        var s20 = FloatVector.fromMemorySegment(SPECIES, MEMORY, c + 2 * cs, ORDER);
        var s21 = FloatVector.fromMemorySegment(SPECIES, MEMORY, c + 2 * cs + WIDTH, ORDER);
        var s30 = FloatVector.fromMemorySegment(SPECIES, MEMORY, c + 3 * cs, ORDER);
        var s31 = FloatVector.fromMemorySegment(SPECIES, MEMORY, c + 3 * cs + WIDTH, ORDER);
        var s40 = FloatVector.fromMemorySegment(SPECIES, MEMORY, c + 4 * cs, ORDER);
        var s41 = FloatVector.fromMemorySegment(SPECIES, MEMORY, c + 4 * cs + WIDTH, ORDER);
        var s50 = FloatVector.fromMemorySegment(SPECIES, MEMORY, c + 5 * cs, ORDER);
        var s51 = FloatVector.fromMemorySegment(SPECIES, MEMORY, c + 5 * cs + WIDTH, ORDER);
        var s60 = FloatVector.fromMemorySegment(SPECIES, MEMORY, c + 6 * cs, ORDER);
        var s61 = FloatVector.fromMemorySegment(SPECIES, MEMORY, c + 6 * cs + WIDTH, ORDER);
        var s70 = FloatVector.fromMemorySegment(SPECIES, MEMORY, c + 7 * cs, ORDER);
        var s71 = FloatVector.fromMemorySegment(SPECIES, MEMORY, c + 7 * cs + WIDTH, ORDER);
        for (int k = from; k < to; k++) {
            long ak = a + places[2 * k];
            long bk = b + places[2 * k + 1];
            var b0 = FloatVector.fromMemorySegment(SPECIES, MEMORY, bk, ORDER);
            var b1 = FloatVector.fromMemorySegment(SPECIES, MEMORY, bk + WIDTH, ORDER);
            var a0 = FloatVector.broadcast(SPECIES, MEMORY.get(JAVA_FLOAT, ak));
            s00 = a0.fma(b0, s00);
            s01 = a0.fma(b1, s01);
            var a1 = FloatVector.broadcast(SPECIES, MEMORY.get(JAVA_FLOAT, ak + as));
            s10 = a1.fma(b0, s10);
            s11 = a1.fma(b1, s11);
            var a2 = FloatVector.broadcast(SPECIES, MEMORY.get(JAVA_FLOAT, ak + 2 * as));
            s20 = a2.fma(b0, s20);
            s21 = a2.fma(b1, s21);
            var a3 = FloatVector.broadcast(SPECIES, MEMORY.get(JAVA_FLOAT, ak + 3 * as));
            s30 = a3.fma(b0, s30);
            s31 = a3.fma(b1, s31);
            var a4 = FloatVector.broadcast(SPECIES, MEMORY.get(JAVA_FLOAT, ak + 4 * as));
            s40 = a4.fma(b0, s40);
            s41 = a4.fma(b1, s41);
            var a5 = FloatVector.broadcast(SPECIES, MEMORY.get(JAVA_FLOAT, ak + 5 * as));
            s50 = a5.fma(b0, s50);
            s51 = a5.fma(b1, s51);
            var a6 = FloatVector.broadcast(SPECIES, MEMORY.get(JAVA_FLOAT, ak + 6 * as));
            s60 = a6.fma(b0, s60);
            s61 = a6.fma(b1, s61);
            var a7 = FloatVector.broadcast(SPECIES, MEMORY.get(JAVA_FLOAT, ak + 7 * as));
            s70 = a7.fma(b0, s70);
            s71 = a7.fma(b1, s71);
        }
        s00.intoMemorySegment(MEMORY, c, ORDER);
        s01.intoMemorySegment(MEMORY, c + WIDTH, ORDER);
        s10.intoMemorySegment(MEMORY, c + cs, ORDER);
        s11.intoMemorySegment(MEMORY, c + cs + WIDTH, ORDER);
        s20.intoMemorySegment(MEMORY, c + 2 * cs, ORDER);
        s21.intoMemorySegment(MEMORY, c + 2 * cs + WIDTH, ORDER);
        s30.intoMemorySegment(MEMORY, c + 3 * cs, ORDER);
        s31.intoMemorySegment(MEMORY, c + 3 * cs + WIDTH, ORDER);
        s40.intoMemorySegment(MEMORY, c + 4 * cs, ORDER);
        s41.intoMemorySegment(MEMORY, c + 4 * cs + WIDTH, ORDER);
        s50.intoMemorySegment(MEMORY, c + 5 * cs, ORDER);
        s51.intoMemorySegment(MEMORY, c + 5 * cs + WIDTH, ORDER);
        s60.intoMemorySegment(MEMORY, c + 6 * cs, ORDER);
        s61.intoMemorySegment(MEMORY, c + 6 * cs + WIDTH, ORDER);
        s70.intoMemorySegment(MEMORY, c + 7 * cs, ORDER);
        s71.intoMemorySegment(MEMORY, c + 7 * cs + WIDTH, ORDER);
    }

    static void tile4(int from, int to, long[] places, long a, long as, long b, long c, long cs) {
        var s00 = FloatVector.fromMemorySegment(SPECIES, MEMORY, c, ORDER);
        var s01 = FloatVector.fromMemorySegment(SPECIES, MEMORY, c + WIDTH, ORDER);
        var s10 = FloatVector.fromMemorySegment(SPECIES, MEMORY, c + cs, ORDER);
        var s11 = FloatVector.fromMemorySegment(SPECIES, MEMORY, c + cs + WIDTH, ORDER);
        var s20 = FloatVector.fromMemorySegment(SPECIES, MEMORY, c + 2 * cs, ORDER);
        var s21 = FloatVector.fromMemorySegment(SPECIES, MEMORY, c + 2 * cs + WIDTH, ORDER);
        var s30 = FloatVector.fromMemorySegment(SPECIES, MEMORY, c + 3 * cs, ORDER);
        var s31 = FloatVector.fromMemorySegment(SPECIES, MEMORY, c + 3 * cs + WIDTH, ORDER);
        for (int k = from; k < to; k++) {
            long ak = a + places[2 * k];
            long bk = b + places[2 * k + 1];
            var b0 = FloatVector.fromMemorySegment(SPECIES, MEMORY, bk, ORDER);
            var b1 = FloatVector.fromMemorySegment(SPECIES, MEMORY, bk + WIDTH, ORDER);
            var a0 = FloatVector.broadcast(SPECIES, MEMORY.get(JAVA_FLOAT, ak));
            s00 = a0.fma(b0, s00);
            s01 = a0.fma(b1, s01);
            var a1 = FloatVector.broadcast(SPECIES, MEMORY.get(JAVA_FLOAT, ak + as));
            s10 = a1.fma(b0, s10);
            s11 = a1.fma(b1, s11);
            var a2 = FloatVector.broadcast(SPECIES, MEMORY.get(JAVA_FLOAT, ak + 2 * as));
            s20 = a2.fma(b0, s20);
            s21 = a2.fma(b1, s21);
            var a3 = FloatVector.broadcast(SPECIES, MEMORY.get(JAVA_FLOAT, ak + 3 * as));
            s30 = a3.fma(b0, s30);
            s31 = a3.fma(b1, s31);
        }
        s00.intoMemorySegment(MEMORY, c, ORDER);
        s01.intoMemorySegment(MEMORY, c + WIDTH, ORDER);
        s10.intoMemorySegment(MEMORY, c + cs, ORDER);
        s11.intoMemorySegment(MEMORY, c + cs + WIDTH, ORDER);
        s20.intoMemorySegment(MEMORY, c + 2 * cs, ORDER);
        s21.intoMemorySegment(MEMORY, c + 2 * cs + WIDTH, ORDER);
        s30.intoMemorySegment(MEMORY, c + 3 * cs, ORDER);
        s31.intoMemorySegment(MEMORY, c + 3 * cs + WIDTH, ORDER);
    }

    static void tile1(int from, int to, long[] places, long a, long as, long b, long c, long cs) {
        var s00 = FloatVector.fromMemorySegment(SPECIES, MEMORY, c, ORDER);
        var s01 = FloatVector.fromMemorySegment(SPECIES, MEMORY, c + WIDTH, ORDER);
        for (int k = from; k < to; k++) {
            long ak = a + places[2 * k];
            long bk = b + places[2 * k + 1];
            var b0 = FloatVector.fromMemorySegment(SPECIES, MEMORY, bk, ORDER);
            var b1 = FloatVector.fromMemorySegment(SPECIES, MEMORY, bk + WIDTH, ORDER);
            var a0 = FloatVector.broadcast(SPECIES, MEMORY.get(JAVA_FLOAT, ak));
            s00 = a0.fma(b0, s00);
            s01 = a0.fma(b1, s01);
        }
        s00.intoMemorySegment(MEMORY, c, ORDER);
        s01.intoMemorySegment(MEMORY, c + WIDTH, ORDER);
    }
}
