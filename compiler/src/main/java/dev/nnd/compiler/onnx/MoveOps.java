package dev.nnd.compiler.onnx;

import dev.nnd.compiler.type.DType;
import dev.nnd.compiler.type.Dim;
import dev.nnd.compiler.type.TensorType;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/** What moves elements or changes how they are numbered. */
final class MoveOps {

    private MoveOps() {}

    static void add(Map<String, Rule> table) {
        Rule.one(table, "Reshape", MoveOps::reshape);
        Rule.one(table, "Flatten", MoveOps::flatten);
        Rule.one(table, "Squeeze", MoveOps::squeeze);
        Rule.one(table, "Unsqueeze", MoveOps::unsqueeze);
        Rule.one(table, "Transpose", MoveOps::transpose);
        Rule.one(table, "Concat", c -> concat(c, c.all(), (int) c.integer("axis", 1)));
        Rule.one(
                table,
                "Expand",
                c -> ElementwiseOps.expand(
                        c, c.in(0), Shapes.broadcastDims(c.type(0).dims(), c.sizes(1))));
        Rule.one(table, "Tile", MoveOps::tile);
        Rule.one(table, "DepthToSpace", MoveOps::depthToSpace);
        Rule.one(table, "SpaceToDepth", MoveOps::spaceToDepth);
        Rule.one(table, "ReverseSequence", MoveOps::reverseSequence);
        Rule.one(table, "Shape", c -> new Value.Sizes("shape", c.type(0).dims(), false, DType.I64));
        Rule.one(table, "Size", c -> new Value.Sizes("size", List.of(c.type(0).elements()), true, DType.I64));
        Rule.one(table, "ConstantOfShape", MoveOps::constantOfShape);
        Rule.one(table, "Range", MoveOps::range);
        Rule.one(table, "EyeLike", MoveOps::eyeLike);
        Rule.one(table, "Trilu", MoveOps::trilu);
        Rule.one(table, "Constant", c -> {
            throw new OnnxProblem("a constant without a value");
        });
    }

    private static Value reshape(NodeCall c) {
        Value x = c.in(0);
        List<Dim> wanted = c.opset() < 5
                ? c.integers("shape").orElseThrow().stream().map(Dim::of).toList()
                : c.sizes(1);
        boolean zero = c.integer("allowzero", 0) == 1;
        var dims = new ArrayList<Dim>();
        int free = -1;
        for (int i = 0; i < wanted.size(); i++) {
            Dim dim = wanted.get(i);
            dims.add(dim.is(0) && !zero ? x.type().dim(i) : dim);
            free = dim.is(-1) ? i : free;
        }
        return reshaped(c, x, dims, free);
    }

    private static Value reshaped(NodeCall c, Value x, List<Dim> dims, int free) {
        if (free < 0) {
            return c.reshape(x, dims);
        }
        var others = new ArrayList<>(dims);
        others.remove(free);
        var all = new ArrayList<>(x.type().dims());
        others.removeIf(all::remove);
        Dim rest = Dim.product(others);
        Dim found = Dim.product(all).floorDivide(rest);
        boolean exact = found.times(rest).equals(Dim.product(all));
        if (!exact && found.constant().isPresent()) {
            throw new OnnxProblem(
                    "`" + x.hint() + "` is " + x.type() + ", and the sizes " + dims + " do not divide it");
        }
        var result = new ArrayList<>(dims);
        result.set(free, exact ? found : Dim.of(-1));
        return c.reshape(x, result);
    }

    private static Value flatten(NodeCall c) {
        List<Dim> dims = c.type(0).dims();
        int axis = (int) c.integer("axis", 1);
        axis = axis < 0 ? axis + dims.size() : axis;
        if (axis == 1 && dims.size() > 2 && c.in(0) instanceof Value.Computed) {
            return c.emit("{} -> flatten", c.in(0));
        }
        return c.reshape(c.in(0), Dim.product(dims.subList(0, axis)), Dim.product(dims.subList(axis, dims.size())));
    }

    private static Value squeeze(NodeCall c) {
        List<Dim> dims = c.type(0).dims();
        List<Integer> axes = c.axes(1, dims.size())
                .orElseGet(() -> IntStream.range(0, dims.size())
                        .filter(i -> dims.get(i).is(1))
                        .boxed()
                        .toList());
        for (int axis : axes) {
            if (!dims.get(axis).is(1)) {
                throw new OnnxProblem("axis " + axis + " of " + c.type(0) + " is not 1 and cannot be squeezed");
            }
        }
        return c.reshape(c.in(0), NodeCall.without(dims, axes));
    }

    private static Value unsqueeze(NodeCall c) {
        List<Dim> dims = c.type(0).dims();
        List<Long> given = c.has(1) ? c.longs(1) : c.integers("axes").orElseThrow();
        int rank = dims.size() + given.size();
        List<Integer> axes = given.stream().map(a -> NodeCall.axis(a, rank)).toList();
        var made = new ArrayList<Dim>();
        int next = 0;
        for (int i = 0; i < rank; i++) {
            made.add(axes.contains(i) ? Dim.ONE : dims.get(next++));
        }
        return c.reshape(c.in(0), made);
    }

    private static Value transpose(NodeCall c) {
        int rank = c.rank(0);
        return c.transpose(
                c.in(0),
                c.integers("perm")
                        .map(p -> p.stream().map(a -> NodeCall.axis(a, rank)).toList())
                        .orElseGet(() -> IntStream.range(0, rank)
                                .mapToObj(i -> rank - 1 - i)
                                .toList()));
    }

    static Value concat(NodeCall c, List<Value> all, int axis) {
        List<Value> parts = all.stream()
                .filter(v -> v.type().dims().stream().noneMatch(d -> d.is(0)))
                .toList();
        if (parts.isEmpty()) {
            return all.getFirst();
        }
        return parts.size() == 1
                ? parts.getFirst()
                : c.call(
                        "concat",
                        parts,
                        ", axis: " + NodeCall.axis(axis, parts.getFirst().type().rank()));
    }

    private static Value tile(NodeCall c) {
        Value x = c.in(0);
        List<Dim> counts = c.sizes(1);
        for (int i = 0; i < counts.size(); i++) {
            if (!counts.get(i).is(1)) {
                x = c.emit("tile({}, {}, axis: {})", x, counts.get(i), i);
            }
        }
        return x;
    }

    private static Value depthToSpace(NodeCall c) {
        Value x = c.in(0);
        Dim block = Dim.of(c.integer("blocksize", 1));
        List<Dim> d = x.type().dims();
        Dim depth = d.get(1).floorDivide(block.times(block));
        boolean columns = c.word("mode", "DCR").equals("DCR");
        Value split = columns
                ? c.reshape(x, d.get(0), block, block, depth, d.get(2), d.get(3))
                : c.reshape(x, d.get(0), depth, block, block, d.get(2), d.get(3));
        Value moved = c.transpose(split, columns ? List.of(0, 3, 4, 1, 5, 2) : List.of(0, 1, 4, 2, 5, 3));
        return c.reshape(moved, d.get(0), depth, d.get(2).times(block), d.get(3).times(block));
    }

    private static Value spaceToDepth(NodeCall c) {
        Value x = c.in(0);
        Dim block = Dim.of(c.integer("blocksize", 1));
        List<Dim> d = x.type().dims();
        Dim high = d.get(2).floorDivide(block);
        Dim wide = d.get(3).floorDivide(block);
        Value split = c.reshape(x, d.get(0), d.get(1), high, block, wide, block);
        return c.reshape(
                c.transpose(split, List.of(0, 3, 5, 1, 2, 4)),
                d.get(0),
                d.get(1).times(block.times(block)),
                high,
                wide);
    }

    private static Value reverseSequence(NodeCall c) {
        Value x = c.in(0);
        int batch = (int) c.integer("batch_axis", 1);
        int time = (int) c.integer("time_axis", 0);
        return reversed(c, x, c.in(1), batch, time);
    }

    /** The first entries along an axis, as many as each example has, turned around. */
    static Value reversed(NodeCall c, Value x, Value lengths, int batch, int time) {
        List<Dim> dims = x.type().dims();
        var shape = new ArrayList<Dim>();
        for (int i = 0; i < dims.size(); i++) {
            shape.add(i == batch ? dims.get(i) : Dim.ONE);
        }
        Value length = c.reshape(c.cast(lengths, DType.I32), shape);
        Value step = ActivationOps.along(c, dims, time);
        Value place = c.emit("select({} < {}, {} - 1 - {}, {})", step, length, length, step, step);
        Value index = ElementwiseOps.expand(c, place, dims);
        return c.emit("gather({}, {}, axis: {})", x, index, time);
    }

    private static Value constantOfShape(NodeCall c) {
        TensorData value = c.hasAttribute("value")
                ? c.walk().tensors().read(c.attribute("value").getT(), "value")
                : TensorData.floats(DType.F32, List.of(1L), i -> 0);
        List<Dim> dims = c.sizes(0);
        if (dims.isEmpty()) {
            return c.known(value.reshaped(List.of()));
        }
        if (!Literals.has(value)) {
            return ElementwiseOps.expand(c, c.known(value), dims);
        }
        return c.body().filled(new TensorType(value.dtype(), dims), Literals.of(value, 0), value.number(0));
    }

    private static Value range(NodeCall c) {
        Dim start = c.sizes(0).getFirst();
        Dim end = c.sizes(1).getFirst();
        Dim step = c.sizes(2).getFirst();
        boolean plain = start.is(0) && step.is(1);
        Value made = c.emit(
                plain ? "range({})" : "range({}, {}, {})",
                plain ? new Object[] {end} : new Object[] {start, end, step});
        return c.cast(made, c.type(0).dtype());
    }

    private static Value eyeLike(NodeCall c) {
        List<Dim> dims = c.type(0).dims();
        DType dtype = c.hasAttribute("dtype")
                ? Tensors.dtype((int) c.integer("dtype", 1))
                        .orElseThrow(() -> new OnnxProblem("its dtype is not supported"))
                : c.type(0).dtype();
        long k = c.integer("k", 0);
        return c.emit(
                "range({})[:, none] + {} == range({}) -> cast[{}]",
                dims.get(0),
                k < 0 ? "(" + k + ")" : k,
                dims.get(1),
                dtype);
    }

    private static Value trilu(NodeCall c) {
        long k = c.has(1) ? c.longs(1).getFirst() : 0;
        String name = c.integer("upper", 1) == 1 ? "triu" : "tril";
        if (c.type(0).dims().stream().anyMatch(d -> d.is(0))) {
            return c.in(0);
        }
        return k == 0 ? c.emit("{} -> " + name, c.in(0)) : c.emit("{} -> " + name + "(diagonal: {})", c.in(0), k);
    }

    /** A dim as an operand of a product. */
    static String grouped(Dim dim) {
        String text = dim.toString();
        return text.matches("\\w+") ? text : "(" + text + ")";
    }
}
