package dev.nnd.runtime.kernel.onednn;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;

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
 */
final class RowProduct implements Runnable, IntSupplier {

    private static final MemorySegment MEMORY = NativeMemory.ALL;
    private static final long WIDTH = Float.BYTES;

    /** Larger weights come from memory, from where the primitive reads as fast or faster. */
    private static final long MOST_BYTES = 4L << 20;

    /** Elsewhere the function is not made for the machine, or can't be called. */
    private static final boolean POSSIBLE = NativeCalls.FLOATS
            && Set.of("amd64", "x86_64").contains(System.getProperty("os.arch").toLowerCase(Locale.ROOT));

    /** What it multiplies: a row of {@code terms} numbers, with as many rows as there are {@code sums}. */
    record Operands(Tensor x, Tensor w, @Nullable Tensor bias, boolean relu, Tensor y, long terms, long sums) {}

    private final Operands operands;
    private final OpenMpTeam team;
    private final MemorySegment function = DnnlLibrary.address("dnnl_sgemm");
    private final long[] numbers;
    private final float[] factors;
    private final long y;
    private final long end;
    private final long bias;

    /** Of operands that have their memory. */
    RowProduct(Operands operands, OpenMpTeam team) {
        this.operands = operands;
        this.team = team;
        long terms = operands.terms();
        long sums = operands.sums();
        long x = NativeMemory.address(operands.x().segment(), terms * WIDTH);
        long w = NativeMemory.address(operands.w().segment(), terms * sums * WIDTH);
        y = NativeMemory.address(operands.y().segment(), sums * WIDTH);
        end = y + sums * WIDTH;
        var added = operands.bias();
        bias = added == null ? 0 : NativeMemory.address(added.segment(), sums * WIDTH);
        // [sums, terms] by [terms, 1], each in row-major order.
        numbers = new long[] {'N', 'N', sums, 1, terms, w, terms, x, 1, y, 1, 0, 0};
        factors = new float[] {1f, added == null ? 0f : 1f};
    }

    /** Whether it is the fast way to multiply here. */
    static boolean suits(long rows, long terms, long sums) {
        return rows == 1 && POSSIBLE && terms * sums * WIDTH <= MOST_BYTES;
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
        if (operands.relu()) {
            for (long at = y; at < end; at += WIDTH) {
                MEMORY.set(JAVA_FLOAT, at, Math.max(MEMORY.get(JAVA_FLOAT, at), 0f));
            }
        }
    }

    /** The product alone. */
    @Override
    public int getAsInt() {
        return (int) NativeCalls.call(function, numbers, factors);
    }
}
