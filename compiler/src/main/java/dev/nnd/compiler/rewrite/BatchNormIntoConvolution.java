package dev.nnd.compiler.rewrite;

import dev.nnd.compiler.ir.Node;
import dev.nnd.compiler.ir.Op;
import java.util.ArrayList;
import java.util.Optional;

/**
 * A convolution scales and shifts its result itself, as a batch norm in use does; the weights stay as they are.
 *
 * <pre>
 * before  batch_norm(conv(x, w), mean, variance, weight, bias)
 * after   conv(x, w, scale, shift) +scale       nothing else uses the convolution before batch norm
 *         scale = weight / sqrt(variance + eps), shift = bias - mean * scale
 * </pre>
 */
record BatchNormIntoConvolution() implements Rule {
    @Override
    public Optional<Replacement> apply(Node node, Neighbourhood graph) {
        if (!(node.op() instanceof Op.BatchNorm norm)) {
            return Optional.empty();
        }
        return graph.soleProducer(node.inputs().getFirst(), Op.Convolution.class)
                .filter(n -> n.op() instanceof Op.Convolution op && !op.relu() && !op.scaled() && !op.added())
                .flatMap(n -> {
                    var op = (Op.Convolution) n.op();
                    Draft draft = graph.replace(node);
                    ChannelScale affine = ChannelScale.of(node, norm, draft);
                    var operands = new ArrayList<>(n.inputs());
                    operands.add(affine.scale());
                    operands.add(affine.shift());
                    var fused = new Op.Convolution(op.window(), op.groups(), op.bias(), true, false, false);
                    draft.at(Origins.joined(n.origin(), node.origin()));
                    return draft.by(draft.add(node.output().name(), fused, operands));
                });
    }
}
