package dev.nnd.compiler.plan;

import dev.nnd.compiler.ir.GraphBuilder;
import dev.nnd.compiler.ir.Node;
import dev.nnd.compiler.ir.Op;
import dev.nnd.compiler.ir.Port;
import dev.nnd.compiler.ir.Value;
import dev.nnd.compiler.type.Dim;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Turns an op that works by place along axes into a function over sizes of its own. An op along one axis is one over OUTER x
 * its axis x INNER, whatever the rank; a slice or padding joins neighbouring axes that it leaves as they are.
 */
final class IndexingBody {

    private final Node node;
    private final GraphBuilder to = new GraphBuilder("kernel");
    private final Names names = new Names();
    private final Map<Value, Value> values = new HashMap<>();
    private final Map<String, Dim> sizes = new LinkedHashMap<>();
    /** Two operands may be one value: then sizes that are equal are one variable. */
    private final boolean shared;

    IndexingBody(Node node) {
        this.node = node;
        this.shared = node.inputs().stream().distinct().count() < node.inputs().size();
        to.at(node.origin());
    }

    Body of(Op.Indexing op) {
        Op.Indexing general = switch (op) {
            case Op.Iota o -> new Op.Iota(threefold(o.dims(), o.axis(), "AXIS"), 1, o.dtype());
            case Op.Slice o -> slice(o);
            case Op.Pad o -> pad(o);
            case Op.Concat o -> {
                for (int i = 0; i < node.inputs().size(); i++) {
                    operand(i, threefold(dims(i), o.axis(), "AXIS" + i));
                }
                yield new Op.Concat(1);
            }
            case Op.Gather o -> {
                operand(0, threefold(dims(0), o.axis(), "AXIS"));
                operand(1, index(o.each(), o.axis()));
                yield new Op.Gather(1, o.each());
            }
            case Op.Scatter o -> scatter(o);
            case Op.Cumulate o -> {
                operand(0, threefold(dims(0), o.axis(), "AXIS"));
                yield new Op.Cumulate(o.function(), 1, o.exclusive(), o.reverse());
            }
            case Op.Recurrence o -> {
                operand(0, threefold(dims(0), o.axis(), "AXIS"));
                operand(1, threefold(dims(1), o.axis(), "AXIS"));
                yield new Op.Recurrence(1, o.reverse());
            }
            case Op.Sort o -> {
                operand(0, threefold(dims(0), o.axis(), "AXIS"));
                yield new Op.Sort(1, o.descending(), size("COUNT", o.count()));
            }
            case Op.Random o -> {
                operand(0, List.of());
                operand(1, List.of());
                List<Dim> all = List.of(size("COUNT", Dim.product(o.dims())));
                yield new Op.Random(all, o.distribution(), size("STREAM", o.stream()), o.dtype());
            }
        };
        List<Value> results = to.applyAll(
                node.output().name(),
                general,
                node.inputs().stream().map(values::get).toList());
        for (int i = 0; i < results.size(); i++) {
            to.output(Port.Role.OUTPUT, names.unique(node.outputs().get(i).name()), results.get(i));
        }
        return new Body(Step.Kind.SINGLE, to.build(), sizes);
    }

    private List<Dim> dims(int input) {
        return node.inputs().get(input).type().dims();
    }

    private Dim size(String name, Dim actual) {
        if (shared) {
            for (Map.Entry<String, Dim> known : sizes.entrySet()) {
                if (known.getValue().equals(actual)) {
                    return Dim.variable(known.getKey());
                }
            }
        }
        sizes.put(name, actual);
        return Dim.variable(name);
    }

    private void operand(int index, List<Dim> dims) {
        Value value = node.inputs().get(index);
        if (!values.containsKey(value)) {
            values.put(
                    value,
                    to.input(
                            Port.Role.INPUT,
                            names.unique(value.name()),
                            value.type().withDims(dims)));
        }
    }

    private List<Dim> threefold(List<Dim> dims, int axis, String name) {
        return List.of(
                size("OUTER", Dim.product(dims.subList(0, axis))),
                size(name, dims.get(axis)),
                size("INNER", Dim.product(dims.subList(axis + 1, dims.size()))));
    }

    private List<Dim> index(boolean each, int axis) {
        return each ? threefold(dims(1), axis, "PICKED") : List.of(size("PICKED", Dim.product(dims(1))));
    }

    private Op.Indexing scatter(Op.Scatter op) {
        List<Dim> dims = threefold(op.dims(), op.axis(), "AXIS");
        operand(0, dims(0).isEmpty() ? List.of() : dims);
        operand(1, index(op.each(), op.axis()));
        operand(2, List.of(dims.get(0), size("PICKED", Dim.product(picked(op))), dims.get(2)));
        return new Op.Scatter(1, op.each(), op.mode(), dims);
    }

    private List<Dim> picked(Op.Scatter op) {
        return op.each() ? List.of(dims(1).get(op.axis())) : dims(1);
    }

    private Op.Indexing slice(Op.Slice op) {
        var start = new ArrayList<Dim>();
        var step = new ArrayList<Integer>();
        var from = new ArrayList<Dim>();
        var dims = new ArrayList<Dim>();
        List<Dim> operand = dims(0);
        for (int axis = 0; axis < operand.size(); ) {
            Dim whole = Dim.ONE;
            int end = axis;
            while (end < operand.size() && isWhole(op, end)) {
                whole = whole.times(operand.get(end++));
            }
            int number = from.size();
            if (end > axis) {
                Dim size = size("SIZE" + number, whole);
                from.add(size);
                dims.add(size);
                start.add(Dim.ZERO);
                step.add(1);
                axis = end;
            } else {
                from.add(size("SIZE" + number, operand.get(axis)));
                dims.add(size("TAKEN" + number, op.dims().get(axis)));
                Dim first = op.start().get(axis);
                start.add(first.is(0) ? first : size("START" + number, first));
                step.add(op.step().get(axis));
                axis++;
            }
        }
        operand(0, from);
        return new Op.Slice(start, step, dims);
    }

    private boolean isWhole(Op.Slice op, int axis) {
        return op.start().get(axis).is(0)
                && op.step().get(axis) == 1
                && op.dims().get(axis).equals(dims(0).get(axis));
    }

    private Op.Indexing pad(Op.Pad op) {
        var low = new ArrayList<Dim>();
        var high = new ArrayList<Dim>();
        var interior = new ArrayList<Integer>();
        var from = new ArrayList<Dim>();
        List<Dim> operand = dims(0);
        for (int axis = 0; axis < operand.size(); ) {
            Dim whole = Dim.ONE;
            int end = axis;
            while (end < operand.size() && isWhole(op, end)) {
                whole = whole.times(operand.get(end++));
            }
            int number = from.size();
            boolean join = end > axis;
            from.add(size("SIZE" + number, join ? whole : operand.get(axis)));
            low.add(
                    join || op.low().get(axis).is(0)
                            ? Dim.ZERO
                            : size("LOW" + number, op.low().get(axis)));
            high.add(
                    join || op.high().get(axis).is(0)
                            ? Dim.ZERO
                            : size("HIGH" + number, op.high().get(axis)));
            interior.add(join ? 0 : op.interior().get(axis));
            axis = join ? end : axis + 1;
        }
        operand(0, from);
        return new Op.Pad(low, high, interior, op.value());
    }

    private static boolean isWhole(Op.Pad op, int axis) {
        return op.low().get(axis).is(0)
                && op.high().get(axis).is(0)
                && op.interior().get(axis) == 0;
    }
}
