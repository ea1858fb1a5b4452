package dev.nnd.compiler.rewrite;

import dev.nnd.compiler.ir.Node;
import dev.nnd.compiler.ir.Op;
import dev.nnd.compiler.ir.Value;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * Gathered entries that are put in another order, or of which some are taken, are gathered so: indices are smaller.
 *
 * <pre>
 * before  transpose(gather(table [v, f], index [n, t]) [n, t, f]) by [1, 0, 2]
 * after   gather(table, transpose(index))
 * </pre>
 *
 * Likewise slices, which turn a sequence around too. The move leaves the table's own axes as they are.
 */
record MoveIntoGather() implements Rule {
    @Override
    public Optional<Replacement> apply(Node node, Neighbourhood graph) {
        if (!(node.op() instanceof Op.Transpose || node.op() instanceof Op.Slice)) {
            return Optional.empty();
        }
        return graph.producer(node.inputs().getFirst(), Op.Gather.class).flatMap(gather -> {
            Value table = gather.inputs().get(0);
            Value index = gather.inputs().get(1);
            var op = (Op.Gather) gather.op();
            Optional<Op> move =
                    op.axis() == 0 && !op.each() ? ofIndex(node, index.type().rank()) : Optional.empty();
            return move.flatMap(m -> {
                Draft draft = graph.replace(node);
                Value moved = draft.add(index.name(), m, index);
                draft.at(gather.origin());
                return draft.by(draft.add(gather.output().name(), op, table, moved));
            });
        });
    }

    /** The move of the first axes alone; empty if it moves others. */
    private static Optional<Op> ofIndex(Node move, int rank) {
        int all = move.output().type().rank();
        if (move.op() instanceof Op.Transpose(List<Integer> permutation)) {
            return IntStream.range(rank, all).allMatch(a -> permutation.get(a) == a)
                    ? Optional.of(new Op.Transpose(permutation.subList(0, rank)))
                    : Optional.empty();
        }
        if (move.op() instanceof Op.Slice(var start, var step, var dims)) {
            Value of = move.inputs().getFirst();
            return IntStream.range(rank, all)
                            .allMatch(a -> start.get(a).is(0)
                                    && step.get(a) == 1
                                    && dims.get(a).equals(of.type().dim(a)))
                    ? Optional.of(new Op.Slice(start.subList(0, rank), step.subList(0, rank), dims.subList(0, rank)))
                    : Optional.empty();
        }
        return Optional.empty();
    }
}
