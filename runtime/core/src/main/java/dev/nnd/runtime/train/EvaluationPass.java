package dev.nnd.runtime.train;

import dev.nnd.runtime.data.BatchFeed;
import dev.nnd.runtime.data.RowSet;
import dev.nnd.runtime.report.Predictions;
import org.jspecify.annotations.Nullable;

/** Means of the loss and the metrics over a split, with the weights as they are. */
final class EvaluationPass {
    private final Bound<EvalStep> steps;
    private final TrainingProgram program;
    private final RunSettings settings;
    private final int batch;

    EvaluationPass(Bound<EvalStep> steps, TrainingProgram program, RunSettings settings, int batch) {
        this.steps = steps;
        this.program = program;
        this.settings = settings;
        this.batch = batch;
    }

    /**
     * Over all rows.
     *
     * @param predictions gathers what the model says too
     */
    Means over(RowSet rows, @Nullable Predictions predictions) throws InterruptedException {
        var means = new Means(settings).gathering(program);
        try (var feed = BatchFeed.inOrder(program.data(), rows, batch)) {
            for (int left = BatchFeed.batches(rows.size(), batch); left > 0; left--) {
                var bound = steps.of(feed.next());
                feed.take(bound.inputs());
                bound.program().random(0, left); // the same in every evaluation
                bound.program().run();
                means.add(bound.program());
                if (predictions != null) {
                    bound.program().predictions((said, target) -> predictions.add(said, target, bound.inputs()));
                }
                if (Thread.interrupted()) {
                    throw new InterruptedException();
                }
            }
        }
        return means;
    }
}
