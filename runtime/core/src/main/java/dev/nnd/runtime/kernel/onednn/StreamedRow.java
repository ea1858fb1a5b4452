package dev.nnd.runtime.kernel.onednn;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;

import dev.nnd.runtime.kernel.Lanes;
import dev.nnd.runtime.kernel.NativeMemory;
import dev.nnd.runtime.kernel.Workers;
import dev.nnd.runtime.memory.Tensor;
import java.lang.foreign.MemorySegment;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * y = relu?(w x + bias) for one row x and weights in rows that are too large for a processor's own cache. All that counts is how fast the weights are read:
 * four rows at a time, each from another quarter of the matrix, are four streams that the processor fetches ahead; neighbouring rows, as in oneDNN's
 * kernels, reach half of that. Each result is summed up in one order, so the bits don't depend on the number of threads.
 */
final class StreamedRow implements Runnable {

    /** Weights of fewer bytes stay in a cache, where oneDNN's kernels are as fast. */
    static final long LEAST_BYTES = 2L << 20;

    private static final MemorySegment MEMORY = NativeMemory.ALL;
    private static final long WIDTH = Float.BYTES;
    private static final int LEAST_LANES = 8;
    private static final int PARTS_OF_A_THREAD = 4;

    /**
     * So many rows of each quarter are multiplied before what they give is read: reading waits for what is still on its way from memory, and with it all
     * that would be fetched behind.
     */
    private static final int ROWS_OF_A_BLOCK = 32;

    /** Of the largest vectors that {@link RowKernels} have; those of a block, and three that plain loops need, are less than {@link Lanes#SPARE_BYTES}. */
    private static final long VECTOR_BYTES = 64;

    /** Where it was measured. */
    private static final boolean POSSIBLE =
            Set.of("amd64", "x86_64").contains(System.getProperty("os.arch").toLowerCase(Locale.ROOT));

    /** What it multiplies: a row of {@code terms} numbers, with as many rows as there are {@code sums}. */
    record Operands(Tensor x, Tensor w, @Nullable Tensor bias, boolean relu, Tensor y, long terms, long sums) {}

    private final KernelWarmUp warmUp = KernelWarmUp.ofRows();
    private final Workers workers;
    private final Workers.Work work = this::part;
    private final long terms;
    private final long sums;
    private final long x;
    private final long w;
    private final long bias;
    private final long y;
    private final boolean relu;
    /** Bytes of a row that are whole vectors. */
    private final long whole;
    /** Rows of a quarter; the last one may have fewer. */
    private final long quarter;

    private final int parts;

    /** Of operands that have their memory. */
    StreamedRow(Operands operands, Workers workers) {
        this.workers = workers;
        terms = operands.terms();
        sums = operands.sums();
        relu = operands.relu();
        x = NativeMemory.address(operands.x().segment(), terms * WIDTH);
        w = NativeMemory.address(operands.w().segment(), terms * sums * WIDTH);
        y = NativeMemory.address(operands.y().segment(), sums * WIDTH);
        var added = operands.bias();
        bias = added == null ? 0 : NativeMemory.address(added.segment(), sums * WIDTH);
        whole = terms / RowKernels.INSTANCE.lanes() * RowKernels.INSTANCE.lanes() * WIDTH;
        quarter = Math.ceilDiv(sums, RowKernels.ROWS);
        int threads = workers.threads();
        parts = threads == 1 ? 1 : (int) Math.min(quarter, (long) threads * PARTS_OF_A_THREAD);
    }

    /** Whether it is the fast way to multiply so many rows by weights of this size. Others need no class of the Vector API. */
    static boolean suits(long rows, long weights) {
        return rows == 1 && weights >= LEAST_BYTES / WIDTH && POSSIBLE && RowKernels.INSTANCE.lanes() >= LEAST_LANES;
    }

    @Override
    public void run() {
        workers.run(work, parts);
    }

    private void part(int part, int slot) {
        boolean vectors = warmUp.compiled();
        long lanes = Lanes.spare();
        long end = quarter * (part + 1) / parts;
        for (long from = quarter * part / parts; from < end; from += ROWS_OF_A_BLOCK) {
            long to = Math.min(end, from + ROWS_OF_A_BLOCK);
            for (long row = from; row < to; row++) {
                multiply(row, vectors, lanes + (row - from) * VECTOR_BYTES);
            }
            for (int stream = 0; stream < RowKernels.ROWS; stream++) {
                for (long row = from; row < to; row++) {
                    finish(at(row, stream), RowKernels.INSTANCE.sum(lanes + (row - from) * VECTOR_BYTES, stream));
                }
            }
        }
    }

    private void multiply(long row, boolean vectors, long to) {
        long first = w + at(row, 0) * terms * WIDTH;
        long second = w + at(row, 1) * terms * WIDTH;
        long third = w + at(row, 2) * terms * WIDTH;
        long fourth = w + at(row, 3) * terms * WIDTH;
        if (vectors) {
            RowKernels.INSTANCE.four(x, first, second, third, fourth, whole, to);
        } else {
            RowKernels.INSTANCE.plainFour(x, first, second, third, fourth, whole, to);
        }
    }

    /** The row that a stream has beside a row of the first quarter; the last one for rows that there are not. */
    private long at(long row, int stream) {
        return Math.min(row + stream * quarter, sums - 1);
    }

    /** What is left of the row, the bias, the relu. A row that two quarters have gets the same result twice. */
    private void finish(long row, float wholeVectors) {
        float sum = wholeVectors;
        long at = w + row * terms * WIDTH;
        for (long k = whole; k < terms * WIDTH; k += WIDTH) {
            sum += MEMORY.get(JAVA_FLOAT, at + k) * MEMORY.get(JAVA_FLOAT, x + k);
        }
        if (bias != 0) {
            sum += MEMORY.get(JAVA_FLOAT, bias + row * WIDTH);
        }
        MEMORY.set(JAVA_FLOAT, y + row * WIDTH, relu ? Math.max(sum, 0f) : sum);
    }
}
