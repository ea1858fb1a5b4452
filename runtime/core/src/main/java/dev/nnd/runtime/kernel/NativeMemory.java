package dev.nnd.runtime.kernel;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * Native memory by address, for generated kernels. The JIT compilers profile the checks inside a segment's access methods
 * once for the whole process: where anything else used heap segments or confined arenas, loops over segments that are
 * parameters become slower by a factor of 70 and put every vector on the heap. {@link #ALL} is a constant, of which they know
 * all there is to check, and so it stays fast. What is lost, bounds and liveness, is checked once a call by {@link #address}.
 */
public final class NativeMemory {

    /** All of native memory; offsets are addresses. */
    @SuppressWarnings("restricted")
    public static final MemorySegment ALL = MemorySegment.NULL.reinterpret(Long.MAX_VALUE);

    private static final long SHORT = 64;
    /** Stays in the nearest cache; a multiple of all sizes of elements. */
    private static final long BLOCK = 8192;

    private NativeMemory() {}

    /**
     * The address of a segment.
     *
     * @param bytes how many are going to be used from its start
     * @throws IndexOutOfBoundsException if it is smaller
     * @throws IllegalStateException if its memory was freed
     * @throws IllegalArgumentException if it is on the heap
     */
    public static long address(MemorySegment segment, long bytes) {
        if (bytes > segment.byteSize()) {
            throw new IndexOutOfBoundsException(bytes + " bytes are needed, there are " + segment.byteSize());
        }
        if (!segment.isNative()) {
            throw new IllegalArgumentException("a kernel was given a segment on the heap");
        }
        if (!segment.scope().isAlive()) {
            throw new IllegalStateException("the memory was freed; its program or model is closed already");
        }
        return segment.address();
    }

    /** Copies bytes between places that do not overlap; short runs without a call. */
    public static void copy(long from, long to, long bytes) {
        if (bytes > SHORT) {
            MemorySegment.copy(ALL, from, ALL, to, bytes);
            return;
        }
        long at = 0;
        for (; at + 8 <= bytes; at += 8) {
            ALL.set(ValueLayout.JAVA_LONG_UNALIGNED, to + at, ALL.get(ValueLayout.JAVA_LONG_UNALIGNED, from + at));
        }
        if (at + 4 <= bytes) {
            ALL.set(ValueLayout.JAVA_INT_UNALIGNED, to + at, ALL.get(ValueLayout.JAVA_INT_UNALIGNED, from + at));
            at += 4;
        }
        for (; at < bytes; at++) {
            ALL.set(ValueLayout.JAVA_BYTE, to + at, ALL.get(ValueLayout.JAVA_BYTE, from + at));
        }
    }

    /**
     * Repeats the first element all over a place, by copies that grow: as fast as memory.
     *
     * @param element bytes of the element that is there; {@code bytes} of the whole place
     */
    public static void repeat(long at, long element, long bytes) {
        long done = element;
        while (done < bytes) {
            long run = Math.min(Math.min(done, BLOCK), bytes - done);
            MemorySegment.copy(ALL, at, ALL, at + done, run);
            done += run;
        }
    }
}
