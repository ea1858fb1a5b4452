package dev.nnd.compiler.rewrite;

import dev.nnd.compiler.ir.Node;
import dev.nnd.compiler.ir.Op;
import dev.nnd.compiler.ir.Value;
import dev.nnd.compiler.type.Dim;
import java.util.List;
import java.util.Optional;

/**
 * A convolution adds its bias itself.
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
        Optional<Node> found = graph.soleProducer(product, Op.Convolution.class);
        if (found.isEmpty()
                || !(found.get().op() instanceof Op.Convolution op)
                || op.bias()
                || op.relu()
                || op.scaled()
                || !perChannel(bias.type().dims(), product.type().dim(1))) {
            return Optional.empty();
        }
        Node plain = found.get();
        Draft draft = graph.replace(node).at(plain.origin());
        return draft.by(draft.add(
                node.output().name(),
                new Op.Convolution(op.window(), op.groups(), true, false),
                plain.inputs().get(0),
                plain.inputs().get(1),
                draft.reshape(bias, List.of(product.type().dim(1)))));
    }

    private static boolean perChannel(List<Dim> dims, Dim channels) {
        int rank = dims.size();
        return (rank == 3 || (rank == 4 && dims.getFirst().is(1)))
                && dims.get(rank - 3).equals(channels)
                && dims.get(rank - 2).is(1)
                && dims.get(rank - 1).is(1);
    }
}
