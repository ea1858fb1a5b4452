/**
 * In: the scores and labels of batches. Out: metrics that are no mean over batches, over all examples. Must not know: programs,
 * the training loop. Start here: {@link dev.nnd.runtime.metric.CountedMetric}.
 */
@NullMarked
package dev.nnd.runtime.metric;

import org.jspecify.annotations.NullMarked;
