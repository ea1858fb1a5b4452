package dev.nnd.runtime.kernel;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_DOUBLE;
import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.nnd.runtime.memory.ElementType;
import java.lang.foreign.MemorySegment;

/**
 * The first entries of a line of elements in order, for generated kernels: a heap of the indices found so far, in the memory
 * of the result, so that nothing is allocated. Equal entries keep their order; NaN is larger than all numbers.
 */
public final class Ordering {

    private static final MemorySegment MEMORY = NativeMemory.ALL;

    private Ordering() {}

    /**
     * Sorts one line.
     *
     * @param x the address of its first element
     * @param size how many elements it has; {@code count} how many are wanted
     * @param stride how many elements two neighbours are apart, here and in the results
     * @param values the address for the first value, {@code indices} for its index (i32)
     */
    public static void sort(
            ElementType type,
            long x,
            long size,
            long stride,
            long values,
            long indices,
            long count,
            boolean descending) {
        for (long i = 0; i < count; i++) {
            put(indices, stride, i, (int) i);
        }
        for (long i = count / 2 - 1; i >= 0; i--) {
            sink(type, x, stride, indices, i, count, descending);
        }
        for (long i = count; i < size; i++) {
            if (count > 0 && before(type, x, stride, i, at(indices, stride, 0), descending)) {
                put(indices, stride, 0, (int) i);
                sink(type, x, stride, indices, 0, count, descending);
            }
        }
        for (long end = count - 1; end > 0; end--) {
            int last = at(indices, stride, 0);
            put(indices, stride, 0, at(indices, stride, end));
            put(indices, stride, end, last);
            sink(type, x, stride, indices, 0, end, descending);
        }
        for (long i = 0; i < count; i++) {
            copy(type, x + type.bytes() * stride * at(indices, stride, i), values + type.bytes() * stride * i);
        }
    }

    /** The root is the entry that comes last. */
    private static void sink(
            ElementType type, long x, long stride, long heap, long from, long count, boolean descending) {
        long parent = from;
        int moving = at(heap, stride, parent);
        while (2 * parent + 1 < count) {
            long child = 2 * parent + 1;
            if (child + 1 < count
                    && before(type, x, stride, at(heap, stride, child), at(heap, stride, child + 1), descending)) {
                child++;
            }
            if (!before(type, x, stride, moving, at(heap, stride, child), descending)) {
                break;
            }
            put(heap, stride, parent, at(heap, stride, child));
            parent = child;
        }
        put(heap, stride, parent, moving);
    }

    private static boolean before(ElementType type, long x, long stride, long a, long b, boolean descending) {
        long left = key(type, x + type.bytes() * stride * a);
        long right = key(type, x + type.bytes() * stride * b);
        if (left == right) {
            return a < b;
        }
        return descending ? left > right : left < right;
    }

    /** A whole number that is ordered as the elements are. */
    private static long key(ElementType type, long address) {
        return switch (type) {
            case F32 -> key(MEMORY.get(JAVA_FLOAT, address));
            case F64 -> key(MEMORY.get(JAVA_DOUBLE, address));
            case I32 -> MEMORY.get(JAVA_INT, address);
            case I64 -> MEMORY.get(JAVA_LONG, address);
            case U8, BOOL -> MEMORY.get(JAVA_BYTE, address) & 0xFF;
            case BF16 -> throw new IllegalArgumentException("no order of " + type + " here");
        };
    }

    private static long key(double value) {
        long bits = Double.doubleToLongBits(value + 0.0);
        return bits < 0 ? bits ^ Long.MAX_VALUE : bits;
    }

    private static void copy(ElementType type, long from, long to) {
        switch (type) {
            case F32, I32 -> MEMORY.set(JAVA_INT, to, MEMORY.get(JAVA_INT, from));
            case F64, I64 -> MEMORY.set(JAVA_LONG, to, MEMORY.get(JAVA_LONG, from));
            case BF16 -> throw new IllegalArgumentException("no order of " + type + " here");
            case U8, BOOL -> MEMORY.set(JAVA_BYTE, to, MEMORY.get(JAVA_BYTE, from));
        }
    }

    private static int at(long indices, long stride, long place) {
        return MEMORY.get(JAVA_INT, indices + 4 * stride * place);
    }

    private static void put(long indices, long stride, long place, int index) {
        MEMORY.set(JAVA_INT, indices + 4 * stride * place, index);
    }
}
