package dev.nnd.compiler.rewrite;

import dev.nnd.compiler.ir.Node;
import dev.nnd.compiler.ir.Op;
import java.util.Optional;

/**
 * The logarithm of a softmax is computed without leaving the logarithmic scale, so that small probabilities don't
 * become 0.
 *
 * <pre>
 * before  log(softmax(x))
 * after   log softmax(x)
 * </pre>
 */
record LogOfSoftmax() implements Rule {
    @Override
    public Optional<Replacement> apply(Node node, Neighbourhood graph) {
        if (!node.op().equals(new Op.Unary(Op.UnaryFunction.LOG))) {
            return Optional.empty();
        }
        return graph.producer(node.inputs().getFirst(), Op.Softmax.class).flatMap(softmax -> {
            Draft draft = graph.replace(node);
            return draft.by(draft.add(
                    node.output().name(), new Op.LogSoftmax(), softmax.inputs().getFirst()));
        });
    }
}
