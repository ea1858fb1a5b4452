package dev.nnd.compiler.rewrite;

import dev.nnd.compiler.ir.Node;
import dev.nnd.compiler.ir.Op;
import dev.nnd.compiler.ir.Value;
import java.util.Optional;

/**
 * Reducing over axes of length 1 reduces nothing.
 *
 * <pre>
 * before  sum(x [N, 1]) over 1
 * after   reshape(x) to [N]
 * </pre>
 */
record ReduceOverOnes() implements Rule {
    @Override
    public Optional<Replacement> apply(Node node, Neighbourhood graph) {
        if (!(node.op() instanceof Op.Reduce op)) {
            return Optional.empty();
        }
        Value x = node.inputs().getFirst();
        if (!op.axes().stream().allMatch(axis -> x.type().dim(axis).is(1))) {
            return Optional.empty();
        }
        Draft draft = graph.replace(node);
        return draft.by(draft.reshape(x, node.output().type().dims()));
    }
}
