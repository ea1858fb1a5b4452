package dev.nnd.compiler.rewrite;

import dev.nnd.compiler.ir.Node;
import dev.nnd.compiler.ir.Op;
import dev.nnd.compiler.ir.Value;
import java.util.Optional;

/**
 * Two changes of shape of one kind are one.
 *
 * <pre>
 * before  reshape(reshape(x)), transpose(transpose(x)), broadcast(broadcast(x))
 * after   reshape(x),          transpose(x),            broadcast(x)
 * </pre>
 */
record RepeatedShape() implements Rule {
    @Override
    public Optional<Replacement> apply(Node node, Neighbourhood graph) {
        boolean shape = node.op() instanceof Op.Reshape
                || node.op() instanceof Op.Broadcast
                || node.op() instanceof Op.Transpose;
        if (!shape) {
            return Optional.empty();
        }
        return graph.producer(node.inputs().getFirst(), node.op().getClass()).flatMap(inner -> {
            Value x = inner.inputs().getFirst();
            Draft draft = graph.replace(node);
            return draft.by(draft.add(node.output().name(), joined(inner.op(), node.op()), x));
        });
    }

    private static Op joined(Op inner, Op outer) {
        return inner instanceof Op.Transpose first && outer instanceof Op.Transpose second
                ? new Op.Transpose(second.permutation().stream()
                        .map(first.permutation()::get)
                        .toList())
                : outer;
    }
}
