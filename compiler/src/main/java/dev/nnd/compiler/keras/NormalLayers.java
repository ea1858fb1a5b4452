package dev.nnd.compiler.keras;

import java.util.List;
import java.util.Map;

/** Normalizations, embeddings, dense layers and those that do nothing but while training. */
final class NormalLayers {

    private NormalLayers() {}

    static void add(Map<String, LayerRule> table) {
        table.put("Dense", NormalLayers::dense);
        table.put("Embedding", NormalLayers::embedding);
        table.put("BatchNormalization", NormalLayers::batch);
        table.put("LayerNormalization", NormalLayers::layer);
        table.put("GroupNormalization", NormalLayers::group);
        table.put("RMSNormalization", NormalLayers::rootMeanSquare);
        table.put("Rescaling", NormalLayers::rescaled);
        table.put(
                "Dropout",
                c -> c.in().with(c.graph()
                        .layer(
                                c.layer().name(),
                                "Dropout",
                                List.of(c.in().value()),
                                Map.of("rate", c.config().number("rate", 0.5)))));
        for (String nothing : List.of(
                "InputLayer",
                "GaussianNoise",
                "GaussianDropout",
                "AlphaDropout",
                "ActivityRegularization",
                "Identity",
                "SpatialDropout1D",
                "SpatialDropout2D",
                "SpatialDropout3D")) {
            table.put(nothing, LayerCall::in);
        }
    }

    private static Flow dense(LayerCall c) {
        List<String> inputs = c.has("bias")
                ? List.of(c.last(c.in()), c.weight("weight"), c.weight("bias"))
                : List.of(c.last(c.in()), c.weight("weight"));
        String y = c.graph().layer(c.layer().name(), "Dense", inputs, Map.of());
        return c.activated(Flow.of(y, c.in().rank()));
    }

    private static Flow embedding(LayerCall c) {
        String y = c.node("Gather", List.of(c.weight("weight"), c.last(c.in())), Map.of());
        return Flow.of(y, c.in().rank() + 1);
    }

    private static double eps(LayerCall c) {
        return c.config().number("epsilon", 1e-3);
    }

    private static Flow batch(LayerCall c) {
        Flow in = c.in();
        long axis = c.config().integers("axis", 1, -1).getFirst();
        axis = axis < 0 ? axis + in.rank() : axis;
        boolean last = axis == in.rank() - 1;
        if (!last && axis != 1) {
            throw c.refused("a batch normalization over axis " + axis + " of " + in.rank() + " dims is not supported");
        }
        String x = last ? c.first(in) : c.last(in);
        List<String> inputs =
                List.of(x, c.weight("weight"), c.weight("bias"), c.weight("running_mean"), c.weight("running_var"));
        String y = c.node(
                "BatchNormalization",
                inputs,
                Map.of("epsilon", eps(c), "momentum", c.config().number("momentum", 0.99)));
        return new Flow(y, in.rank(), last && in.rank() > 2);
    }

    private static Flow layer(LayerCall c) {
        Flow in = c.in();
        long axis = c.config().integers("axis", 1, -1).getFirst();
        if ((axis < 0 ? axis + in.rank() : axis) != in.rank() - 1) {
            throw c.refused("only the last axis is normalized by a layer normalization here, and its axis is " + axis);
        }
        if (c.config().flag("rms_scaling", false)) {
            throw c.refused("`rms_scaling` is not supported");
        }
        if (!c.has("weight")) {
            throw c.refused("a layer normalization without `scale` and `center` is not supported");
        }
        List<String> inputs = List.of(c.last(in), c.weight("weight"), c.weight("bias"));
        return Flow.of(c.node("LayerNormalization", inputs, Map.of("axis", -1, "epsilon", eps(c))), in.rank());
    }

    private static Flow group(LayerCall c) {
        long axis = c.config().integers("axis", 1, -1).getFirst();
        if ((axis != -1 && axis != c.in().rank() - 1) || !c.has("weight")) {
            throw c.refused("only groups of the last axis with `scale` or `center` are supported");
        }
        long groups = c.config().integer("groups").orElse(32L);
        long all = groups == -1 ? c.data("weight").size() : groups;
        List<String> inputs = List.of(c.first(c.in()), c.weight("weight"), c.weight("bias"));
        String y = c.node("GroupNormalization", inputs, Map.of("num_groups", all, "epsilon", eps(c)));
        return new Flow(y, c.in().rank(), c.in().rank() > 2);
    }

    private static Flow rootMeanSquare(LayerCall c) {
        List<String> inputs = List.of(c.last(c.in()), c.weight("weight"));
        Map<String, ?> attributes = Map.of("axis", -1, "epsilon", c.config().number("epsilon", 1e-6));
        return Flow.of(c.node("RMSNormalization", inputs, attributes), c.in().rank());
    }

    private static Flow rescaled(LayerCall c) {
        if (c.config().get("scale") instanceof List<?> || c.config().get("offset") instanceof List<?>) {
            throw c.refused("a `scale` or `offset` for each channel is not supported");
        }
        String scale = c.graph().number(c.layer().name() + ".scale", c.config().number("scale", 1));
        String offset =
                c.graph().number(c.layer().name() + ".offset", c.config().number("offset", 0));
        String scaled = c.node("Mul", List.of(c.in().value(), scale), Map.of());
        return c.in().with(
                        c.config().number("offset", 0) == 0
                                ? scaled
                                : c.node("Add", List.of(scaled, offset), Map.of()));
    }
}
