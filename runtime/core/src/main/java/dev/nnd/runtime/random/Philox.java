package dev.nnd.runtime.random;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;

/**
 * Random numbers by index: Philox4x32-10 of Salmon, Moraes, Dror and Shaw, "Parallel random numbers: as easy as 1, 2,
 * 3", 2011. The key is a seed; the counter's upper half is the hash of a name, its lower half the index. So number i
 * of name "a" is the same whatever was drawn before, in any thread and on any machine. Immutable.
 */
public final class Philox {

    private static final int MULTIPLIER_0 = 0xD2511F53;
    private static final int MULTIPLIER_1 = 0xCD9E8D57;
    private static final int WEYL_0 = 0x9E3779B9;
    private static final int WEYL_1 = 0xBB67AE85;
    private static final int ROUNDS = 10;

    private final long seed;
    private final long stream;

    /** The numbers of a name under a seed. */
    public Philox(long seed, String name) {
        this.seed = seed;
        this.stream = hash(name);
    }

    /** FNV-1a over UTF-8, 64 bits. */
    private static long hash(String name) {
        long hash = 0xCBF29CE484222325L;
        for (byte b : name.getBytes(StandardCharsets.UTF_8)) {
            hash = (hash ^ (b & 0xFF)) * 0x100000001B3L;
        }
        return hash;
    }

    /**
     * The block function, in place.
     *
     * @param counter four words, replaced by four random words
     * @param key0 first word of the key; {@code key1} the second
     */
    static void block(int[] counter, int key0, int key1) {
        int k0 = key0;
        int k1 = key1;
        for (int round = 0; round < ROUNDS; round++) {
            long product0 = (MULTIPLIER_0 & 0xFFFFFFFFL) * (counter[0] & 0xFFFFFFFFL);
            long product1 = (MULTIPLIER_1 & 0xFFFFFFFFL) * (counter[2] & 0xFFFFFFFFL);
            counter[0] = (int) (product1 >>> 32) ^ counter[1] ^ k0;
            counter[2] = (int) (product0 >>> 32) ^ counter[3] ^ k1;
            counter[1] = (int) product1;
            counter[3] = (int) product0;
            k0 += WEYL_0;
            k1 += WEYL_1;
        }
    }

    private void words(long blockIndex, int[] words) {
        words[0] = (int) blockIndex;
        words[1] = (int) (blockIndex >>> 32);
        words[2] = (int) stream;
        words[3] = (int) (stream >>> 32);
        block(words, (int) seed, (int) (seed >>> 32));
    }

    /** 64 random bits. */
    public long bits(long index) {
        var words = new int[4];
        words(index >>> 1, words);
        int at = (int) (index & 1) * 2;
        return (words[at] & 0xFFFFFFFFL) | (long) words[at + 1] << 32;
    }

    /** A number in [0, 1), a multiple of 2^-53. */
    public double uniform(long index) {
        return (bits(index) >>> 11) * 0x1p-53;
    }

    /** A whole number in [0, bound); the bias is below bound / 2^64. */
    public long below(long index, long bound) {
        if (bound <= 0) {
            throw new IllegalArgumentException("bound is " + bound);
        }
        return Math.unsignedMultiplyHigh(bits(index), bound);
    }

    /** Fills floats with numbers of [low, high). */
    public void fillUniform(MemorySegment out, double low, double high) {
        long count = out.byteSize() / Float.BYTES;
        var words = new int[4];
        float top = Math.nextDown((float) high);
        for (long i = 0; i < count; i++) {
            if ((i & 3) == 0) {
                words(i >>> 2, words);
            }
            double unit = (words[(int) (i & 3)] >>> 8) * 0x1p-24;
            float value = (float) (low + unit * (high - low));
            out.setAtIndex(ValueLayout.JAVA_FLOAT, i, low < high ? Math.min(value, top) : value);
        }
    }

    /** Fills floats with normally distributed numbers, by the transform of Box and Muller, 1958. */
    public void fillNormal(MemorySegment out, double mean, double deviation) {
        long count = out.byteSize() / Float.BYTES;
        var words = new int[4];
        for (long i = 0; i < count; i += 2) {
            if ((i & 3) == 0) {
                words(i >>> 2, words);
            }
            int at = (int) (i & 3);
            // In (0, 1], so that the logarithm is finite. StrictMath: the same bytes on every machine.
            double radius = StrictMath.sqrt(-2 * StrictMath.log(((words[at] & 0xFFFFFFFFL) + 1) * 0x1p-32));
            double angle = 2 * Math.PI * ((words[at + 1] & 0xFFFFFFFFL) * 0x1p-32);
            out.setAtIndex(ValueLayout.JAVA_FLOAT, i, (float) (mean + deviation * radius * StrictMath.cos(angle)));
            if (i + 1 < count) {
                double other = mean + deviation * radius * StrictMath.sin(angle);
                out.setAtIndex(ValueLayout.JAVA_FLOAT, i + 1, (float) other);
            }
        }
    }

    /** The same, each drawn anew until it is at most two standard deviations off. */
    public void fillTruncatedNormal(MemorySegment out, double mean, double deviation) {
        for (long i = 0; i < out.byteSize() / Float.BYTES; i++) {
            double normal = 3;
            for (long attempt = 0; Math.abs(normal) > 2; attempt++) {
                long bits = bits(i + (attempt << 40));
                double radius = StrictMath.sqrt(-2 * StrictMath.log(((bits & 0xFFFFFFFFL) + 1) * 0x1p-32));
                normal = radius * StrictMath.cos(2 * Math.PI * ((bits >>> 32) * 0x1p-32));
            }
            out.setAtIndex(ValueLayout.JAVA_FLOAT, i, (float) (mean + deviation * normal));
        }
    }

    /** The numbers 0 to count - 1 in random order (Fisher and Yates). */
    public int[] permutation(int count) {
        var order = new int[count];
        for (int i = 0; i < count; i++) {
            int j = (int) below(i, i + 1L);
            order[i] = order[j];
            order[j] = i;
        }
        return order;
    }
}
