package dev.nnd.compiler.rewrite;

import dev.nnd.compiler.ir.Node;
import dev.nnd.compiler.ir.Op;
import dev.nnd.compiler.ir.Value;
import dev.nnd.compiler.type.Dim;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * A product of which one of some positions is used is computed for that position only; so are its gradients, then.
 *
 * <pre>
 * before  slice(reshape(inner product(reshape(x) [n * t, f], w, b)) [n, t, g]) of one t       nothing else uses it
 * after   reshape(inner product(reshape(slice(x) of one t) [n, f], w, b)) [n, 1, g]
 * </pre>
 *
 * Likewise one row of the left operand of a matrix product.
 */
record PlaceBeforeProduct() implements Rule {
    @Override
    public Optional<Replacement> apply(Node node, Neighbourhood graph) {
        return Place.of(node).flatMap(place -> {
            Value whole = node.inputs().getFirst();
            Optional<Node> inner = graph.soleProducer(whole, Op.Reshape.class)
                    .flatMap(n -> graph.soleProducer(n.inputs().getFirst(), Op.InnerProduct.class));
            if (inner.isPresent()) {
                return graph.producer(inner.get().inputs().getFirst(), Op.Reshape.class)
                        .flatMap(rows ->
                                inner(inner.get(), rows.inputs().getFirst(), whole, place, graph.replace(node)));
            }
            return graph.soleProducer(whole, Op.MatMul.class).flatMap(p -> row(p, place, graph.replace(node)));
        });
    }

    private static Optional<Replacement> inner(Node product, Value x, Value whole, Place place, Draft draft) {
        Optional<Integer> shared = positions(product, x, whole);
        if (shared.isEmpty() || place.last() >= shared.get()) {
            return Optional.empty();
        }
        draft.at(product.origin());
        Value taken = place.take(x, draft);
        List<Dim> dims = place.of(whole.type().dims());
        var operands = new ArrayList<>(product.inputs());
        Dim rows = Dim.product(dims.subList(0, shared.get()));
        operands.set(
                0, draft.reshape(taken, List.of(rows, operands.getFirst().type().dim(1))));
        return draft.by(draft.reshape(draft.add(product.output().name(), product.op(), operands), dims));
    }

    /** How many first axes x and the result have in common, which are the rows of the product; empty if they are others. */
    private static Optional<Integer> positions(Node product, Value x, Value whole) {
        List<Dim> from = x.type().dims();
        List<Dim> to = whole.type().dims();
        Dim rows = product.output().type().dim(0);
        for (int count = 1; count <= Math.min(from.size(), to.size()); count++) {
            boolean same = from.get(count - 1).equals(to.get(count - 1));
            if (!same || product.inputs().getFirst().type().rank() != 2) {
                return Optional.empty();
            }
            if (Dim.product(to.subList(0, count)).equals(rows)) {
                return Optional.of(count);
            }
        }
        return Optional.empty();
    }

    /** One row of the left matrices. */
    private static Optional<Replacement> row(Node product, Place place, Draft draft) {
        var op = (Op.MatMul) product.op();
        Value left = product.inputs().get(0);
        int rank = left.type().rank();
        boolean equal = product.inputs().get(1).type().rank() == rank
                && product.output().type().rank() == rank;
        Place own = place.of(
                axis -> op.resultOrder().isEmpty() ? axis : op.resultOrder().get(axis));
        if (!equal || !own.starts().keySet().equals(Set.of(rank - 2))) {
            return Optional.empty();
        }
        Place taken = own.of(axis -> {
            int at = op.transposeLeft() ? rank - 1 : rank - 2;
            return op.leftOrder().isEmpty() ? at : op.leftOrder().get(at);
        });
        draft.at(product.origin());
        Value rows = taken.take(left, draft);
        return draft.by(
                draft.add(product.output().name(), op, rows, product.inputs().get(1)));
    }
}
