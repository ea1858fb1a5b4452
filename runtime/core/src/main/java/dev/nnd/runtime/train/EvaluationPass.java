package dev.nnd.runtime.train;

import dev.nnd.runtime.data.BatchFeed;
import dev.nnd.runtime.data.Dataset;
import dev.nnd.runtime.data.RowSet;

/** Means of the loss and the metrics over a split, with the weights as they are. */
final class EvaluationPass {
    private final Bound<EvalStep> steps;
    private final Dataset dataset;
    private final int batch;
    private final int metrics;

    EvaluationPass(Bound<EvalStep> steps, Dataset dataset, int batch, int metrics) {
        this.steps = steps;
        this.dataset = dataset;
        this.batch = batch;
        this.metrics = metrics;
    }

    Means over(RowSet rows) throws InterruptedException {
        var means = new Means(metrics);
        try (var feed = BatchFeed.inOrder(dataset, rows, batch)) {
            for (int left = BatchFeed.batches(rows.size(), batch); left > 0; left--) {
                var bound = steps.of(feed.next());
                feed.take(bound.inputs());
                bound.program().random(0, left); // the same in every evaluation
                bound.program().run();
                means.add(bound.program(), bound.program().loss());
                if (Thread.interrupted()) {
                    throw new InterruptedException();
                }
            }
        }
        return means;
    }
}
