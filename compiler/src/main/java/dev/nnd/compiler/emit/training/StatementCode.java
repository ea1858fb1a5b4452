package dev.nnd.compiler.emit.training;

import dev.nnd.compiler.emit.kernel.UpdateKernel;
import java.util.List;

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
     * @param groups the groups of the section's weights; empty for all parameters of the one model
     */
    public record Update(UpdateKernel kernel, List<String> groups) {

        public Update {
            groups = List.copyOf(groups);
        }
    }
}
