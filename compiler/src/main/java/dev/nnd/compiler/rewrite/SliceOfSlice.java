package dev.nnd.compiler.rewrite;

import dev.nnd.compiler.ir.Node;
import dev.nnd.compiler.ir.Op;
import dev.nnd.compiler.type.Dim;
import java.util.ArrayList;
import java.util.Optional;

/**
 * Two cuts are one.
 *
 * <pre>
 * before  slice(slice(x) from 2 step 1) from 3 step 2
 * after   slice(x) from 5 step 2
 * </pre>
 */
record SliceOfSlice() implements Rule {
    @Override
    public Optional<Replacement> apply(Node node, Neighbourhood graph) {
        if (!(node.op() instanceof Op.Slice outer)) {
            return Optional.empty();
        }
        return graph.producer(node.inputs().getFirst(), Op.Slice.class).flatMap(n -> {
            Op.Slice inner = (Op.Slice) n.op();
            var start = new ArrayList<Dim>();
            var step = new ArrayList<Integer>();
            for (int axis = 0; axis < outer.start().size(); axis++) {
                long stride = inner.step().get(axis);
                long both = stride * outer.step().get(axis);
                if (both != (int) both) {
                    return Optional.empty();
                }
                step.add((int) both);
                start.add(inner.start().get(axis).plus(outer.start().get(axis).times(stride)));
            }
            Draft draft = graph.replace(node);
            var whole = new Op.Slice(start, step, outer.dims());
            return draft.by(draft.add(node.output().name(), whole, n.inputs().getFirst()));
        });
    }
}
