package dev.nnd.runtime.random;

import static java.lang.foreign.ValueLayout.JAVA_DOUBLE;
import static java.lang.foreign.ValueLayout.JAVA_FLOAT;

import dev.nnd.runtime.kernel.NativeMemory;
import dev.nnd.runtime.kernel.Simd;
import dev.nnd.runtime.memory.ElementType;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Random numbers for generated kernels, as a function of seed, step, stream and place: Philox4x32-10 (see {@link Philox})
 * with the seed as key and the counter (place / 4, stream, step). Element i takes word i % 4, so that equal arguments give
 * equal numbers in any thread, forward and when computed once more.
 */
public final class RandomNumbers {

    private static final int MULTIPLIER_0 = 0xD2511F53;
    private static final int MULTIPLIER_1 = 0xCD9E8D57;
    private static final int WEYL_0 = 0x9E3779B9;
    private static final int WEYL_1 = 0xBB67AE85;

    /** Fewer numbers are not worth vectors. */
    private static final long FEW = 1024;

    /** Vectors make so many numbers a call, so that their code is compiled soon. */
    private static final int PIECE = 64;

    /** Before so many calls their code is interpreted, a thousand times slower; so that only one piece of some is theirs. */
    private static final int COLD_CALLS = 3000;

    private static final int PIECES_OF_A_COLD_CALL = 16;

    /** How many pieces vectors have made: of this process, as compiled code is. Threads may lose some of each other's counts. */
    private static final AtomicInteger VECTOR_CALLS = new AtomicInteger();

    private RandomNumbers() {}

    /** From 0 inclusive to 1 exclusive, multiples of 2^-24: elements {@code from}, a multiple of 4, to before {@code to}. */
    public static void uniform(ElementType type, long at, long from, long to, long seed, long step, long stream) {
        long done = from;
        if (type == ElementType.F32 && Simd.AVAILABLE && to - from >= FEW) {
            for (int piece = 0; done <= to - PIECE; piece++, done += PIECE) {
                int calls = VECTOR_CALLS.getPlain();
                if (calls >= COLD_CALLS || piece % PIECES_OF_A_COLD_CALL == 0) {
                    RandomVectors.uniform(at, done, done + PIECE, seed, step, stream);
                    VECTOR_CALLS.setPlain(Math.min(calls + 1, COLD_CALLS));
                } else {
                    plainUniform(type, at, done, done + PIECE, seed, step, stream);
                }
            }
        }
        plainUniform(type, at, done, to, seed, step, stream);
    }

    /** The same without vectors. */
    static void plainUniform(ElementType type, long at, long from, long to, long seed, long step, long stream) {
        for (long i = from; i < to; i += 4) {
            long block = block(i >>> 2, stream, step, seed, 0);
            long other = block(i >>> 2, stream, step, seed, 1);
            set(type, at, i, to, unit(block));
            set(type, at, i + 1, to, unit(block >>> 32));
            set(type, at, i + 2, to, unit(other));
            set(type, at, i + 3, to, unit(other >>> 32));
        }
    }

    /**
     * Mean 0, standard deviation 1, by the transform of Box and Muller, 1958: elements {@code from}, a multiple of 4, to before
     * {@code to}.
     */
    public static void normal(ElementType type, long at, long from, long to, long seed, long step, long stream) {
        for (long i = from; i < to; i += 4) {
            pair(type, at, i, to, block(i >>> 2, stream, step, seed, 0));
            pair(type, at, i + 2, to, block(i >>> 2, stream, step, seed, 1));
        }
    }

    private static void pair(ElementType type, long to, long index, long count, long words) {
        // In (0, 1], so that the logarithm is finite.
        double radius = Math.sqrt(-2 * Math.log(((words & 0xFFFFFFFFL) + 1) * 0x1p-32));
        double angle = 2 * Math.PI * ((words >>> 32) * 0x1p-32);
        set(type, to, index, count, radius * Math.cos(angle));
        set(type, to, index + 1, count, radius * Math.sin(angle));
    }

    private static double unit(long word) {
        return ((int) word >>> 8) * 0x1p-24;
    }

    private static void set(ElementType type, long to, long index, long count, double value) {
        if (index >= count) {
            return;
        }
        if (type == ElementType.F64) {
            NativeMemory.ALL.set(JAVA_DOUBLE, to + 8 * index, value);
        } else {
            NativeMemory.ALL.set(JAVA_FLOAT, to + 4 * index, (float) value);
        }
    }

    /** Words 0 and 1 of a block, or 2 and 3; the first one is the lower half. */
    private static long block(long index, long stream, long step, long seed, int half) {
        int c0 = (int) index;
        int c1 = (int) stream;
        int c2 = (int) step;
        int c3 = (int) (step >>> 32);
        int k0 = (int) seed;
        int k1 = (int) (seed >>> 32);
        for (int round = 0; round < 10; round++) {
            long product0 = (MULTIPLIER_0 & 0xFFFFFFFFL) * (c0 & 0xFFFFFFFFL);
            long product1 = (MULTIPLIER_1 & 0xFFFFFFFFL) * (c2 & 0xFFFFFFFFL);
            c0 = (int) (product1 >>> 32) ^ c1 ^ k0;
            c1 = (int) product1;
            c2 = (int) (product0 >>> 32) ^ c3 ^ k1;
            c3 = (int) product0;
            k0 += WEYL_0;
            k1 += WEYL_1;
        }
        return half == 0 ? (c0 & 0xFFFFFFFFL) | (long) c1 << 32 : (c2 & 0xFFFFFFFFL) | (long) c3 << 32;
    }
}
