package dev.nnd.runtime.kernel.reference;

import dev.nnd.runtime.kernel.Shapes;
import org.jspecify.annotations.Nullable;

/** Inner product, max pooling and matmul with their gradients, as plain loops over row-major elements. */
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

    /** y = maximum over windows of x [n, c, h, w]; {@code indices} gets the winner's place h * width + w in its plane. */
    public static void maxPool2d(Shapes.Pool s, Elements x, Elements y, @Nullable Elements indices) {
        for (long plane = 0; plane < s.n() * s.c(); plane++) {
            for (long oh = 0; oh < s.oh(); oh++) {
                for (long ow = 0; ow < s.ow(); ow++) {
                    long winner = winner(s, x, plane, oh, ow);
                    long at = (plane * s.oh() + oh) * s.ow() + ow;
                    y.set(at, x.get(plane * s.h() * s.w() + winner));
                    if (indices != null) {
                        indices.set(at, winner);
                    }
                }
            }
        }
    }

    /** The first largest element wins, and a NaN wins over all. */
    private static long winner(Shapes.Pool s, Elements x, long plane, long oh, long ow) {
        var window = s.window();
        long winner = -1;
        double best = Double.NEGATIVE_INFINITY;
        for (int kh = 0; kh < window.kernelHeight(); kh++) {
            long ih = oh * window.strideHeight() - window.padTop() + (long) kh * window.dilationHeight();
            for (int kw = 0; kw < window.kernelWidth(); kw++) {
                long iw = ow * window.strideWidth() - window.padLeft() + (long) kw * window.dilationWidth();
                if (ih >= 0 && ih < s.h() && iw >= 0 && iw < s.w()) {
                    double value = x.get((plane * s.h() + ih) * s.w() + iw);
                    if (winner < 0 || value > best || (Double.isNaN(value) && !Double.isNaN(best))) {
                        winner = ih * s.w() + iw;
                        best = value;
                    }
                }
            }
        }
        return winner;
    }

    /** Adds every dy to the dx of its window's winner. */
    public static void maxPool2dBackward(Shapes.Pool s, Elements dy, Elements indices, Elements dx) {
        for (long i = 0; i < s.n() * s.c() * s.h() * s.w(); i++) {
            dx.set(i, 0);
        }
        long outputs = s.oh() * s.ow();
        for (long plane = 0; plane < s.n() * s.c(); plane++) {
            for (long i = 0; i < outputs; i++) {
                long at = plane * s.h() * s.w() + (long) indices.get(plane * outputs + i);
                dx.set(at, dx.get(at) + dy.get(plane * outputs + i));
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
