package dev.nnd.runtime.kernel.packed;

import static java.lang.foreign.ValueLayout.JAVA_DOUBLE;

import dev.nnd.runtime.kernel.KernelLoader;
import dev.nnd.runtime.kernel.NativeMemory;
import java.lang.foreign.MemorySegment;

/** Of double elements, as plain loops with the sums of a tile in local variables. */
class DoubleMatrixKernels extends MatrixKernels {

    /** These loops, or their twins on the Vector API where the JVM has it. */
    static final DoubleMatrixKernels INSTANCE = KernelLoader.load(DoubleMatrixKernels.class, DoubleMatrixKernels::new);

    static final MemorySegment MEMORY = NativeMemory.ALL;

    private static final int BYTES = Double.BYTES;
    private static final int PANEL = 4;

    @Override
    int bytes() {
        return BYTES;
    }

    @Override
    int panel() {
        return PANEL;
    }

    @Override
    int lanes() {
        return 1;
    }

    @Override
    final double get(long at) {
        return MEMORY.get(JAVA_DOUBLE, at);
    }

    @Override
    final void set(long at, double value) {
        MEMORY.set(JAVA_DOUBLE, at, value);
    }

    @Override
    void multiply(long rows, int from, int to, long[] places, long a, long as, long b, long c, long cs) {
        for (long row = 0; row < rows; row++) {
            tile(from, to, places, a + row * as, b, c + row * cs);
        }
    }

    private static void tile(int from, int to, long[] places, long a, long b, long c) {
        double c0 = MEMORY.get(JAVA_DOUBLE, c);
        double c1 = MEMORY.get(JAVA_DOUBLE, c + BYTES);
        double c2 = MEMORY.get(JAVA_DOUBLE, c + 2 * BYTES);
        double c3 = MEMORY.get(JAVA_DOUBLE, c + 3 * BYTES);
        for (int k = from; k < to; k++) {
            double x = MEMORY.get(JAVA_DOUBLE, a + places[2 * k]);
            long row = b + places[2 * k + 1];
            c0 += x * MEMORY.get(JAVA_DOUBLE, row);
            c1 += x * MEMORY.get(JAVA_DOUBLE, row + BYTES);
            c2 += x * MEMORY.get(JAVA_DOUBLE, row + 2 * BYTES);
            c3 += x * MEMORY.get(JAVA_DOUBLE, row + 3 * BYTES);
        }
        MEMORY.set(JAVA_DOUBLE, c, c0);
        MEMORY.set(JAVA_DOUBLE, c + BYTES, c1);
        MEMORY.set(JAVA_DOUBLE, c + 2 * BYTES, c2);
        MEMORY.set(JAVA_DOUBLE, c + 3 * BYTES, c3);
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
        for (long i = 0; i < rows; i++) {
            for (int j = from; j < to; j++) {
                long at = c + i * cs + j * BYTES;
                MEMORY.set(JAVA_DOUBLE, at, MEMORY.get(JAVA_DOUBLE, at) + dot(depth, a + i * as, b + places[j]));
            }
        }
    }

    private static double dot(long depth, long a, long b) {
        double even = 0;
        double odd = 0;
        long k = 0;
        for (; k < depth - 1; k += 2) {
            even += MEMORY.get(JAVA_DOUBLE, a + k * BYTES) * MEMORY.get(JAVA_DOUBLE, b + k * BYTES);
            odd += MEMORY.get(JAVA_DOUBLE, a + (k + 1) * BYTES) * MEMORY.get(JAVA_DOUBLE, b + (k + 1) * BYTES);
        }
        return k < depth
                ? even + odd + MEMORY.get(JAVA_DOUBLE, a + k * BYTES) * MEMORY.get(JAVA_DOUBLE, b + k * BYTES)
                : even + odd;
    }

    /** Adds a tile of vectors, four in a row, to c, each as the sum of its lanes. */
    static void addDots(long rows, long columns, int lanes, long vectors, long c, long cs) {
        for (long i = 0; i < rows; i++) {
            for (long j = 0; j < columns; j++) {
                long at = c + i * cs + j * BYTES;
                MEMORY.set(
                        JAVA_DOUBLE,
                        at,
                        MEMORY.get(JAVA_DOUBLE, at) + lanes(vectors + (4 * i + j) * lanes * BYTES, lanes));
            }
        }
    }

    private static double lanes(long at, int lanes) {
        double even = 0;
        double odd = 0;
        for (int i = 0; i < lanes; i += 2) {
            even += MEMORY.get(JAVA_DOUBLE, at + i * BYTES);
            odd += MEMORY.get(JAVA_DOUBLE, at + (i + 1) * BYTES);
        }
        return even + odd;
    }

    /** Adds the products of some short rows with another to a column of c. */
    static void addRest(long rows, long count, long a, long as, long b, long c, long cs) {
        for (long i = 0; i < rows; i++) {
            double sum = MEMORY.get(JAVA_DOUBLE, c + i * cs);
            for (long k = 0; k < count; k++) {
                sum += MEMORY.get(JAVA_DOUBLE, a + i * as + k * BYTES) * MEMORY.get(JAVA_DOUBLE, b + k * BYTES);
            }
            MEMORY.set(JAVA_DOUBLE, c + i * cs, sum);
        }
    }

    @Override
    void multiplyRows(long rows, long columns, long depth, long a, long as, long ks, long b, long bs, long c, long cs) {
        for (long row = 0; row < rows; row++) {
            for (long k = 0; k < depth; k++) {
                double factor = MEMORY.get(JAVA_DOUBLE, a + row * as + k * ks);
                for (long j = 0; j < columns; j++) {
                    long at = c + row * cs + j * BYTES;
                    MEMORY.set(
                            JAVA_DOUBLE,
                            at,
                            MEMORY.get(JAVA_DOUBLE, at) + factor * MEMORY.get(JAVA_DOUBLE, b + k * bs + j * BYTES));
                }
            }
        }
    }

    @Override
    void pack(long from, long stride, long depth, long panels, long to) {
        for (long panel = 0; panel < panels; panel++) {
            for (long k = 0; k < depth; k++) {
                for (long j = 0; j < PANEL; j++) {
                    double value = MEMORY.get(JAVA_DOUBLE, from + k * stride + (panel * PANEL + j) * BYTES);
                    MEMORY.set(JAVA_DOUBLE, to + ((panel * depth + k) * PANEL + j) * BYTES, value);
                }
            }
        }
    }

    @Override
    void packTransposed(long from, long stride, long count, long depth, long to) {
        int panel = panel();
        for (long j = 0; j < panel; j++) {
            long row = from + j * stride;
            for (long k = 0; k < depth; k++) {
                MEMORY.set(
                        JAVA_DOUBLE,
                        to + (k * panel + j) * BYTES,
                        j < count ? MEMORY.get(JAVA_DOUBLE, row + k * BYTES) : 0);
            }
        }
    }

    @Override
    void copy(long from, long to, long count) {
        MemorySegment.copy(MEMORY, from, MEMORY, to, count * BYTES);
    }

    @Override
    void copy(long from, long fromStep, long to, long toStep, long count) {
        for (long i = 0; i < count; i++) {
            MEMORY.set(JAVA_DOUBLE, to + i * toStep, MEMORY.get(JAVA_DOUBLE, from + i * fromStep));
        }
    }

    @Override
    void fill(long at, long count, double value) {
        for (long i = 0; i < count; i++) {
            MEMORY.set(JAVA_DOUBLE, at + i * BYTES, value);
        }
    }

    @Override
    void copyRows(long rows, long from, long fs, long to, long ts, long count) {
        for (long row = 0; row < rows; row++) {
            copy(from + row * fs, BYTES, to + row * ts, BYTES, count);
        }
    }

    /** A number of a channel, if there are numbers. */
    static double at(long numbers, long channel, double other) {
        return numbers == 0 ? other : MEMORY.get(JAVA_DOUBLE, numbers + channel * BYTES);
    }

    @Override
    void finish(long rows, long from, long fs, long to, long ts, long count, Tail tail, long first) {
        finish(rows, from, fs, to, ts, BYTES, count, tail, first);
    }

    @Override
    final void finish(long rows, long from, long fs, long to, long ts, long step, long count, Tail tail, long first) {
        double least = tail.least();
        for (long row = 0; row < rows; row++) {
            double bias = at(tail.biases(), first + row, 0);
            double scale = at(tail.scales(), first + row, 1);
            double shift = at(tail.shifts(), first + row, 0);
            for (long i = 0; i < count; i++) {
                double value = (MEMORY.get(JAVA_DOUBLE, from + row * fs + i * BYTES) + bias) * scale + shift;
                long result = to + row * ts + i * step;
                double all = tail.added() == 0 ? value : value + MEMORY.get(JAVA_DOUBLE, result + tail.added());
                MEMORY.set(JAVA_DOUBLE, result, Math.max(all, least));
            }
        }
    }

    @Override
    void relu(long at, long count) {
        for (long i = 0; i < count; i++) {
            MEMORY.set(JAVA_DOUBLE, at + i * BYTES, Math.max(MEMORY.get(JAVA_DOUBLE, at + i * BYTES), 0));
        }
    }

    @Override
    double sum(long at, long count, long spare) {
        double sum = 0;
        for (long i = 0; i < count; i++) {
            sum += MEMORY.get(JAVA_DOUBLE, at + i * BYTES);
        }
        return sum;
    }

    @Override
    void add(long from, long to, long count) {
        for (long i = 0; i < count; i++) {
            MEMORY.set(
                    JAVA_DOUBLE,
                    to + i * BYTES,
                    MEMORY.get(JAVA_DOUBLE, to + i * BYTES) + MEMORY.get(JAVA_DOUBLE, from + i * BYTES));
        }
    }
}
