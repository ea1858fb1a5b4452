package dev.nnd.compiler.rewrite;

import dev.nnd.compiler.ir.Node;
import dev.nnd.compiler.ir.Op;
import dev.nnd.compiler.ir.Op.BinaryFunction;
import dev.nnd.compiler.ir.Op.ReduceFunction;
import dev.nnd.compiler.ir.Op.UnaryFunction;
import dev.nnd.compiler.ir.Value;
import java.util.Optional;

/**
 * Softmax over the last axis, written out. The row's maximum is subtracted whether the formula does it or not, so that no
 * exponential overflows.
 *
 * <pre>
 * before  e / sum(e), e * reciprocal(sum(e)), where e = exp(x - m)        exp(log softmax(x))
 * after   softmax(x)                                                      softmax(x)
 *         sum over the last axis; m is one number a row, or missing; nothing else uses e
 * </pre>
 */
record SoftmaxOfParts() implements Rule {
    @Override
    public Optional<Replacement> apply(Node node, Neighbourhood graph) {
        if (Match.is(node, UnaryFunction.EXP)) {
            return graph.soleProducer(node.inputs().getFirst(), Op.LogSoftmax.class)
                    .flatMap(n -> softmax(node, n.inputs().getFirst(), graph));
        }
        if (Match.is(node, BinaryFunction.DIVIDE)) {
            return of(node, node.inputs().get(0), node.inputs().get(1), graph);
        }
        if (!Match.is(node, BinaryFunction.MULTIPLY)) {
            return Optional.empty();
        }
        Value a = node.inputs().get(0);
        Value b = node.inputs().get(1);
        return Match.unary(b, UnaryFunction.RECIPROCAL, graph)
                .flatMap(sum -> of(node, a, sum, graph))
                .or(() -> Match.unary(a, UnaryFunction.RECIPROCAL, graph).flatMap(sum -> of(node, b, sum, graph)));
    }

    private static Optional<Replacement> of(Node node, Value powers, Value sum, Neighbourhood graph) {
        boolean own = graph.uses(powers) == 2
                && Match.ofRows(sum, ReduceFunction.SUM, graph)
                        .filter(r -> r.of().equals(powers))
                        .isPresent();
        return own
                ? Match.unary(powers, UnaryFunction.EXP, graph).flatMap(z -> softmax(node, unshifted(z, graph), graph))
                : Optional.empty();
    }

    /** x, if z = x - m and m is one number a row; else z. */
    static Value unshifted(Value z, Neighbourhood graph) {
        return Match.binary(z, BinaryFunction.SUBTRACT, graph)
                .filter(in ->
                        Match.constantAlongRows(in.get(1)) && in.get(0).type().equals(z.type()))
                .map(in -> in.get(0))
                .orElse(z);
    }

    private static Optional<Replacement> softmax(Node node, Value x, Neighbourhood graph) {
        if (x.type().rank() == 0 || !x.type().equals(node.output().type())) {
            return Optional.empty();
        }
        Draft draft = graph.replace(node);
        return draft.by(draft.add(node.output().name(), new Op.Softmax(), x));
    }
}
