package dev.nnd.compiler.cli;

import dev.nnd.compiler.typed.TypedTune;
import dev.nnd.runtime.NndException;
import dev.nnd.runtime.report.History;
import dev.nnd.runtime.train.EpochResult;
import dev.nnd.runtime.train.ProgressListener;
import dev.nnd.runtime.train.RunRecord;
import dev.nnd.runtime.train.Trainer;
import dev.nnd.runtime.train.TrainingOptions;
import java.io.IOException;
import java.nio.file.Path;

/** Runs a trial, whole or up to a length; what was done before is not done again. */
final class TrialRunner {
    private final TuneSection section;
    private final TrainingOptions options;
    private final Path directory;

    TrialRunner(TuneSection section, TrainingOptions options, Path directory) {
        this.section = section;
        this.options = options;
        this.directory = directory;
    }

    /**
     * What a trial came to.
     *
     * @param value the best of the objective; NaN if there is none
     * @param problem why it failed; empty if it did not
     */
    record Result(Trial trial, double value, long epochs, double seconds, String problem) {}

    /**
     * Trains up to a length in the unit of the section, and with the schedules of the whole run.
     *
     * @throws InterruptedException if the search is stopped; the trial can be resumed
     */
    Result run(Trial trial, long length) throws InterruptedException {
        Path place = directory.resolve(trial.folder());
        var before = RunRecord.of(place);
        if (before.isPresent() && done(before.get(), length)) {
            boolean failed = before.get().state() == RunRecord.State.FAILED;
            return result(trial, place, failed ? "it failed before the search was resumed" : "");
        }
        try (var program = section.program(trial, options.threads())) {
            boolean steps = program.settings().steps().isPresent();
            var pause = new Pause(length, steps);
            Trainer.train(program, options.withOut(place).withResume(before.isPresent()), pause);
            if (Thread.interrupted() && !pause.reached) {
                throw new InterruptedException();
            }
        } catch (NndException e) {
            return result(trial, place, String.valueOf(e.getMessage()));
        }
        return result(trial, place, "");
    }

    private static boolean done(RunRecord record, long length) {
        return switch (record.state()) {
            case FINISHED, FAILED -> true;
            case INTERRUPTED, RUNNING ->
                (record.configuration().containsKey("steps") ? record.step() : record.epoch()) > length;
        };
    }

    /** Stops a run behind the evaluation at a length. */
    private static final class Pause implements ProgressListener {
        private final long length;
        private final boolean steps;
        private boolean reached;

        Pause(long length, boolean steps) {
            this.length = length;
            this.steps = steps;
        }

        @Override
        public void epoch(EpochResult result, boolean best) {
            if ((steps ? result.step() : result.epoch()) >= length) {
                reached = true;
                Thread.currentThread().interrupt();
            }
        }
    }

    private Result result(Trial trial, Path place, String problem) {
        var record = RunRecord.of(place);
        double value = problem.isEmpty() ? objective(place, record.orElse(null)) : Double.NaN;
        return new Result(
                trial,
                value,
                record.map(RunRecord::epoch).orElse(0L),
                record.map(RunRecord::seconds).orElse(0.0),
                problem);
    }

    private double objective(Path place, @org.jspecify.annotations.Nullable RunRecord record) {
        TypedTune.Objective objective = section.tune().objective();
        String name = objective.split() + "." + objective.metric();
        double best = Double.NaN;
        try {
            var history = History.read(place.resolve("metrics.csv"));
            int column = history.names().indexOf(name);
            for (double[] line : history.lines()) {
                double now = column < 0 ? Double.NaN : line[column];
                if (Double.isNaN(best) || (objective.maximize() ? now > best : now < best)) {
                    best = now;
                }
            }
        } catch (IOException e) {
            throw new NndException("The metrics of " + place + " can't be read: " + e.getMessage() + ".", e);
        }
        return Double.isNaN(best) && record != null ? record.metrics().getOrDefault(name, Double.NaN) : best;
    }
}
