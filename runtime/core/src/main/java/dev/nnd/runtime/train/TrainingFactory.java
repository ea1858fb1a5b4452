package dev.nnd.runtime.train;

import java.util.Map;

/** Makes the program of one train section; generated code offers one for the command line and for tuning. */
@FunctionalInterface
public interface TrainingFactory {

    /**
     * A new program. The caller closes it.
     *
     * @param threads compute threads, at least 1
     * @param values overrides of the section's {@code float} parameters by name; an unknown name is a user error
     */
    TrainingProgram create(int threads, Map<String, Double> values);
}
