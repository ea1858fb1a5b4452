package dev.nnd.compiler.rewrite;

import dev.nnd.compiler.ir.Node;
import dev.nnd.compiler.ir.Op;
import dev.nnd.compiler.ir.Value;
import dev.nnd.compiler.type.Dim;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * An op that computes entries of an axis without regard to the others computes only the entry that is used, as that of the
 * first position, of which a classifier is made, or of the last.
 *
 * <pre>
 * before  slice(op(x)) of one entry       nothing else uses op(x)
 * after   op(slice(x))
 * </pre>
 */
record PlaceBeforeRows() implements Rule {
    @Override
    public Optional<Replacement> apply(Node node, Neighbourhood graph) {
        return Place.of(node).flatMap(place -> {
            Value whole = node.inputs().getFirst();
            return graph.uses(whole) == 1
                    ? graph.producer(whole).flatMap(n -> before(n, place, graph.replace(node)))
                    : Optional.empty();
        });
    }

    private static Optional<Replacement> before(Node node, Place place, Draft draft) {
        int rank = node.outputs().getFirst().type().rank();
        draft.at(node.origin());
        return switch (node.op()) {
            case Op.Unary _, Op.Binary _, Op.Compare _, Op.Select _, Op.Cast _ ->
                elementwise(node, node.op(), place, draft);
            case Op.Broadcast(var dims) -> elementwise(node, new Op.Broadcast(place.of(dims)), place, draft);
            case Op.Softmax _, Op.LogSoftmax _ ->
                place.last() < rank - 1 ? elementwise(node, node.op(), place, draft) : Optional.empty();
            case Op.Transpose(var permutation) -> of(node, node.op(), place.of(permutation::get), draft);
            case Op.Reduce reduce -> of(node, reduce, place.of(axis -> reduced(axis, reduce)), draft);
            case Op.Reshape(var dims) -> {
                List<Dim> from = node.inputs().getFirst().type().dims();
                boolean kept = from.size() > place.last()
                        && from.subList(0, place.last() + 1).equals(dims.subList(0, place.last() + 1));
                yield kept ? of(node, new Op.Reshape(place.of(dims)), place, draft) : Optional.empty();
            }
            default -> Optional.empty();
        };
    }

    /** The axis of what is reduced. */
    private static int reduced(int axis, Op.Reduce reduce) {
        if (reduce.keepDims()) {
            return axis;
        }
        int at = axis;
        for (int gone : reduce.axes()) {
            at += gone <= at ? 1 : 0;
        }
        return at;
    }

    private static Optional<Replacement> of(Node node, Op op, Place place, Draft draft) {
        Value taken = place.take(node.inputs().getFirst(), draft);
        return draft.by(draft.add(node.output().name(), op, taken));
    }

    /** Operands are broadcast, with their last axes the same. */
    private static Optional<Replacement> elementwise(Node node, Op op, Place place, Draft draft) {
        int rank = node.output().type().rank();
        var taken = new ArrayList<Value>();
        for (Value operand : node.inputs()) {
            int missing = rank - operand.type().rank();
            taken.add(place.of(axis -> axis - missing).take(operand, draft));
        }
        return draft.by(draft.add(node.output().name(), op, taken));
    }
}
