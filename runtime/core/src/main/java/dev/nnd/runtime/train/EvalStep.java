package dev.nnd.runtime.train;

import dev.nnd.runtime.memory.Tensor;
import dev.nnd.runtime.metric.StreamingMetric;
import java.util.function.BiConsumer;

/** Forward over a batch in inference mode: leaves the loss and the metrics. */
public interface EvalStep extends BatchProgram {

    /** The loss of a statement {@code minimize}, the first being 0; {@link #loss} is their sum. */
    default double loss(int statement) {
        return loss();
    }

    /** Hands the batch to a metric that is computed over all examples. */
    default void gather(int metric, StreamingMetric into) {
        throw new IndexOutOfBoundsException("metric " + metric + " is a mean");
    }

    /**
     * Hands over what the model says of the batch, and the field that it is compared with; row-major. Nothing if
     * {@link TrainingProgram#predicted} is empty.
     */
    default void predictions(BiConsumer<Tensor, Tensor> into) {}
}
