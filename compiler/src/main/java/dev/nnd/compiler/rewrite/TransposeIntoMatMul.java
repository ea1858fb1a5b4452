package dev.nnd.compiler.rewrite;

import dev.nnd.compiler.ir.Node;
import dev.nnd.compiler.ir.Op;
import dev.nnd.compiler.ir.Permutation;
import dev.nnd.compiler.ir.Value;
import dev.nnd.compiler.type.Dim;
import java.util.List;
import java.util.Optional;

/**
 * A matrix product reads an operand transposed at no cost.
 *
 * <pre>
 * before  matmul(transpose(a), b)              the transpose swaps the last two axes alone
 * after   matmul(a, b), transpose left
 *
 * before  matmul(transpose(a [N, T, H, D]), b [N, H, D, K])    by [0, 2, 1, 3]
 * after   matmul(a, b), left axes [0, 2, 1, 3]
 *         neither operand is repeated
 * </pre>
 */
record TransposeIntoMatMul() implements Rule {

    /** The order that all providers read and write without a copy: the heads of an attention are next to its batch. */
    private static final List<Integer> HEADS_FIRST = List.of(0, 2, 1, 3);

    @Override
    public Optional<Replacement> apply(Node node, Neighbourhood graph) {
        if (!(node.op() instanceof Op.MatMul op)) {
            return Optional.empty();
        }
        Value a = node.inputs().get(0);
        Value b = node.inputs().get(1);
        boolean alike = sameBatch(op, a, b);
        Optional<View> left = view(a, op.leftOrder(), alike, graph);
        Optional<View> right = view(b, op.rightOrder(), alike, graph);
        if (left.isEmpty() && right.isEmpty()) {
            return Optional.empty();
        }
        View first = left.orElse(new View(a, false, op.leftOrder()));
        View second = right.orElse(new View(b, false, op.rightOrder()));
        var reading = new Op.MatMul(
                op.transposeLeft() ^ first.swapped,
                op.transposeRight() ^ second.swapped,
                first.order,
                second.order,
                op.resultOrder());
        Draft draft = graph.replace(node);
        return draft.by(draft.add(node.output().name(), reading, first.x, second.x));
    }

    /** How a product reads a value: in an order that keeps the last axis, then perhaps with the last two swapped. */
    private record View(Value x, boolean swapped, List<Integer> order) {}

    private static Optional<View> view(Value operand, List<Integer> order, boolean alike, Neighbourhood graph) {
        return graph.producer(operand, Op.Transpose.class).flatMap(n -> {
            Value x = n.inputs().getFirst();
            return order(Permutation.join(((Op.Transpose) n.op()).permutation(), order))
                    .filter(o -> alike || o.order.isEmpty())
                    .map(o -> new View(x, o.swapped, o.order));
        });
    }

    /** Whether a product multiplies each matrix of an operand by one of the other. */
    static boolean sameBatch(Op.MatMul op, Value a, Value b) {
        return batch(a, op.leftOrder()).equals(batch(b, op.rightOrder()));
    }

    private static List<Dim> batch(Value operand, List<Integer> order) {
        return Permutation.of(order, operand.type().dims())
                .subList(0, operand.type().rank() - 2);
    }

    /** An order that keeps the last axis, empty if it changes nothing, and whether the last two axes are swapped behind it. */
    record Ordered(boolean swapped, List<Integer> order) {}

    /** A transpose as a product reads or writes it, if it can. */
    static Optional<Ordered> order(List<Integer> permutation) {
        int rank = permutation.size();
        if (rank < 2 || permutation.lastIndexOf(rank - 1) < rank - 2) {
            return Optional.empty();
        }
        boolean swapped = permutation.getLast() != rank - 1;
        List<Integer> order = swapped ? Permutation.swapLast(permutation) : permutation;
        if (order.equals(Permutation.identity(rank))) {
            return Optional.of(new Ordered(swapped, List.of()));
        }
        return order.equals(HEADS_FIRST) ? Optional.of(new Ordered(swapped, order)) : Optional.empty();
    }

    /** x, if the value is transpose(x) by the last two axes. */
    static Optional<Value> swapped(Value value, Neighbourhood graph) {
        return graph.producer(value, Op.Transpose.class)
                .filter(n -> n.op() instanceof Op.Transpose t && swapsLastTwo(t.permutation()))
                .map(n -> n.inputs().getFirst());
    }

    private static boolean swapsLastTwo(List<Integer> permutation) {
        return order(permutation).filter(o -> o.swapped && o.order.isEmpty()).isPresent();
    }
}
