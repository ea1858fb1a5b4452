package dev.nnd.compiler.incremental;

import dev.nnd.compiler.ir.GraphBuilder;
import dev.nnd.compiler.ir.Node;
import dev.nnd.compiler.ir.Op;
import dev.nnd.compiler.ir.Value;
import dev.nnd.compiler.type.Dim;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Computes a node's result in a form. A value that has positions and no batch gets the batch in front, since each row is at
 * a place of its own: its axes move by one, and where it meets a value with a batch it is brought beside that.
 */
final class StepNodes {

    private final GraphBuilder to;
    private final Axes axes;
    private final KnownValues known;
    private final RowPlaces places;

    StepNodes(GraphBuilder to, Axes axes, KnownValues known, RowPlaces places) {
        this.to = to;
        this.axes = axes;
        this.known = known;
        this.places = places;
    }

    List<Value> add(Node node, List<List<Form>> forms, List<Value> in, List<Form> result) {
        Value out = node.output();
        List<Dim> dims = axes.dims(out, result);
        boolean lifted = axes.lifted(out, result);
        int shift = lifted ? 1 : 0;
        Op op = node.op();
        String name = out.name();
        return switch (op) {
            case Op.Constant _, Op.Size _ -> to.applyAll(name, op, in);
            case Op.Unary _, Op.Cast _, Op.Softmax _, Op.LogSoftmax _, Op.OneHot _, Op.ArgMax _ ->
                to.applyAll(name, op, in);
            case Op.Binary _, Op.Compare _, Op.Select _, Op.MatMul _ ->
                to.applyAll(name, op, aligned(node, forms, in, result));
            case Op.Broadcast _ -> to.applyAll(name, new Op.Broadcast(dims), aligned(node, forms, in, result));
            case Op.Reshape _ -> List.of(to.reshape(in.getFirst(), dims));
            case Op.Transpose o -> to.applyAll(name, new Op.Transpose(shifted(o.permutation(), shift)), in);
            case Op.Reduce o ->
                to.applyAll(name, new Op.Reduce(o.function(), moved(o.axes(), shift), o.keepDims()), in);
            case Op.Iota o -> List.of(iota(o, result, dims, lifted));
            case Op.Slice o -> List.of(slice(node, o, in.getFirst(), result, dims, shift));
            case Op.Pad o ->
                to.applyAll(
                        name,
                        new Op.Pad(
                                led(Dim.ZERO, o.low(), shift),
                                led(Dim.ZERO, o.high(), shift),
                                led(0, o.interior(), shift),
                                o.value()),
                        in);
            case Op.Concat o -> to.applyAll(name, new Op.Concat(o.axis() + shift), all(node, forms, in, lifted));
            case Op.Gather o when !o.each() -> List.of(gather(node, o, forms, in));
            case Op.Gather o ->
                to.applyAll(name, new Op.Gather(o.axis() + shift, true), alike(node, forms, in, lifted));
            case Op.Pick _ -> to.applyAll(name, op, alike(node, forms, in, lifted));
            case Op.Cumulate o ->
                to.applyAll(name, new Op.Cumulate(o.function(), o.axis() + shift, o.exclusive(), o.reverse()), in);
            case Op.Recurrence o ->
                to.applyAll(name, new Op.Recurrence(o.axis() + shift, o.reverse()), alike(node, forms, in, lifted));
            case Op.Sort o -> to.applyAll(name, new Op.Sort(o.axis() + shift, o.descending(), o.count()), in);
            case Op.Random _, Op.Scan _, Op.Scatter _, Op.SoftmaxCrossEntropy _, Op.SoftmaxCrossEntropyBackward _ ->
                to.applyAll(name, op, in);
            case Op.Provided _ -> to.applyAll(name, op, in);
            case Op.Call _ -> throw new IllegalArgumentException("a call is no plain node");
        };
    }

    private static List<Integer> shifted(List<Integer> permutation, int shift) {
        return shift == 0 ? permutation : Axes.prepend(0, moved(permutation, 1));
    }

    private static List<Integer> moved(List<Integer> axes, int by) {
        return axes.stream().map(a -> a + by).toList();
    }

    private static <T> List<T> led(T first, List<T> rest, int shift) {
        return shift == 0 ? rest : Axes.prepend(first, rest);
    }

    /** Operands as they broadcast to the result. */
    private List<Value> aligned(Node node, List<List<Form>> forms, List<Value> in, List<Form> result) {
        Value out = node.output();
        var aligned = new ArrayList<Value>();
        for (int i = 0; i < in.size(); i++) {
            Value operand = node.inputs().get(i);
            boolean lifted = axes.lifted(operand, forms.get(i));
            aligned.add(
                    lifted ? beside(in.get(i), operand.type().rank(), out, axes.lifted(out, result), node) : in.get(i));
        }
        return aligned;
    }

    /** An operand [N, ...] where the result has its batch. */
    private Value beside(Value operand, int rank, Value out, boolean lifted, Node node) {
        int all = out.type().rank();
        List<Dim> own = operand.type().dims().subList(1, rank + 1);
        if (lifted) {
            var dims = new ArrayList<Dim>();
            dims.add(axes.batchDim());
            dims.addAll(Axes.ones(all - rank));
            dims.addAll(own);
            return to.reshape(operand, dims);
        }
        int batch = axes.batchAxis(out);
        boolean matrix = node.op() instanceof Op.MatMul && batch >= all - 2;
        if (batch < 0 || matrix) {
            throw NeededForms.problem(node, "joins the rows of a batch with their positions");
        }
        var dims = new ArrayList<Dim>(Axes.ones(all - rank));
        dims.addAll(own);
        dims.remove(batch);
        boolean plain = dims.subList(0, batch).stream().allMatch(d -> d.is(1));
        if (plain) {
            dims.add(batch, axes.batchDim());
            return to.reshape(operand, dims);
        }
        dims.addFirst(axes.batchDim());
        var permutation = new ArrayList<>(IntStream.range(1, all).boxed().toList());
        permutation.add(batch, 0);
        return to.transpose(to.reshape(operand, dims), permutation);
    }

    /** Every operand with the batch in front, if the result has it there. */
    private List<Value> all(Node node, List<List<Form>> forms, List<Value> in, boolean lifted) {
        var result = new ArrayList<Value>();
        for (int i = 0; i < in.size(); i++) {
            boolean has = axes.lifted(node.inputs().get(i), forms.get(i));
            result.add(
                    lifted && !has
                            ? to.broadcast(
                                    in.get(i),
                                    Axes.prepend(
                                            axes.batchDim(), in.get(i).type().dims()))
                            : in.get(i));
        }
        return result;
    }

    private List<Value> alike(Node node, List<List<Form>> forms, List<Value> in, boolean lifted) {
        for (int i = 0; i < in.size(); i++) {
            if (axes.lifted(node.inputs().get(i), forms.get(i)) != lifted) {
                throw NeededForms.problem(node, "joins the rows of a batch with their positions");
            }
        }
        return in;
    }

    private Value iota(Op.Iota op, List<Form> result, List<Dim> dims, boolean lifted) {
        Form form = result.get(op.axis());
        int shift = lifted ? 1 : 0;
        if (form == Form.NONE || form == Form.FULL) {
            return to.apply(new Op.Iota(dims, op.axis() + shift, op.dtype()));
        }
        Value positions = to.cast(places.positions(form), op.dtype());
        int batch = lifted ? 0 : dims.indexOf(axes.batchDim());
        return to.broadcast(places.along(positions, batch, op.axis() + shift, dims.size()), dims);
    }

    /** A slice that makes positions of an axis, as of a table of them, is a lookup at these. */
    private Value slice(Node node, Op.Slice op, Value x, List<Form> result, List<Dim> dims, int shift) {
        int begins = begins(node, op);
        if (begins < 0) {
            return to.apply(
                    node.output().name(),
                    new Op.Slice(led(Dim.ZERO, op.start(), shift), led(1, op.step(), shift), dims),
                    x);
        }
        if (known.of(node.inputs().getFirst()).tokens() || axes.batchAxis(node.output()) >= 0) {
            throw NeededForms.problem(node, "takes a part of something that depends on the tokens");
        }
        var start = new ArrayList<>(op.start());
        var step = new ArrayList<>(op.step());
        var part = new ArrayList<>(op.dims());
        Dim first = start.get(begins);
        start.set(begins, Dim.ZERO);
        step.set(begins, 1);
        part.set(begins, x.type().dim(begins));
        Value rest = part.equals(x.type().dims())
                        && start.stream().allMatch(d -> d.is(0))
                        && step.stream().allMatch(s -> s == 1)
                ? x
                : to.apply(new Op.Slice(start, step, part), x);
        Value positions = places.positions(result.get(begins));
        Value index = first.is(0)
                ? positions
                : to.add(positions, to.size(first, positions.type().dtype()));
        // Positions behind the table are of no token; there is nothing to read for them.
        Value last = to.size(x.type().dim(begins).minus(Dim.ONE), index.type().dtype());
        Value inside = to.binary(Op.BinaryFunction.MINIMUM, index, last);
        return inFront(
                to.apply(node.output().name(), new Op.Gather(begins, false), rest, inside), begins, result.get(begins));
    }

    /** The batch, which a lookup has put where it has looked, in front. */
    private Value inFront(Value value, int at, Form form) {
        if (at == 0 || form == Form.FULL) {
            return value;
        }
        var permutation =
                new ArrayList<>(IntStream.range(0, value.type().rank()).boxed().toList());
        permutation.remove(at);
        permutation.add(0, at);
        return to.transpose(value, permutation);
    }

    private int begins(Node node, Op.Slice op) {
        Value x = node.inputs().getFirst();
        for (int axis = 0; axis < op.dims().size(); axis++) {
            if (axes.isTime(op.dims().get(axis)) && !axes.isTime(x.type().dim(axis))) {
                return axis;
            }
        }
        return -1;
    }

    private Value gather(Node node, Op.Gather op, List<List<Form>> forms, List<Value> in) {
        boolean table = axes.lifted(node.inputs().get(0), forms.get(0));
        boolean index = axes.lifted(node.inputs().get(1), forms.get(1));
        if (table || index && axes.batchAxis(node.output()) >= 0) {
            throw NeededForms.problem(node, "joins the rows of a batch with their positions");
        }
        Value found = to.applyAll(node.output().name(), op, in).getFirst();
        return index ? inFront(found, op.axis(), Form.NOW) : found;
    }
}
