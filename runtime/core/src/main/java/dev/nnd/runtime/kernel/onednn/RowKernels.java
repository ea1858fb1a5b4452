package dev.nnd.runtime.kernel.onednn;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;

import dev.nnd.runtime.kernel.KernelLoader;
import dev.nnd.runtime.kernel.NativeMemory;
import java.lang.foreign.MemorySegment;

/**
 * Products of one row with four others, in the order of vectors: the numbers of a lane are summed up from the first to the last, then each half of the
 * lanes is added to the other. These loops give the bits of their twin on the Vector API, for as long as that is not compiled.
 */
class RowKernels {

    /** The twin where the JVM has the Vector API; else these. */
    static final RowKernels INSTANCE = KernelLoader.load(RowKernels.class, () -> new RowKernels(1));

    static final int ROWS = 4;

    static final MemorySegment MEMORY = NativeMemory.ALL;

    private final int lanes;

    /** For vectors of so many numbers; one means that there are none. */
    RowKernels(int lanes) {
        this.lanes = lanes;
    }

    /** Numbers of a vector. */
    final int lanes() {
        return lanes;
    }

    /** By vectors, compiled or not; {@link #sum} has the results. */
    void four(long x, long w0, long w1, long w2, long w3, long bytes, long to) {
        plainFour(x, w0, w1, w2, w3, bytes, to);
    }

    /**
     * Without vectors, the same bits.
     *
     * @param bytes of a row that are whole vectors
     * @param to a place for {@link #ROWS} vectors
     */
    final void plainFour(long x, long w0, long w1, long w2, long w3, long bytes, long to) {
        plain(x, w0, bytes, to, 0);
        plain(x, w1, bytes, to, 1);
        plain(x, w2, bytes, to, 2);
        plain(x, w3, bytes, to, 3);
    }

    /** What {@link #four} or {@link #plainFour} has found for one of the rows. */
    final float sum(long to, int row) {
        return MEMORY.get(JAVA_FLOAT, to + place(row));
    }

    /** Where vectors end up with a row's sum: two rows share each half of the lanes, in the order of the quarters. */
    private long place(int row) {
        return (row % 2 * (lanes / 2) + row / 2 * (lanes / 4)) * (long) Float.BYTES;
    }

    private void plain(long x, long w, long bytes, long to, int row) {
        long width = (long) lanes * Float.BYTES;
        long own = to + row * width;
        for (long lane = 0; lane < width; lane += Float.BYTES) {
            float sum = 0;
            for (long k = lane; k < bytes; k += width) {
                sum = Math.fma(MEMORY.get(JAVA_FLOAT, w + k), MEMORY.get(JAVA_FLOAT, x + k), sum);
            }
            MEMORY.set(JAVA_FLOAT, own + lane, sum);
        }
        for (long half = width / 2; half >= Float.BYTES; half /= 2) {
            for (long lane = own; lane < own + half; lane += Float.BYTES) {
                MEMORY.set(JAVA_FLOAT, lane, MEMORY.get(JAVA_FLOAT, lane) + MEMORY.get(JAVA_FLOAT, lane + half));
            }
        }
        MEMORY.set(JAVA_FLOAT, to + place(row), MEMORY.get(JAVA_FLOAT, own));
    }
}
