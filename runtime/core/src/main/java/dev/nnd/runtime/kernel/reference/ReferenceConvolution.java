package dev.nnd.runtime.kernel.reference;

import dev.nnd.runtime.kernel.Shapes;
import org.jspecify.annotations.Nullable;

/**
 * 2-d cross-correlation and its gradients as plain loops over row-major x [n, c, h, w], w [o, c / groups, kh, kw],
 * bias [o], y [n, o, oh, ow].
 */
public final class ReferenceConvolution {

    private ReferenceConvolution() {}

    /** y = relu?(conv(x, w) + bias). */
    public static void forward(
            Shapes.Convolution s, Elements x, Elements w, @Nullable Elements bias, boolean relu, Elements y) {
        for (long n = 0; n < s.n(); n++) {
            for (long o = 0; o < s.o(); o++) {
                for (long oh = 0; oh < s.oh(); oh++) {
                    for (long ow = 0; ow < s.ow(); ow++) {
                        double sum = at(s, x, w, n, o, oh, ow) + (bias == null ? 0 : bias.get(o));
                        y.set(output(s, n, o, oh, ow), relu ? Math.max(sum, 0) : sum);
                    }
                }
            }
        }
    }

    private static double at(Shapes.Convolution s, Elements x, Elements w, long n, long o, long oh, long ow) {
        var window = s.window();
        double sum = 0;
        for (long ci = 0; ci < groupChannels(s); ci++) {
            for (int kh = 0; kh < window.kernelHeight(); kh++) {
                long ih = row(s, oh, kh);
                for (int kw = 0; kw < window.kernelWidth(); kw++) {
                    long iw = column(s, ow, kw);
                    if (inside(s, ih, iw)) {
                        sum += x.get(input(s, n, o, ci, ih, iw)) * w.get(weight(s, o, ci, kh, kw));
                    }
                }
            }
        }
        return sum;
    }

    /** dx from dy and w. */
    public static void backwardData(Shapes.Convolution s, Elements dy, Elements w, Elements dx) {
        for (long i = 0; i < s.n() * s.c() * s.h() * s.w(); i++) {
            dx.set(i, 0);
        }
        for (long n = 0; n < s.n(); n++) {
            for (long o = 0; o < s.o(); o++) {
                for (long oh = 0; oh < s.oh(); oh++) {
                    for (long ow = 0; ow < s.ow(); ow++) {
                        scatter(s, dy.get(output(s, n, o, oh, ow)), w, dx, n, o, oh, ow);
                    }
                }
            }
        }
    }

    private static void scatter(
            Shapes.Convolution s, double dy, Elements w, Elements dx, long n, long o, long oh, long ow) {
        var window = s.window();
        for (long ci = 0; ci < groupChannels(s); ci++) {
            for (int kh = 0; kh < window.kernelHeight(); kh++) {
                long ih = row(s, oh, kh);
                for (int kw = 0; kw < window.kernelWidth(); kw++) {
                    long iw = column(s, ow, kw);
                    if (inside(s, ih, iw)) {
                        long at = input(s, n, o, ci, ih, iw);
                        dx.set(at, dx.get(at) + dy * w.get(weight(s, o, ci, kh, kw)));
                    }
                }
            }
        }
    }

    /** dw and db from dy and x. */
    public static void backwardWeights(
            Shapes.Convolution s, Elements dy, Elements x, Elements dw, @Nullable Elements db) {
        var window = s.window();
        for (long o = 0; o < s.o(); o++) {
            for (long ci = 0; ci < groupChannels(s); ci++) {
                for (int kh = 0; kh < window.kernelHeight(); kh++) {
                    for (int kw = 0; kw < window.kernelWidth(); kw++) {
                        dw.set(weight(s, o, ci, kh, kw), weightGradient(s, dy, x, o, ci, kh, kw));
                    }
                }
            }
            if (db != null) {
                db.set(o, biasGradient(s, dy, o));
            }
        }
    }

    private static double weightGradient(
            Shapes.Convolution s, Elements dy, Elements x, long o, long ci, int kh, int kw) {
        double sum = 0;
        for (long n = 0; n < s.n(); n++) {
            for (long oh = 0; oh < s.oh(); oh++) {
                long ih = row(s, oh, kh);
                for (long ow = 0; ow < s.ow(); ow++) {
                    long iw = column(s, ow, kw);
                    if (inside(s, ih, iw)) {
                        sum += dy.get(output(s, n, o, oh, ow)) * x.get(input(s, n, o, ci, ih, iw));
                    }
                }
            }
        }
        return sum;
    }

    private static double biasGradient(Shapes.Convolution s, Elements dy, long o) {
        double sum = 0;
        for (long n = 0; n < s.n(); n++) {
            for (long i = 0; i < s.oh() * s.ow(); i++) {
                sum += dy.get((n * s.o() + o) * s.oh() * s.ow() + i);
            }
        }
        return sum;
    }

    private static long groupChannels(Shapes.Convolution s) {
        return s.c() / s.groups();
    }

    private static long row(Shapes.Convolution s, long oh, int kh) {
        return oh * s.window().strideHeight()
                - s.window().padTop()
                + (long) kh * s.window().dilationHeight();
    }

    private static long column(Shapes.Convolution s, long ow, int kw) {
        return ow * s.window().strideWidth()
                - s.window().padLeft()
                + (long) kw * s.window().dilationWidth();
    }

    private static boolean inside(Shapes.Convolution s, long ih, long iw) {
        return ih >= 0 && ih < s.h() && iw >= 0 && iw < s.w();
    }

    /** Index of channel ci of the group of output channel o. */
    private static long input(Shapes.Convolution s, long n, long o, long ci, long ih, long iw) {
        long c = o / (s.o() / s.groups()) * groupChannels(s) + ci;
        return ((n * s.c() + c) * s.h() + ih) * s.w() + iw;
    }

    private static long weight(Shapes.Convolution s, long o, long ci, int kh, int kw) {
        var window = s.window();
        return ((o * groupChannels(s) + ci) * window.kernelHeight() + kh) * window.kernelWidth() + kw;
    }

    private static long output(Shapes.Convolution s, long n, long o, long oh, long ow) {
        return ((n * s.o() + o) * s.oh() + oh) * s.ow() + ow;
    }
}
