package dev.nnd.compiler.rewrite;

import dev.nnd.compiler.ir.Node;
import dev.nnd.compiler.ir.Op;
import dev.nnd.compiler.ir.Value;
import dev.nnd.compiler.type.Dim;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A convolution adds its bias itself, a transposed one too.
 *
 * <pre>
 * before  conv2d(x, w) + b [o, 1, 1]
 * after   conv2d(x, w, reshape(b) to [o])       nothing else uses the convolution without bias
 * </pre>
 */
record BiasIntoConvolution() implements Rule {
    @Override
    public Optional<Replacement> apply(Node node, Neighbourhood graph) {
        if (!(node.op() instanceof Op.Binary(var function)) || function != Op.BinaryFunction.ADD) {
            return Optional.empty();
        }
        Value a = node.inputs().get(0);
        Value b = node.inputs().get(1);
        return add(node, a, b, graph).or(() -> add(node, b, a, graph));
    }

    private static Optional<Replacement> add(Node node, Value product, Value bias, Neighbourhood graph) {
        return graph.producer(product)
                .filter(_ -> graph.uses(product) == 1
                        && perChannel(bias.type().dims(), product.type().dims()))
                .flatMap(plain -> biased(plain).flatMap(op -> {
                    Draft draft = graph.replace(node).at(plain.origin());
                    var operands = new ArrayList<>(plain.inputs());
                    operands.add(draft.reshape(bias, List.of(product.type().dim(1))));
                    return draft.by(draft.add(node.output().name(), op, operands));
                }));
    }

    /** The op with a bias, if it can have one. */
    private static Optional<Op> biased(Node plain) {
        if (plain.op() instanceof Op.Convolution op && !op.bias() && !op.relu() && !op.scaled() && !op.added()) {
            return Optional.of(new Op.Convolution(op.window(), op.groups(), true, false));
        }
        if (plain.op() instanceof Op.ConvolutionBackwardData op
                && !op.bias()
                && plain.inputs().size() == 2) {
            return Optional.of(new Op.ConvolutionBackwardData(op.window(), op.groups(), op.inputDims(), true));
        }
        return Optional.empty();
    }

    /** [o, 1, ...] or [1, o, 1, ...]. */
    private static boolean perChannel(List<Dim> dims, List<Dim> product) {
        int first = dims.size() - product.size() + 1;
        return product.size() > 2
                && (first == 0 || (first == 1 && dims.getFirst().is(1)))
                && dims.get(first).equals(product.get(1))
                && dims.subList(first + 1, dims.size()).stream().allMatch(d -> d.is(1));
    }
}
