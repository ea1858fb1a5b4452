package dev.nnd.compiler.rewrite;

import dev.nnd.compiler.ir.Node;
import dev.nnd.compiler.ir.Op;
import java.util.Optional;

/**
 * An inner product applies relu itself. Only after the gradients are made: relu's gradient reads relu's output alone.
 *
 * <pre>
 * before  relu(inner product(x, w, b))
 * after   inner product(x, w, b) +relu       nothing else uses the product before relu
 * </pre>
 */
record ReluIntoInnerProduct() implements Rule {
    @Override
    public Optional<Replacement> apply(Node node, Neighbourhood graph) {
        if (!node.op().equals(new Op.Unary(Op.UnaryFunction.RELU))) {
            return Optional.empty();
        }
        return graph.soleProducer(node.inputs().getFirst(), Op.InnerProduct.class)
                .filter(n -> n.op() instanceof Op.InnerProduct op && !op.relu())
                .flatMap(n -> {
                    var op = (Op.InnerProduct) n.op();
                    Draft draft = graph.replace(node).at(Origins.joined(n.origin(), node.origin()));
                    var fused = new Op.InnerProduct(op.bias(), true);
                    return draft.by(draft.add(n.output().name(), fused, n.inputs()));
                });
    }
}
