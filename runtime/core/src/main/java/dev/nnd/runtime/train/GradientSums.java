package dev.nnd.runtime.train;

import dev.nnd.runtime.program.ParameterSet;
import java.lang.foreign.ValueLayout;

/** Makes one gradient of those of several batches. */
final class GradientSums {

    private GradientSums() {}

    /** Adds the gradients of batch {@code part} of {@code parts}; after the last one their mean stands in their place. */
    static void add(ParameterSet parameters, int statement, int part, int parts) {
        var gradients = parameters.gradients();
        var sums = parameters.state("gradients." + statement);
        long n = parameters.slabElements();
        boolean last = part == parts - 1;
        float scale = 1f / parts;
        for (long i = 0; i < n; i++) {
            float g = gradients.getAtIndex(ValueLayout.JAVA_FLOAT, i);
            float sum = part == 0 ? g : sums.getAtIndex(ValueLayout.JAVA_FLOAT, i) + g;
            if (last) {
                gradients.setAtIndex(ValueLayout.JAVA_FLOAT, i, sum * scale);
            } else {
                sums.setAtIndex(ValueLayout.JAVA_FLOAT, i, sum);
            }
        }
    }
}
