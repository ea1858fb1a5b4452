package dev.nnd.compiler.rewrite;

import dev.nnd.compiler.ir.Node;
import dev.nnd.compiler.ir.Op;
import dev.nnd.compiler.ir.Op.BinaryFunction;
import dev.nnd.compiler.ir.Op.ReduceFunction;
import dev.nnd.compiler.ir.Op.UnaryFunction;
import dev.nnd.compiler.ir.Value;
import dev.nnd.compiler.type.Dim;
import java.util.ArrayList;
import java.util.Optional;

/**
 * A variance is computed from what is left of the mean: the difference of two large numbers has no digits, and may be
 * negative.
 *
 * <pre>
 * before  mean(square(x)) - square(mean(x))
 * after   mean(square(x - mean(x)))
 *         both means over the same axes, kept as 1 or not
 * </pre>
 */
record VarianceOfMoments() implements Rule {
    @Override
    public Optional<Replacement> apply(Node node, Neighbourhood graph) {
        if (!Match.is(node, BinaryFunction.SUBTRACT) || !Match.isFloat(node)) {
            return Optional.empty();
        }
        Optional<Node> squares = mean(node.inputs().get(0), graph);
        Optional<Node> mean =
                Match.unary(node.inputs().get(1), UnaryFunction.SQUARE, graph).flatMap(v -> mean(v, graph));
        if (squares.isEmpty()
                || mean.isEmpty()
                || !squares.get().op().equals(mean.get().op())) {
            return Optional.empty();
        }
        Value x = mean.get().inputs().getFirst();
        Op.Reduce op = (Op.Reduce) mean.get().op();
        return Match.unary(squares.get().inputs().getFirst(), UnaryFunction.SQUARE, graph)
                .filter(x::equals)
                .flatMap(_ -> {
                    var kept = new ArrayList<>(x.type().dims());
                    op.axes().forEach(axis -> kept.set(axis, Dim.ONE));
                    Draft draft = graph.replace(node);
                    Value center = draft.reshape(mean.get().output(), kept);
                    Value centered = draft.add("centered", new Op.Binary(BinaryFunction.SUBTRACT), x, center);
                    Value square = draft.add("square", new Op.Unary(UnaryFunction.SQUARE), centered);
                    Value variance = draft.add("variance", op, square);
                    return draft.by(draft.reshape(variance, node.output().type().dims()));
                });
    }

    private static Optional<Node> mean(Value value, Neighbourhood graph) {
        Value made = graph.producer(value, Op.Reshape.class)
                .map(n -> n.inputs().getFirst())
                .orElse(value);
        return graph.producer(made, Op.Reduce.class)
                .filter(n -> n.op() instanceof Op.Reduce r && r.function() == ReduceFunction.MEAN);
    }
}
