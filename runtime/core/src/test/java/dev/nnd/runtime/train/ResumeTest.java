package dev.nnd.runtime.train;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.nnd.runtime.NndException;
import dev.nnd.runtime.data.TestFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

/** Runs that stop and go on, and the directories in which they do. */
class ResumeTest extends LinearRuns {
    @Test
    void resumingAnInterruptedRunLeadsToTheSameBytes() throws IOException {
        try (var program = program(split(), 6)) {
            Trainer.train(program, options("whole"), ProgressListener.NONE);
        }
        // In the middle of an epoch, at the end of one, and twice.
        for (long[] steps : new long[][] {{23}, {18}, {3, 31}, {54}}) {
            for (int i = 0; i < steps.length; i++) {
                try (var program = program(split(), 6)) {
                    var run = Trainer.train(program, options("part").withResume(i > 0), interruptAt(steps[i]));
                    assertTrue(run.interrupted());
                    assertTrue(Thread.interrupted(), "the flag is set again");
                }
            }
            try (var program = program(split(), 6)) {
                var run = Trainer.train(program, options("part").withResume(true), ProgressListener.NONE);
                assertFalse(run.interrupted());
                assertEquals(54, run.last().step());
                assertTrue(run.best().metrics().containsKey("test.loss"));
            }
            assertArrayEquals(weights("whole", "last"), weights("part", "last"), "interrupted at " + steps[0]);
            assertArrayEquals(weights("whole", "best"), weights("part", "best"));
            assertEquals(
                    Files.readAllLines(folder.resolve("whole/metrics.csv")).stream()
                            .map(ResumeTest::untimed)
                            .toList(),
                    Files.readAllLines(folder.resolve("part/metrics.csv")).stream()
                            .map(ResumeTest::untimed)
                            .toList());
        }
    }

    @Test
    void resumesOnlyWhatFits() {
        try (var program = program(split(), 2)) {
            var none = assertThrows(
                    NndException.class,
                    () -> Trainer.train(program, options("run").withResume(true), ProgressListener.NONE));
            assertTrue(none.getMessage().startsWith("There is nothing to resume in "), none.getMessage());
        }
        try (var program = program(split(), 2)) {
            Trainer.train(program, options("run"), ProgressListener.NONE);
        }
        try (var program = program(split(), 2)) {
            var other = assertThrows(
                    NndException.class,
                    () -> Trainer.train(program, options("run").withResume(true).withBatch(8), ProgressListener.NONE));
            assertTrue(other.getMessage().endsWith("its batch is 16, and now it is 8."), other.getMessage());
        }
        try (var program = program(split(), 2)) {
            var longer = Trainer.train(program, options("run").withResume(true).withEpochs(5), ProgressListener.NONE);
            assertEquals(
                    List.of(3L, 4L, 5L),
                    longer.epochs().stream().map(EpochResult::epoch).toList());
        }
    }

    @Test
    void resumesOnlyWithTheDataItBeganWith() throws IOException {
        try (var program = program(split(), 2)) {
            Trainer.train(program, options("run"), ProgressListener.NONE);
        }
        var table = folder.resolve("t.csv");
        var text = Files.readString(table);
        var weights = weights("run", "last");
        // As many rows, one number in the middle of them another: the mean that the inputs are standardized by moves.
        int at = text.indexOf('\n', text.length() / 2) + 1;
        TestFiles.write(table, text.substring(0, at) + "9" + text.substring(at));
        try (var program = program(split(), 4)) {
            var other = assertThrows(
                    NndException.class,
                    () -> Trainer.train(program, options("run").withResume(true), ProgressListener.NONE));
            assertTrue(
                    other.getMessage().contains("since its data has changed: what is learned of `"),
                    other.getMessage());
        }
        assertArrayEquals(weights, weights("run", "last"), "nothing is lost");
        TestFiles.write(table, text);
        try (var program = program(split(), 4)) {
            assertEquals(
                    2,
                    Trainer.train(program, options("run").withResume(true), ProgressListener.NONE)
                            .epochs()
                            .size());
        }
    }

    @Test
    void aDirectoryIsOneRunsAtATime() {
        try (var program = program(split(), 2);
                var other = program(split(), 2)) {
            var listener = new ProgressListener() {
                @Override
                public void started(TrainingStart start) {
                    var e = assertThrows(
                            NndException.class, () -> Trainer.train(other, options("run"), ProgressListener.NONE));
                    assertEquals(
                            "Another run (process " + ProcessHandle.current().pid() + ") is writing to "
                                    + folder.resolve("run") + ".",
                            e.getMessage());
                }
            };
            assertEquals(
                    2, Trainer.train(program, options("run"), listener).last().epoch());
        }
    }

    @Test
    void aFormerRunIsMovedBesideTheNewOne() throws IOException {
        var warnings = new ArrayList<String>();
        var listener = new ProgressListener() {
            @Override
            public void warning(String message) {
                warnings.add(message);
            }
        };
        for (int i = 0; i < 3; i++) {
            try (var program = program(split(), 2)) {
                Trainer.train(program, options("run").withSeed(i), listener);
            }
        }
        assertEquals(
                List.of(
                        "the run that was in " + folder.resolve("run") + " is now in " + folder.resolve("run-1"),
                        "the run that was in " + folder.resolve("run") + " is now in " + folder.resolve("run-2")),
                warnings);
        for (var seeds : List.of("run-1 0", "run-2 1", "run 2")) {
            var words = seeds.split(" ");
            var found = RunRecord.of(folder.resolve(words[0])).orElseThrow();
            assertEquals(words[1], found.configuration().get("seed"));
            assertEquals(RunRecord.State.FINISHED, found.state());
            assertTrue(Files.isRegularFile(folder.resolve(words[0]).resolve("report.html")));
        }
    }

    @Test
    void whatEndedBeforeAnythingWasSavedBeginsAnew() throws IOException {
        try (var program = program(split(), 2)) {
            Trainer.train(program, options("whole"), ProgressListener.NONE);
        }
        var record = RunRecord.of(folder.resolve("whole")).orElseThrow();
        Files.createDirectory(folder.resolve("part"));
        record.with(RunRecord.State.RUNNING, 1, 0, 0, Map.of()).write(folder.resolve("part"));
        try (var program = program(split(), 2)) {
            Trainer.train(program, options("part").withResume(true), ProgressListener.NONE);
        }
        assertArrayEquals(weights("whole", "last"), weights("part", "last"));
    }

    @Test
    void aRunGoesOnFromTheNewestCheckpoint() throws IOException {
        var rule = new RunSettings.CheckpointRule(Duration.steps(4), OptionalLong.of(3));
        var settings = LinearProgram.settings(4, 16, 0.05, BY_LOSS).withCheckpoints(rule);
        for (var out : List.of("whole", "part")) {
            try (var program = new LinearProgram(split(), settings)) {
                Trainer.train(program, options(out), out.equals("part") ? interruptAt(14) : ProgressListener.NONE);
                assertEquals(out.equals("part"), Thread.interrupted());
            }
        }
        // As a kill at step 14 leaves it: there is only what was written before.
        for (var part : List.of("last", "best")) {
            try (var files = Files.walk(folder.resolve("part").resolve(part))) {
                for (var file : files.sorted(Comparator.reverseOrder()).toList()) {
                    Files.delete(file);
                }
            }
        }
        try (var program = new LinearProgram(split(), settings)) {
            var starts = new ArrayList<Long>();
            var listener = new ProgressListener() {
                @Override
                public void started(TrainingStart start) {
                    starts.add(start.resumedAt());
                }
            };
            Trainer.train(program, options("part").withResume(true), listener);
            assertEquals(List.of(12L), starts);
        }
        assertArrayEquals(weights("whole", "last"), weights("part", "last"));
        assertArrayEquals(weights("whole", "best"), weights("part", "best"));
    }

    @Test
    void aCheckpointCountsOnlyOnBestWeightsThatAreWritten() {
        var rule = new RunSettings.CheckpointRule(Duration.steps(4), OptionalLong.of(3));
        var settings = LinearProgram.settings(4, 16, 0.05, BY_LOSS).withCheckpoints(rule);
        var listener = new ProgressListener() {
            @Override
            public void batch(TrainingProgress progress) {
                // Behind the checkpoint of step 20 in the third pass; each pass is better than those before.
                if (progress.step() == 21) {
                    var saved = RunDirectory.open(folder.resolve("run/checkpoints/step-20"));
                    assertEquals(2, saved.run().progress().orElseThrow().bestEpoch());
                    assertEquals(
                            2,
                            RunDirectory.open(folder.resolve("run/best")).run().epoch());
                }
            }
        };
        try (var program = new LinearProgram(split(), settings)) {
            assertEquals(
                    36, Trainer.train(program, options("run"), listener).last().step());
        }
    }

    private static String untimed(String line) {
        return line.replaceFirst("(,[^,]*){2}$", "");
    }
}
