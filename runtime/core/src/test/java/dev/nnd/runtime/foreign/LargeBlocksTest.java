package dev.nnd.runtime.foreign;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.nnd.runtime.NndException;
import dev.nnd.runtime.memory.Memory;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Blocks from the system: where they are had, what they hold, that they go, and what happens where there are none. */
class LargeBlocksTest {

    /** Sizes around whole pages, below half of one more and above. */
    @ParameterizedTest
    @ValueSource(longs = {4 << 20, (4 << 20) + 1, (5 << 20) - 1, (5 << 20) + 64, (6 << 20) - 1, 21_000_000})
    @EnabledOnOs(OS.LINUX)
    void areZeroAndAlignedAndWritableToTheLastByte(long bytes) {
        try (var arena = Arena.ofShared()) {
            var block = block(bytes, arena);
            assertEquals(bytes, block.byteSize());
            assertEquals(0, block.address() % LargeBlocks.PAGE);
            assertEquals(-1, block.mismatch(Arena.ofAuto().allocate(bytes)), "zeros");
            block.fill((byte) 7);
            assertEquals(7, block.get(ValueLayout.JAVA_BYTE, bytes - 1));
        }
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void goWithTheirArena() throws IOException {
        long before = addressSpace();
        for (int round = 0; round < 1_000; round++) {
            try (var arena = Arena.ofConfined()) {
                var block = block(64L << 20, arena);
                block.set(ValueLayout.JAVA_BYTE, 0, (byte) 1);
                assertTrue(LargeBlocks.live() >= 64L << 20);
            }
        }
        long more = addressSpace() - before;
        assertTrue(more < 16L << 30, () -> more + " of " + 1_000 * (64L << 20) + " bytes are still there");
    }

    @Test
    void smallBlocksAreTheJvms() {
        try (var arena = Arena.ofShared()) {
            assertNull(LargeBlocks.allocate(LargeBlocks.LEAST - 1, arena));
        }
    }

    @Test
    void moreThanTheJvmAllowsIsTheJvmsToRefuse() {
        try (var arena = Arena.ofShared()) {
            assertNull(LargeBlocks.allocate(Long.MAX_VALUE, arena));
            assertNull(LargeBlocks.allocate(Long.MAX_VALUE / 2, arena));
        }
        try (var memory = Memory.open("too large")) {
            assertThrows(OutOfMemoryError.class, () -> memory.allocate(Long.MAX_VALUE / 2));
        }
    }

    /** In a process of their own, since a property holds for all of it. */
    @ParameterizedTest
    @ValueSource(strings = {"-Dnnd.pages=small", "-Dos.name=Windows 11", "-Dnnd.pages=large"})
    void memoryIsTheSameWithout(String flag) throws IOException, InterruptedException {
        var expected = flag.endsWith("large") && OS.LINUX.isCurrentOs() ? "large 6000000" : "small 6000000";
        assertEquals(expected, inProcess("--enable-native-access=ALL-UNNAMED", flag));
    }

    @Test
    void memoryIsTheSameWhereNativeCallsAreNotAllowed() throws IOException, InterruptedException {
        assertEquals("small 6000000", inProcess("--illegal-native-access=deny", "-Dnnd.pages=large"));
    }

    @Test
    void anotherValueIsRefused() throws IOException, InterruptedException {
        String said = inProcess("--enable-native-access=ALL-UNNAMED", "-Dnnd.pages=huge");
        assertEquals("There are no pages \"huge\". use large or small", said);
    }

    private static MemorySegment block(long bytes, Arena arena) {
        return Objects.requireNonNull(LargeBlocks.allocate(bytes, arena), "no large block");
    }

    /** Bytes of all that is mapped in this process. */
    private static long addressSpace() throws IOException {
        return Files.readAllLines(Path.of("/proc/self/status")).stream()
                .filter(line -> line.startsWith("VmSize:"))
                .mapToLong(line -> 1024 * Long.parseLong(line.replaceAll("[^0-9]", "")))
                .findFirst()
                .orElseThrow();
    }

    private static String inProcess(String... flags) throws IOException, InterruptedException {
        var words = new ArrayList<String>();
        words.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        words.addAll(List.of(flags));
        words.addAll(List.of("-cp", System.getProperty("java.class.path"), Probe.class.getName()));
        var builder = new ProcessBuilder(words).redirectErrorStream(true);
        // A JVM says that it has picked these up.
        builder.environment().keySet().removeAll(Set.of("JAVA_TOOL_OPTIONS", "JDK_JAVA_OPTIONS", "_JAVA_OPTIONS"));
        var process = builder.start();
        process.getOutputStream().close();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        process.waitFor();
        return said.strip();
    }

    /** Allocates in its process and says where it lies. */
    static final class Probe {

        private Probe() {}

        public static void main(String[] arguments) {
            try (var memory = Memory.open("a probe")) {
                var segment = memory.allocate(6_000_000);
                segment.fill((byte) 3);
                String pages = LargeBlocks.live() == 0 ? "small " : "large ";
                System.out.println(pages + segment.byteSize());
            } catch (NndException refused) {
                System.out.println(refused.getMessage() + " " + refused.help().orElse(""));
            }
        }
    }
}
