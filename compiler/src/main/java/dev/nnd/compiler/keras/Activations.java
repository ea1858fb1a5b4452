package dev.nnd.compiler.keras;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Activations by name, and the layers that are one. */
final class Activations {

    static final String NAMES =
            "linear, relu, relu6, leaky_relu, elu, selu, celu, gelu, sigmoid, hard_sigmoid, tanh, softmax,"
                    + " log_softmax, softplus, softsign, silu (swish), hard_silu, mish, exponential";

    private Activations() {}

    static void add(Map<String, LayerRule> table) {
        table.put("Activation", c -> of(c, c.config().get("activation"), c.in()));
        table.put("ReLU", Activations::rectified);
        table.put(
                "LeakyReLU",
                c -> leaky(
                        c,
                        c.in(),
                        c.config().number("negative_slope", c.config().number("alpha", 0.3))));
        table.put("ELU", c -> c.each("Elu", c.in(), Map.of("alpha", c.config().number("alpha", 1))));
        table.put("Softmax", Activations::softmaxLayer);
        table.put("PReLU", Activations::learned);
        table.put(
                "ThresholdedReLU",
                c -> c.each(
                        "ThresholdedRelu", c.in(), Map.of("alpha", c.config().number("theta", 1))));
    }

    /**
     * An activation as a config has it: a name, null, or a layer.
     *
     * @throws KerasProblem if it is none of those that are known
     */
    static Flow of(LayerCall c, @Nullable Object activation, Flow x) {
        return switch (name(activation)) {
            case "linear" -> x;
            case "relu" -> c.each("Relu", x, Map.of());
            case "relu6", "re_lu6" -> clipped(c, c.each("Relu", x, Map.of()), 6);
            case "leaky_relu" -> leaky(c, x, 0.2);
            case "elu" -> c.each("Elu", x, Map.of());
            case "selu" -> c.each("Selu", x, selu());
            case "celu" -> c.each("Celu", x, Map.of());
            case "gelu" -> c.each("Gelu", x, Map.of());
            case "sigmoid" -> c.each("Sigmoid", x, Map.of());
            case "hard_sigmoid" -> c.each("HardSigmoid", x, hardSigmoid(c.version()));
            case "tanh" -> c.each("Tanh", x, Map.of());
            case "softmax" -> c.each("Softmax", x, Map.of("axis", x.place(-1)));
            case "log_softmax" -> c.each("LogSoftmax", x, Map.of("axis", x.place(-1)));
            case "softplus" -> c.each("Softplus", x, Map.of());
            case "softsign" -> c.each("Softsign", x, Map.of());
            case "silu", "swish" -> c.each("Swish", x, Map.of());
            case "hard_silu", "hard_swish" -> c.each("HardSwish", x, Map.of());
            case "mish" -> c.each("Mish", x, Map.of());
            case "exponential" -> c.each("Exp", x, Map.of());
            default ->
                throw c.refused("the activation `" + KerasProblem.shown(name(activation)) + "` is not supported; "
                        + NAMES + " are");
        };
    }

    /** The numbers of SELU, as the language has them. */
    private static Map<String, Double> selu() {
        return Map.of("alpha", 1.6732632423543772, "gamma", 1.0507009873554805);
    }

    static Map<String, Double> hardSigmoid(int version) {
        return version >= 3 ? Map.of("alpha", 1.0 / 6, "beta", 0.5) : Map.of("alpha", 0.2, "beta", 0.5);
    }

    /** The name of an activation; one that is packed as an object has it inside. */
    static String name(@Nullable Object activation) {
        if (activation == null) {
            return "linear";
        }
        if (activation instanceof Map<?, ?>) {
            Config packed = Config.of(activation);
            return packed.get("config") instanceof String inner ? inner : Layer.snake(packed.text("class_name", ""));
        }
        return String.valueOf(activation);
    }

    private static Flow leaky(LayerCall c, Flow x, double slope) {
        return c.each("LeakyRelu", x, Map.of("alpha", slope));
    }

    private static Flow clipped(LayerCall c, Flow x, double most) {
        // The smallest value is left out.
        return x.with(c.node(
                "Clip", List.of(x.value(), "", c.graph().number(c.layer().name() + ".max", most)), Map.of()));
    }

    private static Flow rectified(LayerCall c) {
        Config config = c.config();
        double slope = config.number("negative_slope", 0);
        if (config.number("threshold", 0) != 0) {
            throw c.refused("`threshold` other than 0 is not supported");
        }
        Flow y = slope == 0 ? c.each("Relu", c.in(), Map.of()) : leaky(c, c.in(), slope);
        return config.has("max_value") ? clipped(c, y, config.number("max_value", 0)) : y;
    }

    private static Flow softmaxLayer(LayerCall c) {
        if (c.config().get("axis") instanceof List<?> list && list.size() != 1) {
            throw c.refused("a softmax over several axes is not supported");
        }
        long axis = c.config().integers("axis", 1, -1).getFirst();
        return c.each("Softmax", c.in(), Map.of("axis", c.in().place(axis)));
    }

    /** A slope for each element that the example has, or for each place of the axes that are not shared. */
    private static Flow learned(LayerCall c) {
        String x = c.last(c.in());
        return Flow.of(c.node("PRelu", List.of(x, c.weight("weight")), Map.of()), c.in().rank());
    }
}
