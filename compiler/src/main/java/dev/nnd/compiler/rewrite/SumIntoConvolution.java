package dev.nnd.compiler.rewrite;

import dev.nnd.compiler.ir.Node;
import dev.nnd.compiler.ir.Op;
import dev.nnd.compiler.ir.Value;
import java.util.ArrayList;
import java.util.Optional;

/**
 * A convolution adds what a shortcut brings, as at the end of a residual block. Only after the gradients are made.
 *
 * <pre>
 * before  conv2d(x, w) + s
 * after   conv2d(x, w, s) +sum       s has the shape of the result; nothing else uses the convolution
 * </pre>
 */
record SumIntoConvolution() implements Rule {
    @Override
    public Optional<Replacement> apply(Node node, Neighbourhood graph) {
        if (!(node.op() instanceof Op.Binary(var function)) || function != Op.BinaryFunction.ADD) {
            return Optional.empty();
        }
        Value a = node.inputs().get(0);
        Value b = node.inputs().get(1);
        return a.type().equals(b.type()) ? add(node, a, b, graph).or(() -> add(node, b, a, graph)) : Optional.empty();
    }

    private static Optional<Replacement> add(Node node, Value convolved, Value added, Neighbourhood graph) {
        return graph.soleProducer(convolved, Op.Convolution.class)
                .filter(n -> n.op() instanceof Op.Convolution op && !op.relu() && !op.added())
                .flatMap(n -> {
                    var op = (Op.Convolution) n.op();
                    var operands = new ArrayList<>(n.inputs());
                    operands.add(added);
                    Draft draft = graph.replace(node).at(Origins.joined(n.origin(), node.origin()));
                    var fused = new Op.Convolution(op.window(), op.groups(), op.bias(), op.scaled(), true, false);
                    return draft.by(draft.add(node.output().name(), fused, operands));
                });
    }
}
