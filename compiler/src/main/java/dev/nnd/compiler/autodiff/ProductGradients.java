package dev.nnd.compiler.autodiff;

import dev.nnd.compiler.ir.GraphBuilder;
import dev.nnd.compiler.ir.Op;
import dev.nnd.compiler.ir.Op.Comparison;
import dev.nnd.compiler.ir.Permutation;
import dev.nnd.compiler.ir.Value;
import dev.nnd.compiler.type.Dim;
import java.util.List;

/** Gradients of matrix products and inner products. */
final class ProductGradients {

    private ProductGradients() {}

    /**
     * dy where the output of a relu is positive; the output tells as much as the operand, so the operand can be fused
     * away.
     */
    static Value throughRelu(BackwardStep step, Value dy) {
        Value zero = step.constant(0);
        return step.to.select(step.to.compare(Comparison.GREATER, step.out(0), zero), dy, zero);
    }

    static void matMul(Op.MatMul op, BackwardStep step) {
        Value a = step.in(0);
        Value b = step.in(1);
        if (step.wants(0)) {
            step.give(0, left(op, step, b));
        }
        if (step.wants(1)) {
            boolean oneMatrixForAll = b.type().rank() == 2 && a.type().rank() > 2 && !op.transposeLeft();
            step.give(1, oneMatrixForAll ? sharedRight(op, step, a) : right(op, step, a));
        }
    }

    /** y = a b: da = dy b^T; y = a^T b: da = b dy^T; and b read as its transpose where it was read so. */
    private static Value left(Op.MatMul op, BackwardStep step, Value b) {
        List<Integer> dy = Permutation.inverse(op.resultOrder());
        List<Integer> da = Permutation.inverse(op.leftOrder());
        return op.transposeLeft()
                ? step.to.apply(new Op.MatMul(op.transposeRight(), true, op.rightOrder(), dy, da), b, step.dy())
                : step.to.apply(new Op.MatMul(false, !op.transposeRight(), dy, op.rightOrder(), da), step.dy(), b);
    }

    /** y = a b: db = a^T dy; y = a b^T: db = dy^T a; and a read as its transpose where it was read so. */
    private static Value right(Op.MatMul op, BackwardStep step, Value a) {
        List<Integer> dy = Permutation.inverse(op.resultOrder());
        List<Integer> db = Permutation.inverse(op.rightOrder());
        return op.transposeRight()
                ? step.to.apply(new Op.MatMul(true, op.transposeLeft(), dy, op.leftOrder(), db), step.dy(), a)
                : step.to.apply(new Op.MatMul(!op.transposeLeft(), false, op.leftOrder(), dy, db), a, step.dy());
    }

    /**
     * The same for one matrix b under a batch of a: one product over all rows in place of a sum over a batch of
     * products.
     */
    private static Value sharedRight(Op.MatMul op, BackwardStep step, Value a) {
        Value rows = rows(step.to, a);
        Value gradients = rows(step.to, step.dy());
        return op.transposeRight()
                ? step.to.matMul(gradients, rows, true, false)
                : step.to.matMul(rows, gradients, true, false);
    }

    private static Value rows(GraphBuilder to, Value x) {
        List<Dim> leading = x.type().dims().subList(0, x.type().rank() - 1);
        return to.reshape(x, List.of(Dim.product(leading), x.type().dim(-1)));
    }

    static void innerProduct(Op.InnerProduct op, BackwardStep step) {
        Value dy = op.relu() ? throughRelu(step, step.dy()) : step.dy();
        boolean biasWanted = op.bias() && step.wants(2);
        if (step.wants(1)) {
            List<Dim> weightDims = step.in(1).type().dims();
            give(step, new Op.InnerProductBackwardWeights(weightDims, biasWanted), dy);
        } else if (biasWanted) {
            step.give(2, step.to.reduceSum(dy, List.of(0), false));
        }
        if (step.wants(0)) {
            List<Dim> inputDims = step.in(0).type().dims();
            step.give(0, step.to.apply(new Op.InnerProductBackwardData(inputDims), dy, step.in(1), step.in(0)));
        }
    }

    /** Adds a node that makes the gradient of the weights, and of the bias if it is wanted, and hands them back. */
    static void give(BackwardStep step, Op backwardWeights, Value dy) {
        List<Value> gradients = step.to.applyAll("weightGradient", backwardWeights, List.of(dy, step.in(0)));
        step.give(1, gradients.getFirst());
        if (gradients.size() == 2) {
            step.give(2, gradients.get(1));
        }
    }
}
