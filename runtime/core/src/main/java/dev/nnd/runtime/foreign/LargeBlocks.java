package dev.nnd.runtime.foreign;

import dev.nnd.runtime.NndException;
import java.lang.foreign.Arena;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.util.Locale;
import java.util.NoSuchElementException;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Large blocks of zeros straight from Linux, at multiples of 2 MB and, where the system has them, in pages of 2 MB: what is read from memory is
 * read nearly twice as fast as in pages of 4 KB. Pages are made when they are first touched. Elsewhere, or where the system
 * refuses, or with {@code -Dnnd.pages=small}, there are none, and memory is had in the JVM's way.
 *
 * <p>All that live at a time are no more than the JVM allows for direct memory, so that a size out of a damaged file ends in the JVM's error and not in
 * a process that the system kills.
 */
@SuppressWarnings("restricted") // memory by its address is what this class is for
public final class LargeBlocks {

    /** What a large page holds on x86-64 and, with ordinary pages of 4 KB, on Arm; blocks start at multiples of it. */
    public static final long PAGE = 2L << 20;

    /** The system property that says {@code large}, which is so unless it is said, or {@code small}. */
    public static final String PROPERTY = "nnd.pages";

    /** The least block. Less fits into the caches, where pages of 4 KB are read as fast, and would only cost the time of a first call. */
    public static final long LEAST = 2 * PAGE;

    private static final long READ_AND_WRITE = 1 | 2;
    private static final long PRIVATE_AND_ANONYMOUS = 2 | 0x20;
    private static final long LARGE_PAGES = 14;
    private static final long FAILED = -1;

    private static final AtomicLong LIVE = new AtomicLong();

    private LargeBlocks() {}

    /** Bytes of all blocks that are not freed yet. */
    public static long live() {
        return LIVE.get();
    }

    /**
     * A block of zeros that lives as long as the arena.
     *
     * @return null if it is less than {@link #LEAST}, or can't be had
     * @throws NndException if the system property has another value than it may have
     */
    public static @Nullable MemorySegment allocate(long bytes, Arena arena) {
        if (bytes < LEAST || !wanted()) {
            return null;
        }
        var system = Functions.FOUND;
        if (system == null || !reserve(bytes)) {
            return null;
        }
        long address = map(system, bytes);
        if (address == FAILED) {
            LIVE.addAndGet(-bytes);
            return null;
        }
        return MemorySegment.ofAddress(address).reinterpret(bytes, arena, _ -> free(system, address, bytes));
    }

    private static boolean wanted() {
        String pages = System.getProperty(PROPERTY, "large");
        return switch (pages) {
            case "large" -> true;
            case "small" -> false;
            default -> throw new NndException("There are no pages \"" + pages + "\".", "use large or small", null);
        };
    }

    private static boolean reserve(long bytes) {
        long live = LIVE.get();
        while (live + bytes >= 0 && DirectMemory.allows(live + bytes)) {
            if (LIVE.compareAndSet(live, live + bytes)) {
                return true;
            }
            live = LIVE.get();
        }
        return false;
    }

    /** Where a block begins: of a larger piece of the address space, what lies before and behind is given back. */
    private static long map(Functions system, long bytes) {
        long size = rounded(bytes);
        long from = call(system.map(), 0, size + PAGE, READ_AND_WRITE, PRIVATE_AND_ANONYMOUS, -1, 0);
        if (from == FAILED) {
            return FAILED;
        }
        long begin = rounded(from);
        unmap(system, from, begin - from);
        unmap(system, begin + size, from + PAGE - begin);
        // Less than half of the last page would be more than is worth it. It may fail: then the pages are small.
        call(system.advise(), begin, bytes % PAGE < PAGE / 2 ? bytes / PAGE * PAGE : size, LARGE_PAGES, 0, 0, 0);
        return begin;
    }

    private static void free(Functions system, long address, long bytes) {
        unmap(system, address, rounded(bytes));
        LIVE.addAndGet(-bytes);
    }

    private static void unmap(Functions system, long from, long bytes) {
        if (bytes > 0) {
            call(system.unmap(), from, bytes, 0, 0, 0, 0);
        }
    }

    private static long rounded(long bytes) {
        return (bytes + PAGE - 1) & -PAGE;
    }

    private static long call(
            MemorySegment function, long first, long second, long third, long fourth, long fifth, long sixth) {
        var arguments = new long[NativeCalls.MOST];
        arguments[0] = first;
        arguments[1] = second;
        arguments[2] = third;
        arguments[3] = fourth;
        arguments[4] = fifth;
        arguments[5] = sixth;
        return NativeCalls.call(function, arguments, new float[NativeCalls.MOST_FLOATS]);
    }

    /** Of the C library; found when the first large block is wanted. */
    private record Functions(MemorySegment map, MemorySegment unmap, MemorySegment advise) {

        /** Null where there are none, or the JVM's user does not want native calls. */
        private static final @Nullable Functions FOUND = find();

        private static @Nullable Functions find() {
            if (!System.getProperty("os.name").toLowerCase(Locale.ROOT).startsWith("linux")) {
                return null;
            }
            try {
                var system = Linker.nativeLinker().defaultLookup();
                var found = new Functions(
                        system.findOrThrow("mmap"), system.findOrThrow("munmap"), system.findOrThrow("madvise"));
                // What can go wrong in a first call goes wrong here.
                call(found.unmap(), 0, 0, 0, 0, 0, 0);
                return found;
            } catch (NoSuchElementException
                    | UnsupportedOperationException
                    | IllegalCallerException
                    | LinkageError none) {
                return null;
            }
        }
    }
}
