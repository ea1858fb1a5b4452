package dev.nnd.compiler.rewrite;

import dev.nnd.compiler.ir.Node;
import dev.nnd.compiler.ir.Op;
import dev.nnd.compiler.type.Dim;
import java.util.ArrayList;
import java.util.Optional;

/**
 * Two frames of one value are one.
 *
 * <pre>
 * before  pad(pad(x) by 1 with 0) by 2 with 0
 * after   pad(x) by 3 with 0
 *         no entries between neighbours; nothing is cut off
 * </pre>
 */
record PadOfPad() implements Rule {
    @Override
    public Optional<Replacement> apply(Node node, Neighbourhood graph) {
        if (!(node.op() instanceof Op.Pad outer) || !isFrame(outer)) {
            return Optional.empty();
        }
        return graph.producer(node.inputs().getFirst(), Op.Pad.class)
                .filter(n -> n.op() instanceof Op.Pad inner && isFrame(inner) && inner.value() == outer.value())
                .flatMap(n -> {
                    Op.Pad inner = (Op.Pad) n.op();
                    var low = new ArrayList<Dim>();
                    var high = new ArrayList<Dim>();
                    for (int axis = 0; axis < outer.low().size(); axis++) {
                        low.add(outer.low().get(axis).plus(inner.low().get(axis)));
                        high.add(outer.high().get(axis).plus(inner.high().get(axis)));
                    }
                    Draft draft = graph.replace(node);
                    var both = new Op.Pad(low, high, outer.interior(), outer.value());
                    return draft.by(
                            draft.add(node.output().name(), both, n.inputs().getFirst()));
                });
    }

    private static boolean isFrame(Op.Pad pad) {
        return pad.interior().stream().allMatch(i -> i == 0)
                && pad.low().stream().allMatch(PadOfPad::adds)
                && pad.high().stream().allMatch(PadOfPad::adds);
    }

    private static boolean adds(Dim dim) {
        return dim.constant().orElse(-1) >= 0;
    }
}
