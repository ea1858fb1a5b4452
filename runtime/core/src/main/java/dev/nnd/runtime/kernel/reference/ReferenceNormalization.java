package dev.nnd.runtime.kernel.reference;

import dev.nnd.runtime.kernel.Shapes;
import org.jspecify.annotations.Nullable;

/** Batch normalization and its gradient as plain loops over row-major x [n, c, inner]. */
public final class ReferenceNormalization {

    private ReferenceNormalization() {}

    /** The mean and the variance of each channel; the variance divides by the number of elements. */
    public static void statistics(Shapes.Channels s, Elements x, Elements mean, Elements variance) {
        for (long c = 0; c < s.c(); c++) {
            double sum = 0;
            for (long i = 0; i < s.count(); i++) {
                sum += x.get(at(s, c, i));
            }
            double center = sum / s.count();
            double squares = 0;
            for (long i = 0; i < s.count(); i++) {
                double distance = x.get(at(s, c, i)) - center;
                squares += distance * distance;
            }
            mean.set(c, center);
            variance.set(c, squares / s.count());
        }
    }

    /** y = (x - mean) / sqrt(variance + eps) * weight + bias. */
    public static void normalize(
            Shapes.Channels s,
            Elements x,
            Elements mean,
            Elements variance,
            @Nullable Elements weight,
            @Nullable Elements bias,
            double eps,
            Elements y) {
        for (long c = 0; c < s.c(); c++) {
            double scale = (weight == null ? 1 : weight.get(c)) / Math.sqrt(variance.get(c) + eps);
            double shift = bias == null ? 0 : bias.get(c);
            for (long i = 0; i < s.count(); i++) {
                y.set(at(s, c, i), (x.get(at(s, c, i)) - mean.get(c)) * scale + shift);
            }
        }
    }

    /** dx, dWeight and dBias where mean and variance are those of x. */
    public static void backward(
            Shapes.Channels s,
            Elements dy,
            Elements x,
            Elements mean,
            Elements variance,
            @Nullable Elements weight,
            double eps,
            Elements dx,
            @Nullable Elements dWeight,
            @Nullable Elements dBias) {
        for (long c = 0; c < s.c(); c++) {
            double inverse = 1 / Math.sqrt(variance.get(c) + eps);
            double sum = 0;
            double product = 0;
            for (long i = 0; i < s.count(); i++) {
                double gradient = dy.get(at(s, c, i));
                sum += gradient;
                product += gradient * (x.get(at(s, c, i)) - mean.get(c)) * inverse;
            }
            double scale = (weight == null ? 1 : weight.get(c)) * inverse;
            for (long i = 0; i < s.count(); i++) {
                double normal = (x.get(at(s, c, i)) - mean.get(c)) * inverse;
                dx.set(at(s, c, i), scale * (dy.get(at(s, c, i)) - (sum + normal * product) / s.count()));
            }
            if (dWeight != null) {
                dWeight.set(c, product);
            }
            if (dBias != null) {
                dBias.set(c, sum);
            }
        }
    }

    /** The place of element i of a channel. */
    private static long at(Shapes.Channels s, long c, long i) {
        return (i / s.inner() * s.c() + c) * s.inner() + i % s.inner();
    }
}
