package dev.nnd.compiler.rewrite;

import dev.nnd.compiler.ir.Node;
import dev.nnd.compiler.ir.Op;
import java.util.Optional;

/**
 * A size without free dims is a number.
 *
 * <pre>
 * before  size of 10
 * after   10.0
 * </pre>
 */
record ConstantSize() implements Rule {
    @Override
    public Optional<Replacement> apply(Node node, Neighbourhood graph) {
        if (!(node.op() instanceof Op.Size op) || op.dim().constant().isEmpty()) {
            return Optional.empty();
        }
        Draft draft = graph.replace(node);
        return draft.by(draft.add(
                node.output().name(), new Op.Constant(op.dim().constant().getAsLong(), op.dtype())));
    }
}
