package dev.nnd.compiler.ir;

import java.util.List;

/**
 * Random numbers by index: Philox4x32-10 (Salmon et al., "Parallel random numbers: as easy as 1, 2, 3", 2011). The key is
 * the seed; the counter is the index of the element divided by 4, the stream and the step. Element i takes word i % 4.
 */
final class RandomReference {

    private static final long MASK = 0xFFFFFFFFL;

    private RandomReference() {}

    static Ndarray random(Op.Random op, long stream, List<Ndarray> in, int[] shape) {
        Ndarray y = Ndarray.zeros(shape);
        for (int i = 0; i < y.elements().length; i++) {
            long key = (long) in.get(0).elements()[0];
            long time = (long) in.get(1).elements()[0];
            y.elements()[i] = switch (op.distribution()) {
                case UNIFORM -> (word(key, time, stream, i) >>> 8) * 0x1p-24;
                case NORMAL -> normal(key, time, stream, i);
            };
        }
        return y;
    }

    /** Box and Muller: elements 2 i and 2 i + 1 are the cosine and the sine of one pair of words. */
    private static double normal(long seed, long step, long stream, int index) {
        double radius = Math.sqrt(-2 * Math.log((word(seed, step, stream, index & ~1) + 1) * 0x1p-32));
        double angle = 2 * Math.PI * (word(seed, step, stream, index | 1) * 0x1p-32);
        return radius * ((index & 1) == 0 ? Math.cos(angle) : Math.sin(angle));
    }

    private static long word(long seed, long step, long stream, int index) {
        long[] c = {index >>> 2, stream, step & MASK, step >>> 32 & MASK};
        long k0 = seed & MASK;
        long k1 = seed >>> 32 & MASK;
        for (int round = 0; round < 10; round++) {
            long product0 = 0xD2511F53L * c[0];
            long product1 = 0xCD9E8D57L * c[2];
            long[] next = {
                (product1 >>> 32 ^ c[1] ^ k0) & MASK,
                product1 & MASK,
                (product0 >>> 32 ^ c[3] ^ k1) & MASK,
                product0 & MASK
            };
            System.arraycopy(next, 0, c, 0, 4);
            k0 = k0 + 0x9E3779B9L & MASK;
            k1 = k1 + 0xBB67AE85L & MASK;
        }
        return c[index & 3];
    }
}
