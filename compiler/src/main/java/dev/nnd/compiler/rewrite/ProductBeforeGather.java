package dev.nnd.compiler.rewrite;

import dev.nnd.compiler.ir.Node;
import dev.nnd.compiler.ir.Op;
import dev.nnd.compiler.ir.Value;
import dev.nnd.compiler.type.Dim;
import java.util.ArrayList;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * A table of which more rows are gathered than it has is multiplied once instead of all that is gathered; so are the
 * gradients of table and weights, which are sums over the rows of the table then.
 *
 * <pre>
 * before  inner product(gather(table [v, f], index [...]), w, b)     v &lt; 3/4 of the rows that are gathered
 * after   gather(inner product(table, w, b), index)
 * </pre>
 *
 * @param sizes what sizes that a program is bound to are as a rule; what is not known here is not compared
 */
record ProductBeforeGather(Map<String, Long> sizes) implements Rule {

    /** With fewer, gathering the longer rows takes as long as their products. */
    private static final int FEWEST_FEATURES = 16;

    ProductBeforeGather {
        sizes = Map.copyOf(sizes);
    }

    @Override
    public Optional<Replacement> apply(Node node, Neighbourhood graph) {
        if (!(node.op() instanceof Op.InnerProduct)) {
            return Optional.empty();
        }
        Value x = node.inputs().getFirst();
        Value rows = graph.producer(x, Op.Reshape.class)
                .map(n -> n.inputs().getFirst())
                .orElse(x);
        return graph.producer(rows, Op.Gather.class)
                .filter(gather -> isOfRows(gather, x) && pays(gather))
                .flatMap(gather -> {
                    Draft draft = graph.replace(node);
                    var operands = new ArrayList<>(node.inputs());
                    operands.set(0, gather.inputs().get(0));
                    Value product = draft.add(node.output().name(), node.op(), operands);
                    draft.at(gather.origin());
                    Value gathered = draft.add(
                            gather.output().name(),
                            gather.op(),
                            product,
                            gather.inputs().get(1));
                    return draft.by(draft.reshape(gathered, node.output().type().dims()));
                });
    }

    /** Whether whole rows of a matrix are gathered, and multiplied as such. */
    private static boolean isOfRows(Node gather, Value x) {
        var op = (Op.Gather) gather.op();
        Value table = gather.inputs().getFirst();
        return op.axis() == 0
                && !op.each()
                && table.type().rank() == 2
                && x.type().rank() == 2
                && x.type().dim(1).equals(table.type().dim(1));
    }

    private boolean pays(Node gather) {
        OptionalLong entries = size(gather.inputs().get(0).type().dim(0));
        OptionalLong features = size(gather.inputs().get(0).type().dim(1));
        OptionalLong rows = size(gather.inputs().get(1).type().elements());
        return entries.isPresent()
                && features.isPresent()
                && rows.isPresent()
                && features.getAsLong() >= FEWEST_FEATURES
                && entries.getAsLong() < rows.getAsLong() - rows.getAsLong() / 4;
    }

    private OptionalLong size(Dim dim) {
        return sizes.keySet().containsAll(dim.variables())
                ? OptionalLong.of(dim.evaluate(sizes))
                : OptionalLong.empty();
    }
}
