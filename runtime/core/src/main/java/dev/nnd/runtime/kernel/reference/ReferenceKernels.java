package dev.nnd.runtime.kernel.reference;

import dev.nnd.runtime.kernel.Shapes;
import org.jspecify.annotations.Nullable;

/** Inner product and matmul with their gradients, as plain loops over row-major elements. */
public final class ReferenceKernels {

    private ReferenceKernels() {}

    /** y [n, o] = relu?(x [n, f] w [o, f]^T + bias [o]). */
    public static void innerProduct(
            Shapes.InnerProduct s, Elements x, Elements w, @Nullable Elements bias, boolean relu, Elements y) {
        for (long n = 0; n < s.n(); n++) {
            for (long o = 0; o < s.o(); o++) {
                double sum = bias == null ? 0 : bias.get(o);
                for (long f = 0; f < s.f(); f++) {
                    sum += x.get(n * s.f() + f) * w.get(o * s.f() + f);
                }
                y.set(n * s.o() + o, relu ? Math.max(sum, 0) : sum);
            }
        }
    }

    /** dx [n, f] = dy [n, o] w [o, f]. */
    public static void innerProductBackwardData(Shapes.InnerProduct s, Elements dy, Elements w, Elements dx) {
        for (long n = 0; n < s.n(); n++) {
            for (long f = 0; f < s.f(); f++) {
                double sum = 0;
                for (long o = 0; o < s.o(); o++) {
                    sum += dy.get(n * s.o() + o) * w.get(o * s.f() + f);
                }
                dx.set(n * s.f() + f, sum);
            }
        }
    }

    /** dw [o, f] = dy [n, o]^T x [n, f], db [o] = sum over n of dy. */
    public static void innerProductBackwardWeights(
            Shapes.InnerProduct s, Elements dy, Elements x, Elements dw, @Nullable Elements db) {
        for (long o = 0; o < s.o(); o++) {
            for (long f = 0; f < s.f(); f++) {
                double sum = 0;
                for (long n = 0; n < s.n(); n++) {
                    sum += dy.get(n * s.o() + o) * x.get(n * s.f() + f);
                }
                dw.set(o * s.f() + f, sum);
            }
            if (db != null) {
                double sum = 0;
                for (long n = 0; n < s.n(); n++) {
                    sum += dy.get(n * s.o() + o);
                }
                db.set(o, sum);
            }
        }
    }

    /**
     * y [batch, m, n] = a [m, k] b [k, n] for every product of the batch.
     *
     * @param aStart where each product's a starts; {@code bStart} and {@code yStart} likewise
     */
    public static void matmul(
            Shapes.Matmul s, Elements a, long[] aStart, Elements b, long[] bStart, Elements y, long[] yStart) {
        for (int i = 0; i < yStart.length; i++) {
            for (long m = 0; m < s.m(); m++) {
                for (long n = 0; n < s.n(); n++) {
                    long row = aStart[i] + m * s.a().row();
                    long column = bStart[i] + n * s.b().column();
                    double sum = 0;
                    for (long k = 0; k < s.k(); k++) {
                        sum += a.get(row + k * s.a().column()) * b.get(column + k * s.b().row());
                    }
                    y.set(yStart[i] + m * s.y().row() + n * s.y().column(), sum);
                }
            }
        }
    }
}
