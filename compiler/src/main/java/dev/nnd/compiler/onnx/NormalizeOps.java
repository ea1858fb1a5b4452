package dev.nnd.compiler.onnx;

import dev.nnd.compiler.type.Dim;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/** Normalizations. */
final class NormalizeOps {

    private NormalizeOps() {}

    static void add(Map<String, Rule> table) {
        table.put("BatchNormalization", NormalizeOps::batch);
        Rule.one(table, "InstanceNormalization", NormalizeOps::instance);
        Rule.one(table, "GroupNormalization", NormalizeOps::group);
        table.put("LayerNormalization", NormalizeOps::layer);
        Rule.one(table, "RMSNormalization", NormalizeOps::rootMeanSquare);
        Rule.one(table, "LpNormalization", NormalizeOps::length);
        Rule.one(table, "MeanVarianceNormalization", NormalizeOps::meanVariance);
        Rule.one(table, "LRN", NormalizeOps::localResponse);
    }

    private static String eps(NodeCall c, double otherwise) {
        return Literals.of(c.number("epsilon", otherwise));
    }

    private static List<Value> batch(NodeCall c) {
        Value x = c.in(0);
        int axes = x.type().rank() - 2;
        boolean training = c.integer("training_mode", 0) == 1;
        boolean fromFile = IntStream.range(1, 5).allMatch(i -> Layers.isWeight(c.in(i), 1));
        if (!training && fromFile && axes >= 0) {
            var weights = new LinkedHashMap<String, Value.Known>();
            weights.put("weight", (Value.Known) c.in(1));
            weights.put("bias", (Value.Known) c.in(2));
            weights.put("running_mean", (Value.Known) c.in(3));
            weights.put("running_var", (Value.Known) c.in(4));
            float eps = c.number("epsilon", 1e-5);
            float kept = c.number("momentum", 0.9);
            String arguments = (eps == 1e-5f ? "" : "eps: " + Literals.of(eps))
                    + (kept == 0.9f ? "" : (eps == 1e-5f ? "" : ", ") + "momentum: " + Literals.of(rounded(1 - kept)));
            return List.of(Layers.emit(c, x, "BatchNorm(" + arguments + ")", "batch_norm", weights));
        }
        if (!training) {
            return List.of(scaled(c, x, c.in(3), c.in(4), axes));
        }
        List<Integer> over =
                IntStream.range(0, x.type().rank()).filter(i -> i != 1).boxed().toList();
        Value mean = c.emit("mean({}, axis: {})", x, NodeCall.axisList(over));
        Value variance = c.emit("variance({}, axis: {}, correction: 0)", x, NodeCall.axisList(over));
        float momentum = c.number("momentum", 0.9);
        String keep = Literals.of(momentum);
        String take = Literals.of((float) (1.0 - momentum));
        return List.of(
                scaled(c, x, mean, variance, axes),
                c.emit("{} * {} + {} * {}", keep, c.in(3), take, mean),
                c.emit("{} * {} + {} * {}", keep, c.in(4), take, variance));
    }

    /** What one minus a decimal fraction is as a decimal fraction: 0.01 for 0.99. */
    private static float rounded(float number) {
        return Math.round(number * 1e5f) / 1e5f;
    }

    private static Value scaled(NodeCall c, Value x, Value mean, Value variance, int axes) {
        Value m = ConvolutionOps.perChannel(c, mean, axes);
        Value v = ConvolutionOps.perChannel(c, variance, axes);
        Value s = ConvolutionOps.perChannel(c, c.in(1), axes);
        Value b = ConvolutionOps.perChannel(c, c.in(2), axes);
        return c.emit("({} - {}) * rsqrt({} + {}) * {} + {}", x, m, v, eps(c, 1e-5), s, b);
    }

    /** {@code (x - mean) / sqrt(variance + eps)} over axes. */
    private static Value standard(NodeCall c, Value x, List<Integer> over, String eps) {
        String axes = NodeCall.axisList(over);
        Value centered = c.emit("{} - mean({}, axis: {}, keep_dims: true)", x, x, axes);
        return c.emit("{} * rsqrt(mean(square({}), axis: {}, keep_dims: true) + {})", centered, centered, axes, eps);
    }

    private static Value affine(NodeCall c, Value x, int axes) {
        Value s = ConvolutionOps.perChannel(c, c.in(1), axes);
        Value b = ConvolutionOps.perChannel(c, c.in(2), axes);
        return c.emit("{} * {} + {}", x, s, b);
    }

    private static Value instance(NodeCall c) {
        Value x = c.in(0);
        int rank = x.type().rank();
        return affine(c, standard(c, x, IntStream.range(2, rank).boxed().toList(), eps(c, 1e-5)), rank - 2);
    }

    private static Value group(NodeCall c) {
        Value x = c.in(0);
        List<Dim> dims = x.type().dims();
        long groups = c.integer("num_groups", 1);
        Value rows = c.emit(
                "{} -> reshape[{}, {}, {}]",
                x,
                dims.get(0),
                groups,
                Dim.product(dims.subList(1, dims.size())).floorDivide(Dim.of(groups)));
        Value normal = standard(c, rows, List.of(2), eps(c, 1e-5));
        boolean perGroup =
                c.opset() < 21 && c.type(1).dim(0).is(groups) && !dims.get(1).is(groups);
        if (perGroup) {
            Value scaled = c.emit(
                    "{} * {} + {}",
                    normal,
                    ConvolutionOps.perChannel(c, c.in(1), 1),
                    ConvolutionOps.perChannel(c, c.in(2), 1));
            return c.reshape(scaled, dims);
        }
        return affine(c, c.reshape(normal, dims), dims.size() - 2);
    }

    private static List<Value> layer(NodeCall c) {
        Value x = c.in(0);
        int rank = x.type().rank();
        int axis = NodeCall.axis(c.integer("axis", -1), rank);
        boolean single = c.outputs().size() == 1 || !c.wants(1) && !c.wants(2);
        if (axis == rank - 1 && single && Layers.isWeight(c.in(1), 1) && c.has(2) && Layers.isWeight(c.in(2), 1)) {
            var weights = new LinkedHashMap<String, Value.Known>();
            weights.put("weight", (Value.Known) c.in(1));
            weights.put("bias", (Value.Known) c.in(2));
            float eps = c.number("epsilon", 1e-5);
            String arguments = eps == 1e-5f ? "" : "eps: " + Literals.of(eps);
            return List.of(Layers.emit(c, x, "LayerNorm(" + arguments + ")", "layer_norm", weights));
        }
        String axes = NodeCall.axisList(IntStream.range(axis, rank).boxed().toList());
        Value mean = c.emit("mean({}, axis: {}, keep_dims: true)", x, axes);
        Value centered = c.emit("{} - {}", x, mean);
        Value inverse = c.emit("rsqrt(mean(square({}), axis: {}, keep_dims: true) + {})", centered, axes, eps(c, 1e-5));
        Value y = ElementwiseOps.operator(c, "*", c.emit("{} * {}", centered, inverse), c.in(1));
        return List.of(c.has(2) ? ElementwiseOps.operator(c, "+", y, c.in(2)) : y, mean, inverse);
    }

    private static Value rootMeanSquare(NodeCall c) {
        Value x = c.in(0);
        int rank = x.type().rank();
        int axis = NodeCall.axis(c.integer("axis", -1), rank);
        String axes = NodeCall.axisList(IntStream.range(axis, rank).boxed().toList());
        return c.emit(
                "{} * rsqrt(mean(square({}), axis: {}, keep_dims: true) + {}) * {}", x, x, axes, eps(c, 1e-5), c.in(1));
    }

    private static Value length(NodeCall c) {
        Value x = c.in(0);
        int axis = NodeCall.axis(c.integer("axis", -1), x.type().rank());
        Value norm = c.integer("p", 2) == 1
                ? c.emit("sum(abs({}), axis: {}, keep_dims: true)", x, axis)
                : c.emit("sqrt(sum(square({}), axis: {}, keep_dims: true))", x, axis);
        // A row of zeros stays one.
        return c.emit("{} / select({} == 0.0, 1.0, {})", x, norm, norm);
    }

    private static Value meanVariance(NodeCall c) {
        Value x = c.in(0);
        int rank = x.type().rank();
        List<Integer> over = c.integers("axes")
                .map(a -> a.stream().map(i -> NodeCall.axis(i, rank)).toList())
                .orElse(List.of(0, 2, 3));
        String axes = NodeCall.axisList(over);
        Value centered = c.emit("{} - mean({}, axis: {}, keep_dims: true)", x, x, axes);
        return c.emit("{} / (sqrt(mean(square({}), axis: {}, keep_dims: true)) + 1e-9)", centered, centered, axes);
    }

    /** Squares are averaged over neighbouring channels by a pool over the channels. */
    private static Value localResponse(NodeCall c) {
        Value x = c.in(0);
        List<Dim> dims = x.type().dims();
        long size = c.integer("size", 1);
        Dim rest = Dim.product(dims.subList(2, dims.size()));
        Value rows = c.emit("square({}) -> reshape[{}, 1, {}, {}]", x, dims.get(0), dims.get(1), rest);
        Value border =
                c.emit("pad({}, [[0, 0], [0, 0], [{}, {}], [0, 0]])", rows, (size - 1) / 2, size - 1 - (size - 1) / 2);
        Value mean = c.reshape(c.emit("{} -> AvgPool2d([{}, 1], stride: 1)", border, size), dims);
        return c.emit(
                "{} / ({} + {} * {}) ** {}",
                x,
                Literals.of(c.number("bias", 1)),
                Literals.of(c.number("alpha", 1e-4)),
                mean,
                Literals.of(c.number("beta", 0.75)));
    }
}
