package dev.nnd.compiler.autodiff;

import dev.nnd.compiler.ir.Op;
import dev.nnd.compiler.ir.Op.Comparison;
import dev.nnd.compiler.ir.Op.UnaryFunction;
import dev.nnd.compiler.ir.Permutation;
import dev.nnd.compiler.ir.Value;
import dev.nnd.compiler.type.DType;
import dev.nnd.compiler.type.Dim;
import java.util.ArrayList;
import java.util.List;

/** The gradient rule of each op: from the gradients of its outputs to those of its operands. */
final class GradientRules {

    private GradientRules() {}

    /** Adds the nodes of the rule and hands the operands' gradients to the step. */
    static void apply(BackwardStep step) {
        switch (step.op()) {
            case Op.Constant _, Op.Size _ -> {}
            case Op.Unary o -> ElementwiseGradients.unary(o.function(), step);
            case Op.Binary o -> ElementwiseGradients.binary(o.function(), step);
            case Op.Compare _, Op.OneHot _, Op.ArgMax _ -> {}
            case Op.Select _ -> select(step);
            case Op.Cast _ -> cast(step);
            case Op.Reshape _ ->
                step.give(0, step.to.reshape(step.dy(), step.in(0).type().dims()));
            case Op.Transpose o -> step.give(0, step.to.transpose(step.dy(), Permutation.inverse(o.permutation())));
            case Op.Broadcast _ -> step.give(0, step.dy());
            case Op.Reduce o -> reduce(o, step);
            case Op.MatMul o -> ProductGradients.matMul(o, step);
            case Op.InnerProduct o -> ProductGradients.innerProduct(o, step);
            case Op.Convolution o -> WindowGradients.convolution(o, step);
            case Op.ConvolutionBackwardData o -> WindowGradients.transposed(o, step);
            case Op.ConvolutionBackwardWeights o -> WindowGradients.weights(o, step);
            case Op.Pool o -> WindowGradients.pool(o, step);
            case Op.PoolBackward o -> WindowGradients.poolBackward(o, step);
            case Op.BatchNorm o -> WindowGradients.batchNorm(o, step);
            case Op.BatchNormTraining o -> WindowGradients.batchNormTraining(o, step);
            case Op.BatchNormBackward _ -> throw secondDerivative(step);
            case Op.Softmax _ -> softmax(step);
            case Op.LogSoftmax _ -> logSoftmax(step);
            case Op.Pick _ -> pick(step);
            case Op.SoftmaxCrossEntropy _ -> softmaxCrossEntropy(step);
            case Op.Indexing o -> IndexingGradients.apply(o, step);
            case Op.Call _, Op.Scan _ ->
                throw new IllegalStateException("a call is differentiated by its function's halves");
            case Op.InnerProductBackwardData _, Op.InnerProductBackwardWeights _ -> throw secondDerivative(step);
            case Op.SoftmaxCrossEntropyBackward _ -> throw secondDerivative(step);
        }
    }

    private static RuntimeException secondDerivative(BackwardStep step) {
        return step.undefined("the gradient of a gradient is not defined");
    }

    private static void select(BackwardStep step) {
        Value zero = step.constant(0);
        if (step.wants(1)) {
            step.give(1, step.to.select(step.in(0), step.dy(), zero));
        }
        if (step.wants(2)) {
            step.give(2, step.to.select(step.in(0), zero, step.dy()));
        }
    }

    private static void cast(BackwardStep step) {
        DType from = step.in(0).type().dtype();
        if (from.isFloat()) {
            step.give(0, step.to.cast(step.dy(), from));
        }
    }

    /**
     * Each operand element gets the gradient of its result, a mean's share of it, or for a maximum or minimum the share
     * among the elements that reach it (as PyTorch's {@code amax}).
     */
    private static void reduce(Op.Reduce op, BackwardStep step) {
        Value x = step.in(0);
        var kept = new ArrayList<>(x.type().dims());
        op.axes().forEach(axis -> kept.set(axis, Dim.ONE));
        Value dy = step.to.reshape(step.dy(), kept);
        switch (op.function()) {
            case SUM -> step.give(0, step.to.broadcast(dy, x.type().dims()));
            case MEAN -> {
                Dim count =
                        Dim.product(op.axes().stream().map(x.type().dims()::get).toList());
                Value share = step.to.divide(dy, step.to.size(count, step.dtype()));
                step.give(0, step.to.broadcast(share, x.type().dims()));
            }
            case MAX, MIN -> {
                Value reached = step.to.compare(Comparison.EQUAL, x, step.to.reshape(step.out(0), kept));
                Value mask = step.to.cast(reached, step.dtype());
                Value share = step.to.divide(dy, step.to.reduceSum(mask, op.axes(), true));
                step.give(0, step.to.multiply(mask, share));
            }
            case PRODUCT ->
                step.give(0, step.to.multiply(dy, IndexingGradients.productOfOthers(step.to, x, op.axes())));
            case ANY, ALL -> {} // of bools
        }
    }

    /** dx = y (dy - sum(dy y)). */
    private static void softmax(BackwardStep step) {
        step.give(0, throughSoftmax(step, step.out(0), step.dy()));
    }

    private static Value throughSoftmax(BackwardStep step, Value y, Value dy) {
        Value sum = step.to.reduceSum(step.to.multiply(dy, y), lastAxis(y), true);
        return step.to.multiply(y, step.to.subtract(dy, sum));
    }

    /** dx = dy - exp(y) sum(dy). */
    private static void logSoftmax(BackwardStep step) {
        Value sum = step.to.reduceSum(step.dy(), lastAxis(step.dy()), true);
        Value softmax = step.to.unary(UnaryFunction.EXP, step.out(0));
        step.give(0, step.to.subtract(step.dy(), step.to.multiply(softmax, sum)));
    }

    private static List<Integer> lastAxis(Value x) {
        return List.of(x.type().rank() - 1);
    }

    private static void pick(BackwardStep step) {
        var dims = new ArrayList<>(step.dy().type().dims());
        dims.add(Dim.ONE);
        var oneHot = new Op.OneHot(step.in(0).type().dim(-1), step.dtype());
        Value chosen = step.to.apply(oneHot, step.in(1));
        step.give(0, step.to.multiply(chosen, step.to.reshape(step.dy(), dims)));
    }

    private static void softmaxCrossEntropy(BackwardStep step) {
        Value probabilities = step.out(1);
        Value dLoss = step.arriving(0);
        if (dLoss != null) {
            step.give(0, step.to.apply(new Op.SoftmaxCrossEntropyBackward(), probabilities, step.in(1), dLoss));
        }
        Value dProbabilities = step.arriving(1);
        if (dProbabilities != null) {
            step.give(0, throughSoftmax(step, probabilities, dProbabilities));
        }
    }
}
