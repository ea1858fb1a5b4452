package dev.nnd.runtime.kernel.onednn;

import dev.nnd.runtime.kernel.NativeMemory;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * A relu behind a product, where its sums lie; for one thread at a time. A block after the other is copied to the heap and back: there the JVM makes vectors
 * of a plain loop, which it does not do in native memory, and the copies cost less than memory and time for the classes of the Vector API.
 */
final class RowRelu {

    private static final MemorySegment MEMORY = NativeMemory.ALL;
    private static final int BLOCK = 512;
    private static final int NO_SIGN = 0x7fffffff;
    /** Added to the bits of a number without its sign it sets the sign's bit if that is no number, which lies behind infinity. */
    private static final int BEHIND_INFINITY = NO_SIGN - 0x7f800000;

    private final int[] block = new int[BLOCK];

    /** Sets what is negative to 0; what is no number stays so. */
    void row(long at, long bytes) {
        long end = at + bytes;
        for (long from = at; from < end; from += (long) BLOCK * Float.BYTES) {
            int count = (int) Math.min(BLOCK, (end - from) / Float.BYTES);
            MemorySegment.copy(MEMORY, ValueLayout.JAVA_INT, from, block, 0, count);
            clip(block, count);
            MemorySegment.copy(block, 0, MEMORY, ValueLayout.JAVA_INT, from, count);
        }
    }

    /** So many bytes of each row, the first of which is {@code at}, up to the end of the last. */
    void rows(long at, long bytes, long stride, long end) {
        if (bytes == stride) {
            row(at, end - at);
            return;
        }
        for (long row = at; row < end; row += stride) {
            row(row, bytes);
        }
    }

    /** On the bits of floats, a third faster than {@link Math#max(float, float)}. */
    private static void clip(int[] bits, int count) {
        for (int i = 0; i < count; i++) {
            int number = bits[i];
            int none = (number & NO_SIGN) + BEHIND_INFINITY;
            bits[i] = number & ~((number & ~none) >> (Integer.SIZE - 1));
        }
    }
}
