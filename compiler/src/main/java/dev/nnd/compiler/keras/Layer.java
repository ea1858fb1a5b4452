package dev.nnd.compiler.keras;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A layer of a model.
 *
 * @param kind the name of its class
 * @param key what it is called in files of weights without names: its class in snake case, counted
 * @param calls how it is used, once for each
 * @param inner the model that it is, if it is one
 */
record Layer(String name, String kind, Config config, String key, List<Call> calls, Optional<Model> inner) {

    /** What goes into a layer: an output of another one, or a constant. */
    sealed interface Argument {}

    record Ref(String layer, int node, int output) implements Argument {}

    record Constant(double value) implements Argument {}

    /**
     * One use of a layer.
     *
     * @param named arguments that are given by name
     * @param options what else is given by name
     */
    record Call(List<Argument> inputs, Map<String, Argument> named, Map<String, @Nullable Object> options) {}

    /** {@code multi_head_attention} of {@code MultiHeadAttention}, as Keras does it. */
    static String snake(String kind) {
        return kind.replaceAll("\\W+", "")
                .replaceAll("(.)([A-Z][a-z]+)", "$1_$2")
                .replaceAll("([a-z])([A-Z])", "$1_$2")
                .toLowerCase(Locale.ROOT);
    }

    String described() {
        return "layer `" + KerasProblem.shown(name) + "` (" + KerasProblem.shown(kind) + ")";
    }
}
