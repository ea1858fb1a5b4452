package dev.nnd.runtime.train;

import dev.nnd.runtime.NndException;
import dev.nnd.runtime.data.DataSession;
import dev.nnd.runtime.data.Learned;
import dev.nnd.runtime.data.Nearest;
import dev.nnd.runtime.data.RowSet;
import java.util.LinkedHashMap;

/** Evaluates a trained program on a split of its data. */
public final class Evaluation {
    private Evaluation() {}

    /**
     * The loss and the metrics over a split, with the weights and statistics that the program holds; see
     * {@link RunDirectory#load}.
     *
     * @param options only {@code data}, {@code batch}, {@code memoryBytes} and {@code fold} matter
     */
    public static EvaluationResult run(TrainingProgram program, TrainingOptions options, String split) {
        var dataset = program.data();
        for (var learned : dataset.learned()) {
            requireReady(learned);
        }
        var settings = options.resolve(program.settings());
        try (var session = DataSession.open(dataset, options.data(), options.memoryBytes(), options.fold())) {
            var rows = session.split(split).orElseThrow(() -> noSplit(session, split));
            long start = System.nanoTime();
            var means = means(program, settings, rows);
            var metrics = new LinkedHashMap<String, Double>();
            means.into(metrics, split);
            return new EvaluationResult(split, rows.size(), metrics, (System.nanoTime() - start) / 1e9);
        }
    }

    private static Means means(TrainingProgram program, RunSettings settings, RowSet rows) {
        try (var steps = new Bound<>(program::evalStep, program.data())) {
            return new EvaluationPass(steps, program, settings, settings.batch()).over(rows, null);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new NndException("The evaluation was interrupted.", e);
        }
    }

    private static void requireReady(Learned learned) {
        if (!learned.ready()) {
            throw new NndException(
                    "The statistics of `" + learned.name() + "` are not learned yet.",
                    "load the run directory of a trained model first",
                    null);
        }
    }

    private static NndException noSplit(DataSession session, String split) {
        var names = session.splitNames();
        return new NndException(session.dataset().name() + " has no split `" + split + "`; it has "
                + String.join(", ", names) + "."
                + Nearest.of(split, names)
                        .map(n -> " Did you mean `" + n + "`?")
                        .orElse(""));
    }
}
