package dev.nnd.compiler.rewrite;

import dev.nnd.compiler.ir.Node;
import dev.nnd.compiler.ir.Op;
import java.util.Optional;

/**
 * Once there are gradients, a value whose gradient is stopped is the value itself.
 *
 * <pre>
 * before  stopGradient(x)
 * after   x
 * </pre>
 */
record StoppedGradient() implements Rule {
    @Override
    public Optional<Replacement> apply(Node node, Neighbourhood graph) {
        boolean stops = node.op() instanceof Op.Unary(Op.UnaryFunction f) && f == Op.UnaryFunction.STOP_GRADIENT;
        return stops ? graph.replace(node).by(node.inputs().getFirst()) : Optional.empty();
    }
}
