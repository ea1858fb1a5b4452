package dev.nnd.runtime.kernel.onednn;

import dev.nnd.runtime.foreign.NativeCalls;
import dev.nnd.runtime.kernel.NativeMemory;
import dev.nnd.runtime.memory.ElementType;
import dev.nnd.runtime.memory.Tensor;
import java.lang.foreign.MemorySegment;
import java.util.Locale;
import java.util.Set;
import java.util.function.IntSupplier;
import org.jspecify.annotations.Nullable;

/**
 * y = relu?(x w^T + bias) for many rows x, by oneDNN's function for matrices and weights that lie as [terms, sums]. It fetches the weights ahead,
 * where the primitives, which have them in blocks, wait for those that come from memory.
 */
final class ColumnProduct implements Runnable, IntSupplier {

    private static final MemorySegment MEMORY = NativeMemory.ALL;
    private static final long WIDTH = Float.BYTES;

    /** With fewer rows the primitive is as fast. */
    private static final long FEWEST_ROWS = 64;

    private static final long NARROWEST = 128;

    /** A relu in a loop of its own takes longer than the function saves, unless there are vectors. */
    private static final int LEAST_LANES = 8;

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

    private final OpenMpTeam team;
    private final MemorySegment function = DnnlLibrary.address("dnnl_sgemm");
    private final long[] numbers;
    private final float[] factors;
    private final @Nullable RowRelu relu;
    private final long bias;
    private final long y;
    private final long end;
    private final long row;

    /** Of operands that have their memory. */
    ColumnProduct(Operands operands, OpenMpTeam team) {
        this.team = team;
        long rows = operands.rows();
        long terms = operands.terms();
        long sums = operands.sums();
        row = sums * WIDTH;
        long x = NativeMemory.address(operands.x().segment(), rows * terms * WIDTH);
        long w = NativeMemory.address(operands.w().segment(), operands.w().storedBytes());
        y = NativeMemory.address(operands.y().segment(), rows * row);
        end = y + rows * row;
        var added = operands.bias();
        bias = added == null ? 0 : NativeMemory.address(added.segment(), row);
        // [rows, terms] by [terms, sums], each in row-major order.
        numbers = new long[] {'N', 'N', rows, sums, terms, x, terms, w, stride(sums), y, sums, 0, 0};
        factors = new float[] {1f, added == null ? 0f : 1f};
        relu = operands.relu() ? new RowRelu(y, end - y) : null;
    }

    /** Whether it is the fast way to multiply here, on one thread. */
    static boolean suits(long rows, long terms, long sums, boolean relu, long cache) {
        return suits(rows, FEWEST_ROWS, terms, sums, cache) && (!relu || RowKernels.INSTANCE.lanes() >= LEAST_LANES);
    }

    /** The same without a relu, with at least so many rows. */
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
        if (bias != 0) {
            for (long at = y; at < end; at += row) {
                MemorySegment.copy(MEMORY, bias, MEMORY, at, row);
            }
        }
        int status = team.execute(this);
        if (status != 0) {
            throw DnnlFunction.failure("a product of matrices", status);
        }
        if (relu != null) {
            relu.run();
        }
    }

    /** The product alone. */
    @Override
    public int getAsInt() {
        return (int) NativeCalls.call(function, numbers, factors);
    }
}
