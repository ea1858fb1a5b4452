package dev.nnd.compiler.rewrite;

import dev.nnd.compiler.ir.Node;
import dev.nnd.compiler.ir.Op;
import dev.nnd.compiler.ir.Op.BinaryFunction;
import dev.nnd.compiler.ir.Op.ReduceFunction;
import dev.nnd.compiler.ir.Op.UnaryFunction;
import dev.nnd.compiler.ir.Value;
import java.util.List;
import java.util.Optional;

/**
 * The logarithm of softmax over the last axis, written out.
 *
 * <pre>
 * before  z - log(sum(exp(z))), where z = x - m      x - (m + log(sum(exp(x - m))))
 * after   log softmax(x)                             log softmax(x)
 *         sum over the last axis; m is one number a row, or missing
 * </pre>
 */
record LogSoftmaxOfParts() implements Rule {
    @Override
    public Optional<Replacement> apply(Node node, Neighbourhood graph) {
        if (!Match.is(node, BinaryFunction.SUBTRACT) || node.output().type().rank() == 0) {
            return Optional.empty();
        }
        Value z = node.inputs().get(0);
        Value norm = node.inputs().get(1);
        if (!z.type().equals(node.output().type())) {
            return Optional.empty();
        }
        if (exponents(norm, graph).filter(z::equals).isPresent()) {
            return logSoftmax(node, SoftmaxOfParts.unshifted(z, graph), graph);
        }
        return Match.binary(norm, BinaryFunction.ADD, graph)
                .filter(in -> shifted(z, in.get(0), in.get(1), graph) || shifted(z, in.get(1), in.get(0), graph))
                .flatMap(_ -> logSoftmax(node, z, graph));
    }

    /** z, if the value is log(sum(exp(z))) over the last axis, kept. */
    private static Optional<Value> exponents(Value log, Neighbourhood graph) {
        Value made = graph.producer(log, Op.Reshape.class)
                .filter(n -> n.inputs().getFirst().type().rank() == log.type().rank() - 1)
                .map(n -> n.inputs().getFirst())
                .orElse(log);
        return Match.unary(made, UnaryFunction.LOG, graph)
                .flatMap(sum -> rows(sum, log, graph))
                .flatMap(powers -> Match.unary(powers, UnaryFunction.EXP, graph));
    }

    /** What a sum over the last axis adds; with the axis kept, or dropped where a reshape restores it behind. */
    private static Optional<Value> rows(Value sum, Value kept, Neighbourhood graph) {
        Optional<Value> direct = Match.ofRows(sum, ReduceFunction.SUM, graph).map(Match.Reduced::of);
        return direct.or(() -> graph.producer(sum, Op.Reduce.class)
                .filter(n -> n.op() instanceof Op.Reduce r
                        && r.function() == ReduceFunction.SUM
                        && r.axes().equals(List.of(n.inputs().getFirst().type().rank() - 1))
                        && Match.constantAlongRows(kept))
                .map(n -> n.inputs().getFirst()));
    }

    /** True if log is log(sum(exp(x - m))). */
    private static boolean shifted(Value x, Value m, Value log, Neighbourhood graph) {
        return Match.constantAlongRows(m)
                && exponents(log, graph)
                        .flatMap(z -> Match.binary(z, BinaryFunction.SUBTRACT, graph))
                        .filter(in -> in.get(0).equals(x) && in.get(1).equals(m))
                        .isPresent();
    }

    private static Optional<Replacement> logSoftmax(Node node, Value x, Neighbourhood graph) {
        Draft draft = graph.replace(node);
        return draft.by(draft.add(node.output().name(), new Op.LogSoftmax(), x));
    }
}
