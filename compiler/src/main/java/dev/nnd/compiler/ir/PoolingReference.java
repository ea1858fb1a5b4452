package dev.nnd.compiler.ir;

import java.util.List;

/** Pooling in plain loops. */
final class PoolingReference {

    private PoolingReference() {}

    /**
     * One number for each window, and if asked for the place of the first maximum in its input plane. A window that lies
     * wholly in the padding has the maximum -infinity and the place -1.
     */
    static List<Ndarray> pool(Op.Pool op, Ndarray x, int[] shape) {
        Ndarray y = Ndarray.zeros(shape);
        if (op.function() != Op.PoolFunction.MAXIMUM) {
            average(op, x, y);
            return List.of(y);
        }
        var walk = new WindowWalk(op.window(), x.dims(), shape);
        Ndarray indices = Ndarray.zeros(shape);
        for (int out = 0; out < y.elements().length; out++) {
            int first = out / walk.outputs() * walk.inputs();
            int best = best(walk, x, first, out % walk.outputs());
            y.elements()[out] = best < 0 ? Double.NEGATIVE_INFINITY : x.elements()[first + best];
            indices.elements()[out] = best;
        }
        return op.indices() ? List.of(y, indices) : List.of(y);
    }

    private static int best(WindowWalk walk, Ndarray x, int first, int o) {
        int best = -1;
        for (int k = 0; k < walk.elements(); k++) {
            int at = walk.input(o, k);
            if (at >= 0 && (best < 0 || x.elements()[first + at] > x.elements()[first + best])) {
                best = at;
            }
        }
        return best;
    }

    private static void average(Op.Pool op, Ndarray x, Ndarray y) {
        var walk = new WindowWalk(op.window(), x.dims(), y.dims());
        for (int out = 0; out < y.elements().length; out++) {
            int first = out / walk.outputs() * walk.inputs();
            int o = out % walk.outputs();
            double sum = 0;
            for (int k = 0; k < walk.elements(); k++) {
                int at = walk.input(o, k);
                sum += at < 0 ? 0 : x.elements()[first + at];
            }
            y.elements()[out] = sum / count(op.function(), walk, o);
        }
    }

    private static int count(Op.PoolFunction function, WindowWalk walk, int o) {
        int count = 0;
        for (int k = 0; k < walk.elements(); k++) {
            boolean counts = function == Op.PoolFunction.AVERAGE ? walk.input(o, k) >= 0 : walk.padded(o, k);
            count += counts ? 1 : 0;
        }
        return count;
    }

    /**
     * Each gradient goes to the place of its window's maximum, or in equal shares to what a mean is of; windows that
     * overlap add up.
     */
    static Ndarray backward(Op.PoolBackward op, List<Ndarray> in, int[] shape) {
        Ndarray dy = in.getFirst();
        Ndarray dx = Ndarray.zeros(shape);
        var walk = new WindowWalk(op.window(), shape, dy.dims());
        for (int out = 0; out < dy.elements().length; out++) {
            int first = out / walk.outputs() * walk.inputs();
            if (op.function() == Op.PoolFunction.MAXIMUM) {
                int at = (int) in.get(1).elements()[out];
                if (at >= 0) {
                    dx.elements()[first + at] += dy.elements()[out];
                }
                continue;
            }
            int o = out % walk.outputs();
            double share = dy.elements()[out] / count(op.function(), walk, o);
            for (int k = 0; k < walk.elements(); k++) {
                int at = walk.input(o, k);
                if (at >= 0) {
                    dx.elements()[first + at] += share;
                }
            }
        }
        return dx;
    }
}
