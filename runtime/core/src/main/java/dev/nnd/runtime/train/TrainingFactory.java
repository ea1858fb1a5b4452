package dev.nnd.runtime.train;

import dev.nnd.runtime.kernel.Precision;
import dev.nnd.runtime.kernel.Provider;
import java.util.Map;

/** Makes the program of one train section; generated code offers one for the command line and for tuning. */
@FunctionalInterface
public interface TrainingFactory {

    /**
     * A new program. The caller closes it.
     *
     * @param provider computes all steps; one in {@link Precision#INT8} is for evaluation alone
     * @param values overrides of the section's {@code float} parameters by name; an unknown name is a user error
     */
    TrainingProgram create(Provider provider, Map<String, Double> values);

    /** The precision that the section asks for. */
    default Precision precision() {
        return Precision.F32;
    }

    /**
     * A new program in the section's own precision, or in f32 where the machine can't. The caller closes it.
     *
     * @param threads compute threads, at least 1
     * @param values as above
     */
    default TrainingProgram create(int threads, Map<String, Double> values) {
        return create(Provider.best(threads).with(precision()), values);
    }
}
