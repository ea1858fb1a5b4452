package dev.nnd.compiler.rewrite;

import dev.nnd.compiler.ir.Node;
import dev.nnd.compiler.ir.Op;
import dev.nnd.compiler.ir.Op.BinaryFunction;
import dev.nnd.compiler.ir.Op.ReduceFunction;
import dev.nnd.compiler.ir.Value;
import dev.nnd.compiler.type.Dim;
import dev.nnd.compiler.type.TensorType;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;

/**
 * A sum divided by how many there are is a mean.
 *
 * <pre>
 * before  sum(x [N, C]) over 1 / C,  sum(x) over 1 * (1 / C)
 * after   mean(x) over 1
 *         nothing else uses the sum; also through a reshape of the sum
 * </pre>
 */
record MeanOfSum() implements Rule {
    @Override
    public Optional<Replacement> apply(Node node, Neighbourhood graph) {
        boolean divides = Match.is(node, BinaryFunction.DIVIDE);
        if ((!divides && !Match.is(node, BinaryFunction.MULTIPLY)) || !Match.isFloat(node)) {
            return Optional.empty();
        }
        Value a = node.inputs().get(0);
        Value b = node.inputs().get(1);
        Optional<Replacement> left = of(a, b, divides, node, graph);
        return left.isPresent() || divides ? left : of(b, a, false, node, graph);
    }

    private static Optional<Replacement> of(Value sum, Value by, boolean divides, Node node, Neighbourhood graph) {
        Optional<Node> reshape = graph.soleProducer(sum, Op.Reshape.class);
        Value made = reshape.map(n -> n.inputs().getFirst()).orElse(sum);
        if (!sum.type().dims().equals(node.output().type().dims())) {
            return Optional.empty();
        }
        return graph.soleProducer(made, Op.Reduce.class)
                .filter(n -> n.op() instanceof Op.Reduce r
                        && r.function() == ReduceFunction.SUM
                        && counts(by, divides, n, r, graph))
                .flatMap(n -> {
                    Op.Reduce op = (Op.Reduce) n.op();
                    Draft draft = graph.replace(node);
                    Value mean = draft.add(
                            node.output().name(),
                            new Op.Reduce(ReduceFunction.MEAN, op.axes(), op.keepDims()),
                            n.inputs().getFirst());
                    return draft.by(draft.reshape(mean, node.output().type().dims()));
                });
    }

    /** True if the number is how many elements the sum adds, or one over it. */
    private static boolean counts(Value by, boolean divides, Node sum, Op.Reduce op, Neighbourhood graph) {
        TensorType x = sum.inputs().getFirst().type();
        Dim count = Dim.product(op.axes().stream().map(x::dim).toList());
        Optional<Node> size = graph.producer(by, Op.Size.class);
        if (divides && size.isPresent()) {
            return size.get().op() instanceof Op.Size s && s.dim().equals(count);
        }
        OptionalLong number = count.constant();
        OptionalDouble known = graph.constant(by);
        if (number.isEmpty() || known.isEmpty()) {
            return false;
        }
        double product = known.getAsDouble() * (divides ? 1.0 / number.getAsLong() : number.getAsLong());
        return Math.abs(product - 1) < 1e-7;
    }
}
