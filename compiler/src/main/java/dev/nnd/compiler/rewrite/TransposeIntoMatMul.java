package dev.nnd.compiler.rewrite;

import dev.nnd.compiler.ir.Node;
import dev.nnd.compiler.ir.Op;
import dev.nnd.compiler.ir.Value;
import java.util.List;
import java.util.Optional;

/**
 * A matrix product reads an operand transposed at no cost.
 *
 * <pre>
 * before  matmul(transpose(a), b)       the transpose swaps the last two axes alone
 * after   matmul(a, b), transpose left
 * </pre>
 */
record TransposeIntoMatMul() implements Rule {
    @Override
    public Optional<Replacement> apply(Node node, Neighbourhood graph) {
        if (!(node.op() instanceof Op.MatMul op)) {
            return Optional.empty();
        }
        Value a = node.inputs().get(0);
        Value b = node.inputs().get(1);
        Optional<Value> left = swapped(a, graph);
        Optional<Value> right = swapped(b, graph);
        if (left.isEmpty() && right.isEmpty()) {
            return Optional.empty();
        }
        var flags = new Op.MatMul(op.transposeLeft() ^ left.isPresent(), op.transposeRight() ^ right.isPresent());
        Draft draft = graph.replace(node);
        return draft.by(draft.add(node.output().name(), flags, left.orElse(a), right.orElse(b)));
    }

    /** x, if the value is transpose(x) by the last two axes. */
    static Optional<Value> swapped(Value value, Neighbourhood graph) {
        return graph.producer(value, Op.Transpose.class)
                .filter(n -> n.op() instanceof Op.Transpose t && swapsLastTwo(t.permutation()))
                .map(n -> n.inputs().getFirst());
    }

    private static boolean swapsLastTwo(List<Integer> permutation) {
        int rank = permutation.size();
        for (int i = 0; i < rank - 2; i++) {
            if (permutation.get(i) != i) {
                return false;
            }
        }
        return rank >= 2 && permutation.get(rank - 2) == rank - 1 && permutation.get(rank - 1) == rank - 2;
    }
}
