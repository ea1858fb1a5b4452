package dev.nnd.compiler.rewrite;

import dev.nnd.compiler.ir.Node;
import dev.nnd.compiler.ir.Op;
import dev.nnd.compiler.type.TensorType;
import java.util.Optional;

/**
 * A transpose that only moves axes of length 1 leaves the elements where they are.
 *
 * <pre>
 * before  transpose(x: [N, 1, C]) by 0, 2, 1
 * after   reshape(x) to [N, C, 1]
 * </pre>
 */
record TransposeAsReshape() implements Rule {
    @Override
    public Optional<Replacement> apply(Node node, Neighbourhood graph) {
        if (!(node.op() instanceof Op.Transpose op)) {
            return Optional.empty();
        }
        TensorType from = node.inputs().getFirst().type();
        int previous = -1;
        for (int axis : op.permutation()) {
            if (from.dim(axis).is(1)) {
                continue;
            }
            if (axis < previous) {
                return Optional.empty();
            }
            previous = axis;
        }
        Draft draft = graph.replace(node);
        return draft.by(
                draft.reshape(node.inputs().getFirst(), node.output().type().dims()));
    }
}
