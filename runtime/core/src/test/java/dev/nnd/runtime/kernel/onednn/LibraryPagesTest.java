package dev.nnd.runtime.kernel.onednn;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.nnd.runtime.Seed;
import dev.nnd.runtime.kernel.NativeMemory;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LibraryPagesTest {

    private static final int PAGE = 4096;

    /** A part of a file that is in memory, read from and perhaps executed only. */
    private record Part(long from, long to, long resident) {}

    @BeforeEach
    void thisIsLinuxWithPagesOfThatSize() {
        assumeTrue(System.getProperty("os.arch").equals("amd64"));
        assumeTrue(Files.isReadable(Path.of("/proc/self/pagemap")));
    }

    /** All of the library is read; then it is given back, and is the same when it is read again. */
    @Test
    void givesBackWhatIsOnlyRead() throws Exception {
        assumeTrue(OneDnnProvider.failure().isEmpty());
        Path library = DnnlFiles.locate().dnnl().toRealPath();
        List<Part> all = parts(library);
        long before = sum(all);
        long read = parts(library).stream().mapToLong(Part::resident).sum();
        LibraryPages.giveBack(library);
        long after = parts(library).stream().mapToLong(Part::resident).sum();
        assertTrue(read > 60 << 20, () -> read + " bytes can be read");
        assertTrue(after < read / 4, () -> after + " of " + read + " bytes are left");
        assertEquals(before, sum(all));
    }

    private static long sum(List<Part> parts) {
        long sum = 0;
        for (var part : parts) {
            for (long at = part.from(); at < part.to(); at += PAGE) {
                sum = 31 * sum + NativeMemory.ALL.get(ValueLayout.JAVA_LONG, at);
            }
        }
        return sum;
    }

    private static List<Part> parts(Path library) throws IOException {
        var parts = new ArrayList<Part>();
        List<String> lines = Files.readAllLines(Path.of("/proc/self/smaps"));
        for (int i = 0; i < lines.size(); i++) {
            String[] words = lines.get(i).split("\\s+");
            if (words.length == 6 && words[5].equals(library.toString()) && words[1].matches("r-.p")) {
                while (!lines.get(i).startsWith("Rss:")) {
                    i++;
                }
                long resident = Long.parseLong(lines.get(i).replaceAll("\\D", "")) << 10;
                String[] ends = words[0].split("-");
                parts.add(new Part(Long.parseLong(ends[0], 16), Long.parseLong(ends[1], 16), resident));
            }
        }
        return parts;
    }

    @Test
    void aPageOfTheProcessIsFound(@TempDir Path folder) throws IOException {
        var random = new Random(Seed.fresh());
        int pages = 1 + random.nextInt(40);
        var content = new byte[pages * PAGE];
        random.nextBytes(content);
        Path file = Files.write(folder.resolve("file"), content);
        try (var arena = Arena.ofConfined();
                var channel = FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            MemorySegment memory = channel.map(FileChannel.MapMode.PRIVATE, 0, content.length, arena);
            var range = new LibraryPages.Range(memory.address(), content.length);
            assertTrue(LibraryPages.isOfFile(range, PAGE), "nothing is there yet");
            assertEquals(-1, memory.mismatch(MemorySegment.ofArray(content)));
            assertTrue(LibraryPages.isOfFile(range, PAGE), "all was read");
            long changed = random.nextInt(content.length);
            memory.set(ValueLayout.JAVA_BYTE, changed, (byte) ~content[(int) changed]);
            assertFalse(LibraryPages.isOfFile(range, PAGE), "a byte was changed");
        }
    }

    @Test
    void aLibraryThatIsNotLoadedIsLeftAlone(@TempDir Path folder) {
        LibraryPages.giveBack(folder.resolve("none.so"));
    }
}
