package dev.nnd.compiler.rewrite;

import dev.nnd.compiler.ir.Node;
import dev.nnd.compiler.ir.Op;
import java.util.Optional;

/**
 * A convolution applies relu itself. Only after the gradients are made: relu's gradient reads relu's output alone.
 *
 * <pre>
 * before  relu(conv2d(x, w, b))
 * after   conv2d(x, w, b) +relu       nothing else uses the convolution before relu
 * </pre>
 */
record ReluIntoConvolution() implements Rule {
    @Override
    public Optional<Replacement> apply(Node node, Neighbourhood graph) {
        if (!node.op().equals(new Op.Unary(Op.UnaryFunction.RELU))) {
            return Optional.empty();
        }
        return graph.soleProducer(node.inputs().getFirst(), Op.Convolution.class)
                .filter(n -> n.op() instanceof Op.Convolution op && !op.relu())
                .flatMap(n -> {
                    Draft draft = graph.replace(node).at(Origins.joined(n.origin(), node.origin()));
                    var fused = ((Op.Convolution) n.op()).withRelu();
                    return draft.by(draft.add(n.output().name(), fused, n.inputs()));
                });
    }
}
