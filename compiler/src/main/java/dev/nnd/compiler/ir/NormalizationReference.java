package dev.nnd.compiler.ir;

import java.util.Arrays;
import java.util.List;

/** Batch normalization and its gradient in plain loops. */
final class NormalizationReference {

    private NormalizationReference() {}

    static Ndarray normalize(Op.BatchNorm op, List<Ndarray> in) {
        Ndarray weight = op.affine() ? in.get(3) : ones(in.get(1));
        Ndarray bias = op.affine() ? in.get(4) : Ndarray.zeros(in.get(1).dims());
        return normalize(op.eps(), in.get(0), in.get(1), in.get(2), weight, bias);
    }

    private static Ndarray normalize(
            double eps, Ndarray x, Ndarray mean, Ndarray variance, Ndarray weight, Ndarray bias) {
        Ndarray y = Ndarray.zeros(x.dims());
        for (int i = 0; i < y.elements().length; i++) {
            int c = channel(x, i);
            double normal = (x.elements()[i] - mean.elements()[c]) / Math.sqrt(variance.elements()[c] + eps);
            y.elements()[i] = normal * weight.elements()[c] + bias.elements()[c];
        }
        return y;
    }

    static List<Ndarray> training(Op.BatchNormTraining op, List<Ndarray> in) {
        Ndarray x = in.getFirst();
        int channels = x.dim(1);
        double count = (double) x.elements().length / channels;
        Ndarray mean = Ndarray.zeros(channels);
        Ndarray variance = Ndarray.zeros(channels);
        for (int i = 0; i < x.elements().length; i++) {
            mean.elements()[channel(x, i)] += x.elements()[i] / count;
        }
        for (int i = 0; i < x.elements().length; i++) {
            double distance = x.elements()[i] - mean.elements()[channel(x, i)];
            variance.elements()[channel(x, i)] += distance * distance / count;
        }
        Ndarray weight = op.affine() ? in.get(1) : ones(mean);
        Ndarray bias = op.affine() ? in.get(2) : Ndarray.zeros(channels);
        return List.of(normalize(op.eps(), x, mean, variance, weight, bias), mean, variance);
    }

    static List<Ndarray> backward(Op.BatchNormBackward op, List<Ndarray> in) {
        Ndarray dy = in.get(0);
        Ndarray x = in.get(1);
        int channels = x.dim(1);
        double count = (double) x.elements().length / channels;
        Ndarray normal = normalize(
                op.eps(),
                x,
                in.get(2),
                in.get(3),
                ones(in.get(2)),
                Ndarray.zeros(in.get(2).dims()));
        Ndarray dWeight = Ndarray.zeros(channels);
        Ndarray dBias = Ndarray.zeros(channels);
        for (int i = 0; i < dy.elements().length; i++) {
            dWeight.elements()[channel(x, i)] += dy.elements()[i] * normal.elements()[i];
            dBias.elements()[channel(x, i)] += dy.elements()[i];
        }
        Ndarray dx = Ndarray.zeros(x.dims());
        for (int i = 0; i < dy.elements().length; i++) {
            int c = channel(x, i);
            double scale = (op.affine() ? in.get(4).elements()[c] : 1)
                    / Math.sqrt(in.get(3).elements()[c] + op.eps());
            double shared = dBias.elements()[c] + normal.elements()[i] * dWeight.elements()[c];
            dx.elements()[i] = scale * (dy.elements()[i] - shared / count);
        }
        return op.affine() ? List.of(dx, dWeight, dBias) : List.of(dx);
    }

    private static int channel(Ndarray x, int element) {
        return element / Ndarray.count(x.dims(), 2, x.rank()) % x.dim(1);
    }

    private static Ndarray ones(Ndarray like) {
        Ndarray ones = Ndarray.zeros(like.dims());
        Arrays.fill(ones.elements(), 1);
        return ones;
    }
}
