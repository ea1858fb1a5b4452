package dev.nnd.compiler.rewrite;

import dev.nnd.compiler.ir.Node;
import dev.nnd.compiler.ir.Op;
import dev.nnd.compiler.ir.Value;
import java.util.Optional;

/**
 * A move that moves nothing.
 *
 * <pre>
 * before  slice(x) of all of it, pad(x) by 0, concat(x), gather(x) at 0, 1, ... along all of an axis
 * after   x
 * </pre>
 */
record MoveOfNothing() implements Rule {
    @Override
    public Optional<Replacement> apply(Node node, Neighbourhood graph) {
        if (!(node.op() instanceof Op.Indexing op) || node.inputs().isEmpty()) {
            return Optional.empty();
        }
        Value x = node.inputs().getFirst();
        boolean same = switch (op) {
            case Op.Slice o ->
                o.start().stream().allMatch(d -> d.is(0)) && o.step().stream().allMatch(s -> s == 1);
            case Op.Pad o ->
                o.low().stream().allMatch(d -> d.is(0)) && o.interior().stream().allMatch(i -> i == 0);
            case Op.Concat _ -> node.inputs().size() == 1;
            case Op.Gather o -> !o.each() && isRange(node.inputs().get(1), graph);
            case Op.Iota _, Op.Scatter _, Op.Cumulate _, Op.Recurrence _, Op.Sort _, Op.Random _ -> false;
        };
        return same
                        && node.outputs().size() == 1
                        && x.type().equals(node.output().type())
                ? graph.replace(node).by(x)
                : Optional.empty();
    }

    private static boolean isRange(Value index, Neighbourhood graph) {
        return index.type().rank() == 1 && graph.producer(index, Op.Iota.class).isPresent();
    }
}
