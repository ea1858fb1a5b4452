package dev.nnd.benchmarks;

/** A network in memory, ready for steps. Inputs come from Java arrays at each step, and results go there. */
public interface Session extends AutoCloseable {

    /** A step of training, which gives the loss before it; or a prediction, which gives its first number. */
    double step(Batch batch) throws Exception;

    /** All outputs of the latest prediction, one after the other; empty after a step of training. */
    default float[] outputs() throws Exception {
        return new float[0];
    }

    /** The memory that was planned for a step, or -1 where nothing is planned. */
    default long plannedBytes() {
        return -1;
    }

    @Override
    default void close() {}
}
