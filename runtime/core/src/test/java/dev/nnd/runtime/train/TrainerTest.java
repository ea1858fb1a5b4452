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
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class TrainerTest extends LinearRuns {
    @Test
    void reachesLeastSquares() {
        double mx = java.util.Arrays.stream(xs).average().orElseThrow();
        double my = java.util.Arrays.stream(ys).average().orElseThrow();
        double xx = 0;
        double xy = 0;
        for (int i = 0; i < ROWS; i++) {
            xx += (xs[i] - mx) * (xs[i] - mx);
            xy += (xs[i] - mx) * (ys[i] - my);
        }
        // In units of the standardized x.
        double slope = xy / xx * Math.sqrt(xx / ROWS);
        try (var program = new LinearProgram(whole(), LinearProgram.settings(300, ROWS, 0.1, Optional.empty()))) {
            var run = Trainer.train(program, options("run"), ProgressListener.NONE);
            assertEquals(slope, program.weight(), 1e-4);
            assertEquals(my, program.bias(), 1e-4);
            assertEquals(300, run.last().epoch());
            assertEquals(300, run.best().epoch());
            assertTrue(run.samplesPerSecond() > 0);
            assertThrows(IllegalArgumentException.class, () -> run.best().metric("validation.loss"));
        }
    }

    @Test
    void writesWhatARunDirectoryHolds() throws IOException {
        var events = new ArrayList<String>();
        var listener = new ProgressListener() {
            @Override
            public void started(TrainingStart start) {
                events.add(
                        start.rows() + " " + start.batchesPerEpoch() + " " + start.steps() + " " + start.parameters());
            }

            @Override
            public void epoch(EpochResult result, boolean best) {
                events.add("epoch " + result.epoch() + " at " + result.step());
            }

            @Override
            public void finished(TrainingRun run) {
                events.add("finished");
            }
        };
        try (var program = program(split(), 3)) {
            var run = Trainer.train(program, options("run"), listener);
            assertEquals(
                    List.of(
                            "{train=140, validation=30, test=30} 9 27 2",
                            "epoch 1 at 9",
                            "epoch 2 at 18",
                            "epoch 3 at 27",
                            "finished"),
                    events);
            assertEquals(
                    Set.of(
                            "train.loss",
                            "train.error",
                            "validation.loss",
                            "validation.error",
                            "test.loss",
                            "test.error"),
                    run.best().metrics().keySet());
            var lines = Files.readAllLines(folder.resolve("run/metrics.csv"));
            assertEquals(
                    "epoch,step,train.loss,train.error,validation.loss,validation.error,seconds,samples_per_second",
                    lines.getFirst());
            assertEquals(4, lines.size());
            assertTrue(lines.get(3).startsWith("3,27," + run.last().metric("train.loss") + ","), lines.get(3));
            try (var files = Files.walk(folder.resolve("run"))) {
                assertEquals(
                        Set.of(
                                ".lock",
                                "run.json",
                                "report.html",
                                "curves.png",
                                "metrics.csv",
                                "best/weights.safetensors",
                                "best/data.json",
                                "best/run.json",
                                "last/weights.safetensors",
                                "last/state.safetensors",
                                "last/data.json",
                                "last/run.json"),
                        Set.copyOf(files.filter(Files::isRegularFile)
                                .map(f -> folder.resolve("run").relativize(f).toString())
                                .toList()));
            }
            var directory = RunDirectory.open(folder.resolve("run"));
            assertEquals(run.best().metrics(), directory.metrics());
            assertEquals(run.best().epoch(), directory.epoch());
        }
    }

    @Test
    void evaluatesALoadedRun() {
        double expected;
        try (var program = program(split(), 5)) {
            expected = Trainer.train(program, options("run"), ProgressListener.NONE)
                    .best()
                    .metric("test.loss");
        }
        try (var program = program(split(), 5)) {
            var unlearned = assertThrows(NndException.class, () -> Evaluation.run(program, options("run"), "test"));
            assertEquals("The statistics of `x` are not learned yet.", unlearned.getMessage());
            RunDirectory.open(folder.resolve("run")).load(program);
            var result = Evaluation.run(program, options("run"), "test");
            assertEquals(expected, result.metric("test.loss"), 1e-12);
            assertEquals(30, result.rows());
            var e = assertThrows(NndException.class, () -> Evaluation.run(program, options("run"), "tests"));
            assertEquals(
                    "Rows has no split `tests`; it has train, validation, test. Did you mean `test`?", e.getMessage());
        }
        var e = assertThrows(NndException.class, () -> RunDirectory.open(folder));
        assertTrue(e.getMessage().startsWith("There is no trained model in " + folder), e.getMessage());
    }

    @Test
    void theSameSeedLeadsToTheSameBytes() throws IOException {
        for (var out : List.of("one", "two", "other")) {
            try (var program = program(split(), 4)) {
                Trainer.train(program, options(out).withSeed(out.equals("other") ? 1 : 9), ProgressListener.NONE);
            }
        }
        assertArrayEquals(weights("one", "last"), weights("two", "last"));
        assertArrayEquals(weights("one", "best"), weights("two", "best"));
        assertFalse(java.util.Arrays.equals(weights("one", "last"), weights("other", "last")));
    }

    @Test
    void countsStepsAndTakesWhatIsLeftOfABatch() {
        try (var program = program(whole(), 1)) {
            var noValidation = assertThrows(
                    NndException.class, () -> Trainer.train(program, options("run"), ProgressListener.NONE));
            assertEquals(
                    "`keep best by validation.loss` needs a split `validation`, and Rows has train.",
                    noValidation.getMessage());
        }
        try (var program = new LinearProgram(whole(), LinearProgram.settings(1, 64, 0.05, Optional.empty()))) {
            var batches = new ArrayList<Integer>();
            var listener = new ProgressListener() {
                @Override
                public void batch(TrainingProgress progress) {
                    batches.add(progress.batchInEpoch());
                }
            };
            var run = Trainer.train(program, options("run").withSteps(6), listener);
            assertEquals(List.of(1, 2, 3, 4, 1, 2), batches);
            assertEquals(6, run.last().step());
            assertEquals(2, run.epochs().size());
        }
        try (var program = new LinearProgram(whole(), LinearProgram.settings(1, 100_000, 0.05, Optional.empty()))) {
            assertEquals(
                    1,
                    Trainer.train(program, options("run"), ProgressListener.NONE)
                            .last()
                            .step());
        }
    }

    @Test
    void aLossThatIsNotFiniteStopsTheRunAndKeepsTheLastGoodWeights() throws IOException {
        try (var program = new LinearProgram(split(), LinearProgram.settings(50, 16, 30, BY_LOSS))) {
            var kept = new ArrayList<byte[]>();
            var listener = new ProgressListener() {
                @Override
                public void epoch(EpochResult result, boolean best) {
                    try {
                        kept.add(weights("run", "last"));
                    } catch (IOException e) {
                        throw new IllegalStateException(e);
                    }
                }
            };
            var e = assertThrows(NndException.class, () -> Trainer.train(program, options("run"), listener));
            assertTrue(e.getMessage().startsWith("Training has diverged at step "), e.getMessage());
            assertTrue(e.getMessage().contains("The last good weights that were saved are in "), e.getMessage());
            assertTrue(
                    e.help().orElse("").contains("smaller learning rate (lr is 30.0)"),
                    e.help().orElse(""));
            assertArrayEquals(kept.getLast(), weights("run", "last"));
        }
    }

    @Test
    void theBestFolderHoldsTheWeightsOfTheBestEpoch() {
        // Epochs of a few milliseconds: all but the first are kept in memory until the interrupt.
        try (var program = program(split(), 6)) {
            var run = Trainer.train(program, options("run"), interruptAt(4 * 9 + 2));
            assertTrue(Thread.interrupted());
            assertEquals(4, run.best().epoch());
        }
        assertBestIsEpoch(4);
        // By a rule that likes bad results, the first epoch stays the best; the program holds it afterwards.
        var worst = Optional.of(new RunSettings.KeepRule("validation", "error", true));
        try (var program = new LinearProgram(split(), LinearProgram.settings(5, 16, 0.05, worst))) {
            var run = Trainer.train(program, options("run"), ProgressListener.NONE);
            assertEquals(1, run.best().epoch());
            assertEquals(5, run.last().epoch());
            assertTrue(run.best().metric("test.error") > run.last().metric("validation.error"));
        }
        assertBestIsEpoch(1);
    }

    private void assertBestIsEpoch(long epoch) {
        try (var program = program(split(), 6)) {
            var best = RunDirectory.open(folder.resolve("run"));
            assertEquals(epoch, best.epoch());
            best.load(program);
            var metrics = Evaluation.run(program, options("run"), "validation").metrics();
            metrics.forEach(
                    (name, value) -> assertEquals(best.metrics().getOrDefault(name, Double.NaN), value, 1e-12, name));
        }
    }

    @Test
    void keepsTheBestFew() throws IOException {
        // By a rule that likes large errors the first epochs are the best ones.
        var rule = Optional.of(new RunSettings.KeepRule("validation", "error", true, 2));
        for (var out : List.of("whole", "part")) {
            try (var program = new LinearProgram(split(), LinearProgram.settings(5, 16, 0.05, rule))) {
                Trainer.train(program, options(out), out.equals("part") ? interruptAt(30) : ProgressListener.NONE);
                assertEquals(out.equals("part"), Thread.interrupted());
            }
        }
        try (var program = new LinearProgram(split(), LinearProgram.settings(5, 16, 0.05, rule))) {
            Trainer.train(program, options("part").withResume(true), ProgressListener.NONE);
        }
        var lines = Files.readAllLines(folder.resolve("whole/metrics.csv"));
        var errors = lines.stream().skip(1).map(l -> l.split(",")).toList();
        var best = errors.stream()
                .sorted(Comparator.comparingDouble((String[] l) -> -Double.parseDouble(l[5])))
                .limit(2)
                .map(l -> "step-" + l[1])
                .sorted()
                .toList();
        for (var out : List.of("whole", "part")) {
            try (var found = Files.list(folder.resolve(out).resolve("kept"))) {
                assertEquals(
                        best,
                        found.map(f -> f.getFileName().toString()).sorted().toList());
            }
            for (var step : best) {
                var kept = RunDirectory.open(folder.resolve(out).resolve("kept").resolve(step));
                try (var program = program(split(), 5)) {
                    kept.load(program);
                    double error =
                            Evaluation.run(program, options(out), "validation").metric("validation.error");
                    assertEquals(kept.metrics().getOrDefault("validation.error", Double.NaN), error, 1e-12);
                }
            }
        }
    }

    @Test
    void anUnwritableRunDirectoryIsNamed() {
        TestFiles.write(folder.resolve("file"), "x");
        try (var program = program(split(), 1)) {
            var e = assertThrows(
                    NndException.class, () -> Trainer.train(program, options("file/run"), ProgressListener.NONE));
            assertTrue(e.getMessage().contains("can't be written"), e.getMessage());
        }
    }
}
