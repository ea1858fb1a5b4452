package dev.nnd.runtime.metric;

import dev.nnd.runtime.memory.Tensor;

/** A metric that is no mean over batches: it gathers what it needs from every batch of a split and is computed at the end. */
public interface StreamingMetric {

    /**
     * Takes a batch, row-major: what the metric is called with in the language, in that order; first scores or predictions,
     * then labels or targets.
     */
    void add(Tensor... batch);

    /** The metric of all examples so far; NaN where it is not defined, such as over no example. */
    double value();
}
