package dev.nnd.runtime.kernel.onednn;

import dev.nnd.runtime.foreign.NativeCalls;
import dev.nnd.runtime.kernel.NativeMemory;
import dev.nnd.runtime.kernel.Workers;
import dev.nnd.runtime.memory.ElementType;
import dev.nnd.runtime.memory.Tensor;
import java.lang.foreign.MemorySegment;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * y = relu?(x w^T + bias) for many rows x, by oneDNN's function for matrices and weights that lie as [terms, sums]. It fetches the weights ahead,
 * where the primitives, which have them in blocks, wait for those that come from memory. Threads take ranges of the sums, so that each reads weights that
 * no other one reads.
 */
final class ColumnProduct implements Runnable {

    private static final MemorySegment MEMORY = NativeMemory.ALL;
    private static final long WIDTH = Float.BYTES;

    /** With fewer rows the primitive is as fast. */
    private static final long FEWEST_ROWS = 64;

    private static final long NARROWEST = 128;

    /** Bytes after which cache lines fall into the same places: columns as long as that would push one another out. */
    private static final long ALIAS = 4096;

    /** Numbers between columns that would. */
    private static final long GAP = 16;

    /**
     * Bytes of a processor's own cache with which memory behind it is so slow that it pays: 166 to 168 GFLOP/s where the primitive has 140 to 144 (an
     * Intel server of 2023, ceiling 171). On AMD's Zen 4 (1 MB) the primitive is at 0.98 of the ceiling.
     */
    private static final long LARGE_CACHE = 2L << 20;

    /** Elsewhere the function is not made for the machine, or can't be called. */
    private static final boolean POSSIBLE = NativeCalls.FLOATS
            && Set.of("amd64", "x86_64").contains(System.getProperty("os.arch").toLowerCase(Locale.ROOT));

    /** x [rows, terms], w in {@link #descriptor}'s order, y [rows, sums]. */
    record Operands(
            Tensor x, Tensor w, @Nullable Tensor bias, boolean relu, Tensor y, long rows, long terms, long sums) {}

    /** Two for each thread, so that one that is held up leaves the other one half of its work. */
    private static final int PARTS_OF_A_THREAD = 2;

    /** Sums of a range; with fewer, one range for each thread is faster than two. */
    private static final long NARROWEST_OF_TWO = 256;

    /** The function computes so many sums at a time. */
    private static final long UNROLLED = 48;

    private final OpenMpTeam team;
    private final MemorySegment function = DnnlLibrary.address("dnnl_sgemm");
    private final Workers.Work work = this::part;
    /** The function's arguments for each range of sums. */
    private final long[][] ranges;

    private final float[] factors;
    /** One for each range. */
    private final RowRelu @Nullable [] relus;

    private final long sums;
    private final long bias;
    private final long y;
    private final long end;
    private final long row;

    /** Of operands that have their memory. */
    ColumnProduct(Operands operands, OpenMpTeam team) {
        this.team = team;
        long rows = operands.rows();
        long terms = operands.terms();
        sums = operands.sums();
        row = sums * WIDTH;
        long x = NativeMemory.address(operands.x().segment(), rows * terms * WIDTH);
        long w = NativeMemory.address(operands.w().segment(), operands.w().storedBytes());
        y = NativeMemory.address(operands.y().segment(), rows * row);
        end = y + rows * row;
        var added = operands.bias();
        bias = added == null ? 0 : NativeMemory.address(added.segment(), row);
        ranges = new long[parts(sums, team.threads())][];
        for (int part = 0; part < ranges.length; part++) {
            long from = first(part);
            long width = first(part + 1) - from;
            // [rows, terms] by [terms, width], each in row-major order.
            ranges[part] = new long[] {
                'N', 'N', rows, width, terms, x, terms, w + from * WIDTH, stride(sums), y + from * WIDTH, sums, 0, 0
            };
        }
        factors = new float[] {1f, added == null ? 0f : 1f};
        relus = operands.relu() ? relus(ranges.length) : null;
    }

    private static RowRelu[] relus(int count) {
        var all = new RowRelu[count];
        for (int i = 0; i < count; i++) {
            all[i] = new RowRelu();
        }
        return all;
    }

    private static int parts(long sums, int threads) {
        if (threads == 1) {
            return 1;
        }
        long most = (long) PARTS_OF_A_THREAD * threads;
        return (int) Math.clamp(sums / UNROLLED, 1, sums / most < NARROWEST_OF_TWO ? threads : most);
    }

    /** The first sum of a range. */
    private long first(int part) {
        return part == ranges.length ? sums : sums / UNROLLED * part / ranges.length * UNROLLED;
    }

    /**
     * Whether it is the fast way to multiply here, by so many threads. What several threads read and write was in each other's caches before, so that
     * they gain only where weights come from memory: 83 to 87 of 100, and 110 of 100 with 1.6 MB of them (the same server, two threads).
     */
    static boolean suits(long rows, long terms, long sums, int threads, long cache) {
        return suits(rows, FEWEST_ROWS, terms, sums / threads, cache) && (threads == 1 || terms * sums * WIDTH > cache);
    }

    /** The same on one thread with at least so many rows. */
    static boolean suits(long rows, long fewest, long terms, long sums, long cache) {
        return POSSIBLE && cache >= LARGE_CACHE && rows >= fewest && Math.min(terms, sums) >= NARROWEST;
    }

    /** How weights [sums, terms] lie: the weights of one term for all sums side by side. */
    static long descriptor(Descriptors descriptors, long terms, long sums) {
        return descriptors.strided(ElementType.F32, new long[] {sums, terms}, new long[] {1, stride(sums)});
    }

    /** Numbers from one column to the next. */
    static long stride(long sums) {
        return sums * WIDTH % ALIAS == 0 ? sums + GAP : sums;
    }

    @Override
    public void run() {
        if (ranges.length == 1) {
            part(0, 0);
        } else {
            team.runLong(work, ranges.length);
        }
    }

    private void part(int part, int slot) {
        long from = first(part) * WIDTH;
        long bytes = first(part + 1) * WIDTH - from;
        if (bias != 0) {
            for (long at = y + from; at < end; at += row) {
                MemorySegment.copy(MEMORY, bias + from, MEMORY, at, bytes);
            }
        }
        DnnlCalls.threads(1);
        int status = (int) NativeCalls.call(function, ranges[part], factors);
        if (status != 0) {
            throw DnnlFunction.failure("a product of matrices", status);
        }
        if (relus != null) {
            relus[part].rows(y + from, bytes, row, end);
        }
    }
}
