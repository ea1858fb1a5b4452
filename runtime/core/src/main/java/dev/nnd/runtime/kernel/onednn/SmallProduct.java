package dev.nnd.runtime.kernel.onednn;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;

import dev.nnd.runtime.foreign.NativeCalls;
import dev.nnd.runtime.kernel.NativeMemory;
import dev.nnd.runtime.memory.Tensor;
import java.lang.foreign.MemorySegment;
import java.util.Locale;
import java.util.Set;
import java.util.function.IntSupplier;

/**
 * y = a b, or y = a^T b, of row-major matrices by oneDNN's function for matrices. For the small products of a recurrence, and for a tall
 * a^T b, its kernels are faster than those of the primitives, and it has less to do before them.
 */
final class SmallProduct implements Runnable, IntSupplier {

    private static final long WIDTH = Float.BYTES;
    private static final int FEWEST_ROWS = 8;
    private static final int MOST_ROWS = 64;
    private static final int NARROWEST = 16;
    /** A larger matrix of weights does not stay in near caches, where no way was found to be faster than the other. */
    private static final int MOST_WEIGHTS = 1 << 16;

    private static final int TALL = 512;
    /** With more, nobody has measured how the function cuts a product and how the primitive does. */
    private static final int MOST_THREADS = 2;

    /** Elsewhere the function is not made for the machine, or can't be called. */
    private static final boolean POSSIBLE = NativeCalls.FLOATS
            && Set.of("amd64", "x86_64").contains(System.getProperty("os.arch").toLowerCase(Locale.ROOT));

    private final OpenMpTeam team;
    private final MemorySegment function = DnnlLibrary.address("dnnl_sgemm");
    private final long[] numbers;
    private final float[] factors = {1f, 0f};

    /**
     * Of matrices that have their memory: y [rows, sums].
     *
     * @param transposed whether a is [terms, rows], and not [rows, terms]
     * @param b [terms, sums]
     */
    SmallProduct(Tensor a, boolean transposed, Tensor b, Tensor y, long rows, long terms, long sums, OpenMpTeam team) {
        this.team = team;
        numbers = new long[] {
            transposed ? 'T' : 'N',
            'N',
            rows,
            sums,
            terms,
            NativeMemory.address(a.segment(), rows * terms * WIDTH),
            transposed ? rows : terms,
            NativeMemory.address(b.segment(), terms * sums * WIDTH),
            sums,
            NativeMemory.address(y.segment(), rows * sums * WIDTH),
            sums,
            0,
            0
        };
    }

    /**
     * The sums of b's columns, as a product with ones.
     *
     * @param ones [rows], which are written here
     * @param b [rows, columns]
     * @param sums [columns]
     */
    static SmallProduct columnSums(Tensor ones, Tensor b, Tensor sums, long rows, long columns, OpenMpTeam team) {
        for (long i = 0; i < rows; i++) {
            ones.segment().setAtIndex(JAVA_FLOAT, i, 1f);
        }
        return new SmallProduct(ones, false, b, sums, 1, rows, columns, team);
    }

    /** Whether it is the fast way to multiply a few rows here, on one thread. */
    static boolean suits(long rows, long terms, long sums) {
        return POSSIBLE && rows >= FEWEST_ROWS && rows <= MOST_ROWS && weights(terms, sums);
    }

    /** Whether it is the fast way for so many threads to multiply a^T b of so many rows each here. */
    static boolean suitsTall(long rows, long left, long right, int threads) {
        return POSSIBLE && threads <= MOST_THREADS && rows >= TALL && weights(left, right);
    }

    private static boolean weights(long inputs, long outputs) {
        return Math.min(inputs, outputs) >= NARROWEST && inputs * outputs <= MOST_WEIGHTS;
    }

    @Override
    public void run() {
        int status = team.execute(this);
        if (status != 0) {
            throw DnnlFunction.failure("a product of matrices", status);
        }
    }

    /** The product alone. */
    @Override
    public int getAsInt() {
        return (int) NativeCalls.call(function, numbers, factors);
    }
}
