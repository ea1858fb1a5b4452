package dev.nnd.compiler.rewrite;

import dev.nnd.compiler.ir.Node;
import dev.nnd.compiler.ir.Op;
import dev.nnd.compiler.ir.Op.BinaryFunction;
import dev.nnd.compiler.ir.Op.UnaryFunction;
import dev.nnd.compiler.ir.Value;
import java.util.Optional;

/**
 * The larger of a number and 0 is what products and convolutions do on their way out. Only once gradients are made: where
 * x is 0, that of a maximum is half.
 *
 * <pre>
 * before  maximum(x, 0), maximum(0, x)
 * after   relu(x)
 * </pre>
 */
record MaximumAsRelu() implements Rule {
    @Override
    public Optional<Replacement> apply(Node node, Neighbourhood graph) {
        if (!Match.is(node, BinaryFunction.MAXIMUM) || !Match.isFloat(node)) {
            return Optional.empty();
        }
        Value a = node.inputs().get(0);
        Value b = node.inputs().get(1);
        boolean second = graph.isConstant(b, 0);
        Value x = second ? a : b;
        if ((!second && !graph.isConstant(a, 0))
                || !x.type().equals(node.output().type())) {
            return Optional.empty();
        }
        Draft draft = graph.replace(node);
        return draft.by(draft.add(node.output().name(), new Op.Unary(UnaryFunction.RELU), x));
    }
}
