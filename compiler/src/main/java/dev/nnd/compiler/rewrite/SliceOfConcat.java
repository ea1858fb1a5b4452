package dev.nnd.compiler.rewrite;

import dev.nnd.compiler.ir.Node;
import dev.nnd.compiler.ir.Op;
import dev.nnd.compiler.ir.Value;
import dev.nnd.compiler.type.Dim;
import java.util.ArrayList;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * A cut out of one part of what was joined is a cut out of that part.
 *
 * <pre>
 * before  slice(concat(a [N, 3], b [N, 4]) along 1) from 3, of 4
 * after   b
 *         sizes along the axis are known, and the cut reads one part only
 * </pre>
 */
record SliceOfConcat() implements Rule {
    @Override
    public Optional<Replacement> apply(Node node, Neighbourhood graph) {
        if (!(node.op() instanceof Op.Slice slice)) {
            return Optional.empty();
        }
        return graph.producer(node.inputs().getFirst(), Op.Concat.class)
                .flatMap(concat -> within(slice, concat, node, graph));
    }

    private static Optional<Replacement> within(Op.Slice slice, Node concat, Node node, Neighbourhood graph) {
        int axis = ((Op.Concat) concat.op()).axis();
        OptionalLong from = slice.start().get(axis).constant();
        OptionalLong count = slice.dims().get(axis).constant();
        if (from.isEmpty() || count.isEmpty() || count.getAsLong() == 0) {
            return Optional.empty();
        }
        long last = from.getAsLong() + (count.getAsLong() - 1) * slice.step().get(axis);
        long low = Math.min(from.getAsLong(), last);
        long high = Math.max(from.getAsLong(), last);
        long begin = 0;
        for (Value part : concat.inputs()) {
            OptionalLong size = part.type().dim(axis).constant();
            if (size.isEmpty()) {
                return Optional.empty();
            }
            if (low >= begin && high < begin + size.getAsLong()) {
                var start = new ArrayList<>(slice.start());
                start.set(axis, Dim.of(from.getAsLong() - begin));
                Draft draft = graph.replace(node);
                return draft.by(draft.add(node.output().name(), new Op.Slice(start, slice.step(), slice.dims()), part));
            }
            begin += size.getAsLong();
        }
        return Optional.empty();
    }
}
