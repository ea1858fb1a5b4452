package dev.nnd.compiler.rewrite;

import dev.nnd.compiler.ir.Node;
import dev.nnd.compiler.ir.Op;
import dev.nnd.compiler.ir.Op.BinaryFunction;
import dev.nnd.compiler.ir.Value;
import dev.nnd.compiler.type.Dim;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * The sum of parts that are padded to where they lie in the whole is the parts one after another: the gradient of what was cut
 * into slices. A part that several sums have, as the gates of a GRU, is in each of their results.
 *
 * <pre>
 * before  pad(a, high: |b| + |c|) + pad(b, low: |a|, high: |c|) + pad(c, low: |a| + |b|)
 * after   concat(a, b, c)
 * </pre>
 */
record SumOfPads() implements Rule {

    private static final int MOST_PARTS = 64;

    @Override
    public Optional<Replacement> apply(Node node, Neighbourhood graph) {
        if (!Match.is(node, BinaryFunction.ADD)) {
            return Optional.empty();
        }
        var pads = new ArrayList<Node>();
        if (!collect(node, graph, pads)) {
            return Optional.empty();
        }
        int axis = axis((Op.Pad) pads.getFirst().op());
        if (axis < 0 || pads.stream().anyMatch(p -> axis((Op.Pad) p.op()) != axis)) {
            return Optional.empty();
        }
        List<Value> ordered = ordered(pads, axis);
        if (ordered.isEmpty()) {
            return Optional.empty();
        }
        Draft draft = graph.replace(node);
        return draft.by(draft.add(node.output().name(), new Op.Concat(axis), ordered));
    }

    /** Adds the paddings whose sum a node is; false if there is anything else in it. */
    private static boolean collect(Node sum, Neighbourhood graph, List<Node> pads) {
        for (Value operand : sum.inputs()) {
            Optional<Node> producer = graph.producer(operand);
            if (producer.isEmpty() || pads.size() > MOST_PARTS) {
                return false;
            }
            Node made = producer.get();
            if (made.op() instanceof Op.Pad pad && pad.value() == 0) {
                pads.add(made);
            } else if (!Match.is(made, BinaryFunction.ADD) || !collect(made, graph, pads)) {
                return false;
            }
        }
        return true;
    }

    /** The only axis along which there is padding, none of it between entries; -1 if that is not so. */
    private static int axis(Op.Pad pad) {
        List<Integer> padded = IntStream.range(0, pad.low().size())
                .filter(a -> !pad.low().get(a).is(0) || !pad.high().get(a).is(0))
                .boxed()
                .toList();
        boolean between = pad.interior().stream().anyMatch(i -> i != 0);
        return padded.size() == 1 && !between ? padded.getFirst() : -1;
    }

    /** The parts in the order in which they follow one another; empty if they don't fill the whole. */
    private static List<Value> ordered(List<Node> pads, int axis) {
        var left = new ArrayList<>(pads);
        var ordered = new ArrayList<Value>();
        Dim at = Dim.ZERO;
        Dim behind = Dim.ONE;
        while (!left.isEmpty()) {
            Dim place = at;
            Optional<Node> next =
                    left.stream().filter(n -> low(n, axis).equals(place)).findFirst();
            if (next.isEmpty()) {
                return List.of();
            }
            Value part = next.get().inputs().getFirst();
            left.remove(next.get());
            ordered.add(part);
            at = at.plus(part.type().dim(axis));
            behind = ((Op.Pad) next.get().op()).high().get(axis);
        }
        return behind.is(0) ? ordered : List.of();
    }

    private static Dim low(Node pad, int axis) {
        return ((Op.Pad) pad.op()).low().get(axis);
    }
}
