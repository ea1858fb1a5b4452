package dev.nnd.runtime.train;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.nnd.runtime.NndException;
import dev.nnd.runtime.Seed;
import dev.nnd.runtime.data.SplitSpec;
import dev.nnd.runtime.data.TestDatasets;
import dev.nnd.runtime.data.TestFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Processes that train are killed at random moments; {@code -Dnnd.kills=20} kills more than three. */
class KillAndResumeTest {
    private static final List<String> STATE =
            List.of("best/weights.safetensors", "last/weights.safetensors", "last/state.safetensors");
    private static final long LIMIT_SECONDS = 1200;

    @TempDir
    Path folder;

    /** Trains in a process of its own: the folder of the data, the run directory, and whether to resume. */
    static final class Run {
        private Run() {}

        public static void main(String[] arguments) {
            var parts = List.of(new SplitSpec.Part("train", 80), new SplitSpec.Part("validation", 20));
            var data = new TestDatasets.Table(
                    "t.csv", List.of(new SplitSpec("train", parts, false, "kind", 4)), List.of("a", "b"), true);
            var keep = Optional.of(new RunSettings.KeepRule("validation", "loss", false));
            var settings = LinearProgram.settings(60, 8, 0.002, keep)
                    .withAccumulation(2)
                    .withAverage(0.9)
                    .withCheckpoints(new RunSettings.CheckpointRule(Duration.steps(3), OptionalLong.of(2)));
            var options = TrainingOptions.of(Path.of(arguments[0])).withOut(Path.of(arguments[1]));
            try (var program = new LinearProgram(data, settings)) {
                Trainer.train(program, options.withResume(arguments[2].equals("true")), ProgressListener.NONE);
            } catch (NndException e) {
                System.err.println(e.getMessage());
                System.exit(1);
            }
        }
    }

    @Test
    void whatIsKilledAndResumedEndsInTheSameBytes() throws Exception {
        long seed = Seed.fresh();
        var random = new Random(seed);
        var text = new StringBuilder("x,y,kind\n");
        for (int i = 0; i < 300; i++) {
            double x = random.nextDouble() * 10;
            text.append(x)
                    .append(',')
                    .append(3 * x - 2 + random.nextGaussian())
                    .append(',')
                    .append(i % 2)
                    .append('\n');
        }
        TestFiles.write(folder.resolve("t.csv"), text.toString());
        var whole = folder.resolve("whole");
        long from = System.nanoTime();
        var reference = start(whole, false);
        assertTrue(reference.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS), "the run takes too long");
        assertEquals(0, reference.exitValue(), this::log);
        long took = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - from);
        var part = folder.resolve("part");
        int kills = Integer.getInteger("nnd.kills", 3);
        var points = new ArrayList<String>();
        while (points.size() < kills) {
            killAtRandom(part, random, took, points);
        }
        var last = start(part, Files.exists(part.resolve(RunRecord.FILE)));
        assertTrue(last.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS), "the run takes too long");
        assertEquals(0, last.exitValue(), this::log);
        System.out.println("killed after ms, at step: " + points);
        for (var file : STATE) {
            assertArrayEquals(
                    Files.readAllBytes(whole.resolve(file)),
                    Files.readAllBytes(part.resolve(file)),
                    () -> file + " differs, seed " + seed + ", killed at " + points);
        }
        assertEquals(untimed(whole), untimed(part), () -> "seed " + seed + ", killed at " + points);
    }

    private void killAtRandom(Path part, Random random, long took, List<String> points) throws Exception {
        var process = start(part, Files.exists(part.resolve(RunRecord.FILE)));
        long after = random.nextLong(Math.max(1, took));
        if (process.waitFor(after, TimeUnit.MILLISECONDS)) {
            assertEquals(0, process.exitValue(), this::log);
            points.add("ended before " + after);
            return;
        }
        process.destroyForcibly().waitFor();
        var newest = Checkpoints.written(part.resolve(RunDirectory.CHECKPOINTS));
        points.add(after + ": "
                + (newest.isEmpty() ? "nothing saved" : newest.getLast().getFileName()));
    }

    private Process start(Path out, boolean resume) throws IOException {
        var java = ProcessHandle.current().info().command().orElseThrow();
        var classPath = System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
        return new ProcessBuilder(
                        java,
                        "--add-modules",
                        "jdk.incubator.vector",
                        "-XX:TieredStopAtLevel=1",
                        "-cp",
                        classPath,
                        Run.class.getName(),
                        folder.toString(),
                        out.toString(),
                        Boolean.toString(resume))
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("log").toFile())
                .start();
    }

    private String log() {
        try {
            return Files.readString(folder.resolve("log"));
        } catch (IOException e) {
            return e.toString();
        }
    }

    private static List<String> untimed(Path out) throws IOException {
        return Files.readAllLines(out.resolve(RunDirectory.METRICS)).stream()
                .map(line -> line.replaceFirst("(,[^,]*){2}$", ""))
                .toList();
    }
}
