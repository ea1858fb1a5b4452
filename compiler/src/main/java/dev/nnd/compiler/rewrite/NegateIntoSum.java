package dev.nnd.compiler.rewrite;

import dev.nnd.compiler.ir.Node;
import dev.nnd.compiler.ir.Op;
import dev.nnd.compiler.ir.Value;
import java.util.Optional;

/**
 * Adding a negated value is subtracting it.
 *
 * <pre>
 * before  a + negate(b), negate(b) + a, a - negate(b), negate(a - b)
 * after   a - b,         a - b,         a + b,         b - a       (the last if nothing else uses a - b)
 * </pre>
 */
record NegateIntoSum() implements Rule {

    private static final Op NEGATE = new Op.Unary(Op.UnaryFunction.NEGATE);
    private static final Op ADD = new Op.Binary(Op.BinaryFunction.ADD);
    private static final Op SUBTRACT = new Op.Binary(Op.BinaryFunction.SUBTRACT);

    @Override
    public Optional<Replacement> apply(Node node, Neighbourhood graph) {
        if (node.op().equals(NEGATE)) {
            return graph.soleProducer(node.inputs().getFirst(), Op.Binary.class)
                    .filter(n -> n.op().equals(SUBTRACT))
                    .flatMap(n ->
                            with(node, SUBTRACT, n.inputs().get(1), n.inputs().get(0), graph));
        }
        if (!node.op().equals(ADD) && !node.op().equals(SUBTRACT)) {
            return Optional.empty();
        }
        Value a = node.inputs().get(0);
        Value b = node.inputs().get(1);
        if (node.op().equals(SUBTRACT)) {
            return negated(b, graph).flatMap(x -> with(node, ADD, a, x, graph));
        }
        return negated(b, graph)
                .flatMap(x -> with(node, SUBTRACT, a, x, graph))
                .or(() -> negated(a, graph).flatMap(x -> with(node, SUBTRACT, b, x, graph)));
    }

    private static Optional<Value> negated(Value value, Neighbourhood graph) {
        return graph.producer(value, Op.Unary.class)
                .filter(n -> n.op().equals(NEGATE))
                .map(n -> n.inputs().getFirst());
    }

    private static Optional<Replacement> with(Node node, Op op, Value a, Value b, Neighbourhood graph) {
        Draft draft = graph.replace(node);
        return draft.by(draft.add(node.output().name(), op, a, b));
    }
}
