package dev.nnd.compiler.incremental;

import dev.nnd.compiler.incremental.Known.Pair;
import dev.nnd.compiler.ir.Node;
import dev.nnd.compiler.ir.Op;
import dev.nnd.compiler.ir.Value;
import dev.nnd.compiler.type.Dim;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** In which forms a node reads its operands to give its result in a form; refuses what no step can do. */
final class NeededForms {

    private final KnownValues known;
    private final Axes axes;

    NeededForms(KnownValues known, Axes axes) {
        this.known = known;
        this.axes = axes;
    }

    /** The forms of the operands. */
    List<List<Form>> of(Node node, List<Form> result) {
        refuse(node);
        List<List<Form>> operands = new ArrayList<>();
        for (int i = 0; i < node.inputs().size(); i++) {
            operands.add(operand(node, i, result));
        }
        checkResult(node);
        checkCausal(node, operands);
        return operands;
    }

    private List<Form> operand(Node node, int index, List<Form> result) {
        Value operand = node.inputs().get(index);
        AxisMap map = known.map(node, index);
        List<Form> forms = new ArrayList<>();
        for (int axis = 0; axis < operand.type().rank(); axis++) {
            if (!axes.isTime(operand.type().dim(axis))) {
                forms.add(Form.NONE);
                continue;
            }
            int to = map.to(axis);
            if (to >= 0) {
                forms.add(result.get(to));
            } else if (contracts(node)) {
                forms.add(Form.FULL);
            } else {
                throw problem(node, "moves positions to other places");
            }
        }
        return forms;
    }

    private static boolean contracts(Node node) {
        return node.op() instanceof Op.MatMul || node.op() instanceof Op.Reduce;
    }

    /** Every axis of positions of a result is one of an operand, or begins here. */
    private void checkResult(Node node) {
        Value result = node.output();
        boolean begins = node.op() instanceof Op.Iota || node.op() instanceof Op.Broadcast;
        for (int axis : axes.timeAxes(result)) {
            boolean found = begins || node.op() instanceof Op.Slice;
            for (int i = 0; i < node.inputs().size() && !found; i++) {
                found = known.map(node, i).from()[axis] >= 0;
            }
            if (!found) {
                throw problem(node, "moves positions to other places");
            }
            if (node.op() instanceof Op.Iota o
                    && o.axis() == axis
                    && !result.type().dim(axis).equals(axes.timeDim())) {
                throw problem(node, "counts something else than positions");
            }
        }
    }

    /** What sums up over all positions may not see later ones. */
    private void checkCausal(Node node, List<List<Form>> operands) {
        switch (node.op()) {
            case Op.MatMul _ -> {
                Value left = node.inputs().get(0);
                int column = summed(node, 0);
                int other = summed(node, 1);
                boolean hidden = column >= 0 && hides(left, column, 0)
                        || other >= 0 && hides(node.inputs().get(1), other, 0);
                if ((column >= 0 || other >= 0) && !hidden) {
                    throw later(node);
                }
            }
            case Op.Softmax _, Op.LogSoftmax _ -> {
                Value x = node.inputs().getFirst();
                int last = x.type().rank() - 1;
                if (axes.isTime(x.type().dim(last))) {
                    requireHidden(node, hides(x, last, Known.LOW));
                    requireHidden(node, operands.getFirst().get(last) == Form.FULL);
                }
            }
            case Op.Reduce o -> {
                Value x = node.inputs().getFirst();
                for (int axis : o.axes()) {
                    if (axes.isTime(x.type().dim(axis))) {
                        requireHidden(node, isNeutral(x, axis, o.function()));
                    }
                }
            }
            default -> {}
        }
    }

    private static void requireHidden(Node node, boolean hidden) {
        if (!hidden) {
            throw later(node);
        }
    }

    /** The axis of an operand that a product sums over, if it holds positions; else -1. */
    private int summed(Node node, int operand) {
        AxisMap map = known.map(node, operand);
        for (int axis : axes.timeAxes(node.inputs().get(operand))) {
            if (map.to(axis) < 0) {
                return axis;
            }
        }
        return -1;
    }

    private boolean hides(Value value, int column, double as) {
        return known.of(value).later().entrySet().stream()
                .anyMatch(e -> e.getKey().column() == column
                        && (as == Known.LOW ? Known.isLow(e.getValue()) : e.getValue() == as));
    }

    private boolean isNeutral(Value value, int column, Op.ReduceFunction function) {
        for (var entry : known.of(value).later().entrySet()) {
            Pair pair = entry.getKey();
            if (pair.column() == column && LaterValues.neutral(function, entry.getValue())) {
                return true;
            }
        }
        return false;
    }

    /** Ops that no step can do, or that work along positions in a way of their own. */
    private void refuse(Node node) {
        switch (node.op()) {
            case Op.Size o when axes.isTime(o.dim()) -> throw problem(node, "uses the number of all positions");
            case Op.Random _ -> throw problem(node, "draws random numbers");
            case Op.Scan o when axes.isTime(o.steps()) -> throw problem(node, "is a recurrence over the positions");
            case Op.MatMul o when o.permutes() -> throw problem(node, "moves positions to other places");
            case Op.Slice o -> slice(node, o);
            case Op.Pad o -> pad(node, o);
            case Op.Concat o -> along(node, o.axis(), true);
            case Op.Gather o ->
                along(
                        node,
                        o.axis(),
                        axes.isTime(node.inputs().getFirst().type().dim(o.axis())));
            case Op.Cumulate o -> along(node, o.axis(), true);
            case Op.Recurrence o -> along(node, o.axis(), true);
            case Op.Sort o -> along(node, o.axis(), true);
            case Op.Pick _, Op.ArgMax _ ->
                along(node, node.inputs().getFirst().type().rank() - 1, true);
            case Op.Scatter _, Op.Provided _, Op.Scan _, Op.SoftmaxCrossEntropy _, Op.SoftmaxCrossEntropyBackward _ -> {
                if (!(node.op() instanceof Op.MatMul)) {
                    node.inputs().forEach(v -> requireNone(node, v));
                }
            }
            case Op.Constant _, Op.Size _, Op.Unary _, Op.Binary _, Op.Compare _, Op.Select _, Op.Cast _ -> {}
            case Op.Reshape _, Op.Transpose _, Op.Broadcast _, Op.Reduce _, Op.Softmax _, Op.LogSoftmax _ -> {}
            case Op.OneHot _, Op.Iota _, Op.Call _ -> {}
        }
        if (axes.mixesRows(node.output()) && !(node.op() instanceof Op.Reshape)) {
            for (Value operand : node.inputs()) {
                if (!known.of(operand).tokens() && !axes.timeAxes(operand).isEmpty()) {
                    throw problem(node, "joins the rows of a batch with their positions");
                }
            }
        }
    }

    private void along(Node node, int axis, boolean refused) {
        Value x = node.inputs().getFirst();
        if (refused
                && (axes.isTime(x.type().dim(axis))
                        || !(node.op() instanceof Op.Gather)
                                && axis < node.output().type().rank()
                                && axes.isTime(node.output().type().dim(axis))
                                && !(node.op() instanceof Op.Pick)
                                && !(node.op() instanceof Op.ArgMax))) {
            throw problem(node, "works along the positions");
        }
    }

    private void slice(Node node, Op.Slice op) {
        Value x = node.inputs().getFirst();
        for (int axis = 0; axis < op.dims().size(); axis++) {
            boolean of = axes.isTime(x.type().dim(axis));
            boolean to = axes.isTime(op.dims().get(axis));
            Dim start = op.start().get(axis);
            boolean whole = start.is(0)
                    && op.step().get(axis) == 1
                    && op.dims().get(axis).equals(x.type().dim(axis));
            boolean begins = !of
                    && op.step().get(axis) == 1
                    && op.dims().get(axis).equals(axes.timeDim())
                    && start.constant().isPresent();
            if ((of || to) && !whole && !begins) {
                throw problem(node, "takes a part of the positions");
            }
        }
    }

    private void pad(Node node, Op.Pad op) {
        Value x = node.inputs().getFirst();
        for (int axis = 0; axis < op.low().size(); axis++) {
            boolean same = op.low().get(axis).is(0)
                    && op.high().get(axis).is(0)
                    && op.interior().get(axis) == 0;
            if (axes.isTime(x.type().dim(axis)) && !same) {
                throw problem(node, "shifts or pads the positions");
            }
        }
    }

    private void requireNone(Node node, Value operand) {
        if (!axes.timeAxes(operand).isEmpty()) {
            throw problem(node, "works along the positions");
        }
    }

    private static NotIncremental later(Node node) {
        return problem(node, "sees later positions: it is not causal");
    }

    static NotIncremental problem(Node node, String what) {
        String name = node.op().getClass().getSimpleName().toLowerCase(Locale.ROOT);
        String text = node.origin().text();
        return new NotIncremental("`" + (text.isEmpty() ? name : text) + "` " + what, node.origin());
    }
}
