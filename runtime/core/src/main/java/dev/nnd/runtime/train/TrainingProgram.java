package dev.nnd.runtime.train;

import dev.nnd.runtime.data.Dataset;
import dev.nnd.runtime.metric.StreamingMetric;
import dev.nnd.runtime.program.ParameterSet;
import java.util.List;
import java.util.Optional;

/** A train section, as generated code describes it: models, steps and the update rule over one set of parameters. */
public interface TrainingProgram extends AutoCloseable {

    /** The train section's name. */
    String name();

    /** Its settings, with run-time overrides of its {@code float} parameters applied. */
    RunSettings settings();

    /** Its data section; the same instance at every call. */
    Dataset data();

    /** The models of a section with several, by the names that stand in front of their parameters' names; else none. */
    default List<String> models() {
        return List.of();
    }

    /** The parameters it trains, and those of models that only help. */
    ParameterSet parameters();

    /** How many statements {@code minimize} it has; each batch goes through them in order. */
    default int statements() {
        return 1;
    }

    /** A step of a statement, the first being 0, bound to {@code n} examples. The caller closes it. */
    TrainStep trainStep(int statement, int n);

    /** An evaluation bound to {@code n} examples. The caller closes it. */
    EvalStep evalStep(int n);

    /** A run begins or goes on: what schedules are measured by. */
    default void begin(RunLength run) {}

    /** Changes the weights of a statement by the gradients of its latest train step; {@code step} counts from 1. */
    void update(int statement, long step);

    /** An empty gatherer for a metric of {@link RunSettings#metrics} that is computed over all examples. */
    default StreamingMetric streaming(int metric) {
        throw new IndexOutOfBoundsException("metric " + metric + " is a mean");
    }

    /** What {@link EvalStep#predictions} hands over; empty if the section's models predict nothing example by example. */
    default Optional<Predicted> predicted() {
        return Optional.empty();
    }

    /** Names of the optimizer's state slabs in {@link #parameters}, for checkpoints. */
    List<String> optimizerState();

    /** Sets the weights that training starts from. A section whose models come {@code from} a file overrides this. */
    default void initialize(long seed, Pretrained pretrained) {
        parameters().initialize(seed);
    }

    @Override
    void close();
}
