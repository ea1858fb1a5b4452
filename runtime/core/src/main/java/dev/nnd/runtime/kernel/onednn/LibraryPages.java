package dev.nnd.runtime.kernel.onednn;

import dev.nnd.runtime.foreign.NativeCalls;
import dev.nnd.runtime.kernel.NativeMemory;
import java.io.EOFException;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Gives back what loading a library has brought into the memory of the process: the tables of its relocations, which are read once, and code around its
 * initializers, of which the system maps 16 pages where one is asked for. Of oneDNN's 80 MB these are 30, of which all that a small network needs is mapped again,
 * without reading the file, in less than a millisecond.
 *
 * <p>Only pages of parts that are never written to, and only as long as no page of the part is a copy of this process's own, as that of a debugger's
 * breakpoint is. Nothing is done where that is not known: elsewhere than on Linux. By the headers of the ELF-64 object file format, and as dlinfo(3), madvise(2) and the
 * kernel's documentation of pagemap say.
 */
@SuppressWarnings("restricted") // asking the system about memory is what this class is for
final class LibraryPages {

    /** What the file header of a 64-bit library begins with, if its numbers are in the order of this processor. */
    private static final long ELF_MAGIC = 0x0102_464c_457fL;

    private static final long ELF_MAGIC_BITS = 0xffff_ffff_ffffL;

    /** The sizes of a file header and a program header (Elf64_Ehdr, Elf64_Phdr). */
    private static final int FILE_HEADER_LONGS = 8;

    private static final int PROGRAM_HEADER_LONGS = 7;
    private static final int PT_LOAD = 1;
    private static final int PF_W = 2;

    private static final int RTLD_LAZY = 1;
    private static final int RTLD_NOLOAD = 4;
    private static final int RTLD_DI_LINKMAP = 2;
    private static final int MADV_DONTNEED = 4;

    private static final Path PAGE_MAP = Path.of("/proc/self/pagemap");
    private static final long PRESENT_OR_SWAPPED = 3L << 62;
    private static final long OF_A_FILE = 1L << 61;

    /** Whole pages. */
    record Range(long from, long bytes) {}

    private LibraryPages() {}

    /** Gives back what can be given back of a library that is loaded from a file. */
    static void giveBack(Path library) {
        if (!Files.isReadable(PAGE_MAP)) {
            return;
        }
        SymbolLookup system = Linker.nativeLinker().defaultLookup();
        Optional<MemorySegment> open = system.find("dlopen");
        Optional<MemorySegment> ask = system.find("dlinfo");
        Optional<MemorySegment> close = system.find("dlclose");
        Optional<MemorySegment> advise = system.find("madvise");
        Optional<MemorySegment> pageSize = system.find("getpagesize");
        if (open.isEmpty() || ask.isEmpty() || close.isEmpty() || advise.isEmpty() || pageSize.isEmpty()) {
            return;
        }
        int page = (int) NativeCalls.call(pageSize.get(), 0, 0, 0, 0);
        for (Range range : readOnly(base(library, open.get(), ask.get(), close.get()), page)) {
            if (isOfFile(range, page)) {
                // A refusal leaves everything as it was.
                var _ = NativeCalls.call(advise.get(), range.from(), range.bytes(), MADV_DONTNEED, 0);
            }
        }
    }

    /** Where a loaded library begins; 0 if that is not known. The other way, dladdr, reads all its symbols. */
    private static long base(Path library, MemorySegment open, MemorySegment ask, MemorySegment close) {
        try (var arena = Arena.ofConfined()) {
            long name = arena.allocateFrom(library.toString()).address();
            long handle = NativeCalls.call(open, name, RTLD_LAZY | RTLD_NOLOAD, 0, 0);
            if (handle == 0) {
                return 0;
            }
            var found = arena.allocate(Long.BYTES, Long.BYTES);
            int status = (int) NativeCalls.call(ask, handle, RTLD_DI_LINKMAP, found.address(), 0);
            // A link_map begins with the library's address.
            long base = status == 0 ? longs(longs(found.address(), 1)[0], 1)[0] : 0;
            var _ = NativeCalls.call(close, handle, 0, 0, 0);
            return base;
        }
    }

    /** The parts of a library that are never written to, by its header in memory. */
    private static List<Range> readOnly(long base, int page) {
        var ranges = new ArrayList<Range>();
        if (base == 0) {
            return ranges;
        }
        long[] header = longs(base, FILE_HEADER_LONGS);
        if ((header[0] & ELF_MAGIC_BITS) != ELF_MAGIC || header[6] >>> 48 != PROGRAM_HEADER_LONGS * Long.BYTES) {
            return ranges;
        }
        long at = base + header[4];
        int count = (int) header[7] & 0xffff;
        for (int i = 0; i < count; i++, at += PROGRAM_HEADER_LONGS * Long.BYTES) {
            long[] segment = longs(at, PROGRAM_HEADER_LONGS);
            long from = base + segment[2];
            long to = from + segment[4];
            long first = (from + page - 1) / page * page;
            long end = to / page * page;
            boolean loaded = (int) segment[0] == PT_LOAD;
            boolean writable = (segment[0] >>> Integer.SIZE & PF_W) != 0;
            if (loaded && !writable && first < end) {
                ranges.add(new Range(first, end - first));
            }
        }
        return ranges;
    }

    /** Of one kind: to make what reads numbers of another one takes the JVM milliseconds. */
    private static long[] longs(long at, int count) {
        var longs = new long[count];
        for (int i = 0; i < count; i++) {
            longs[i] = NativeMemory.ALL.get(ValueLayout.JAVA_LONG, at + (long) i * Long.BYTES);
        }
        return longs;
    }

    /** Whether what is in memory of a range is a file's, and none of it the process's own. */
    static boolean isOfFile(Range range, int page) {
        try (var arena = Arena.ofConfined();
                var map = FileChannel.open(PAGE_MAP)) {
            var entries = arena.allocate(range.bytes() / page * Long.BYTES, Long.BYTES);
            var buffer = entries.asByteBuffer();
            while (buffer.hasRemaining()) {
                if (map.read(buffer, range.from() / page * Long.BYTES + buffer.position()) < 0) {
                    throw new EOFException();
                }
            }
            // An array: this runs once, interpreted.
            for (long entry : entries.toArray(ValueLayout.JAVA_LONG)) {
                if ((entry & PRESENT_OR_SWAPPED) != 0 && (entry & OF_A_FILE) == 0) {
                    return false;
                }
            }
            return true;
        } catch (IOException unknown) {
            return false;
        }
    }
}
