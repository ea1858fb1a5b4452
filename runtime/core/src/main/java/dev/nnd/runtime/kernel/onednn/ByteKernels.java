package dev.nnd.runtime.kernel.onednn;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import dev.nnd.runtime.kernel.KernelLoader;
import dev.nnd.runtime.kernel.NativeMemory;
import java.lang.foreign.MemorySegment;

/** From rows of floats to bytes with a scale, and from exact sums of their products back to floats. */
class ByteKernels {

    /** These loops, or their twins on the Vector API where the JVM has it; both give the same bits. */
    static final ByteKernels INSTANCE = KernelLoader.load(ByteKernels.class, ByteKernels::new);

    static final MemorySegment MEMORY = NativeMemory.ALL;

    /** The bits of a float without those of its sign; in their order not a number is above infinity, which is above all else. */
    static final int MAGNITUDE = 0x7fffffff;

    /** Added to a number below 2^22 it leaves the nearest integer, ties to even, in the lowest bits. */
    static final float ROUNDING = 0x1.8p23f;

    /** Between a signed byte and the unsigned one that is 128 larger. */
    static final int OFFSET = 0x80;

    private static final int INFINITE = 0x7f800000;
    private static final float STEPS = 127;
    private static final float ALL_STEPS = 255;
    /** A row below it counts as zeros: its scale would lose digits or be none. */
    private static final float LEAST = 1e-30f;

    /** What a step of the bytes is worth in a row whose largest magnitude has these bits; NaN if that is not finite. */
    static float scale(int largest) {
        if (largest >= INFINITE) {
            return Float.NaN;
        }
        float magnitude = Float.intBitsToFloat(largest);
        return magnitude < LEAST ? 0 : magnitude / STEPS;
    }

    /** What the numbers of a row are multiplied by before they are rounded. */
    static float inverse(int largest) {
        float magnitude = Float.intBitsToFloat(largest);
        return largest >= INFINITE || magnitude < LEAST ? 0 : STEPS / magnitude;
    }

    /** The largest of the magnitudes' bits. */
    int largest(long x, long count) {
        int largest = 0;
        for (long i = 0; i < count; i++) {
            largest = Math.max(largest, MEMORY.get(JAVA_INT, x + i * Float.BYTES) & MAGNITUDE);
        }
        return largest;
    }

    /**
     * The bits of the largest number in the lower half, those of the magnitude of the smallest one in the upper half; zero where
     * there is none above zero, or none below it.
     */
    long range(long x, long count) {
        int above = 0;
        int below = 0;
        for (long i = 0; i < count; i++) {
            int bits = MEMORY.get(JAVA_INT, x + i * Float.BYTES);
            above = Math.max(above, bits);
            below = Math.max(below, bits ^ Integer.MIN_VALUE);
        }
        return range(below, above);
    }

    static long range(int below, int above) {
        return (long) below << Integer.SIZE | above;
    }

    /** How far a range goes below zero, as bits. */
    static int below(long range) {
        return (int) (range >>> Integer.SIZE);
    }

    /** How far a range goes above zero, as bits. */
    static int above(long range) {
        return (int) range;
    }

    /** What a step of the bytes is worth in a range; NaN if that is not finite. */
    static float rangeScale(long range) {
        float width = width(range);
        if (!(width < Float.POSITIVE_INFINITY)) {
            return Float.NaN;
        }
        return width < LEAST ? 0 : width / steps(range);
    }

    /** What the numbers of a range are multiplied by before they are rounded. */
    static float rangeInverse(long range) {
        float width = width(range);
        return width >= LEAST && width < Float.POSITIVE_INFINITY ? steps(range) / width : 0;
    }

    /** The byte for zero; it is 0 if nothing is below zero. */
    static int zero(long range) {
        float steps = Float.intBitsToFloat(below(range)) * rangeInverse(range);
        return rangeInverse(range) == 0 ? 0 : (int) Math.rint(steps);
    }

    private static float width(long range) {
        return Float.intBitsToFloat(below(range)) + Float.intBitsToFloat(above(range));
    }

    /** Both ends are rounded where neither is zero, which may take a step more. */
    private static float steps(long range) {
        return below(range) == 0 ? ALL_STEPS : ALL_STEPS - 1;
    }

    /** q = round(x inverse) + offset, of which the lowest eight bits. */
    void quantize(long x, long q, long count, float inverse, int offset) {
        for (long i = 0; i < count; i++) {
            float shifted = MEMORY.get(JAVA_FLOAT, x + i * Float.BYTES) * inverse + ROUNDING;
            MEMORY.set(JAVA_BYTE, q + i, (byte) (Float.floatToRawIntBits(shifted) + offset));
        }
    }

    /** In place: y = (sum - correction) (weightScale scale) + bias. */
    void dequantize(long y, long corrections, long weightScales, long bias, long count, float scale) {
        for (long i = 0; i < count; i++) {
            long at = i * Float.BYTES;
            float sum = MEMORY.get(JAVA_INT, y + at) - MEMORY.get(JAVA_INT, corrections + at);
            MEMORY.set(
                    JAVA_FLOAT,
                    y + at,
                    sum * (MEMORY.get(JAVA_FLOAT, weightScales + at) * scale) + MEMORY.get(JAVA_FLOAT, bias + at));
        }
    }

    /** The same, and what is negative becomes 0. */
    void dequantizeRelu(long y, long corrections, long weightScales, long bias, long count, float scale) {
        for (long i = 0; i < count; i++) {
            long at = i * Float.BYTES;
            float sum = MEMORY.get(JAVA_INT, y + at) - MEMORY.get(JAVA_INT, corrections + at);
            float value = sum * (MEMORY.get(JAVA_FLOAT, weightScales + at) * scale) + MEMORY.get(JAVA_FLOAT, bias + at);
            MEMORY.set(JAVA_FLOAT, y + at, Math.max(value, 0));
        }
    }
}
