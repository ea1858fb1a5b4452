package dev.nnd.compiler.ir;

import java.util.Arrays;
import java.util.List;

/** Reductions and the softmax family in plain loops. */
final class ReductionReference {

    private ReductionReference() {}

    static Ndarray reduce(Op.Reduce op, Ndarray x, int[] shape) {
        int[] kept = x.dims().clone();
        op.axes().forEach(axis -> kept[axis] = 1);
        int[] target = Ndarray.broadcastIndex(kept, x.dims());
        double[] y = new double[Ndarray.count(kept, 0, kept.length)];
        Arrays.fill(
                y,
                switch (op.function()) {
                    case SUM, MEAN, ANY -> 0;
                    case PRODUCT, ALL -> 1;
                    case MAX -> Double.NEGATIVE_INFINITY;
                    case MIN -> Double.POSITIVE_INFINITY;
                });
        for (int i = 0; i < target.length; i++) {
            double value = x.elements()[i];
            double before = y[target[i]];
            y[target[i]] = switch (op.function()) {
                case SUM, MEAN -> before + value;
                case MAX -> Math.max(before, value);
                case MIN -> Math.min(before, value);
                case PRODUCT -> before * value;
                case ANY -> before != 0 || value != 0 ? 1 : 0;
                case ALL -> before != 0 && value != 0 ? 1 : 0;
            };
        }
        if (op.function() == Op.ReduceFunction.MEAN) {
            double count = (double) target.length / y.length;
            for (int i = 0; i < y.length; i++) {
                y[i] /= count;
            }
        }
        return new Ndarray(shape, y);
    }

    static Ndarray softmax(Ndarray x) {
        Ndarray y = logSoftmax(x);
        for (int i = 0; i < y.elements().length; i++) {
            y.elements()[i] = Math.exp(y.elements()[i]);
        }
        return y;
    }

    static Ndarray logSoftmax(Ndarray x) {
        Ndarray y = Ndarray.zeros(x.dims());
        int classes = x.dim(-1);
        for (int row = 0; row < x.rows(); row++) {
            double max = Double.NEGATIVE_INFINITY;
            for (int i = 0; i < classes; i++) {
                max = Math.max(max, x.elements()[row * classes + i]);
            }
            double sum = 0;
            for (int i = 0; i < classes; i++) {
                sum += Math.exp(x.elements()[row * classes + i] - max);
            }
            for (int i = 0; i < classes; i++) {
                y.elements()[row * classes + i] = x.elements()[row * classes + i] - max - Math.log(sum);
            }
        }
        return y;
    }

    static List<Ndarray> softmaxCrossEntropy(Ndarray logits, Ndarray labels) {
        Ndarray loss = IndexingReference.pick(logSoftmax(logits), labels);
        for (int i = 0; i < loss.elements().length; i++) {
            loss.elements()[i] = -loss.elements()[i];
        }
        return List.of(loss, softmax(logits));
    }

    static Ndarray softmaxCrossEntropyBackward(Ndarray probabilities, Ndarray labels, Ndarray lossGradient) {
        Ndarray gradient = IndexingReference.oneHot(labels, probabilities.dims());
        int classes = gradient.dim(-1);
        for (int i = 0; i < gradient.elements().length; i++) {
            double difference = probabilities.elements()[i] - gradient.elements()[i];
            gradient.elements()[i] = difference * lossGradient.elements()[i / classes];
        }
        return gradient;
    }
}
