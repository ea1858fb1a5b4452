package dev.nnd.runtime.kernel.reference;

import dev.nnd.runtime.kernel.Pooling;
import dev.nnd.runtime.kernel.Shapes;
import org.jspecify.annotations.Nullable;

/** Pooling over one to three axes and its gradients as plain loops over row-major planes. */
final class ReferencePooling {

    private ReferencePooling() {}

    /** y = maximum of each window of x [n, c, in...]; {@code indices} gets the winner's place in its plane. */
    static void maximum(Shapes.Pool s, WindowWalk walk, Elements x, Elements y, @Nullable Elements indices) {
        for (long plane = 0; plane < s.n() * s.c(); plane++) {
            for (long o = 0; o < walk.outputs(); o++) {
                long winner = winner(walk, x, plane * walk.inputs(), o);
                y.set(plane * walk.outputs() + o, x.get(plane * walk.inputs() + winner));
                if (indices != null) {
                    indices.set(plane * walk.outputs() + o, winner);
                }
            }
        }
    }

    /** The first largest element wins, and a NaN wins over all. */
    private static long winner(WindowWalk walk, Elements x, long first, long o) {
        long winner = -1;
        double best = Double.NEGATIVE_INFINITY;
        for (int k = 0; k < walk.elements(); k++) {
            long in = walk.input(o, k);
            if (in >= 0) {
                double value = x.get(first + in);
                if (winner < 0 || value > best || (Double.isNaN(value) && !Double.isNaN(best))) {
                    winner = in;
                    best = value;
                }
            }
        }
        return winner;
    }

    /** Adds every dy to the dx of its window's winner. */
    static void maximumBackward(Shapes.Pool s, WindowWalk walk, Elements dy, Elements indices, Elements dx) {
        clear(s, walk, dx);
        for (long i = 0; i < s.n() * s.c() * walk.outputs(); i++) {
            long at = i / walk.outputs() * walk.inputs() + (long) indices.get(i);
            dx.set(at, dx.get(at) + dy.get(i));
        }
    }

    /** y = mean of each window of x. */
    static void average(Shapes.Pool s, WindowWalk walk, Pooling pooling, Elements x, Elements y) {
        for (long plane = 0; plane < s.n() * s.c(); plane++) {
            for (long o = 0; o < walk.outputs(); o++) {
                double sum = 0;
                for (int k = 0; k < walk.elements(); k++) {
                    long in = walk.input(o, k);
                    sum += in < 0 ? 0 : x.get(plane * walk.inputs() + in);
                }
                y.set(plane * walk.outputs() + o, sum / count(walk, pooling, o));
            }
        }
    }

    /** Adds every dy's share to the dx of its window's elements. */
    static void averageBackward(Shapes.Pool s, WindowWalk walk, Pooling pooling, Elements dy, Elements dx) {
        clear(s, walk, dx);
        for (long i = 0; i < s.n() * s.c() * walk.outputs(); i++) {
            long o = i % walk.outputs();
            double share = dy.get(i) / count(walk, pooling, o);
            for (int k = 0; k < walk.elements(); k++) {
                long in = walk.input(o, k);
                if (in >= 0) {
                    long at = i / walk.outputs() * walk.inputs() + in;
                    dx.set(at, dx.get(at) + share);
                }
            }
        }
    }

    private static long count(WindowWalk walk, Pooling pooling, long o) {
        if (pooling == Pooling.AVERAGE_WITH_PADDING) {
            return walk.padded(o);
        }
        long count = 0;
        for (int k = 0; k < walk.elements(); k++) {
            count += walk.input(o, k) >= 0 ? 1 : 0;
        }
        return count;
    }

    private static void clear(Shapes.Pool s, WindowWalk walk, Elements dx) {
        for (long i = 0; i < s.n() * s.c() * walk.inputs(); i++) {
            dx.set(i, 0);
        }
    }
}
