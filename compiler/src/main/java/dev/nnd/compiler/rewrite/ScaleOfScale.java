package dev.nnd.compiler.rewrite;

import dev.nnd.compiler.ir.Node;
import dev.nnd.compiler.ir.Op;
import dev.nnd.compiler.ir.Value;
import java.util.Optional;

/**
 * Two constant factors are one.
 *
 * <pre>
 * before  (x * 2.0) * 3.0       constants on either side
 * after   x * (2.0 * 3.0)       nothing else uses x * 2.0
 * </pre>
 */
record ScaleOfScale() implements Rule {

    private static final Op MULTIPLY = new Op.Binary(Op.BinaryFunction.MULTIPLY);

    @Override
    public Optional<Replacement> apply(Node node, Neighbourhood graph) {
        return factor(node, graph)
                .flatMap(outer -> graph.soleProducer(other(node, outer), Op.Binary.class)
                        .flatMap(inner -> factor(inner, graph).flatMap(factor -> {
                            Draft draft = graph.replace(node);
                            Value both = draft.add("factor", MULTIPLY, factor, outer);
                            return draft.by(draft.add(node.output().name(), MULTIPLY, other(inner, factor), both));
                        })));
    }

    /** The scalar constant that a product multiplies by. */
    private static Optional<Value> factor(Node node, Neighbourhood graph) {
        if (!node.op().equals(MULTIPLY) || !node.output().type().dtype().isFloat()) {
            return Optional.empty();
        }
        return node.inputs().stream()
                .filter(v -> graph.producer(v, Op.Constant.class).isPresent())
                .findFirst();
    }

    private static Value other(Node node, Value factor) {
        return node.inputs().get(node.inputs().get(0).equals(factor) ? 1 : 0);
    }
}
