package dev.nnd.compiler.rewrite;

import dev.nnd.compiler.ir.Node;
import dev.nnd.compiler.ir.Op;
import dev.nnd.compiler.ir.Value;
import dev.nnd.compiler.type.Dim;
import java.util.List;
import java.util.Optional;

/**
 * An inner product adds its bias itself.
 *
 * <pre>
 * before  inner product(x, w) + b [o]       or reshape(inner product(x, w)) to [n..., o] + b [o]
 * after   inner product(x, w, b)            or the reshape of that; nothing else uses the product without bias
 * </pre>
 */
record BiasIntoInnerProduct() implements Rule {
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
        Dim outputs = product.type().rank() == 0 ? Dim.ONE : product.type().dim(-1);
        List<Dim> dims = bias.type().dims();
        boolean vector = !dims.isEmpty()
                && dims.getLast().equals(outputs)
                && dims.subList(0, dims.size() - 1).stream().allMatch(d -> d.is(1))
                && product.type().equals(node.output().type());
        Value inner = graph.soleProducer(product, Op.Reshape.class)
                .map(n -> n.inputs().getFirst())
                .filter(v -> v.type().dim(-1).equals(outputs))
                .orElse(product);
        Optional<Node> found = graph.soleProducer(inner, Op.InnerProduct.class)
                .filter(n -> n.op().equals(new Op.InnerProduct(false, false)));
        if (!vector || found.isEmpty()) {
            return Optional.empty();
        }
        Node plain = found.get();
        Draft draft = graph.replace(node).at(plain.origin());
        Value biased = draft.add(
                node.output().name(),
                new Op.InnerProduct(true, false),
                plain.inputs().get(0),
                plain.inputs().get(1),
                draft.reshape(bias, List.of(outputs)));
        return draft.by(draft.reshape(biased, node.output().type().dims()));
    }
}
