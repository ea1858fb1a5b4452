package dev.nnd.runtime.train;

import dev.nnd.runtime.program.ParameterSet;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** The moving average of the weights; buffers are not averaged. */
final class WeightAverage {

    /** The slab of the average. */
    static final String STATE = "average";

    private final ParameterSet parameters;
    private final MemorySegment average;
    private final float decay;

    /** Begins with the weights as they are, or with what was loaded. */
    WeightAverage(ParameterSet parameters, double decay, boolean resumed) {
        this.parameters = parameters;
        this.decay = (float) decay;
        this.average = parameters.state(STATE);
        if (!resumed) {
            average.copyFrom(weights());
        }
    }

    private MemorySegment weights() {
        return parameters.values().asSlice(0, parameters.slabElements() * Float.BYTES);
    }

    /** After a step. */
    void update() {
        var values = parameters.values();
        long n = parameters.slabElements();
        float rest = 1 - decay;
        for (long i = 0; i < n; i++) {
            float moved = decay * average.getAtIndex(ValueLayout.JAVA_FLOAT, i)
                    + rest * values.getAtIndex(ValueLayout.JAVA_FLOAT, i);
            average.setAtIndex(ValueLayout.JAVA_FLOAT, i, moved);
        }
    }

    /** Exchanges the weights and their average. */
    void swap() {
        var values = parameters.values();
        long n = parameters.slabElements();
        for (long i = 0; i < n; i++) {
            float weight = values.getAtIndex(ValueLayout.JAVA_FLOAT, i);
            values.setAtIndex(ValueLayout.JAVA_FLOAT, i, average.getAtIndex(ValueLayout.JAVA_FLOAT, i));
            average.setAtIndex(ValueLayout.JAVA_FLOAT, i, weight);
        }
    }
}
