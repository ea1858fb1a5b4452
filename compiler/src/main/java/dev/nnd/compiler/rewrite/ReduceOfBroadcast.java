package dev.nnd.compiler.rewrite;

import dev.nnd.compiler.ir.Node;
import dev.nnd.compiler.ir.Op;
import dev.nnd.compiler.ir.Value;
import dev.nnd.compiler.type.Dim;
import java.util.List;
import java.util.Optional;

/**
 * Reducing over the axes along which a value was just repeated needs no loop.
 *
 * <pre>
 * before  mean, max or min over axes along which x was broadcast       sum over such axes
 * after   x                                                            x * (how often it was repeated)
 * </pre>
 */
record ReduceOfBroadcast() implements Rule {
    @Override
    public Optional<Replacement> apply(Node node, Neighbourhood graph) {
        if (!(node.op() instanceof Op.Reduce op)) {
            return Optional.empty();
        }
        Value wide = node.inputs().getFirst();
        return graph.producer(wide, Op.Broadcast.class)
                .map(n -> n.inputs().getFirst())
                .filter(x -> op.axes().stream().allMatch(axis -> repeated(x, wide, axis)))
                .filter(x -> sameElsewhere(x, wide, op.axes()))
                .flatMap(x -> {
                    Draft draft = graph.replace(node);
                    Value once = draft.reshape(x, node.output().type().dims());
                    boolean product = op.function() == Op.ReduceFunction.PRODUCT;
                    if (op.function() != Op.ReduceFunction.SUM && !product) {
                        return draft.by(once);
                    }
                    Dim count =
                            Dim.product(op.axes().stream().map(wide.type()::dim).toList());
                    Value times = draft.add("count", new Op.Size(count, x.type().dtype()));
                    var often = product ? Op.BinaryFunction.POWER : Op.BinaryFunction.MULTIPLY;
                    return draft.by(draft.add(node.output().name(), new Op.Binary(often), once, times));
                });
    }

    private static boolean repeated(Value x, Value wide, int axis) {
        int own = axis - (wide.type().rank() - x.type().rank());
        return own < 0 || x.type().dim(own).is(1);
    }

    private static boolean sameElsewhere(Value x, Value wide, List<Integer> axes) {
        for (int axis = 0; axis < wide.type().rank(); axis++) {
            int own = axis - (wide.type().rank() - x.type().rank());
            Dim dim = own < 0 ? Dim.ONE : x.type().dim(own);
            if (!axes.contains(axis) && !dim.equals(wide.type().dim(axis))) {
                return false;
            }
        }
        return true;
    }
}
