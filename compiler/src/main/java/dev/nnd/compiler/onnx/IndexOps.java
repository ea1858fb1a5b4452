package dev.nnd.compiler.onnx;

import dev.nnd.compiler.type.DType;
import dev.nnd.compiler.type.Dim;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** What reads at indices. */
final class IndexOps {

    private static final int LISTED = 16;

    private IndexOps() {}

    static void add(Map<String, Rule> table) {
        Rule.one(table, "Gather", c -> gather(c));
        Rule.one(table, "GatherElements", IndexOps::gatherElements);
        Rule.one(table, "GatherND", IndexOps::gatherNd);
        Rule.one(table, "OneHot", IndexOps::oneHot);
    }

    private static Value gather(NodeCall c) {
        Value x = c.in(0);
        int axis = NodeCall.axis(c.integer("axis", 0), x.type().rank());
        boolean table = x instanceof Value.Known k
                && k.isWeight()
                && k.data().rank() == 2
                && k.data().dtype() == DType.F32;
        if (table && axis == 0 && c.in(1) instanceof Value.Computed index) {
            return Layers.embedding(c, (Value.Known) x, index);
        }
        return take(c, x, c.in(1), axis);
    }

    /** Entries of an axis; negative indices count from the end. */
    static Value take(NodeCall c, Value x, Value index, int axis) {
        Dim size = x.type().dim(axis);
        if (index instanceof Value.Sizes s && s.isScalar()) {
            return c.emit("{}[{}{}]", x, ":, ".repeat(axis), s.values().getFirst());
        }
        if (!(index instanceof Value.Known k)) {
            return c.emit("take({}, {}, axis: {})", x, positive(c, index, size), axis);
        }
        List<Long> places = k.data().longs();
        if (k.data().rank() == 0) {
            return c.emit("{}[{}{}]", x, ":, ".repeat(axis), places.getFirst());
        }
        if (places.size() <= LISTED && !places.isEmpty()) {
            Value taken = run(places)
                    ? c.slice(x, axis, places.getFirst(), places.getLast() + 1)
                    : c.emit("take({}, [{}], axis: {})", x, NodeCall.join(places), axis);
            var dims = new ArrayList<>(x.type().dims().subList(0, axis));
            k.data().dims().forEach(d -> dims.add(Dim.of(d)));
            dims.addAll(x.type().dims().subList(axis + 1, x.type().rank()));
            return c.reshape(taken, dims);
        }
        long whole = size.constant().orElse(0);
        TensorData plain = TensorData.integers(
                DType.I64, k.data().dims(), i -> places.get(i) < 0 ? places.get(i) + whole : places.get(i));
        return c.emit("take({}, {}, axis: {})", x, new Value.Known("index", plain, false), axis);
    }

    private static boolean run(List<Long> places) {
        for (int i = 0; i < places.size(); i++) {
            if (places.get(i) < 0 || places.get(i) != places.getFirst() + i) {
                return false;
            }
        }
        return true;
    }

    /** An index in which what is negative counts from the end. */
    static Value positive(NodeCall c, Value index, Dim size) {
        if (index instanceof Value.Known k) {
            long whole = size.constant().orElse(0);
            return c.known(TensorData.integers(
                    k.data().dtype(),
                    k.data().dims(),
                    i -> k.data().integer(i) < 0
                            ? k.data().integer(i) + whole
                            : k.data().integer(i)));
        }
        return c.emit("select({} < 0, {} + {}, {})", index, index, size, index);
    }

    private static Value gatherElements(NodeCall c) {
        Value x = c.in(0);
        int axis = NodeCall.axis(c.integer("axis", 0), x.type().rank());
        List<Dim> wanted = c.type(1).dims();
        for (int i = 0; i < wanted.size(); i++) {
            if (i != axis && !wanted.get(i).equals(x.type().dim(i))) {
                x = c.slice(x, i, Dim.ZERO, wanted.get(i));
            }
        }
        return c.emit(
                "gather({}, {}, axis: {})", x, positive(c, c.in(1), x.type().dim(axis)), axis);
    }

    private static Value gatherNd(NodeCall c) {
        Value x = c.in(0);
        List<Dim> dims = x.type().dims();
        List<Dim> index = c.type(1).dims();
        int batch = (int) c.integer("batch_dims", 0);
        int depth = (int) (long) GraphWalk.constants(index).getLast();
        Value places = linear(c, c.in(1), dims.subList(batch, batch + depth));
        List<Dim> rest = dims.subList(batch + depth, dims.size());
        Dim rows = Dim.product(dims.subList(batch, batch + depth));
        Dim batches = Dim.product(dims.subList(0, batch));
        var flat = new ArrayList<Dim>();
        flat.add(batches.times(rows));
        flat.addAll(rest);
        if (batch > 0) {
            List<Dim> around = index.subList(0, index.size() - 1);
            Value flatPlaces = c.reshape(places, batches, Dim.product(around.subList(batch, around.size())));
            Value start = c.cast(
                    c.emit("range({})[:, none] * {}", batches, rows),
                    flatPlaces.type().dtype());
            places = c.reshape(ElementwiseOps.operator(c, "+", flatPlaces, start), around);
        }
        return c.emit("take({}, {}, axis: 0)", c.reshape(x, flat), places);
    }

    /** Tuples of indices, along the last axis, as the number of a row. */
    static Value linear(NodeCall c, Value index, List<Dim> sizes) {
        int last = index.type().rank() - 1;
        Value sum = null;
        Dim stride = Dim.product(sizes);
        for (int i = 0; i < sizes.size(); i++) {
            stride = Dim.product(sizes.subList(i + 1, sizes.size()));
            Value one = index instanceof Value.Known k
                    ? column(c, k.data(), i)
                    : c.emit("{}[{}{}]", index, ":, ".repeat(last), i);
            Value place = positive(c, one, sizes.get(i));
            Value part = stride.is(1) ? place : times(c, place, stride);
            sum = sum == null ? part : plus(c, sum, part);
        }
        if (sum == null) {
            throw new OnnxProblem("its indices are empty");
        }
        return sum;
    }

    private static Value column(NodeCall c, TensorData index, int i) {
        int width = (int) (long) index.dims().getLast();
        return c.known(TensorData.integers(
                index.dtype(), index.dims().subList(0, index.rank() - 1), n -> index.integer(n * width + i)));
    }

    private static Value times(NodeCall c, Value x, Dim stride) {
        return x instanceof Value.Known k && stride.constant().isPresent()
                ? c.known(TensorData.integers(
                        k.data().dtype(),
                        k.data().dims(),
                        i -> k.data().integer(i) * stride.constant().orElseThrow()))
                : c.emit("{} * {}", x, MoveOps.grouped(stride));
    }

    private static Value plus(NodeCall c, Value a, Value b) {
        return a instanceof Value.Known x && b instanceof Value.Known y
                ? c.known(TensorData.integers(
                        x.data().dtype(),
                        x.data().dims(),
                        i -> x.data().integer(i) + y.data().integer(i)))
                : c.emit("{} + {}", a, b);
    }

    private static Value oneHot(NodeCall c) {
        Dim depth = c.in(1) instanceof Value.Computed v
                        && v.type().rank() <= 1
                        && c.type(1).dtype().isFloat()
                ? Dim.of(c.data(1).integer(0))
                : c.sizes(1).getFirst();
        Value index = ElementwiseOps.convert(c, c.in(0), DType.I64);
        int rank = index.type().rank() + 1;
        int axis = NodeCall.axis(c.integer("axis", -1), rank);
        var dims = new ArrayList<>(index.type().dims());
        dims.add(axis, Dim.ONE);
        Value place = c.reshape(index, dims);
        dims.set(axis, depth);
        Value classes = c.cast(ActivationOps.along(c, dims, axis), DType.I64);
        Value hit = c.emit("{} == {} or {} == {} + {}", place, classes, classes, place, depth);
        Value off = c.in(2) instanceof Value.Known k ? c.known(column(k.data(), 0)) : c.emit("{}[0]", c.in(2));
        Value on = c.in(2) instanceof Value.Known k ? c.known(column(k.data(), 1)) : c.emit("{}[1]", c.in(2));
        return ElementwiseOps.select(c, hit, on, off);
    }

    private static TensorData column(TensorData pair, int i) {
        return pair.moved(List.of(), n -> i);
    }
}
