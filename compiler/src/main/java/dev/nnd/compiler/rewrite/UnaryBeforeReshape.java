package dev.nnd.compiler.rewrite;

import dev.nnd.compiler.ir.Node;
import dev.nnd.compiler.ir.Op;
import dev.nnd.compiler.ir.Value;
import java.util.Optional;

/**
 * A function of one operand is computed before a reshape, where it meets the op that it can be fused into.
 *
 * <pre>
 * before  relu(reshape(x))
 * after   reshape(relu(x))       nothing else uses reshape(x)
 * </pre>
 */
record UnaryBeforeReshape() implements Rule {
    @Override
    public Optional<Replacement> apply(Node node, Neighbourhood graph) {
        if (!(node.op() instanceof Op.Unary)) {
            return Optional.empty();
        }
        return graph.soleProducer(node.inputs().getFirst(), Op.Reshape.class).flatMap(reshape -> {
            Draft draft = graph.replace(node);
            Value y =
                    draft.add(node.output().name(), node.op(), reshape.inputs().getFirst());
            return draft.by(draft.reshape(y, node.output().type().dims()));
        });
    }
}
