package dev.nnd.compiler.onnx;

import dev.nnd.compiler.type.Dim;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/** Activations, with the defaults of ONNX. */
final class ActivationOps {

    private ActivationOps() {}

    static void add(Map<String, Rule> table) {
        for (String op : List.of("Relu", "Softplus", "Softsign", "Mish", "HardSwish")) {
            String name = NodeCall.snake(op);
            Rule.one(table, op, c -> c.emit("{} -> " + name, c.in(0)));
        }
        Rule.one(table, "LeakyRelu", c -> c.emit("{} -> leaky_relu({})", c.in(0), text(c, "alpha", 0.01)));
        Rule.one(
                table,
                "Elu",
                c -> c.number("alpha", 1) == 1
                        ? c.emit("{} -> elu", c.in(0))
                        : c.emit("{} -> elu(alpha: {})", c.in(0), text(c, "alpha", 1)));
        Rule.one(table, "Selu", ActivationOps::selu);
        Rule.one(table, "Celu", c -> c.emit("{} -> celu(alpha: {})", c.in(0), text(c, "alpha", 1)));
        Rule.one(
                table,
                "HardSigmoid",
                c -> c.emit("{} * {} + {} -> clamp(0.0, 1.0)", c.in(0), text(c, "alpha", 0.2), text(c, "beta", 0.5)));
        Rule.one(
                table,
                "Gelu",
                c -> c.emit("{} -> gelu" + (c.word("approximate", "none").equals("tanh") ? "_tanh" : ""), c.in(0)));
        Rule.one(
                table,
                "Swish",
                c -> c.number("alpha", 1) == 1
                        ? c.emit("{} -> silu", c.in(0))
                        : c.emit("{} * sigmoid({} * {})", c.in(0), text(c, "alpha", 1), c.in(0)));
        Rule.one(
                table,
                "ThresholdedRelu",
                c -> c.emit("select({} > {}, {}, 0.0)", c.in(0), text(c, "alpha", 1), c.in(0)));
        Rule.one(table, "Shrink", ActivationOps::shrink);
        Rule.one(table, "PRelu", ActivationOps::pRelu);
        Rule.one(table, "Softmax", c -> softmax(c, "softmax"));
        Rule.one(table, "LogSoftmax", c -> softmax(c, "log_softmax"));
        Rule.one(table, "Hardmax", ActivationOps::hardmax);
        Rule.one(table, "SwiGLU", ActivationOps::swiglu);
    }

    private static String text(NodeCall c, String name, double otherwise) {
        return Literals.of(c.number(name, otherwise));
    }

    private static Value selu(NodeCall c) {
        float alpha = c.number("alpha", c.opset() < 6 ? 1.6732 : 1.67326319217681884765625);
        float gamma = c.number("gamma", c.opset() < 6 ? 1.0507 : 1.05070102214813232421875);
        return alpha == (float) 1.6732632423543772 && gamma == (float) 1.0507009873554805
                ? c.emit("{} -> selu", c.in(0))
                : c.emit("{} * elu({}, alpha: {})", Literals.of(gamma), c.in(0), Literals.of(alpha));
    }

    private static Value shrink(NodeCall c) {
        Value x = c.in(0);
        String bound = text(c, "lambd", 0.5);
        String bias = text(c, "bias", 0);
        return c.emit(
                "select({} < -{}, {} + {}, select({} > {}, {} - {}, zeros_like({})))",
                x,
                bound,
                x,
                bias,
                x,
                bound,
                x,
                bias,
                x);
    }

    private static Value pRelu(NodeCall c) {
        Value x = c.in(0);
        Value slope = c.in(1);
        if (c.opset() < 7 && slope.type().rank() == 1 && x.type().rank() > 2) {
            var dims = new ArrayList<>(slope.type().dims());
            while (dims.size() < x.type().rank() - 1) {
                dims.add(Dim.ONE);
            }
            slope = c.reshape(slope, dims);
        }
        return ElementwiseOps.operator(
                c, "-", c.emit("relu({})", x), ElementwiseOps.operator(c, "*", slope, c.emit("relu(-{})", x)));
    }

    /** Before operator set 13 all axes from the given one on are one. */
    static Value softmax(NodeCall c, String name) {
        Value x = c.in(0);
        int rank = x.type().rank();
        boolean old = c.opset() < 13;
        int axis = NodeCall.axis(c.integer("axis", old ? 1 : -1), rank);
        if (!old || axis == rank - 1) {
            return c.emit(axis == rank - 1 ? "{} -> " + name : "{} -> " + name + "(axis: " + axis + ")", x);
        }
        List<Dim> dims = x.type().dims();
        Dim rest = Dim.product(dims.subList(axis, rank));
        var flat = new ArrayList<>(dims.subList(0, axis));
        flat.add(rest);
        return c.reshape(c.emit("{} -> " + name, c.reshape(x, flat)), dims);
    }

    private static Value hardmax(NodeCall c) {
        Value x = c.in(0);
        int rank = x.type().rank();
        boolean old = c.opset() < 13;
        int axis = NodeCall.axis(c.integer("axis", old ? 1 : -1), rank);
        List<Dim> dims = x.type().dims();
        if (old && axis < rank - 1) {
            var flat = new ArrayList<>(dims.subList(0, axis));
            flat.add(Dim.product(dims.subList(axis, rank)));
            return c.reshape(hardmax(c, c.reshape(x, flat), axis), dims);
        }
        return hardmax(c, x, axis);
    }

    private static Value hardmax(NodeCall c, Value x, int axis) {
        Value best = c.emit("argmax({}, axis: {}, keep_dims: true)", x, axis);
        return c.emit(
                "{} == {} -> cast[{}]",
                best,
                along(c, x.type().dims(), axis),
                x.type().dtype());
    }

    /** The numbers 0, 1, ... along one axis, as i32, ready to be broadcast with the others. */
    static Value along(NodeCall c, List<Dim> dims, int axis) {
        Value range = c.emit("range({})", dims.get(axis));
        int behind = dims.size() - 1 - axis;
        if (behind == 0) {
            return range;
        }
        var shape = new ArrayList<Dim>();
        shape.add(dims.get(axis));
        IntStream.range(0, behind).forEach(i -> shape.add(Dim.ONE));
        return c.reshape(range, shape);
    }

    /** An activation that another operator names; NaN stands for the default of a number. */
    static Value named(NodeCall c, String name, Value x, double alpha, double beta) {
        return switch (name) {
            case "Sigmoid", "Tanh", "Relu", "Softsign", "Softplus" -> c.emit("{} -> " + NodeCall.snake(name), x);
            case "Affine" -> c.emit("{} * {} + {}", or(alpha, 1), x, or(beta, 0));
            case "LeakyRelu" -> c.emit("{} -> leaky_relu({})", x, or(alpha, 0.01));
            case "ThresholdedRelu" -> c.emit("select({} > {}, {}, 0.0)", x, or(alpha, 1), x);
            case "ScaledTanh" -> c.emit("{} * tanh({} * {})", or(alpha, 1), or(beta, 1), x);
            case "HardSigmoid" -> c.emit("{} * {} + {} -> clamp(0.0, 1.0)", x, or(alpha, 0.2), or(beta, 0.5));
            case "Elu" -> c.emit("{} -> elu(alpha: {})", x, or(alpha, 1));
            default -> throw new OnnxProblem("the activation `" + OnnxReader.shown(name) + "` is not supported");
        };
    }

    private static String or(double value, double otherwise) {
        return Literals.of((float) (Double.isNaN(value) ? otherwise : value));
    }

    private static Value swiglu(NodeCall c) {
        Value gate = c.in(0);
        float alpha = c.number("alpha", 1);
        return alpha == 1
                ? c.emit("silu({}) * {}", gate, c.in(1))
                : c.emit("{} * sigmoid({} * {}) * {}", gate, Literals.of(alpha), gate, c.in(1));
    }
}
