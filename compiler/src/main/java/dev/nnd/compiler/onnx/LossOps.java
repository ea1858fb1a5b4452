package dev.nnd.compiler.onnx;

import dev.nnd.compiler.type.Dim;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/** Losses, with weights of classes, an index that is ignored, and three ways to join. */
final class LossOps {

    private LossOps() {}

    static void add(Map<String, Rule> table) {
        Rule.one(table, "NegativeLogLikelihoodLoss", c -> loss(c, c.in(0)));
        table.put("SoftmaxCrossEntropyLoss", c -> {
            Value logs = c.emit("log_softmax({}, axis: 1)", c.in(0));
            return List.of(loss(c, logs), logs);
        });
    }

    private static Value loss(NodeCall c, Value logs) {
        Value target = c.in(1);
        Dim classes = logs.type().dim(1);
        int rank = logs.type().rank();
        boolean ignores = c.hasAttribute("ignore_index");
        String ignored = "(" + c.integer("ignore_index", -1) + ")";
        Value keep = ignores ? c.emit("{} != {}", target, ignored) : target;
        Value safe = ignores ? c.emit("select({}, {}, 0)", keep, target) : target;
        var dims = new ArrayList<Dim>(target.type().dims());
        dims.add(1, Dim.ONE);
        Value picked = c.reshape(
                c.emit("-gather({}, {}, axis: 1)", logs, c.reshape(safe, dims)),
                target.type().dims());
        Value weight = c.has(2) ? c.emit("take({}, {}, axis: 0)", c.in(2), safe) : picked;
        boolean weighted = c.has(2) || ignores;
        if (ignores) {
            weight = c.has(2) ? c.emit("select({}, {}, 0.0)", keep, weight) : c.emit("{} -> cast[f32]", keep);
        }
        Value all = weighted ? c.emit("{} * {}", picked, weight) : picked;
        if (!logs.type().dim(1).equals(classes) || rank < 2) {
            throw new OnnxProblem("its input has the classes in axis 1, got " + logs.type());
        }
        List<Integer> axes = IntStream.range(0, target.type().rank()).boxed().toList();
        return switch (c.word("reduction", "mean")) {
            case "none" -> all;
            case "sum" -> c.emit("sum({}, axis: {})", all, NodeCall.axisList(axes));
            default ->
                weighted
                        ? c.emit("sum({}) / sum({})", all, weight)
                        : c.emit("mean({}, axis: {})", all, NodeCall.axisList(axes));
        };
    }
}
