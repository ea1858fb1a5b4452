package dev.nnd.runtime.kernel.onednn;

import dev.nnd.runtime.foreign.NativeCalls;
import dev.nnd.runtime.kernel.NativeMemory;
import dev.nnd.runtime.memory.Tensor;
import java.lang.foreign.MemorySegment;
import java.util.Locale;
import java.util.Set;
import java.util.function.IntSupplier;
import org.jspecify.annotations.Nullable;

/**
 * y = relu?(w x + bias) for one row x and weights in rows, by oneDNN's function for matrices. For a row it reads the weights
 * faster than the primitive of an inner product does, has less to do before, and cuts them by rows, so that each thread reads
 * its own.
 *
 * <p>One thread with a large cache of its own reads larger weights in blocks of rows, from the first to the last one and the next time from the last
 * to the first: what was read at the end is still in the cache then, where one direction would find all of it gone. Each
 * result is the same sum either way.
 */
final class RowProduct implements Runnable, IntSupplier {

    private static final MemorySegment MEMORY = NativeMemory.ALL;
    private static final long WIDTH = Float.BYTES;

    /** Larger weights come from memory, from where the primitive reads as fast or faster. */
    private static final long MOST_BYTES = 4L << 20;

    /** Of fewer bytes blocks would be calls for nothing. */
    private static final long LEAST_BYTES_IN_BLOCKS = 768 << 10;

    private static final int BLOCKS = 4;

    /**
     * Bytes of a processor's own cache with which the next one is so slow that blocks pay (servers of Intel since 2023: 140 and 30 GB/s); with
     * less (1 MB on AMD's Zen 4: 117 and 99 GB/s) the calls cost more than they bring.
     */
    private static final long LARGE_CACHE = 2L << 20;

    /** Elsewhere the function is not made for the machine, or can't be called. */
    private static final boolean POSSIBLE = NativeCalls.FLOATS
            && Set.of("amd64", "x86_64").contains(System.getProperty("os.arch").toLowerCase(Locale.ROOT));

    /** What it multiplies: a row of {@code terms} numbers, with as many rows as there are {@code sums}. */
    record Operands(Tensor x, Tensor w, @Nullable Tensor bias, boolean relu, Tensor y, long terms, long sums) {}

    private final OpenMpTeam team;
    private final MemorySegment function = DnnlLibrary.address("dnnl_sgemm");
    /** The arguments for each block of rows. */
    private final long[][] blocks;

    private final float[] factors;
    private final long y;
    private final long end;
    private final long bias;
    private final @Nullable RowRelu relu;
    private boolean fromTheEnd;

    /** Of operands that have their memory. */
    RowProduct(Operands operands, OpenMpTeam team) {
        this(operands, team, OwnCache.BYTES);
    }

    /** On a processor with so many bytes of cache to itself. */
    RowProduct(Operands operands, OpenMpTeam team, long cache) {
        this.team = team;
        long terms = operands.terms();
        long sums = operands.sums();
        long x = NativeMemory.address(operands.x().segment(), terms * WIDTH);
        long w = NativeMemory.address(operands.w().segment(), terms * sums * WIDTH);
        y = NativeMemory.address(operands.y().segment(), sums * WIDTH);
        end = y + sums * WIDTH;
        relu = operands.relu() ? new RowRelu() : null;
        var added = operands.bias();
        bias = added == null ? 0 : NativeMemory.address(added.segment(), sums * WIDTH);
        blocks = new long[blocks(team.threads(), terms, sums, cache)][];
        for (int block = 0; block < blocks.length; block++) {
            long first = sums * block / blocks.length;
            long rows = sums * (block + 1) / blocks.length - first;
            // [rows, terms] by [terms, 1], each in row-major order.
            blocks[block] = new long[] {
                'N', 'N', rows, 1, terms, w + first * terms * WIDTH, terms, x, 1, y + first * WIDTH, 1, 0, 0
            };
        }
        factors = new float[] {1f, added == null ? 0f : 1f};
    }

    /** Whether it is the fast way to multiply here. */
    static boolean suits(long rows, long terms, long sums) {
        return rows == 1 && POSSIBLE && terms * sums * WIDTH <= MOST_BYTES;
    }

    /** Into how many blocks the weights are cut. */
    private static int blocks(int threads, long terms, long sums, long cache) {
        boolean many = terms * sums * WIDTH >= LEAST_BYTES_IN_BLOCKS;
        return threads == 1 && cache >= LARGE_CACHE && many ? (int) Math.min(BLOCKS, sums) : 1;
    }

    @Override
    public void run() {
        if (bias != 0) {
            MemorySegment.copy(MEMORY, bias, MEMORY, y, end - y);
        }
        int status = team.execute(this);
        if (status != 0) {
            throw DnnlFunction.failure("a product of one row", status);
        }
        if (relu != null) {
            relu.row(y, end - y);
        }
    }

    /** The product alone. */
    @Override
    public int getAsInt() {
        int status = 0;
        for (int i = 0; i < blocks.length && status == 0; i++) {
            int block = fromTheEnd ? blocks.length - 1 - i : i;
            status = (int) NativeCalls.call(function, blocks[block], factors);
        }
        fromTheEnd = !fromTheEnd;
        return status;
    }
}
