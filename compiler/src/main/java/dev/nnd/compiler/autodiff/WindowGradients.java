package dev.nnd.compiler.autodiff;

import dev.nnd.compiler.ir.Op;
import dev.nnd.compiler.ir.Op.UnaryFunction;
import dev.nnd.compiler.ir.Value;
import dev.nnd.compiler.type.Dim;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** Gradients of convolution, pooling and batch normalization. */
final class WindowGradients {

    private WindowGradients() {}

    static void convolution(Op.Convolution op, BackwardStep step) {
        if (op.scaled() || op.added()) {
            throw step.undefined("a convolution that scales or adds is made after the gradients");
        }
        Value dy = op.relu() ? ProductGradients.throughRelu(step, step.dy()) : step.dy();
        boolean biasWanted = op.bias() && step.wants(2);
        if (step.wants(1)) {
            List<Dim> weightDims = step.in(1).type().dims();
            ProductGradients.give(
                    step, new Op.ConvolutionBackwardWeights(op.window(), op.groups(), weightDims, biasWanted), dy);
        } else if (biasWanted) {
            step.give(2, step.to.reduceSum(dy, allButChannels(dy), false));
        }
        if (step.wants(0)) {
            List<Dim> inputDims = step.in(0).type().dims();
            var backward = new Op.ConvolutionBackwardData(op.window(), op.groups(), inputDims);
            step.give(0, step.to.apply(backward, dy, step.in(1), step.in(0)));
        }
    }

    /** y = the gradient of a convolution by its input: that convolution of dy, and the gradient of its weights. */
    static void transposed(Op.ConvolutionBackwardData op, BackwardStep step) {
        if (step.wants(0)) {
            var forward = new Op.Convolution(op.window(), op.groups(), false, false);
            step.give(0, step.to.apply(forward, step.dy(), step.in(1)));
        }
        if (step.wants(1)) {
            List<Dim> weightDims = step.in(1).type().dims();
            var weights = new Op.ConvolutionBackwardWeights(op.window(), op.groups(), weightDims, false);
            step.give(1, step.to.apply("weightGradient", weights, step.in(0), step.dy()));
        }
        if (op.bias() && step.wants(2)) {
            step.give(2, perChannel(step, step.dy()));
        }
    }

    /** dw is linear in both dy and x. */
    static void weights(Op.ConvolutionBackwardWeights op, BackwardStep step) {
        if (op.bias()) {
            throw step.undefined("the gradient of a gradient with a bias is not defined");
        }
        if (step.wants(0)) {
            var forward = new Op.Convolution(op.window(), op.groups(), false, false);
            step.give(0, step.to.apply(forward, step.in(1), step.dy()));
        }
        if (step.wants(1)) {
            List<Dim> inputDims = step.in(1).type().dims();
            var backward = new Op.ConvolutionBackwardData(op.window(), op.groups(), inputDims);
            step.give(1, step.to.apply(backward, step.in(0), step.dy(), step.in(1)));
        }
    }

    static void pool(Op.Pool op, BackwardStep step) {
        var backward = new Op.PoolBackward(
                op.function(), op.window(), step.in(0).type().dims());
        boolean maximum = op.function() == Op.PoolFunction.MAXIMUM;
        step.give(
                0,
                maximum
                        ? step.to.apply(backward, step.dy(), step.out(1), step.in(0))
                        : step.to.apply(backward, step.dy(), step.in(0)));
    }

    static void poolBackward(Op.PoolBackward op, BackwardStep step) {
        if (op.function() == Op.PoolFunction.MAXIMUM) {
            throw step.undefined("the gradient of a gradient is not defined");
        }
        step.give(0, step.to.apply(new Op.Pool(op.function(), op.window(), false), step.dy()));
    }

    static void batchNormTraining(Op.BatchNormTraining op, BackwardStep step) {
        if (step.arriving(1) != null || step.arriving(2) != null) {
            throw step.undefined("the gradient of a batch's own statistics is not defined");
        }
        var operands = new ArrayList<>(List.of(step.dy(), step.in(0), step.out(1), step.out(2)));
        if (op.affine()) {
            operands.add(step.in(1));
        }
        List<Value> gradients =
                step.to.applyAll("inputGradient", new Op.BatchNormBackward(op.eps(), op.affine()), operands);
        for (int i = 0; i < gradients.size(); i++) {
            step.give(i, gradients.get(i));
        }
    }

    /** The derivatives of (x - mean) / sqrt(variance + eps) * weight + bias. */
    static void batchNorm(Op.BatchNorm op, BackwardStep step) {
        Value x = step.in(0);
        Value inverse = step.to.unary(UnaryFunction.RSQRT, step.to.add(step.in(2), step.constant(op.eps())));
        Value scale = op.affine() ? step.to.multiply(inverse, step.in(3)) : inverse;
        Value dx = step.to.multiply(step.dy(), spread(step, scale));
        if (step.wants(0)) {
            step.give(0, dx);
        }
        if (step.wants(1)) {
            step.give(1, step.to.negate(perChannel(step, dx)));
        }
        boolean deviation = step.wants(2) || (op.affine() && step.wants(3));
        if (deviation) {
            Value centered = step.to.subtract(x, spread(step, step.in(1)));
            Value sum = perChannel(step, step.to.multiply(step.dy(), centered));
            if (step.wants(2)) {
                Value cube = step.to.multiply(scale, step.to.unary(UnaryFunction.SQUARE, inverse));
                step.give(2, step.to.multiply(step.to.multiply(sum, cube), step.constant(-0.5)));
            }
            if (op.affine() && step.wants(3)) {
                step.give(3, step.to.multiply(sum, inverse));
            }
        }
        if (op.affine() && step.wants(4)) {
            step.give(4, perChannel(step, step.dy()));
        }
    }

    private static List<Integer> allButChannels(Value x) {
        return IntStream.range(0, x.type().rank())
                .filter(axis -> axis != 1)
                .boxed()
                .toList();
    }

    private static Value perChannel(BackwardStep step, Value x) {
        return step.to.reduceSum(x, allButChannels(x), false);
    }

    /** [c] as [c, 1, ...]. */
    private static Value spread(BackwardStep step, Value channels) {
        int axes = step.in(0).type().rank() - 2;
        List<Dim> dims = Stream.concat(
                        channels.type().dims().stream(),
                        Stream.generate(() -> Dim.ONE).limit(axes))
                .toList();
        return step.to.reshape(channels, dims);
    }
}
