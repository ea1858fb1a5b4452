package dev.nnd.runtime.kernel;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * What the lanes of a vector come to, in one order always. The Vector API leaves the order of its sums to the compiler, so
 * that a program would compute other bits once it is warm. A vector is stored where {@link #spare} says, since one that is
 * passed to a method may become an object.
 */
public final class Lanes {

    /** Bytes at {@link #spare}: enough for sixteen vectors of any machine. */
    public static final int SPARE_BYTES = 4096;

    private static final MemorySegment MEMORY = NativeMemory.ALL;
    private static final ThreadLocal<Spare> SPARE = ThreadLocal.withInitial(Spare::new);

    private Lanes() {}

    /** The address of a place for intermediate results. It is this thread's own, as long as that lives. */
    public static long spare() {
        return SPARE.get().address;
    }

    /** The sum of some floats: of every fourth, then of those four. */
    public static float sum(long at, int count) {
        float a = 0;
        float b = 0;
        float c = 0;
        float d = 0;
        int i = 0;
        for (; i <= count - 4; i += 4) {
            long four = at + 4L * i;
            a += MEMORY.get(JAVA_FLOAT, four);
            b += MEMORY.get(JAVA_FLOAT, four + 4);
            c += MEMORY.get(JAVA_FLOAT, four + 8);
            d += MEMORY.get(JAVA_FLOAT, four + 12);
        }
        for (; i < count; i++) {
            a += MEMORY.get(JAVA_FLOAT, at + 4L * i);
        }
        return (a + b) + (c + d);
    }

    /** The product of some floats, from the first to the last. */
    public static float product(long at, int count) {
        float product = 1;
        for (int i = 0; i < count; i++) {
            product *= MEMORY.get(JAVA_FLOAT, at + 4L * i);
        }
        return product;
    }

    /** Puts the sine of each float in its place. */
    public static void sin(long at, int count) {
        for (long to = at; to < at + 4L * count; to += 4) {
            MEMORY.set(JAVA_FLOAT, to, Floats.sin(MEMORY.get(JAVA_FLOAT, to)));
        }
    }

    /** Puts the cosine of each float in its place. */
    public static void cos(long at, int count) {
        for (long to = at; to < at + 4L * count; to += 4) {
            MEMORY.set(JAVA_FLOAT, to, Floats.cos(MEMORY.get(JAVA_FLOAT, to)));
        }
    }

    /** Puts the arc sine of each float in its place. */
    public static void asin(long at, int count) {
        for (long to = at; to < at + 4L * count; to += 4) {
            MEMORY.set(JAVA_FLOAT, to, Floats.asin(MEMORY.get(JAVA_FLOAT, to)));
        }
    }

    /** Puts the arc cosine of each float in its place. */
    public static void acos(long at, int count) {
        for (long to = at; to < at + 4L * count; to += 4) {
            MEMORY.set(JAVA_FLOAT, to, Floats.acos(MEMORY.get(JAVA_FLOAT, to)));
        }
    }

    /** Puts the arc tangent of each float in its place. */
    public static void atan(long at, int count) {
        for (long to = at; to < at + 4L * count; to += 4) {
            MEMORY.set(JAVA_FLOAT, to, Floats.atan(MEMORY.get(JAVA_FLOAT, to)));
        }
    }

    /** Puts a^b in the place of each float a; the exponents are behind the floats. */
    public static void pow(long at, int count) {
        long behind = at + 4L * count;
        for (long to = at; to < behind; to += 4) {
            float exponent = MEMORY.get(JAVA_FLOAT, to + 4L * count);
            MEMORY.set(JAVA_FLOAT, to, Floats.pow(MEMORY.get(JAVA_FLOAT, to), exponent));
        }
    }

    private static final class Spare {

        /** The longest vector there is, of 2,048 bits. */
        private static final long BYTES = 256;

        private final MemorySegment segment = Arena.ofAuto().allocate(SPARE_BYTES, BYTES);
        private final long address = segment.address();
    }
}
