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
    void dots(long rows, int from, int to, long depth, long a, long as, long b, long[] places, long c, long cs, long spare) {
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
        return k < depth ? even + odd + MEMORY.get(JAVA_FLOAT, a + k * BYTES) * MEMORY.get(JAVA_FLOAT, b + k * BYTES) : even + odd;
    }

    /** Adds a column of a tile's sums, and the products of what is left behind whole vectors, to c. */
    static void addDots(long rows, long rest, long a, long as, long b, long sums, long c, long cs) {
        for (long i = 0; i < rows; i++) {
            float sum = MEMORY.get(JAVA_FLOAT, sums + 4 * i * BYTES);
            for (long k = 0; k < rest; k++) {
                sum += MEMORY.get(JAVA_FLOAT, a + i * as + k * BYTES) * MEMORY.get(JAVA_FLOAT, b + k * BYTES);
            }
            MEMORY.set(JAVA_FLOAT, c + i * cs, MEMORY.get(JAVA_FLOAT, c + i * cs) + sum);
        }
    }

    @Override
    void multiplyRow(long columns, long depth, long a, long ks, long b, long bs, long c) {
        for (long k = 0; k < depth; k++) {
            float factor = MEMORY.get(JAVA_FLOAT, a + k * ks);
            for (long j = 0; j < columns; j++) {
                long at = c + j * BYTES;
                MEMORY.set(JAVA_FLOAT, at, MEMORY.get(JAVA_FLOAT, at) + factor * MEMORY.get(JAVA_FLOAT, b + k * bs + j * BYTES));
            }
        }
    }

    @Override
    void packTransposed(long from, long stride, long count, long depth, long to) {
        int panel = panel();
        for (long j = 0; j < panel; j++) {
            long row = from + j * stride;
            for (long k = 0; k < depth; k++) {
                MEMORY.set(JAVA_FLOAT, to + (k * panel + j) * BYTES, j < count ? MEMORY.get(JAVA_FLOAT, row + k * BYTES) : 0);
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
    void pad(long from, long to, long lead, long count, long total) {
        fill(to, lead, 0);
        copy(from, BYTES, to + lead * BYTES, BYTES, count);
        fill(to + (lead + count) * BYTES, total - lead - count, 0);
    }

    @Override
    void finish(long rows, long from, long fs, long to, long ts, long count, Tail tail, long first) {
        finish(rows, from, fs, to, ts, BYTES, count, tail, first);
    }

    @Override
    final void finish(
            long rows, long from, long fs, long to, long ts, long step, long count, Tail tail, long first) {
        float least = (float) tail.least();
        for (long row = 0; row < rows; row++) {
            float bias = (float) tail.bias(first + row);
            float scale = (float) tail.scale(first + row);
            float shift = (float) tail.shift(first + row);
            for (long i = 0; i < count; i++) {
                float value = (MEMORY.get(JAVA_FLOAT, from + row * fs + i * BYTES) + bias) * scale + shift;
                MEMORY.set(JAVA_FLOAT, to + row * ts + i * step, Math.max(value, least));
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
    double sum(long at, long count) {
        double sum = 0;
        for (long i = 0; i < count; i++) {
            sum += MEMORY.get(JAVA_FLOAT, at + i * BYTES);
        }
        return sum;
    }

    @Override
    void add(long from, long to, long count) {
        for (long i = 0; i < count; i++) {
            MEMORY.set(JAVA_FLOAT, to + i * BYTES, MEMORY.get(JAVA_FLOAT, to + i * BYTES) + MEMORY.get(JAVA_FLOAT, from + i * BYTES));
        }
    }
}
