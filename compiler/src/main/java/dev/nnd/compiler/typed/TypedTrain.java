package dev.nnd.compiler.typed;

import dev.nnd.compiler.ast.Decl;
import dev.nnd.grammar.Span;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * A checked train section.
 *
 * @param declaration as written
 * @param packageName the Java package; empty for none
 * @param settings its {@code float} parameters, which can be set at run time
 * @param models the models in it, by the names it gives them; calls refer to them as layers of {@code body}
 * @param data what it trains on
 * @param body bindings of the losses and metrics, over fields with a leading batch dim {@code N}
 * @param minimize in order
 * @param metrics in order
 * @param run length, batch and the like
 */
public record TypedTrain(
        Decl.Train declaration,
        String packageName,
        List<Setting> settings,
        List<Trained> models,
        TypedData data,
        List<TypedBlock.Binding> body,
        List<Minimize> minimize,
        List<Metric> metrics,
        Run run) {

    /** The section's name, also its class's. */
    public String name() {
        return declaration.name().name();
    }

    /** A {@code float} parameter with its default. */
    public record Setting(String name, double value, Span span) {}

    /** A model under a name; {@code from} is a weights file. */
    public record Trained(String name, TypedModel model, Optional<String> from, boolean frozen, Span span) {}

    /** A scalar loss, the models it changes, and how. */
    public record Minimize(TypedExpr loss, List<String> over, OptimizerSpec optimizer, Span span) {}

    /** A scalar metric: a mean over the batch. */
    public record Metric(String name, TypedExpr value, boolean higherIsBetter, Span span) {}

    /** Exactly one of epochs and steps is present. */
    public record Run(OptionalLong epochs, OptionalLong steps, int batch, long seed, Optional<Keep> keep) {}

    /** Keep the weights of the best epoch by {@code split.metric}. */
    public record Keep(String split, String metric, boolean higherIsBetter) {}
}
