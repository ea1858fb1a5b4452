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
     * @param aStart where each product's a starts; {@code bStart} likewise
     * @param transposeA whether a is stored [k, m]; {@code transposeB} whether b is stored [n, k]
     */
    public static void matmul(
            Shapes.Matmul s,
            Elements a,
            long[] aStart,
            boolean transposeA,
            Elements b,
            long[] bStart,
            boolean transposeB,
            Elements y) {
        for (int i = 0; i < aStart.length; i++) {
            for (long m = 0; m < s.m(); m++) {
                for (long n = 0; n < s.n(); n++) {
                    double sum = 0;
                    for (long k = 0; k < s.k(); k++) {
                        sum += a.get(aStart[i] + (transposeA ? k * s.m() + m : m * s.k() + k))
                                * b.get(bStart[i] + (transposeB ? n * s.k() + k : k * s.n() + n));
                    }
                    y.set((i * s.m() + m) * s.n() + n, sum);
                }
            }
        }
    }

    /** For every product of a matmul's batch, where an operand with these dims starts. */
    public static long[] batchStarts(Shapes.Matmul s, long[] dims) {
        int rank = s.batch().length + 2;
        int count = 1;
        for (long dim : s.batch()) {
            count = Math.toIntExact(count * dim);
        }
        var starts = new long[count];
        for (int i = 0; i < count; i++) {
            long stride = dims[dims.length - 1] * dims[dims.length - 2];
            long rest = i;
            for (int axis = rank - 3; axis >= 0; axis--) {
                long own = Shapes.Matmul.batchDim(dims, axis, rank);
                starts[i] += own == 1 ? 0 : rest % s.batch()[axis] * stride;
                stride *= own;
                rest /= s.batch()[axis];
            }
        }
        return starts;
    }
}
