package dev.nnd.compiler.plan;

import dev.nnd.compiler.ir.GraphBuilder;
import dev.nnd.compiler.ir.Node;
import dev.nnd.compiler.ir.Op;
import dev.nnd.compiler.ir.Port;
import dev.nnd.compiler.ir.Value;
import dev.nnd.compiler.type.Dim;
import dev.nnd.compiler.type.TensorType;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.IntStream;

/** Turns a unit into a function over sizes of its own. */
final class BodyBuilder {

    private final Unit unit;
    private final GraphBuilder to = new GraphBuilder("kernel");
    private final Names names = new Names();
    private final Map<Value, Value> values = new HashMap<>();
    private final Map<String, Dim> sizes = new LinkedHashMap<>();

    private BodyBuilder(Unit unit) {
        this.unit = unit;
    }

    /** The function of an elementwise, reducing or single unit. */
    static Body of(Unit unit) {
        var builder = new BodyBuilder(unit);
        if (unit.form() == Unit.Form.SINGLE && unit.only().op() instanceof Op.Indexing op) {
            return new IndexingBody(unit.only()).of(op);
        }
        return switch (unit.form()) {
            case SINGLE -> builder.single();
            case ROWS -> builder.rows();
            case ELEMENTWISE, REDUCE, PRIMITIVE, CALL -> builder.loops();
        };
    }

    /** Over rows: reductions keep their axes as 1, so that one number a row meets its row. */
    private Body rows() {
        RowFusion.RowShape rows = unit.nodes().stream()
                .map(RowFusion.RowShape::reducedBy)
                .filter(Objects::nonNull)
                .findFirst()
                .orElseThrow();
        int rank = rows.dims().size();
        List<List<Dim>> operands =
                unit.inputs().stream().map(v -> aligned(v, rows)).toList();
        var axes = new Axes(
                rows.dims(),
                operands,
                IntStream.range(rank - rows.axes(), rank).boxed().toList());
        sizes.putAll(axes.sizes());
        unit.inputs().forEach(v -> input(v, axes.dims(aligned(v, rows))));
        for (Node node : unit.nodes()) {
            to.at(node.origin());
            values.put(node.output(), row(node, rows, axes));
        }
        for (Value output : unit.outputs()) {
            Value result = value(output);
            output(output, rows.isWide(output) ? to.broadcast(result, axes.variables()) : result);
        }
        return new Body(Step.Kind.ROWS, to.build(), sizes);
    }

    /** The dims of an operand of a kernel over rows: one number a row has the axes of the row as 1. */
    private List<Dim> aligned(Value value, RowFusion.RowShape rows) {
        boolean perRow = rows.isDropped(value)
                && unit.nodes().stream().anyMatch(n -> n.inputs().contains(value) && rows.isNarrow(n.output()));
        return perRow ? rows.kept() : value.type().dims();
    }

    private Value row(Node node, RowFusion.RowShape rows, Axes axes) {
        String name = node.output().name();
        if (node.op() instanceof Op.Reduce reduce) {
            var kept = new Op.Reduce(reduce.function(), axes.reduced(), true);
            return to.apply(name, kept, widened(value(node.inputs().getFirst()), axes));
        }
        if (RowFusion.RowShape.isSoftmax(node.op())) {
            return to.apply(name, node.op(), widened(value(node.inputs().getFirst()), axes));
        }
        if (node.op() instanceof Op.Reshape) {
            return value(node.inputs().getFirst());
        }
        if (node.op() instanceof Op.Broadcast && rows.isDropped(node.output())) {
            Value x = value(node.inputs().getFirst());
            List<Dim> dims = axes.dims(rows.kept());
            return x.type().dims().equals(dims) ? x : to.apply(name, new Op.Broadcast(dims), x);
        }
        add(node, axes);
        return value(node.output());
    }

    private Body loops() {
        Op.Reduce reduce = unit.nodes().stream()
                .filter(n -> n.op() instanceof Op.Reduce)
                .map(n -> (Op.Reduce) n.op())
                .findFirst()
                .orElse(null);
        List<Dim> domain = domain();
        List<List<Dim>> operands =
                unit.inputs().stream().map(v -> v.type().dims()).toList();
        var axes = new Axes(domain, operands, reduce == null ? List.of() : reduce.axes());
        sizes.putAll(axes.sizes());
        for (Value input : unit.inputs()) {
            input(input, axes.dims(input.type().dims()));
        }
        for (Node node : unit.nodes()) {
            add(node, axes);
        }
        for (Value output : unit.outputs()) {
            Value result = value(output);
            boolean wide = reduce != null || result.type().rank() > 0;
            output(output, wide ? result : to.broadcast(result, axes.variables()));
        }
        Step.Kind kind = reduce != null ? Step.Kind.REDUCE : axes.count() == 1 ? Step.Kind.MAP : Step.Kind.BROADCAST;
        return new Body(kind, to.build(), sizes);
    }

    /** The dims that the loops cover: what the reduction reads, or else what any node makes that makes no scalar. */
    private List<Dim> domain() {
        List<Dim> domain = List.of();
        for (Node node : unit.nodes()) {
            if (node.op() instanceof Op.Reduce) {
                return node.inputs().getFirst().type().dims();
            }
            domain = domain.isEmpty() ? node.output().type().dims() : domain;
        }
        return domain;
    }

    private void add(Node node, Axes axes) {
        to.at(node.origin());
        Value result = switch (node.op()) {
            case Op.Size o -> to.size(variable(o.dim()), o.dtype());
            case Op.Broadcast _ -> spread(value(node.inputs().getFirst()), node.output(), axes);
            case Op.Reduce o ->
                to.apply(
                        node.output().name(),
                        new Op.Reduce(o.function(), axes.reduced(), false),
                        widened(value(node.inputs().getFirst()), axes));
            case Op.Constant _, Op.Unary _, Op.Binary _, Op.Compare _, Op.Select _, Op.Cast _ -> same(node);
            case Op.Provided _ -> throw misfit(node);
            case Op.Reshape _, Op.Transpose _, Op.Softmax _, Op.LogSoftmax _ -> throw misfit(node);
            case Op.Pick _, Op.OneHot _ -> throw misfit(node);
            case Op.ArgMax _, Op.SoftmaxCrossEntropy _, Op.SoftmaxCrossEntropyBackward _ -> throw misfit(node);
            case Op.Indexing _ -> throw misfit(node);
            case Op.Call _, Op.Scan _ -> throw misfit(node);
        };
        values.put(node.output(), result);
    }

    private static IllegalStateException misfit(Node node) {
        return new IllegalStateException("no elementwise op: " + node);
    }

    private Value same(Node node) {
        return to.applyAll(
                        node.output().name(),
                        node.op(),
                        node.inputs().stream().map(this::value).toList())
                .getFirst();
    }

    private Value spread(Value x, Value as, Axes axes) {
        List<Dim> dims = axes.dims(as.type().dims());
        return x.type().dims().equals(dims) ? x : to.apply(as.name(), new Op.Broadcast(dims), x);
    }

    /** A reduction reads its whole domain, also where an operand is a scalar there. */
    private Value widened(Value x, Axes axes) {
        return to.broadcast(x, axes.variables());
    }

    /** A size of the program as a variable of the kernel. */
    private Dim variable(Dim dim) {
        if (dim.constant().isPresent()) {
            return dim;
        }
        for (Map.Entry<String, Dim> known : sizes.entrySet()) {
            if (known.getKey().startsWith("SIZE") && known.getValue().equals(dim)) {
                return Dim.variable(known.getKey());
            }
        }
        String name = "SIZE" + (sizes.containsKey("SIZE") ? sizes.size() : "");
        sizes.put(name, dim);
        return Dim.variable(name);
    }

    private Body single() {
        Node node = unit.only();
        to.at(node.origin());
        Op op = switch (node.op()) {
            case Op.Transpose o -> transpose(o, node.inputs().getFirst());
            case Op.OneHot o -> {
                rows(node.inputs().getFirst(), node.inputs().getFirst().type().rank());
                sizes.put("COLUMNS", o.depth());
                yield new Op.OneHot(Dim.variable("COLUMNS"), o.dtype());
            }
            case Op other -> {
                TensorType first = node.inputs().getFirst().type();
                node.inputs().forEach(v -> rows(v, first.rank() - 1));
                yield other;
            }
        };
        List<Value> results = to.applyAll(
                node.output().name(),
                op,
                node.inputs().stream().map(this::value).toList());
        for (int i = 0; i < results.size(); i++) {
            output(node.outputs().get(i), results.get(i));
        }
        return new Body(Step.Kind.SINGLE, to.build(), sizes);
    }

    /** An operand as ROWS, the product of the leading dims, by COLUMNS, its last dim if it has one more. */
    private void rows(Value operand, int leading) {
        List<Dim> dims = operand.type().dims();
        var result = new ArrayList<>(List.of(Dim.variable("ROWS")));
        sizes.put("ROWS", Dim.product(dims.subList(0, leading)));
        if (dims.size() > leading) {
            sizes.put("COLUMNS", dims.getLast());
            result.add(Dim.variable("COLUMNS"));
        }
        input(operand, result);
    }

    /** Drops axes of length 1 and joins those that stay neighbours. */
    private Op transpose(Op.Transpose op, Value x) {
        List<Integer> axes =
                op.permutation().stream().filter(a -> !x.type().dim(a).is(1)).toList();
        List<Integer> sorted = axes.stream().sorted().toList();
        var starts = new ArrayList<Integer>();
        for (int axis : sorted) {
            int at = axes.indexOf(axis);
            int before = sorted.indexOf(axis) - 1;
            boolean follows = before >= 0 && at > 0 && axes.get(at - 1).equals(sorted.get(before));
            if (!follows) {
                starts.add(axis);
            }
        }
        var dims = new ArrayList<Dim>();
        for (int i = 0; i < starts.size(); i++) {
            int from = sorted.indexOf(starts.get(i));
            int end = i + 1 < starts.size() ? sorted.indexOf(starts.get(i + 1)) : sorted.size();
            sizes.put(
                    "D" + i,
                    Dim.product(sorted.subList(from, end).stream()
                            .map(x.type()::dim)
                            .toList()));
            dims.add(Dim.variable("D" + i));
        }
        input(x, dims);
        return new Op.Transpose(
                axes.stream().filter(starts::contains).map(starts::indexOf).toList());
    }

    private void input(Value value, List<Dim> dims) {
        if (!values.containsKey(value)) {
            values.put(
                    value,
                    to.input(
                            Port.Role.INPUT,
                            names.unique(value.name()),
                            value.type().withDims(dims)));
        }
    }

    private void output(Value original, Value result) {
        to.output(Port.Role.OUTPUT, names.unique(original.name()), result);
    }

    private Value value(Value original) {
        Value value = values.get(original);
        if (value == null) {
            throw new IllegalStateException(original + " is not in its kernel");
        }
        return value;
    }
}
