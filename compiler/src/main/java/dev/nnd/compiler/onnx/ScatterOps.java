package dev.nnd.compiler.onnx;

import dev.nnd.compiler.type.DType;
import dev.nnd.compiler.type.Dim;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** What writes at indices. */
final class ScatterOps {

    private ScatterOps() {}

    static void add(Map<String, Rule> table) {
        Rule.one(table, "ScatterElements", ScatterOps::elements);
        Rule.one(table, "Scatter", ScatterOps::elements);
        Rule.one(table, "ScatterND", ScatterOps::tuples);
        Rule.one(table, "TensorScatter", ScatterOps::cache);
        Rule.one(table, "MaxUnpool", ScatterOps::unpool);
    }

    private static String function(NodeCall c) {
        String reduction = c.word("reduction", "none");
        return switch (reduction) {
            case "none" -> "scatter";
            case "add" -> "scatter_add";
            case "mul" -> "scatter_multiply";
            case "max" -> "scatter_max";
            case "min" -> "scatter_min";
            default -> throw new OnnxProblem("the reduction `" + OnnxReader.shown(reduction) + "` is not supported");
        };
    }

    private static Value elements(NodeCall c) {
        Value x = c.in(0);
        Value index = c.in(1);
        int axis = NodeCall.axis(c.integer("axis", 0), x.type().rank());
        List<Dim> dims = x.type().dims();
        List<Dim> places = index.type().dims();
        Value place = IndexOps.positive(c, index, dims.get(axis));
        boolean aligned = true;
        for (int i = 0; i < dims.size(); i++) {
            aligned &= i == axis || dims.get(i).equals(places.get(i));
        }
        if (aligned) {
            return c.emit("{}({}, {}, {}, axis: {})", function(c), x, place, c.in(2), axis);
        }
        Value sum = null;
        for (int i = 0; i < dims.size(); i++) {
            Dim stride = Dim.product(dims.subList(i + 1, dims.size()));
            Value along = i == axis
                    ? place
                    : c.cast(ActivationOps.along(c, places, i), index.type().dtype());
            Value part = stride.is(1) ? along : c.emit("{} * {}", along, MoveOps.grouped(stride));
            sum = sum == null ? part : c.emit("{} + {}", sum, part);
        }
        Value flat = c.reshape(ElementwiseOps.expand(c, sum == null ? place : sum, places), Dim.product(places));
        return written(c, function(c), x, flat, c.in(2));
    }

    /** Writes numbers at places of the tensor seen as one row. */
    private static Value written(NodeCall c, String function, Value x, Value places, Value numbers) {
        Value made = c.emit(
                "{}({}, {}, {}, axis: 0)",
                function,
                c.reshape(x, x.type().elements()),
                places,
                c.reshape(numbers, places.type().elements()));
        return c.reshape(made, x.type().dims());
    }

    private static Value tuples(NodeCall c) {
        Value x = c.in(0);
        List<Dim> dims = x.type().dims();
        List<Dim> index = c.type(1).dims();
        int depth = (int) (long) GraphWalk.constants(index).getLast();
        Value rows = IndexOps.linear(c, c.in(1), dims.subList(0, depth));
        Dim count = Dim.product(index.subList(0, index.size() - 1));
        Dim inner = Dim.product(dims.subList(depth, dims.size()));
        Value flat = c.reshape(ElementwiseOps.tensor(c, rows), count);
        if (!inner.is(1)) {
            Value within = c.cast(c.emit("range({})", inner), flat.type().dtype());
            flat = c.reshape(
                    c.emit("{} * {} + {}", c.reshape(flat, count, Dim.ONE), MoveOps.grouped(inner), within),
                    count.times(inner));
        }
        return written(c, function(c), x, flat, c.in(2));
    }

    /** New entries of a cache: from a place on that each example has for itself, along the axis before the last. */
    private static Value cache(NodeCall c) {
        Value cache = c.in(0);
        Value update = c.in(1);
        int rank = cache.type().rank();
        int axis = NodeCall.axis(c.integer("axis", -2), rank);
        List<Dim> dims = update.type().dims();
        Value step = c.cast(ActivationOps.along(c, dims, axis), DType.I64);
        Value place = step;
        if (c.has(2)) {
            var shape = new ArrayList<Dim>();
            shape.add(dims.getFirst());
            while (shape.size() < rank) {
                shape.add(Dim.ONE);
            }
            place = c.emit("{} + {}", c.reshape(c.in(2), shape), step);
        }
        if (c.word("mode", "linear").equals("circular")) {
            place = c.emit("remainder({}, {})", place, cache.type().dim(axis));
        }
        return c.emit("scatter({}, {}, {}, axis: {})", cache, ElementwiseOps.expand(c, place, dims), update, axis);
    }

    private static Value unpool(NodeCall c) {
        Value x = c.in(0);
        List<Dim> dims = x.type().dims();
        var made = new ArrayList<Dim>(dims.subList(0, 2));
        if (c.has(2)) {
            made.clear();
            made.addAll(c.sizes(2));
        } else {
            List<Long> kernel = c.integers("kernel_shape").orElseThrow();
            int axes = kernel.size();
            List<Long> stride = c.integers("strides").orElseGet(() -> Windows.all(1, axes));
            List<Long> pads = c.integers("pads").orElseGet(() -> Windows.all(0, 2 * axes));
            for (int i = 0; i < axes; i++) {
                long shift = kernel.get(i) - stride.get(i) - pads.get(i) - pads.get(i + axes);
                made.add(dims.get(2 + i).times(stride.get(i)).plus(Dim.of(shift)));
            }
        }
        Value zeros = c.body().filled(x.type().withDims(made), "0.0", 0);
        return written(c, "scatter", zeros, c.reshape(c.in(1), x.type().elements()), x);
    }
}
