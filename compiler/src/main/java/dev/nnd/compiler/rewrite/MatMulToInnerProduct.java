package dev.nnd.compiler.rewrite;

import dev.nnd.compiler.ir.Node;
import dev.nnd.compiler.ir.Op;
import dev.nnd.compiler.ir.Value;
import dev.nnd.compiler.type.Dim;
import java.util.List;
import java.util.Optional;

/**
 * A product with a transposed weight matrix is an inner product, whose weights a provider may keep in its own layout.
 *
 * <pre>
 * before  matmul(x [n..., f], transpose(w [o, f]))       w a parameter
 * after   reshape(inner product(reshape(x) to [n, f], w)) to [n..., o]
 * </pre>
 */
record MatMulToInnerProduct() implements Rule {
    @Override
    public Optional<Replacement> apply(Node node, Neighbourhood graph) {
        if (!(node.op() instanceof Op.MatMul op) || op.transposeLeft() || op.permutes()) {
            return Optional.empty();
        }
        Value x = node.inputs().get(0);
        Value right = node.inputs().get(1);
        Optional<Value> weight = op.transposeRight() ? Optional.of(right) : TransposeIntoMatMul.swapped(right, graph);
        if (weight.isEmpty()
                || !graph.isParameter(weight.get())
                || weight.get().type().rank() != 2
                || !x.type().dtype().isFloat()) {
            return Optional.empty();
        }
        Dim features = x.type().dim(-1);
        Dim rows = Dim.product(x.type().dims().subList(0, x.type().rank() - 1));
        Draft draft = graph.replace(node);
        Value flat = draft.reshape(x, List.of(rows, features));
        Value product = draft.add(node.output().name(), new Op.InnerProduct(false, false), flat, weight.get());
        return draft.by(draft.reshape(product, node.output().type().dims()));
    }
}
