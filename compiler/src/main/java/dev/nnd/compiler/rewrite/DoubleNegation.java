package dev.nnd.compiler.rewrite;

import dev.nnd.compiler.ir.Node;
import dev.nnd.compiler.ir.Op;
import java.util.Optional;

/**
 * Two negations are none.
 *
 * <pre>
 * before  negate(negate(x)), not(not(x))
 * after   x
 * </pre>
 */
record DoubleNegation() implements Rule {
    @Override
    public Optional<Replacement> apply(Node node, Neighbourhood graph) {
        boolean negation = node.op().equals(new Op.Unary(Op.UnaryFunction.NEGATE))
                || node.op().equals(new Op.Unary(Op.UnaryFunction.NOT));
        if (!negation) {
            return Optional.empty();
        }
        return graph.producer(node.inputs().getFirst(), Op.Unary.class)
                .filter(inner -> inner.op().equals(node.op()))
                .flatMap(inner -> graph.replace(node).by(inner.inputs().getFirst()));
    }
}
