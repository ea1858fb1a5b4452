package dev.nnd.compiler.rewrite;

import dev.nnd.compiler.ir.Node;
import dev.nnd.compiler.ir.Op;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * A change of shape or dtype that changes nothing goes.
 *
 * <pre>
 * before  reshape(x) to its own dims, broadcast(x) to its own dims, transpose(x) by 0, 1, ..., cast(x) to its own dtype
 * after   x
 * </pre>
 */
record IdentityShape() implements Rule {
    @Override
    public Optional<Replacement> apply(Node node, Neighbourhood graph) {
        boolean shape = node.op() instanceof Op.Reshape
                || node.op() instanceof Op.Broadcast
                || node.op() instanceof Op.Cast
                || (node.op() instanceof Op.Transpose t
                        && t.permutation()
                                .equals(IntStream.range(0, t.permutation().size())
                                        .boxed()
                                        .toList()));
        return shape && node.inputs().getFirst().type().equals(node.output().type())
                ? graph.replace(node).by(node.inputs().getFirst())
                : Optional.empty();
    }
}
