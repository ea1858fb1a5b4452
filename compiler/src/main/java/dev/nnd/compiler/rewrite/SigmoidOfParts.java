package dev.nnd.compiler.rewrite;

import dev.nnd.compiler.ir.Node;
import dev.nnd.compiler.ir.Op;
import dev.nnd.compiler.ir.Op.BinaryFunction;
import dev.nnd.compiler.ir.Op.UnaryFunction;
import dev.nnd.compiler.ir.Value;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The logistic function, written out.
 *
 * <pre>
 * before  1 / (1 + exp(-x)), reciprocal(1 + exp(-x))      a / (1 + exp(-x))      0.5 * (1 + tanh(0.5 * x))
 * after   sigmoid(x)                                      a * sigmoid(x)         sigmoid(x)
 *         nothing else uses the sum
 * </pre>
 */
record SigmoidOfParts() implements Rule {
    @Override
    public Optional<Replacement> apply(Node node, Neighbourhood graph) {
        if (node.outputs().size() != 1 || !Match.isFloat(node)) {
            return Optional.empty();
        }
        if (Match.is(node, UnaryFunction.RECIPROCAL)) {
            return logit(node.inputs().getFirst(), graph).flatMap(x -> by(node, x, null, graph));
        }
        if (Match.is(node, BinaryFunction.DIVIDE)) {
            Value a = node.inputs().get(0);
            return logit(node.inputs().get(1), graph)
                    .flatMap(x -> by(node, x, graph.isConstant(a, 1) ? null : a, graph));
        }
        return Match.is(node, BinaryFunction.MULTIPLY)
                ? half(node, graph).flatMap(x -> by(node, x, null, graph))
                : Optional.empty();
    }

    /** x, if the value is 1 + exp(-x); -x itself may be written as anything that is negated or a product with -1. */
    private static Optional<Value> logit(Value sum, Neighbourhood graph) {
        return graph.uses(sum) != 1
                ? Optional.empty()
                : Match.plus(sum, 1, graph)
                        .flatMap(e -> Match.unary(e, UnaryFunction.EXP, graph))
                        .flatMap(n -> Match.unary(n, UnaryFunction.NEGATE, graph));
    }

    /** x, if the node is 0.5 * (1 + tanh(0.5 * x)). */
    private static Optional<Value> half(Node node, Neighbourhood graph) {
        return scaled(node.inputs(), graph)
                .filter(sum -> graph.uses(sum) == 1)
                .flatMap(sum -> Match.plus(sum, 1, graph))
                .flatMap(t -> Match.unary(t, UnaryFunction.TANH, graph))
                .flatMap(h -> Match.binary(h, BinaryFunction.MULTIPLY, graph))
                .flatMap(in -> scaled(in, graph));
    }

    private static Optional<Value> scaled(List<Value> factors, Neighbourhood graph) {
        if (graph.isConstant(factors.get(0), 0.5)) {
            return Optional.of(factors.get(1));
        }
        return graph.isConstant(factors.get(1), 0.5) ? Optional.of(factors.get(0)) : Optional.empty();
    }

    private static Optional<Replacement> by(Node node, Value x, @Nullable Value factor, Neighbourhood graph) {
        Draft draft = graph.replace(node);
        String name = node.output().name();
        Value sigmoid = draft.add(factor == null ? name : "sigmoid", new Op.Unary(UnaryFunction.SIGMOID), x);
        if (factor == null) {
            return draft.by(draft.broadcast(sigmoid, node.output().type().dims()));
        }
        return draft.by(draft.add(name, new Op.Binary(BinaryFunction.MULTIPLY), factor, sigmoid));
    }
}
