package dev.nnd.runtime.train;

import dev.nnd.runtime.data.Dataset;
import dev.nnd.runtime.program.ParameterSet;
import java.util.List;

/** A train section, as generated code describes it: models, steps and the update rule over one set of parameters. */
public interface TrainingProgram extends AutoCloseable {

    /** The train section's name. */
    String name();

    /** Its settings, with run-time overrides of its {@code float} parameters applied. */
    RunSettings settings();

    /** Its data section; the same instance at every call. */
    Dataset data();

    /** The parameters it trains. */
    ParameterSet parameters();

    /** A step bound to {@code n} examples. The caller closes it. */
    TrainStep trainStep(int n);

    /** An evaluation bound to {@code n} examples. The caller closes it. */
    EvalStep evalStep(int n);

    /** Changes the weights by the gradients of the latest train step; {@code step} counts from 1. */
    void update(long step);

    /** Names of the optimizer's state slabs in {@link #parameters}, for checkpoints. */
    List<String> optimizerState();

    /** Sets the weights that training starts from. A section whose models come {@code from} a file overrides this. */
    default void initialize(long seed) {
        parameters().initialize(seed);
    }

    @Override
    void close();
}
