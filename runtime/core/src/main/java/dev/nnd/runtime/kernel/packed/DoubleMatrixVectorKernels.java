package dev.nnd.runtime.kernel.packed;

import static java.lang.foreign.ValueLayout.JAVA_DOUBLE;

import java.nio.ByteOrder;
import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/**
 * {@link DoubleMatrixKernels} on the Vector API. All sums of a tile stay in registers; a loop nest is a small static method of
 * its own, because the JIT compilers put vectors on the heap that cross a call or a large method.
 */
final class DoubleMatrixVectorKernels extends DoubleMatrixKernels {

    private static final VectorSpecies<Double> SPECIES = DoubleVector.SPECIES_PREFERRED;
    private static final int LANES = SPECIES.length();
    private static final int BYTES = Double.BYTES;
    private static final long WIDTH = (long) LANES * BYTES;
    private static final ByteOrder ORDER = ByteOrder.nativeOrder();

    /** Sums of a tile that fit beside their factors: AVX-512 and AArch64 have 32 registers, others 16. */
    private static final boolean MANY_REGISTERS =
            SPECIES.vectorBitSize() >= 512 || System.getProperty("os.arch").equals("aarch64");

    @Override
    int panel() {
        return 2 * LANES;
    }

    @Override
    int lanes() {
        return LANES;
    }

    @Override
    void multiply(long rows, int from, int to, long[] places, long a, long as, long b, long c, long cs) {
        long row = 0;
        if (MANY_REGISTERS) {
            for (; row <= rows - 8; row += 8) {
                DoubleTiles.tile8(from, to, places, a + row * as, as, b, c + row * cs, cs);
            }
        }
        for (; row <= rows - 4; row += 4) {
            DoubleTiles.tile4(from, to, places, a + row * as, as, b, c + row * cs, cs);
        }
        for (; row < rows; row++) {
            DoubleTiles.tile1(from, to, places, a + row * as, as, b, c + row * cs, cs);
        }
    }

    @Override
    void dots(
            long rows,
            int from,
            int to,
            long depth,
            long a,
            long as,
            long b,
            long[] places,
            long c,
            long cs,
            long spare) {
        long end = depth / LANES * WIDTH;
        int high = MANY_REGISTERS ? 4 : 2;
        for (long i = 0; i < rows; i += high) {
            long count = Math.min(high, rows - i);
            long a0 = a + i * as;
            long a1 = a0 + Math.min(1, count - 1) * as;
            for (int j = from; j < to; j += 4) {
                int last = Math.min(j + 4, to) - 1;
                long b0 = b + places[j];
                long b1 = b + places[Math.min(j + 1, last)];
                long b2 = b + places[Math.min(j + 2, last)];
                long b3 = b + places[last];
                if (count == 1) {
                    DoubleDots.dots1(a0, b0, b1, b2, b3, end, spare);
                } else if (count == 2) {
                    DoubleDots.dots2(a0, a1, b0, b1, b2, b3, end, spare);
                } else {
                    DoubleDots.dots4(a0, a1, a0 + 2 * as, a0 + (count - 1) * as, b0, b1, b2, b3, end, spare);
                }
                addDots(count, last - j + 1, LANES, spare, c + i * cs + (long) j * BYTES, cs);
                if (end < depth * BYTES) {
                    for (int n = j; n <= last; n++) {
                        addRest(
                                count,
                                depth - end / BYTES,
                                a0 + end,
                                as,
                                b + places[n] + end,
                                c + i * cs + (long) n * BYTES,
                                cs);
                    }
                }
            }
        }
    }

    @Override
    void multiplyRows(long rows, long columns, long depth, long a, long as, long ks, long b, long bs, long c, long cs) {
        long k = 0;
        for (; k <= depth - 4; k += 4) {
            for (long row = 0; row < rows; row++) {
                addRows4(columns, a + row * as + k * ks, ks, b + k * bs, bs, c + row * cs);
            }
        }
        for (; k < depth; k++) {
            for (long row = 0; row < rows; row++) {
                addRow(columns, MEMORY.get(JAVA_DOUBLE, a + row * as + k * ks), b + k * bs, c + row * cs);
            }
        }
    }

    @Override
    void pack(long from, long stride, long depth, long panels, long to) {
        for (long k = 0; k < depth; k++) {
            packRow(from + k * stride, panels, 2 * depth * WIDTH, to + 2 * k * WIDTH);
        }
    }

    private static void packRow(long from, long panels, long panelBytes, long to) {
        for (long panel = 0; panel < panels; panel++) {
            var first = DoubleVector.fromMemorySegment(SPECIES, MEMORY, from + 2 * panel * WIDTH, ORDER);
            var second = DoubleVector.fromMemorySegment(SPECIES, MEMORY, from + 2 * panel * WIDTH + WIDTH, ORDER);
            first.intoMemorySegment(MEMORY, to + panel * panelBytes, ORDER);
            second.intoMemorySegment(MEMORY, to + panel * panelBytes + WIDTH, ORDER);
        }
    }

    private static void addRows4(long columns, long a, long ks, long b, long bs, long c) {
        double a0 = MEMORY.get(JAVA_DOUBLE, a);
        double a1 = MEMORY.get(JAVA_DOUBLE, a + ks);
        double a2 = MEMORY.get(JAVA_DOUBLE, a + 2 * ks);
        double a3 = MEMORY.get(JAVA_DOUBLE, a + 3 * ks);
        var x0 = DoubleVector.broadcast(SPECIES, a0);
        var x1 = DoubleVector.broadcast(SPECIES, a1);
        var x2 = DoubleVector.broadcast(SPECIES, a2);
        var x3 = DoubleVector.broadcast(SPECIES, a3);
        long j = 0;
        for (; j <= columns - LANES; j += LANES) {
            long at = BYTES * j;
            var y0 = DoubleVector.fromMemorySegment(SPECIES, MEMORY, b + at, ORDER);
            var y1 = DoubleVector.fromMemorySegment(SPECIES, MEMORY, b + bs + at, ORDER);
            var y2 = DoubleVector.fromMemorySegment(SPECIES, MEMORY, b + 2 * bs + at, ORDER);
            var y3 = DoubleVector.fromMemorySegment(SPECIES, MEMORY, b + 3 * bs + at, ORDER);
            var sum = DoubleVector.fromMemorySegment(SPECIES, MEMORY, c + at, ORDER);
            y0.fma(x0, y1.fma(x1, y2.fma(x2, y3.fma(x3, sum)))).intoMemorySegment(MEMORY, c + at, ORDER);
        }
        for (; j < columns; j++) {
            long at = BYTES * j;
            double sum = MEMORY.get(JAVA_DOUBLE, c + at);
            sum = Math.fma(MEMORY.get(JAVA_DOUBLE, b + 3 * bs + at), a3, sum);
            sum = Math.fma(MEMORY.get(JAVA_DOUBLE, b + 2 * bs + at), a2, sum);
            sum = Math.fma(MEMORY.get(JAVA_DOUBLE, b + bs + at), a1, sum);
            MEMORY.set(JAVA_DOUBLE, c + at, Math.fma(MEMORY.get(JAVA_DOUBLE, b + at), a0, sum));
        }
    }

    private static void addRow(long columns, double factor, long b, long c) {
        long j = 0;
        for (; j <= columns - LANES; j += LANES) {
            long at = BYTES * j;
            var sum = DoubleVector.fromMemorySegment(SPECIES, MEMORY, c + at, ORDER);
            DoubleVector.fromMemorySegment(SPECIES, MEMORY, b + at, ORDER)
                    .lanewise(VectorOperators.FMA, factor, sum)
                    .intoMemorySegment(MEMORY, c + at, ORDER);
        }
        for (; j < columns; j++) {
            long at = BYTES * j;
            MEMORY.set(
                    JAVA_DOUBLE,
                    c + at,
                    Math.fma(MEMORY.get(JAVA_DOUBLE, b + at), factor, MEMORY.get(JAVA_DOUBLE, c + at)));
        }
    }

    @Override
    void copy(long from, long to, long count) {
        long i = 0;
        for (; i <= count - LANES; i += LANES) {
            DoubleVector.fromMemorySegment(SPECIES, MEMORY, from + BYTES * i, ORDER)
                    .intoMemorySegment(MEMORY, to + BYTES * i, ORDER);
        }
        for (; i < count; i++) {
            MEMORY.set(JAVA_DOUBLE, to + BYTES * i, MEMORY.get(JAVA_DOUBLE, from + BYTES * i));
        }
    }

    @Override
    void fill(long at, long count, double value) {
        long i = 0;
        for (; i <= count - LANES; i += LANES) {
            DoubleVector.broadcast(SPECIES, value).intoMemorySegment(MEMORY, at + BYTES * i, ORDER);
        }
        for (; i < count; i++) {
            MEMORY.set(JAVA_DOUBLE, at + BYTES * i, value);
        }
    }

    @Override
    void copyRows(long rows, long from, long fs, long to, long ts, long count) {
        for (long row = 0; row < rows; row++) {
            copyRow(from + row * fs, to + row * ts, count);
        }
    }

    private static void copyRow(long from, long to, long count) {
        long i = 0;
        for (; i <= count - LANES; i += LANES) {
            DoubleVector.fromMemorySegment(SPECIES, MEMORY, from + BYTES * i, ORDER)
                    .intoMemorySegment(MEMORY, to + BYTES * i, ORDER);
        }
        var rest = SPECIES.indexInRange(i, count);
        DoubleVector.fromMemorySegment(SPECIES, MEMORY, from + BYTES * i, ORDER, rest)
                .intoMemorySegment(MEMORY, to + BYTES * i, ORDER, rest);
    }

    @Override
    void finish(long rows, long from, long fs, long to, long ts, long count, Tail tail, long first) {
        double least = tail.least();
        for (long row = 0; row < rows; row++) {
            long source = from + row * fs;
            long result = to + row * ts;
            double bias = at(tail.biases(), first + row, 0);
            double scale = at(tail.scales(), first + row, 1);
            double shift = at(tail.shifts(), first + row, 0);
            if (tail.added() == 0) {
                finish(source, result, count, bias, scale, shift, least);
            } else {
                finishSum(source, result, tail.added(), count, bias, scale, shift, least);
            }
        }
    }

    private static void finish(long from, long to, long count, double bias, double scale, double shift, double least) {
        long i = 0;
        for (; i <= count - LANES; i += LANES) {
            DoubleVector.fromMemorySegment(SPECIES, MEMORY, from + BYTES * i, ORDER)
                    .add(bias)
                    .mul(scale)
                    .add(shift)
                    .max(least)
                    .intoMemorySegment(MEMORY, to + BYTES * i, ORDER);
        }
        var rest = SPECIES.indexInRange(i, count);
        DoubleVector.fromMemorySegment(SPECIES, MEMORY, from + BYTES * i, ORDER, rest)
                .add(bias)
                .mul(scale)
                .add(shift)
                .max(least)
                .intoMemorySegment(MEMORY, to + BYTES * i, ORDER, rest);
    }

    private static void finishSum(
            long from, long to, long added, long count, double bias, double scale, double shift, double least) {
        long i = 0;
        for (; i <= count - LANES; i += LANES) {
            DoubleVector.fromMemorySegment(SPECIES, MEMORY, from + BYTES * i, ORDER)
                    .add(bias)
                    .mul(scale)
                    .add(shift)
                    .add(DoubleVector.fromMemorySegment(SPECIES, MEMORY, to + added + BYTES * i, ORDER))
                    .max(least)
                    .intoMemorySegment(MEMORY, to + BYTES * i, ORDER);
        }
        var rest = SPECIES.indexInRange(i, count);
        DoubleVector.fromMemorySegment(SPECIES, MEMORY, from + BYTES * i, ORDER, rest)
                .add(bias)
                .mul(scale)
                .add(shift)
                .add(DoubleVector.fromMemorySegment(SPECIES, MEMORY, to + added + BYTES * i, ORDER, rest))
                .max(least)
                .intoMemorySegment(MEMORY, to + BYTES * i, ORDER, rest);
    }

    @Override
    void relu(long at, long count) {
        long i = 0;
        for (; i <= count - LANES; i += LANES) {
            DoubleVector.fromMemorySegment(SPECIES, MEMORY, at + BYTES * i, ORDER)
                    .max(0)
                    .intoMemorySegment(MEMORY, at + BYTES * i, ORDER);
        }
        super.relu(at + BYTES * i, count - i);
    }

    @Override
    double sum(long at, long count, long spare) {
        var sums = DoubleVector.zero(SPECIES);
        long i = 0;
        for (; i <= count - LANES; i += LANES) {
            sums = DoubleVector.fromMemorySegment(SPECIES, MEMORY, at + BYTES * i, ORDER)
                    .add(sums);
        }
        sums.intoMemorySegment(MEMORY, spare, ORDER);
        return super.sum(spare, LANES, spare) + super.sum(at + BYTES * i, count - i, spare);
    }

    @Override
    void add(long from, long to, long count) {
        long i = 0;
        for (; i <= count - LANES; i += LANES) {
            DoubleVector.fromMemorySegment(SPECIES, MEMORY, from + BYTES * i, ORDER)
                    .add(DoubleVector.fromMemorySegment(SPECIES, MEMORY, to + BYTES * i, ORDER))
                    .intoMemorySegment(MEMORY, to + BYTES * i, ORDER);
        }
        super.add(from + BYTES * i, to + BYTES * i, count - i);
    }
}
