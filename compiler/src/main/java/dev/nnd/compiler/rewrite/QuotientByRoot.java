package dev.nnd.compiler.rewrite;

import dev.nnd.compiler.ir.Node;
import dev.nnd.compiler.ir.Op;
import dev.nnd.compiler.ir.Op.BinaryFunction;
import dev.nnd.compiler.ir.Op.UnaryFunction;
import dev.nnd.compiler.ir.Value;
import java.util.Optional;

/**
 * One over a root is one function, computed once a row where the root is one number a row.
 *
 * <pre>
 * before  a / sqrt(b)      reciprocal(sqrt(b)), 1 / sqrt(b)      a / exp(b)
 * after   a * rsqrt(b)     rsqrt(b)                              a * exp(-b)
 *         floats; nothing else uses the root or the exponential
 * </pre>
 */
record QuotientByRoot() implements Rule {

    private static final Op MULTIPLY = new Op.Binary(BinaryFunction.MULTIPLY);

    @Override
    public Optional<Replacement> apply(Node node, Neighbourhood graph) {
        if (Match.is(node, UnaryFunction.RECIPROCAL)) {
            return Match.soleUnary(node.inputs().getFirst(), UnaryFunction.SQRT, graph)
                    .flatMap(x -> {
                        Draft draft = graph.replace(node);
                        return draft.by(draft.add(node.output().name(), new Op.Unary(UnaryFunction.RSQRT), x));
                    });
        }
        if (!Match.is(node, BinaryFunction.DIVIDE)) {
            return Optional.empty();
        }
        Value a = node.inputs().get(0);
        return inverse(node.inputs().get(1), node, graph).flatMap(made -> {
            Draft draft = made.draft();
            if (graph.isConstant(a, 1)) {
                return draft.by(
                        draft.broadcast(made.value(), node.output().type().dims()));
            }
            return draft.by(draft.add(node.output().name(), MULTIPLY, a, made.value()));
        });
    }

    private record Made(Draft draft, Value value) {}

    private static Optional<Made> inverse(Value divisor, Node node, Neighbourhood graph) {
        Draft draft = graph.replace(node);
        return Match.soleUnary(divisor, UnaryFunction.SQRT, graph)
                .map(x -> new Made(draft, draft.add(divisor.name(), new Op.Unary(UnaryFunction.RSQRT), x)))
                .or(() -> Match.soleUnary(divisor, UnaryFunction.EXP, graph).map(x -> {
                    Value negative = draft.add(x.name(), new Op.Unary(UnaryFunction.NEGATE), x);
                    return new Made(draft, draft.add(divisor.name(), new Op.Unary(UnaryFunction.EXP), negative));
                }));
    }
}
