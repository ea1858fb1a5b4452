package dev.nnd.compiler.rewrite;

import dev.nnd.compiler.ir.Node;
import dev.nnd.compiler.ir.Op;
import dev.nnd.compiler.ir.Value;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * An inner product reads what a convolution or pooling made as it lies in memory, so that flattening costs nothing.
 *
 * <pre>
 * before  inner product(reshape(x [n, c, h, w]) to [n, c * h * w], weight)
 * after   inner product(x [n, c, h, w], weight)
 *         x from a convolution or pooling, perhaps through elementwise ops; weight a parameter
 * </pre>
 */
record FlattenIntoInnerProduct() implements Rule {

    /** How many elementwise ops may lie between. */
    private static final int REACH = 8;

    @Override
    public Optional<Replacement> apply(Node node, Neighbourhood graph) {
        if (!(node.op() instanceof Op.InnerProduct)
                || !graph.isParameter(node.inputs().get(1))) {
            return Optional.empty();
        }
        return graph.producer(node.inputs().getFirst(), Op.Reshape.class)
                .map(n -> n.inputs().getFirst())
                .filter(x -> x.type().rank() == 4
                        && x.type()
                                .dim(0)
                                .equals(node.inputs().getFirst().type().dim(0))
                        && node.inputs().getFirst().type().rank() == 2
                        && fromWindow(x, graph, REACH))
                .flatMap(x -> {
                    var operands = new ArrayList<>(node.inputs());
                    operands.set(0, x);
                    Draft draft = graph.replace(node);
                    return draft.by(draft.add(node.output().name(), node.op(), operands));
                });
    }

    private static boolean fromWindow(Value value, Neighbourhood graph, int reach) {
        Optional<Node> producer = graph.producer(value);
        if (producer.isEmpty() || reach == 0) {
            return false;
        }
        Op op = producer.get().op();
        boolean elementwise = op instanceof Op.Unary || op instanceof Op.Binary || op instanceof Op.Select;
        List<Value> inputs = producer.get().inputs();
        if (op instanceof Op.BatchNorm || op instanceof Op.BatchNormTraining) {
            return fromWindow(inputs.getFirst(), graph, reach - 1);
        }
        return op instanceof Op.Convolution
                || op instanceof Op.Pool
                || (elementwise && inputs.stream().anyMatch(v -> fromWindow(v, graph, reach - 1)));
    }
}
