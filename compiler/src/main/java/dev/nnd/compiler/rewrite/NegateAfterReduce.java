package dev.nnd.compiler.rewrite;

import dev.nnd.compiler.ir.Node;
import dev.nnd.compiler.ir.Op;
import dev.nnd.compiler.ir.Value;
import java.util.Optional;

/**
 * A sum is negated after it is taken: one negation instead of many, and it meets other negations there.
 *
 * <pre>
 * before  mean(negate(x)), sum(negate(x))
 * after   negate(mean(x)), negate(sum(x))       nothing else uses negate(x)
 * </pre>
 */
record NegateAfterReduce() implements Rule {
    @Override
    public Optional<Replacement> apply(Node node, Neighbourhood graph) {
        boolean linear = node.op() instanceof Op.Reduce op
                && (op.function() == Op.ReduceFunction.MEAN || op.function() == Op.ReduceFunction.SUM);
        var negate = new Op.Unary(Op.UnaryFunction.NEGATE);
        if (!linear) {
            return Optional.empty();
        }
        return graph.soleProducer(node.inputs().getFirst(), Op.Unary.class)
                .filter(inner -> inner.op().equals(negate))
                .flatMap(inner -> {
                    Draft draft = graph.replace(node);
                    Value reduced = draft.add(
                            node.output().name(), node.op(), inner.inputs().getFirst());
                    return draft.by(draft.add(node.output().name(), negate, reduced));
                });
    }
}
