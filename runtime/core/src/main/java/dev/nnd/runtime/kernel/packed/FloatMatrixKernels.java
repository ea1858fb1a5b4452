package dev.nnd.runtime.kernel.packed;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;

import dev.nnd.runtime.kernel.KernelLoader;
import dev.nnd.runtime.kernel.NativeMemory;
import java.lang.foreign.MemorySegment;

/** Of float elements, as plain loops with the sums of a tile in local variables. */
class FloatMatrixKernels extends MatrixKernels {

    /** These loops, or their twins on the Vector API where the JVM has it. */
    static final FloatMatrixKernels INSTANCE = KernelLoader.load(FloatMatrixKernels.class, FloatMatrixKernels::new);

    static final MemorySegment MEMORY = NativeMemory.ALL;

    private static final int BYTES = Float.BYTES;
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
        return MEMORY.get(JAVA_FLOAT, at);
    }

    @Override
    final void set(long at, double value) {
        MEMORY.set(JAVA_FLOAT, at, (float) value);
    }

    @Override
    void multiply(long rows, int from, int to, long[] places, long a, long as, long b, long c, long cs) {
        for (long row = 0; row < rows; row++) {
            tile(from, to, places, a + row * as, b, c + row * cs);
        }
    }

    private static void tile(int from, int to, long[] places, long a, long b, long c) {
        float c0 = MEMORY.get(JAVA_FLOAT, c);
        float c1 = MEMORY.get(JAVA_FLOAT, c + BYTES);
        float c2 = MEMORY.get(JAVA_FLOAT, c + 2 * BYTES);
        float c3 = MEMORY.get(JAVA_FLOAT, c + 3 * BYTES);
        for (int k = from; k < to; k++) {
            float x = MEMORY.get(JAVA_FLOAT, a + places[2 * k]);
            long row = b + places[2 * k + 1];
            c0 += x * MEMORY.get(JAVA_FLOAT, row);
            c1 += x * MEMORY.get(JAVA_FLOAT, row + BYTES);
            c2 += x * MEMORY.get(JAVA_FLOAT, row + 2 * BYTES);
            c3 += x * MEMORY.get(JAVA_FLOAT, row + 3 * BYTES);
        }
        MEMORY.set(JAVA_FLOAT, c, c0);
        MEMORY.set(JAVA_FLOAT, c + BYTES, c1);
        MEMORY.set(JAVA_FLOAT, c + 2 * BYTES, c2);
        MEMORY.set(JAVA_FLOAT, c + 3 * BYTES, c3);
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
                MEMORY.set(JAVA_FLOAT, at, MEMORY.get(JAVA_FLOAT, at) + dot(depth, a + i * as, b + places[j]));
            }
        }
    }

    private static float dot(long depth, long a, long b) {
        float even = 0;
        float odd = 0;
        long k = 0;
        for (; k < depth - 1; k += 2) {
            even += MEMORY.get(JAVA_FLOAT, a + k * BYTES) * MEMORY.get(JAVA_FLOAT, b + k * BYTES);
            odd += MEMORY.get(JAVA_FLOAT, a + (k + 1) * BYTES) * MEMORY.get(JAVA_FLOAT, b + (k + 1) * BYTES);
        }
        return k < depth
                ? even + odd + MEMORY.get(JAVA_FLOAT, a + k * BYTES) * MEMORY.get(JAVA_FLOAT, b + k * BYTES)
                : even + odd;
    }

    /** Adds a tile of vectors, four in a row, to c, each as the sum of its lanes. */
    static void addDots(long rows, long columns, int lanes, long vectors, long c, long cs) {
        for (long i = 0; i < rows; i++) {
            for (long j = 0; j < columns; j++) {
                long at = c + i * cs + j * BYTES;
                MEMORY.set(
                        JAVA_FLOAT,
                        at,
                        MEMORY.get(JAVA_FLOAT, at) + lanes(vectors + (4 * i + j) * lanes * BYTES, lanes));
            }
        }
    }

    private static float lanes(long at, int lanes) {
        float even = 0;
        float odd = 0;
        for (int i = 0; i < lanes; i += 2) {
            even += MEMORY.get(JAVA_FLOAT, at + i * BYTES);
            odd += MEMORY.get(JAVA_FLOAT, at + (i + 1) * BYTES);
        }
        return even + odd;
    }

    /** Adds the products of some short rows with another to a column of c. */
    static void addRest(long rows, long count, long a, long as, long b, long c, long cs) {
        for (long i = 0; i < rows; i++) {
            float sum = MEMORY.get(JAVA_FLOAT, c + i * cs);
            for (long k = 0; k < count; k++) {
                sum += MEMORY.get(JAVA_FLOAT, a + i * as + k * BYTES) * MEMORY.get(JAVA_FLOAT, b + k * BYTES);
            }
            MEMORY.set(JAVA_FLOAT, c + i * cs, sum);
        }
    }

    @Override
    void multiplyRows(long rows, long columns, long depth, long a, long as, long ks, long b, long bs, long c, long cs) {
        for (long row = 0; row < rows; row++) {
            for (long k = 0; k < depth; k++) {
                float factor = MEMORY.get(JAVA_FLOAT, a + row * as + k * ks);
                for (long j = 0; j < columns; j++) {
                    long at = c + row * cs + j * BYTES;
                    MEMORY.set(
                            JAVA_FLOAT,
                            at,
                            MEMORY.get(JAVA_FLOAT, at) + factor * MEMORY.get(JAVA_FLOAT, b + k * bs + j * BYTES));
                }
            }
        }
    }

    @Override
    void pack(long from, long stride, long depth, long panels, long to) {
        for (long panel = 0; panel < panels; panel++) {
            for (long k = 0; k < depth; k++) {
                for (long j = 0; j < PANEL; j++) {
                    float value = MEMORY.get(JAVA_FLOAT, from + k * stride + (panel * PANEL + j) * BYTES);
                    MEMORY.set(JAVA_FLOAT, to + ((panel * depth + k) * PANEL + j) * BYTES, value);
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
                        JAVA_FLOAT,
                        to + (k * panel + j) * BYTES,
                        j < count ? MEMORY.get(JAVA_FLOAT, row + k * BYTES) : 0);
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
            MEMORY.set(JAVA_FLOAT, to + i * toStep, MEMORY.get(JAVA_FLOAT, from + i * fromStep));
        }
    }

    @Override
    void fill(long at, long count, double value) {
        for (long i = 0; i < count; i++) {
            MEMORY.set(JAVA_FLOAT, at + i * BYTES, (float) value);
        }
    }

    @Override
    void copyRows(long rows, long from, long fs, long to, long ts, long count) {
        for (long row = 0; row < rows; row++) {
            copy(from + row * fs, BYTES, to + row * ts, BYTES, count);
        }
    }

    /** A number of a channel, if there are numbers. */
    static float at(long numbers, long channel, float other) {
        return numbers == 0 ? other : MEMORY.get(JAVA_FLOAT, numbers + channel * BYTES);
    }

    @Override
    void finish(long rows, long from, long fs, long to, long ts, long count, Tail tail, long first) {
        finish(rows, from, fs, to, ts, BYTES, count, tail, first);
    }

    @Override
    final void finish(long rows, long from, long fs, long to, long ts, long step, long count, Tail tail, long first) {
        float least = (float) tail.least();
        for (long row = 0; row < rows; row++) {
            float bias = at(tail.biases(), first + row, 0);
            float scale = at(tail.scales(), first + row, 1);
            float shift = at(tail.shifts(), first + row, 0);
            for (long i = 0; i < count; i++) {
                float value = (MEMORY.get(JAVA_FLOAT, from + row * fs + i * BYTES) + bias) * scale + shift;
                long result = to + row * ts + i * step;
                float all = tail.added() == 0 ? value : value + MEMORY.get(JAVA_FLOAT, result + tail.added());
                MEMORY.set(JAVA_FLOAT, result, Math.max(all, least));
            }
        }
    }

    @Override
    void relu(long at, long count) {
        for (long i = 0; i < count; i++) {
            MEMORY.set(JAVA_FLOAT, at + i * BYTES, Math.max(MEMORY.get(JAVA_FLOAT, at + i * BYTES), 0));
        }
    }

    @Override
    double sum(long at, long count, long spare) {
        double sum = 0;
        for (long i = 0; i < count; i++) {
            sum += MEMORY.get(JAVA_FLOAT, at + i * BYTES);
        }
        return sum;
    }

    @Override
    void add(long from, long to, long count) {
        for (long i = 0; i < count; i++) {
            MEMORY.set(
                    JAVA_FLOAT,
                    to + i * BYTES,
                    MEMORY.get(JAVA_FLOAT, to + i * BYTES) + MEMORY.get(JAVA_FLOAT, from + i * BYTES));
        }
    }
}
