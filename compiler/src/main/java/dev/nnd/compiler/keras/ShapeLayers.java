package dev.nnd.compiler.keras;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** Layers that move elements, and those that join tensors. */
final class ShapeLayers {

    private static final Map<String, String> JOINS = Map.of(
            "Add", "Add", "Subtract", "Sub", "Multiply", "Mul", "Divide", "Div", "Maximum", "Max", "Minimum", "Min");

    private ShapeLayers() {}

    static void add(Map<String, LayerRule> table) {
        table.put("Flatten", ShapeLayers::flat);
        table.put("Reshape", ShapeLayers::reshaped);
        table.put("Permute", ShapeLayers::permuted);
        table.put("RepeatVector", ShapeLayers::repeated);
        JOINS.forEach((kind, op) -> table.put(kind, c -> joined(c, op)));
        table.put("TrueDivide", c -> joined(c, "Div"));
        table.put("Average", c -> {
            Flow sum = joined(c, "Add");
            String count =
                    c.graph().number(c.layer().name() + ".count", c.inputs().size());
            return sum.with(c.node("Div", List.of(sum.value(), count), Map.of()));
        });
        table.put("Concatenate", ShapeLayers::concatenated);
    }

    private static Flow flat(LayerCall c) {
        Flow in = c.in();
        if (in.rank() == 2) {
            return in;
        }
        if (c.config().text("data_format", "channels_last").equals("channels_first")) {
            // Keras moves the channels behind the space first.
            var order = new ArrayList<Integer>(List.of(0));
            IntStream.range(2, in.rank()).forEach(order::add);
            order.add(1);
            String moved = c.node("Transpose", List.of(c.last(in)), Map.of("perm", order));
            return Flow.of(c.node("Flatten", List.of(moved), Map.of()), 2);
        }
        return Flow.of(c.node("Flatten", List.of(c.last(in)), Map.of()), 2);
    }

    private static Flow reshaped(LayerCall c) {
        var shape = new ArrayList<Long>(List.of(0L));
        for (@Nullable Object size : Json.list(c.config().get("target_shape"))) {
            shape.add(size instanceof Number n ? n.longValue() : -1L);
        }
        String sizes = c.graph().integers(c.layer().name() + ".shape", shape);
        return Flow.of(c.node("Reshape", List.of(c.last(c.in()), sizes), Map.of()), shape.size());
    }

    private static Flow permuted(LayerCall c) {
        var order = new ArrayList<Long>(List.of(0L));
        order.addAll(c.config().integers("dims", c.in().rank() - 1, 1));
        return Flow.of(c.node("Transpose", List.of(c.last(c.in())), Map.of("perm", order)), c.in().rank());
    }

    private static Flow repeated(LayerCall c) {
        long times = c.config().required("n");
        String axis = c.graph().integers(c.layer().name() + ".axis", List.of(1L));
        String times3 = c.graph().integers(c.layer().name() + ".times", List.of(1L, times, 1L));
        String wide = c.node("Unsqueeze", List.of(c.in().value(), axis), Map.of());
        return Flow.of(c.node("Tile", List.of(wide, times3), Map.of()), 3);
    }

    /** Tensors and constants, from left to right. */
    private static Flow joined(LayerCall c, String op) {
        List<Layer.Argument> given = c.call().inputs();
        List<Flow> inputs = c.inputs();
        boolean alike = inputs.stream().allMatch(i -> i.first() == c.in().first() && i.rank() == c.in().rank());
        int rank = inputs.stream().mapToInt(Flow::rank).max().orElse(0);
        @Nullable String sum = null;
        int next = 0;
        for (int i = 0; i < Math.max(given.size(), inputs.size()); i++) {
            String value;
            if (i < given.size() && given.get(i) instanceof Layer.Constant k) {
                value = c.graph().number(c.layer().name() + ".constant", k.value());
            } else if (next < inputs.size()) {
                Flow flow = inputs.get(next);
                value = alike ? flow.value() : c.last(flow);
                next++;
            } else {
                break;
            }
            sum = sum == null ? value : c.node(op, List.of(sum, value), Map.of());
        }
        if (sum == null) {
            throw c.refused("it has no inputs");
        }
        return new Flow(sum, rank, alike && c.in().first());
    }

    private static Flow concatenated(LayerCall c) {
        boolean alike = c.inputs().stream().allMatch(i -> i.first() == c.in().first() && i.rank() == c.in().rank());
        Flow shape = alike ? c.in() : Flow.of(c.in().value(), c.in().rank());
        long axis = c.config().integer("axis").orElse(-1L);
        List<String> values =
                c.inputs().stream().map(i -> alike ? i.value() : c.last(i)).toList();
        return shape.with(c.node("Concat", values, Map.of("axis", shape.place(axis))));
    }
}
