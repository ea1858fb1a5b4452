package dev.nnd.compiler.rewrite;

import dev.nnd.compiler.ir.Node;
import dev.nnd.compiler.ir.Op;
import dev.nnd.compiler.ir.Permutation;
import dev.nnd.compiler.ir.Value;
import java.util.Optional;

/**
 * A matrix product writes its result transposed at no cost.
 *
 * <pre>
 * before  transpose(matmul(a, b)) by [0, 2, 1, 3]    nothing else uses the product, which
 * after   matmul(a, b), result axes [0, 2, 1, 3]     repeats neither operand
 *
 * before  transpose(matmul(a, b)) by [1, 0]
 * after   matmul(b, a), transpose left, transpose right
 * </pre>
 */
record TransposeAfterMatMul() implements Rule {
    @Override
    public Optional<Replacement> apply(Node node, Neighbourhood graph) {
        if (!(node.op() instanceof Op.Transpose transpose)) {
            return Optional.empty();
        }
        return graph.soleProducer(node.inputs().getFirst(), Op.MatMul.class).flatMap(product -> {
            Value a = product.inputs().get(0);
            Value b = product.inputs().get(1);
            var op = (Op.MatMul) product.op();
            if (!TransposeIntoMatMul.sameBatch(op, a, b)) {
                return Optional.empty();
            }
            return TransposeIntoMatMul.order(Permutation.join(op.resultOrder(), transpose.permutation()))
                    .flatMap(o -> {
                        Draft draft = graph.replace(node);
                        String name = product.output().name();
                        return draft.by(
                                o.swapped()
                                        ? draft.add(name, swapped(op, o), b, a)
                                        : draft.add(name, kept(op, o), a, b));
                    });
        });
    }

    private static Op kept(Op.MatMul op, TransposeIntoMatMul.Ordered result) {
        return new Op.MatMul(op.transposeLeft(), op.transposeRight(), op.leftOrder(), op.rightOrder(), result.order());
    }

    /** (a b)^T = b^T a^T. */
    private static Op swapped(Op.MatMul op, TransposeIntoMatMul.Ordered result) {
        return new Op.MatMul(
                !op.transposeRight(), !op.transposeLeft(), op.rightOrder(), op.leftOrder(), result.order());
    }
}
