package dev.nnd.compiler.onnx;

import dev.nnd.compiler.type.DType;
import dev.nnd.compiler.type.Dim;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/** What takes parts of a tensor or adds a border. */
final class CutOps {

    private CutOps() {}

    static void add(Map<String, Rule> table) {
        Rule.one(table, "Slice", CutOps::slice);
        table.put("Split", CutOps::split);
        Rule.one(table, "Pad", CutOps::pad);
        Rule.one(table, "CenterCropPad", CutOps::centerCropPad);
        Rule.one(table, "Compress", CutOps::compress);
    }

    private static Value slice(NodeCall c) {
        Value x = c.in(0);
        List<Dim> dims = x.type().dims();
        Map<Integer, Object> free = freeSlices(c, dims);
        if (!free.isEmpty()) {
            return written(c, x, free);
        }
        Map<Integer, Shapes.Range> slices = Shapes.slices(c, dims);
        if (slices.values().stream().anyMatch(s -> s.count() == 0)) {
            var empty = new ArrayList<>(GraphWalk.constants(dims));
            slices.forEach((axis, s) -> empty.set(axis, s.count()));
            return c.known(TensorData.empty(x.type().dtype(), empty));
        }
        var flipped = new ArrayList<Integer>();
        var text = new ArrayList<String>();
        boolean whole = true;
        for (int axis = 0; axis < dims.size(); axis++) {
            Shapes.Range s = slices.get(axis);
            if (s == null || s.start() == 0 && s.step() == 1 && dims.get(axis).is(s.count())) {
                text.add(":");
                continue;
            }
            long last = s.start() + (s.count() - 1) * s.step();
            long first = Math.min(s.start(), last);
            long end = Math.max(s.start(), last) + 1;
            long step = Math.abs(s.step());
            boolean all = first == 0 && dims.get(axis).is(end) && step == 1;
            text.add(
                    all
                            ? ":"
                            : (first == 0 ? "" : first) + ":" + (dims.get(axis).is(end) ? "" : end)
                                    + (step == 1 ? "" : ":" + step));
            whole &= all;
            if (s.step() < 0 && s.count() > 1) {
                flipped.add(axis);
            }
        }
        Value cut = whole ? x : c.emit("{}[{}]", x, trimmed(text));
        return flipped.isEmpty() ? cut : c.emit("flip({}, axis: {})", cut, NodeCall.axisList(flipped));
    }

    private static String trimmed(List<String> text) {
        int end = text.size();
        while (end > 1 && text.get(end - 1).equals(":")) {
            end--;
        }
        return String.join(", ", text.subList(0, end));
    }

    /** Slices of axes of free size with a step of 1, as they stand: the checker knows the sizes. */
    private static Map<Integer, Object> freeSlices(NodeCall c, List<Dim> dims) {
        boolean old = c.opset() < 10;
        var starts =
                old ? c.integers("starts").orElseThrow().stream().map(Dim::of).toList() : c.sizes(1);
        var ends = old ? c.integers("ends").orElseThrow().stream().map(Dim::of).toList() : c.sizes(2);
        List<Long> axes = old
                ? c.integers("axes").orElseGet(() -> Shapes.upTo(starts.size()))
                : c.has(3) ? c.longs(3) : Shapes.upTo(starts.size());
        boolean unit = !c.has(4) || c.longs(4).stream().allMatch(s -> s == 1);
        boolean free = IntStream.range(0, axes.size())
                .anyMatch(i -> dims.get(NodeCall.axis(axes.get(i), dims.size()))
                                .constant()
                                .isEmpty()
                        || starts.get(i).constant().isEmpty()
                        || ends.get(i).constant().isEmpty());
        var slices = new java.util.LinkedHashMap<Integer, Object>();
        if (free && unit) {
            for (int i = 0; i < axes.size(); i++) {
                int axis = NodeCall.axis(axes.get(i), dims.size());
                String from = starts.get(i).is(0) ? "" : starts.get(i).toString();
                boolean toEnd = ends.get(i).constant().orElse(0) >= Integer.MAX_VALUE
                        || ends.get(i).equals(dims.get(axis));
                slices.put(axis, from + ":" + (toEnd ? "" : ends.get(i)));
            }
        }
        return slices;
    }

    private static Value written(NodeCall c, Value x, Map<Integer, Object> slices) {
        List<String> text = IntStream.range(0, x.type().rank())
                .mapToObj(i -> String.valueOf(slices.getOrDefault(i, ":")))
                .toList();
        return c.emit("{}[{}]", x, trimmed(text));
    }

    private static List<Value> split(NodeCall c) {
        Value x = c.in(0);
        int axis = NodeCall.axis(c.integer("axis", 0), x.type().rank());
        Dim size = x.type().dim(axis);
        var sizes = new ArrayList<Dim>();
        if (c.has(1)) {
            sizes.addAll(c.sizes(1));
        } else if (c.integers("split").isPresent()) {
            c.integers("split").orElseThrow().forEach(s -> sizes.add(Dim.of(s)));
        } else {
            int parts = (int) c.integer("num_outputs", c.outputs().size());
            Dim part = size.plus(Dim.of(parts - 1)).floorDivide(Dim.of(parts));
            for (int i = 0; i < parts - 1; i++) {
                sizes.add(part);
            }
            sizes.add(size.minus(part.times(parts - 1)));
        }
        var results = new ArrayList<Value>();
        Dim at = Dim.ZERO;
        for (Dim part : sizes) {
            results.add(part.is(0) ? nothing(c, x, axis) : c.slice(x, axis, at, at.plus(part)));
            at = at.plus(part);
        }
        return results;
    }

    private static Value nothing(NodeCall c, Value x, int axis) {
        var dims = new ArrayList<>(x.type().dims());
        dims.set(axis, Dim.ZERO);
        return c.known(TensorData.empty(x.type().dtype(), GraphWalk.constants(dims)));
    }

    private static Value pad(NodeCall c) {
        Value x = c.in(0);
        int rank = x.type().rank();
        boolean old = c.opset() < 11;
        List<Long> given = old ? c.integers(c.opset() < 2 ? "paddings" : "pads").orElseThrow() : c.longs(1);
        List<Integer> axes = c.has(3)
                ? c.longs(3).stream().map(a -> NodeCall.axis(a, rank)).toList()
                : IntStream.range(0, rank).boxed().toList();
        var before = new long[rank];
        var behind = new long[rank];
        for (int i = 0; i < axes.size(); i++) {
            before[axes.get(i)] = given.get(i);
            behind[axes.get(i)] = given.get(i + axes.size());
        }
        for (int i = 0; i < rank; i++) {
            if (before[i] < 0 || behind[i] < 0) {
                Dim end = x.type().dim(i).plus(Dim.of(Math.min(behind[i], 0)));
                x = c.slice(x, i, Dim.of(Math.max(-before[i], 0)), end);
                before[i] = Math.max(before[i], 0);
                behind[i] = Math.max(behind[i], 0);
            }
        }
        String mode = c.word("mode", "constant");
        if (mode.equals("wrap")) {
            return wrapped(c, x, before, behind);
        }
        if (x.type().dtype() == DType.BOOL) {
            Value filled = c.has(2) ? c.cast(c.in(2), DType.F32) : c.literal(DType.F32, 0);
            Value numbers = padded(c, c.cast(x, DType.F32), before, behind, mode, filled);
            return c.emit("{} > 0.5", numbers);
        }
        Value value = c.has(2) ? c.in(2) : c.literal(x.type().dtype(), c.number("value", 0));
        return padded(c, x, before, behind, mode, value);
    }

    private static Value padded(NodeCall c, Value x, long[] before, long[] behind, String mode, Value value) {
        var amounts = IntStream.range(0, before.length)
                .mapToObj(i -> "[" + before[i] + ", " + behind[i] + "]")
                .toList();
        if (IntStream.range(0, before.length).allMatch(i -> before[i] == 0 && behind[i] == 0)) {
            return x;
        }
        String all = "[" + NodeCall.join(amounts) + "]";
        if (!mode.equals("constant")) {
            String word = mode.equals("edge") ? "replicate" : mode;
            return c.emit("pad({}, {}, mode: \"{}\")", x, all, word);
        }
        if (value instanceof Value.Known k && Literals.has(k.data())) {
            double number = k.data().number(0);
            return number == 0
                    ? c.emit("pad({}, {})", x, all)
                    : c.emit(
                            "pad({}, {}, value: {})",
                            x,
                            all,
                            Literals.of(k.data().cast(DType.F32), 0));
        }
        // A value that only a run gives, or infinity: a mask says where it goes.
        Value ones = c.body().filled(x.type().as(DType.F32), "1.0", 1);
        Value inside = c.emit("pad({}, {}) > 0.5", ones, all);
        return ElementwiseOps.select(c, inside, c.emit("pad({}, {})", x, all), c.reshape(value, List.of()));
    }

    private static Value wrapped(NodeCall c, Value x, long[] before, long[] behind) {
        Value result = x;
        for (int axis = 0; axis < before.length; axis++) {
            if (before[axis] == 0 && behind[axis] == 0) {
                continue;
            }
            long size = GraphWalk.constants(List.of(result.type().dim(axis))).getFirst();
            long b = before[axis];
            TensorData index =
                    TensorData.integers(DType.I64, List.of(b + size + behind[axis]), i -> Math.floorMod(i - b, size));
            result = IndexOps.take(c, result, c.known(index), axis);
        }
        return result;
    }

    /** A constant border of the spatial axes, which are the last ones. */
    static Value border(NodeCall c, Value x, List<Long> before, List<Long> behind, float value) {
        int lead = x.type().rank() - before.size();
        var front = new long[x.type().rank()];
        var back = new long[x.type().rank()];
        for (int i = 0; i < before.size(); i++) {
            front[lead + i] = before.get(i);
            back[lead + i] = behind.get(i);
        }
        return padded(c, x, front, back, "constant", c.literal(DType.F32, value));
    }

    private static Value centerCropPad(NodeCall c) {
        Value x = c.in(0);
        int rank = x.type().rank();
        List<Long> wanted = c.longs(1);
        List<Integer> axes = c.integers("axes")
                .map(a -> a.stream().map(i -> NodeCall.axis(i, rank)).toList())
                .orElseGet(() -> IntStream.range(0, rank).boxed().toList());
        var front = new long[rank];
        var back = new long[rank];
        for (int i = 0; i < axes.size(); i++) {
            int axis = axes.get(i);
            long size = GraphWalk.constants(List.of(x.type().dim(axis))).getFirst();
            long difference = wanted.get(i) - size;
            if (difference < 0) {
                long start = -difference / 2;
                x = c.slice(x, axis, start, start + wanted.get(i));
            } else {
                front[axis] = difference / 2;
                back[axis] = difference - difference / 2;
            }
        }
        return padded(c, x, front, back, "constant", c.literal(DType.F32, 0));
    }

    private static Value compress(NodeCall c) {
        List<Long> condition = c.longs(1);
        boolean flat = !c.hasAttribute("axis");
        Value x = flat ? c.reshape(c.in(0), c.type(0).elements()) : c.in(0);
        int axis = flat ? 0 : NodeCall.axis(c.integer("axis", 0), x.type().rank());
        List<Long> places = IntStream.range(0, condition.size())
                .filter(i -> condition.get(i) != 0)
                .mapToObj(i -> (long) i)
                .toList();
        return IndexOps.take(c, x, c.known(TensorData.vector(places)), axis);
    }
}
