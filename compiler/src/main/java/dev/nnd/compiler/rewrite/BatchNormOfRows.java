package dev.nnd.compiler.rewrite;

import dev.nnd.compiler.ir.Node;
import dev.nnd.compiler.ir.Op;
import dev.nnd.compiler.ir.Op.BinaryFunction;
import dev.nnd.compiler.ir.Value;
import java.util.Optional;

/**
 * A batch norm in use of rows of features is arithmetic, which fuses with what is around it.
 *
 * <pre>
 * before  batch_norm(x [n, c], mean, variance, weight, bias)
 * after   x * scale + shift       scale = weight / sqrt(variance + eps), shift = bias - mean * scale
 * </pre>
 */
record BatchNormOfRows() implements Rule {
    @Override
    public Optional<Replacement> apply(Node node, Neighbourhood graph) {
        Value x = node.inputs().isEmpty() ? node.output() : node.inputs().getFirst();
        if (!(node.op() instanceof Op.BatchNorm norm) || x.type().rank() != 2) {
            return Optional.empty();
        }
        Draft draft = graph.replace(node);
        ChannelScale affine = ChannelScale.of(node, norm, draft);
        Value scaled = draft.add(node.output().name(), new Op.Binary(BinaryFunction.MULTIPLY), x, affine.scale());
        return draft.by(draft.add(node.output().name(), new Op.Binary(BinaryFunction.ADD), scaled, affine.shift()));
    }
}
