package dev.nnd.compiler.onnx;

import dev.nnd.compiler.type.DType;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.IntFunction;

/** The update rules of ONNX' preview of training: one step for each tensor of the node. */
final class TrainingOps {

    private TrainingOps() {}

    static void add(Map<String, Rule> table) {
        table.put("Adagrad", c -> steps(c, 3, n -> adagrad(c, n)));
        table.put("Momentum", c -> steps(c, 3, n -> momentum(c, n)));
        table.put("Adam", c -> steps(c, 4, n -> adam(c, n)));
    }

    /** Inputs and outputs stand in groups: all parameters, then all gradients, then all states. */
    private static List<Value> steps(NodeCall c, int kinds, IntFunction<List<Value>> step) {
        int count = (c.inputs().size() - 2) / kinds;
        var made = new ArrayList<List<Value>>();
        for (int n = 0; n < count; n++) {
            made.add(step.apply(n));
        }
        var results = new ArrayList<Value>();
        for (int kind = 0; kind < kinds - 1; kind++) {
            int k = kind;
            made.forEach(m -> results.add(m.get(k)));
        }
        return results;
    }

    private static Value input(NodeCall c, int kinds, int kind, int n) {
        int count = (c.inputs().size() - 2) / kinds;
        return c.in(2 + kind * count + n);
    }

    private static String text(NodeCall c, String name, double otherwise) {
        return Literals.of(c.number(name, otherwise));
    }

    private static Value regularized(NodeCall c, Value x, Value gradient) {
        return c.emit("{} * {} + {}", text(c, "norm_coefficient", 0), x, gradient);
    }

    private static List<Value> adagrad(NodeCall c, int n) {
        Value x = input(c, 3, 0, n);
        Value g = regularized(c, x, input(c, 3, 1, n));
        Value rate = c.emit("{} / (1.0 + ({} -> cast[f32]) * {})", c.in(0), c.in(1), text(c, "decay_factor", 0));
        Value h = c.emit("{} + square({})", input(c, 3, 2, n), g);
        return List.of(c.emit("{} - {} * {} / (sqrt({}) + {})", x, rate, g, h, text(c, "epsilon", 1e-6)), h);
    }

    private static List<Value> momentum(NodeCall c, int n) {
        Value x = input(c, 3, 0, n);
        Value g = regularized(c, x, input(c, 3, 1, n));
        Value first = c.emit("({} -> cast[f32]) > 0.0", c.in(1));
        Value beta = c.emit(
                "select({}, {}, 1.0)", first, ElementwiseOps.tensor(c, c.literal(DType.F32, c.number("beta", 1))));
        Value v = c.emit("{} * {} + {} * {}", text(c, "alpha", 0), input(c, 3, 2, n), beta, g);
        boolean nesterov = c.word("mode", "standard").equals("nesterov");
        Value step = nesterov ? c.emit("{} + {} * {}", g, text(c, "alpha", 0), v) : v;
        return List.of(c.emit("{} - {} * {}", x, c.in(0), step), v);
    }

    private static List<Value> adam(NodeCall c, int n) {
        Value x = input(c, 4, 0, n);
        Value g = regularized(c, x, input(c, 4, 1, n));
        String alpha = text(c, "alpha", 0.9);
        String beta = text(c, "beta", 0.999);
        Value v = c.emit("{} * {} + (1.0 - {}) * {}", alpha, input(c, 4, 2, n), alpha, g);
        Value h = c.emit("{} * {} + (1.0 - {}) * square({})", beta, input(c, 4, 3, n), beta, g);
        Value t = c.emit("{} -> cast[f32]", c.in(1));
        Value corrected =
                c.emit("{} * sqrt(1.0 - exp({} * log({}))) / (1.0 - exp({} * log({})))", c.in(0), t, beta, t, alpha);
        Value rate = c.emit("select({} > 0.0, {}, {})", t, corrected, c.in(0));
        Value moved = c.emit("{} - {} * {} / (sqrt({}) + {})", x, rate, v, h, text(c, "epsilon", 0));
        float after = c.number("norm_coefficient_post", 0);
        return List.of(after == 0 ? moved : c.emit("(1.0 - {}) * {}", Literals.of(after), moved), v, h);
    }
}
