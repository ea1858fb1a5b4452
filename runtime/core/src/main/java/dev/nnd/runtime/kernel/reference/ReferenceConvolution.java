package dev.nnd.runtime.kernel.reference;

import dev.nnd.runtime.kernel.Shapes;
import org.jspecify.annotations.Nullable;

/**
 * Cross-correlation over one to three axes and its gradients as plain loops over row-major x [n, c, in...], w [o, c /
 * groups, kernel...], bias [o], y [n, o, out...].
 */
final class ReferenceConvolution {

    private ReferenceConvolution() {}

    /** What a convolution does to its sums: relu?((sum + bias) * scale + shift + added). */
    record Tail(
            @Nullable Elements bias,
            @Nullable Elements scale,
            @Nullable Elements shift,
            @Nullable Elements added,
            boolean relu) {

        private double of(double sum, long o, long place) {
            double biased = bias == null ? sum : sum + bias.get(o);
            double scaled = scale == null || shift == null ? biased : biased * scale.get(o) + shift.get(o);
            double all = added == null ? scaled : scaled + added.get(place);
            return relu ? Math.max(all, 0) : all;
        }
    }

    /** y = tail(conv(x, w)). */
    static void forward(Shapes.Convolution s, WindowWalk walk, Elements x, Elements w, Tail tail, Elements y) {
        for (long plane = 0; plane < s.n() * s.o(); plane++) {
            long o = plane % s.o();
            for (long at = 0; at < walk.outputs(); at++) {
                double sum = 0;
                for (long ci = 0; ci < groupChannels(s); ci++) {
                    for (int k = 0; k < walk.elements(); k++) {
                        long in = walk.input(at, k);
                        if (in >= 0) {
                            sum += x.get(inputPlane(s, plane, ci) * walk.inputs() + in)
                                    * w.get(weight(s, walk, o, ci, k));
                        }
                    }
                }
                long place = plane * walk.outputs() + at;
                y.set(place, tail.of(sum, o, place));
            }
        }
    }

    /** dx from dy and w, plus a bias. */
    static void backwardData(
            Shapes.Convolution s, WindowWalk walk, Elements dy, Elements w, @Nullable Elements bias, Elements dx) {
        for (long i = 0; i < s.n() * s.c() * walk.inputs(); i++) {
            dx.set(i, bias == null ? 0 : bias.get(i / walk.inputs() % s.c()));
        }
        for (long plane = 0; plane < s.n() * s.o(); plane++) {
            for (long at = 0; at < walk.outputs(); at++) {
                double gradient = dy.get(plane * walk.outputs() + at);
                for (long ci = 0; ci < groupChannels(s); ci++) {
                    for (int k = 0; k < walk.elements(); k++) {
                        long in = walk.input(at, k);
                        if (in >= 0) {
                            long to = inputPlane(s, plane, ci) * walk.inputs() + in;
                            dx.set(to, dx.get(to) + gradient * w.get(weight(s, walk, plane % s.o(), ci, k)));
                        }
                    }
                }
            }
        }
    }

    /** dw and db from dy and x. */
    static void backwardWeights(
            Shapes.Convolution s, WindowWalk walk, Elements dy, Elements x, Elements dw, @Nullable Elements db) {
        for (long o = 0; o < s.o(); o++) {
            for (long ci = 0; ci < groupChannels(s); ci++) {
                for (int k = 0; k < walk.elements(); k++) {
                    dw.set(weight(s, walk, o, ci, k), weightGradient(s, walk, dy, x, o, ci, k));
                }
            }
            if (db != null) {
                db.set(o, biasGradient(s, walk, dy, o));
            }
        }
    }

    private static double weightGradient(
            Shapes.Convolution s, WindowWalk walk, Elements dy, Elements x, long o, long ci, int k) {
        double sum = 0;
        for (long n = 0; n < s.n(); n++) {
            long plane = n * s.o() + o;
            for (long at = 0; at < walk.outputs(); at++) {
                long in = walk.input(at, k);
                if (in >= 0) {
                    sum += dy.get(plane * walk.outputs() + at) * x.get(inputPlane(s, plane, ci) * walk.inputs() + in);
                }
            }
        }
        return sum;
    }

    private static double biasGradient(Shapes.Convolution s, WindowWalk walk, Elements dy, long o) {
        double sum = 0;
        for (long n = 0; n < s.n(); n++) {
            for (long i = 0; i < walk.outputs(); i++) {
                sum += dy.get((n * s.o() + o) * walk.outputs() + i);
            }
        }
        return sum;
    }

    private static long groupChannels(Shapes.Convolution s) {
        return s.c() / s.groups();
    }

    /** The plane of channel ci of the group that an output plane belongs to. */
    private static long inputPlane(Shapes.Convolution s, long plane, long ci) {
        long o = plane % s.o();
        return plane / s.o() * s.c() + o / (s.o() / s.groups()) * groupChannels(s) + ci;
    }

    private static long weight(Shapes.Convolution s, WindowWalk walk, long o, long ci, int k) {
        return (o * groupChannels(s) + ci) * walk.elements() + k;
    }
}
