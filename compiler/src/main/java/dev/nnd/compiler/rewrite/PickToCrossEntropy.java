package dev.nnd.compiler.rewrite;

import dev.nnd.compiler.ir.Node;
import dev.nnd.compiler.ir.Op;
import dev.nnd.compiler.ir.Value;
import java.util.List;
import java.util.Optional;

/**
 * The log-probability of a label is the cross entropy, negated; one pass over the logits makes it and what its gradient
 * needs.
 *
 * <pre>
 * before  pick(log softmax(x), label)
 * after   negate(loss), where loss, probabilities = softmax cross entropy(x, label)
 *         nothing else uses the log softmax
 * </pre>
 */
record PickToCrossEntropy() implements Rule {
    @Override
    public Optional<Replacement> apply(Node node, Neighbourhood graph) {
        if (!(node.op() instanceof Op.Pick)) {
            return Optional.empty();
        }
        return graph.soleProducer(node.inputs().get(0), Op.LogSoftmax.class).flatMap(softmax -> {
            Draft draft = graph.replace(node);
            List<Value> loss = draft.addAll(
                    List.of("crossEntropy", "probabilities"),
                    new Op.SoftmaxCrossEntropy(),
                    List.of(softmax.inputs().getFirst(), node.inputs().get(1)));
            return draft.by(draft.add("logProbability", new Op.Unary(Op.UnaryFunction.NEGATE), loss.getFirst()));
        });
    }
}
