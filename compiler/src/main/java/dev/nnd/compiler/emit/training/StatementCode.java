package dev.nnd.compiler.emit.training;

import dev.nnd.compiler.emit.kernel.UpdateKernel;
import dev.nnd.compiler.typed.OptimizerSpec;
import dev.nnd.compiler.typed.OptimizerSpec.ScalarExpr;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The generated code of a {@code minimize} statement.
 *
 * @param name ends the names of what belongs to it, such as {@code Discriminator}; empty for the only statement
 * @param lossName what its loss is called
 * @param step the class of forward and backward over a batch
 * @param settings the settings that the step computes with, in the order of its constructor
 * @param updates the kernels that change the weights
 */
public record StatementCode(String name, String lossName, String step, List<String> settings, List<Update> updates) {

    public StatementCode {
        settings = List.copyOf(settings);
        updates = List.copyOf(updates);
    }

    /**
     * A kernel and what it changes.
     *
     * @param arguments the optimizer's, as they are for these weights
     * @param prepared the optimizer, if the runtime has a part in it before the kernel
     * @param groups the groups of the section's weights; empty for all parameters of the one model
     */
    public record Update(
            UpdateKernel kernel,
            Map<String, ScalarExpr> arguments,
            Optional<OptimizerSpec> prepared,
            List<String> groups) {

        /** A loop over elements alone. */
        public Update(UpdateKernel kernel, Map<String, ScalarExpr> arguments, List<String> groups) {
            this(kernel, arguments, Optional.empty(), groups);
        }

        public Update {
            groups = List.copyOf(groups);
        }
    }
}
