package dev.nnd.runtime.memory;

import java.lang.foreign.MemorySegment;

/**
 * In which order a tensor's elements lie in memory. Immutable. Everything but row-major order is a kernel provider's
 * own; it may hold more elements than the tensor has, and the surplus is zero.
 */
public interface Layout {

    /** Whether it is row-major order without gaps. */
    boolean plain();

    /** Whether any f32 comes back as it was; else the values were rounded when they came into this order. */
    default boolean exact() {
        return true;
    }

    /** Elements in memory, at least as many as the tensor has. */
    long storedElements();

    /** Copies from this order into row-major order. Neither segment may overlap the other. */
    void toRowMajor(MemorySegment from, MemorySegment to);

    /** Copies from row-major order into this order; padding becomes zero. */
    void fromRowMajor(MemorySegment from, MemorySegment to);

    /** Row-major order of that many elements. */
    static Layout rowMajor(long elements) {
        return new RowMajor(elements);
    }
}
