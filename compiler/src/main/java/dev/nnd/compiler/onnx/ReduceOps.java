package dev.nnd.compiler.onnx;

import dev.nnd.compiler.type.DType;
import dev.nnd.compiler.type.Dim;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/** Reductions, and what orders or runs along an axis. */
final class ReduceOps {

    private ReduceOps() {}

    static void add(Map<String, Rule> table) {
        reduce(table, "ReduceSum", "sum({}{})");
        reduce(table, "ReduceMean", "mean({}{})");
        reduce(table, "ReduceProd", "prod({}{})");
        reduce(table, "ReduceL1", "sum(abs({}){})");
        reduce(table, "ReduceL2", "sqrt(sum(square({}){}))");
        reduce(table, "ReduceSumSquare", "sum(square({}){})");
        reduce(table, "ReduceLogSum", "log(sum({}{}))");
        reduce(table, "ReduceLogSumExp", "logsumexp({}{})");
        Rule.one(table, "ReduceMax", c -> reduced(c, c.type(0).dtype() == DType.BOOL ? "any({}{})" : "max({}{})"));
        Rule.one(table, "ReduceMin", c -> reduced(c, c.type(0).dtype() == DType.BOOL ? "all({}{})" : "min({}{})"));
        Rule.one(table, "ArgMax", c -> best(c, "argmax"));
        Rule.one(table, "ArgMin", c -> best(c, "argmin"));
        table.put("TopK", ReduceOps::topK);
        Rule.one(table, "CumSum", c -> running(c, "cumsum", 0));
        Rule.one(table, "CumProd", c -> running(c, "cumprod", 1));
    }

    private static void reduce(Map<String, Rule> table, String op, String template) {
        Rule.one(table, op, c -> reduced(c, template));
    }

    private static Value reduced(NodeCall c, String template) {
        Value x = c.in(0);
        int rank = x.type().rank();
        var axes = c.axes(1, rank).filter(a -> !a.isEmpty());
        boolean keep = c.integer("keepdims", 1) == 1;
        if (axes.isEmpty() && c.integer("noop_with_empty_axes", 0) == 1) {
            return pointwise(c, x);
        }
        List<Integer> all = IntStream.range(0, rank).boxed().toList();
        List<Integer> over = axes.orElse(all).stream().distinct().sorted().toList();
        if (rank == 0) {
            return pointwise(c, x);
        }
        if (x.type().dims().stream().anyMatch(d -> d.is(0))) {
            return ofNothing(c, x, over, keep);
        }
        String rest = (over.size() == rank && !keep ? "" : ", axis: " + NodeCall.axisList(over))
                + (keep ? ", keep_dims: true" : "");
        return whole(c, template, x, rest);
    }

    /** Roots and logarithms of integers are computed in floats. */
    private static Value whole(NodeCall c, String template, Value x, String rest) {
        DType dtype = x.type().dtype();
        boolean floats = template.contains("sqrt") || template.contains("log") || template.contains("mean");
        if (!floats || dtype.isFloat()) {
            return c.emit(template, x, rest);
        }
        return c.cast(c.emit(template, c.cast(x, DType.F32), rest), dtype);
    }

    private static Value pointwise(NodeCall c, Value x) {
        return switch (c.op()) {
            case "ReduceL1" -> c.emit("{} -> abs", x);
            case "ReduceL2" -> c.emit("{} -> abs", x);
            case "ReduceSumSquare" -> c.emit("{} -> square", x);
            case "ReduceLogSum" -> c.emit("{} -> log", x);
            default -> x;
        };
    }

    /** A reduction of no elements is what its operation starts with. */
    private static Value ofNothing(NodeCall c, Value x, List<Integer> over, boolean keep) {
        double start = switch (c.op()) {
            case "ReduceProd" -> 1;
            case "ReduceMax", "ReduceLogSum", "ReduceLogSumExp" -> Double.NEGATIVE_INFINITY;
            case "ReduceMin" -> Double.POSITIVE_INFINITY;
            case "ReduceMean" -> Double.NaN;
            default -> 0;
        };
        var dims = new ArrayList<Long>();
        for (int i = 0; i < x.type().rank(); i++) {
            if (!over.contains(i)) {
                dims.add(x.type().dim(i).constant().orElseThrow());
            } else if (keep) {
                dims.add(1L);
            }
        }
        return c.known(TensorData.floats(x.type().dtype(), dims, i -> start));
    }

    private static Value best(NodeCall c, String name) {
        Value x = c.in(0).type().dtype().isFloat() ? c.in(0) : c.cast(c.in(0), DType.F64);
        int axis = NodeCall.axis(c.integer("axis", 0), x.type().rank());
        String keep = c.integer("keepdims", 1) == 1 ? ", keep_dims: true" : "";
        if (c.integer("select_last_index", 0) == 0) {
            return c.cast(c.emit(name + "({}, axis: {}{})", x, axis, keep), DType.I64);
        }
        Dim last = x.type().dim(axis).minus(Dim.ONE);
        Value turned = c.emit(name + "(flip({}, axis: {}), axis: {}{})", x, axis, axis, keep);
        return c.cast(c.emit("{} - {}", last, turned), DType.I64);
    }

    private static List<Value> topK(NodeCall c) {
        Value x = c.in(0);
        Dim k = c.opset() < 10 ? Dim.of(c.integer("k", 1)) : c.sizes(1).getFirst();
        int axis = NodeCall.axis(c.integer("axis", -1), x.type().rank());
        boolean largest = c.integer("largest", 1) == 1;
        Value of = largest ? x : c.emit("-{}", x);
        Value values = c.emit("top_k({}, {}, axis: {}).values", of, k, axis);
        Value indices = c.emit("top_k({}, {}, axis: {}).indices", of, k, axis);
        return List.of(largest ? values : c.emit("-{}", values), c.cast(indices, DType.I64));
    }

    private static Value running(NodeCall c, String name, int start) {
        Value x = c.in(0);
        int axis = NodeCall.axis(c.longs(1).getFirst(), x.type().rank());
        boolean reverse = c.integer("reverse", 0) == 1;
        Value turned = reverse ? c.emit("flip({}, axis: {})", x, axis) : x;
        Value made;
        if (c.integer("exclusive", 0) == 1) {
            Dim size = x.type().dim(axis);
            var dims = new ArrayList<>(x.type().dims());
            dims.set(axis, Dim.ONE);
            Value first = c.body().filled(x.type().withDims(dims), start + ".0", start);
            made = size.is(1)
                    ? first
                    : c.emit(
                            "concat({}, {}({}, axis: {}), axis: {})",
                            first,
                            name,
                            c.slice(turned, axis, Dim.ZERO, size.minus(Dim.ONE)),
                            axis,
                            axis);
        } else {
            made = c.emit("{}({}, axis: {})", name, turned, axis);
        }
        return reverse ? c.emit("flip({}, axis: {})", made, axis) : made;
    }
}
