package dev.nnd.compiler.rewrite;

import dev.nnd.compiler.ir.Node;
import dev.nnd.compiler.ir.Op;
import dev.nnd.compiler.ir.Value;
import java.util.Optional;

/**
 * A function of one operand is computed before its result is spread.
 *
 * <pre>
 * before  negate(broadcast(x)), cast(broadcast(x))
 * after   broadcast(negate(x)), broadcast(cast(x))       nothing else uses broadcast(x)
 * </pre>
 */
record UnaryBeforeBroadcast() implements Rule {
    @Override
    public Optional<Replacement> apply(Node node, Neighbourhood graph) {
        if (!(node.op() instanceof Op.Unary) && !(node.op() instanceof Op.Cast)) {
            return Optional.empty();
        }
        return graph.soleProducer(node.inputs().getFirst(), Op.Broadcast.class).flatMap(broadcast -> {
            Draft draft = graph.replace(node);
            Value small = draft.add(
                    node.output().name(), node.op(), broadcast.inputs().getFirst());
            return draft.by(draft.broadcast(small, node.output().type().dims()));
        });
    }
}
