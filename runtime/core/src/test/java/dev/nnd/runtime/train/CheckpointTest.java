package dev.nnd.runtime.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.nnd.runtime.NndException;
import dev.nnd.runtime.Seed;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CheckpointTest {
    @TempDir
    Path folder;

    /** Writes checkpoints for ever; the test kills it. */
    static final class Loop {
        private Loop() {}

        public static void main(String[] arguments) {
            var best = Path.of(arguments[0]);
            for (int i = 1; true; i++) {
                write(best, i);
            }
        }
    }

    /** Two files that must hold the same number. */
    private static void write(Path best, int number) {
        Checkpoint.write(best, f -> {
            Files.writeString(f.resolve("one"), number + "\n" + "x".repeat(100_000));
            Files.writeString(f.resolve("two"), number + "\n" + "x".repeat(100_000));
        });
    }

    private static int number(Path best) throws IOException {
        Checkpoint.recover(best);
        var one = Files.readString(best.resolve("one"));
        assertEquals(one, Files.readString(best.resolve("two")));
        assertTrue(one.endsWith("\n" + "x".repeat(100_000)));
        return Integer.parseInt(one.lines().findFirst().orElseThrow());
    }

    @Test
    void aKilledProcessLeavesAWholeFolder() throws Exception {
        long seed = Seed.fresh();
        var random = new Random(seed);
        var best = folder.resolve("best");
        var java = ProcessHandle.current().info().command().orElseThrow();
        var classPath = System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
        for (int i = 0; i < 4; i++) {
            var process = new ProcessBuilder(List.of(java, "-cp", classPath, Loop.class.getName(), best.toString()))
                    .redirectErrorStream(true)
                    .redirectOutput(folder.resolve("log").toFile())
                    .start();
            for (int wait = 0; !Files.exists(best) && wait < 60_000 && process.isAlive(); wait++) {
                Thread.sleep(10);
            }
            Thread.sleep(random.nextInt(50, 300));
            assertTrue(process.isAlive(), () -> "it ended by itself: " + read(folder.resolve("log")));
            process.destroyForcibly().waitFor();
            assertTrue(number(best) > 0, "seed " + seed);
        }
        write(best, 7);
        assertEquals(7, number(best));
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            return e.toString();
        }
    }

    @Test
    void whatFailsWhileItIsWrittenLeavesTheFormerFolder() throws IOException {
        var best = folder.resolve("best");
        write(best, 1);
        var e = assertThrows(
                NndException.class,
                () -> Checkpoint.write(best, f -> {
                    Files.writeString(f.resolve("one"), "half");
                    throw new IOException("No space left on device");
                }));
        assertTrue(e.getMessage().contains("can't be written: IOException, No space left on device"), e.getMessage());
        assertEquals(1, number(best));
        write(best, 2);
        assertEquals(2, number(best));
    }

    @Test
    void aKillBetweenTheRenamesIsRepaired() throws IOException {
        var best = folder.resolve("best");
        write(best, 1);
        Files.move(best, folder.resolve(".best.old"));
        assertEquals(1, number(best));
    }

    @Test
    void anInterruptDoesNotDisturbWriting() throws IOException {
        var best = folder.resolve("best");
        Thread.currentThread().interrupt();
        write(best, 3);
        assertTrue(Thread.interrupted());
        assertEquals(3, number(best));
    }
}
