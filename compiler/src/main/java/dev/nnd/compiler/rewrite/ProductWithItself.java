package dev.nnd.compiler.rewrite;

import dev.nnd.compiler.ir.Node;
import dev.nnd.compiler.ir.Op;
import dev.nnd.compiler.ir.Op.BinaryFunction;
import dev.nnd.compiler.ir.Op.UnaryFunction;
import java.util.Optional;

/**
 * A square has a derivative of its own.
 *
 * <pre>
 * before  x * x
 * after   square(x)
 * </pre>
 */
record ProductWithItself() implements Rule {
    @Override
    public Optional<Replacement> apply(Node node, Neighbourhood graph) {
        boolean square = Match.is(node, BinaryFunction.MULTIPLY)
                && Match.isFloat(node)
                && node.inputs().get(0).equals(node.inputs().get(1));
        if (!square) {
            return Optional.empty();
        }
        Draft draft = graph.replace(node);
        return draft.by(draft.add(
                node.output().name(),
                new Op.Unary(UnaryFunction.SQUARE),
                node.inputs().getFirst()));
    }
}
