package dev.nnd.compiler.rewrite;

import dev.nnd.compiler.ir.Node;
import dev.nnd.compiler.ir.Op;
import dev.nnd.compiler.ir.Value;
import java.util.ArrayList;
import java.util.Optional;

/**
 * A product repeats the matrices of an operand itself.
 *
 * <pre>
 * before  matmul(a [N, H, T, D], broadcast(b [D, K]) to [N, H, D, K])
 * after   matmul(a, b)
 *         the last two axes are not repeated, and the result has the same dims
 * </pre>
 */
record BroadcastIntoMatMul() implements Rule {
    @Override
    public Optional<Replacement> apply(Node node, Neighbourhood graph) {
        if (!(node.op() instanceof Op.MatMul op) || op.permutes()) {
            return Optional.empty();
        }
        for (int i = 0; i < 2; i++) {
            Optional<Value> narrow = matrices(node.inputs().get(i), graph);
            if (narrow.isPresent() && leads(node.inputs().get(1 - i), node)) {
                var operands = new ArrayList<>(node.inputs());
                operands.set(i, narrow.get());
                Draft draft = graph.replace(node);
                return draft.by(draft.add(node.output().name(), node.op(), operands));
            }
        }
        return Optional.empty();
    }

    private static Optional<Value> matrices(Value wide, Neighbourhood graph) {
        return graph.producer(wide, Op.Broadcast.class)
                .map(n -> n.inputs().getFirst())
                .filter(x -> x.type().rank() >= 2
                        && x.type().dim(-1).equals(wide.type().dim(-1))
                        && x.type().dim(-2).equals(wide.type().dim(-2)));
    }

    /** True if the other operand alone has all matrices of the result. */
    private static boolean leads(Value other, Node node) {
        int rank = node.output().type().rank();
        return other.type().rank() == rank
                && other.type()
                        .dims()
                        .subList(0, rank - 2)
                        .equals(node.output().type().dims().subList(0, rank - 2));
    }
}
