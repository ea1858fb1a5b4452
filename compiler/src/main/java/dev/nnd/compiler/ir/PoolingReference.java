package dev.nnd.compiler.ir;

import java.util.List;

/** Pooling in plain loops. */
final class PoolingReference {

    private PoolingReference() {}

    /**
     * The maximum of each window, and if asked for the place {@code row * width + column} of the first maximum in its
     * input plane. Padding never wins; a window that lies wholly in the padding has the maximum -infinity and the place
     * -1.
     */
    static List<Ndarray> maxPool(Op.MaxPool2d op, Ndarray x, int[] shape) {
        Ndarray y = Ndarray.zeros(shape);
        Ndarray indices = Ndarray.zeros(shape);
        int inputPlane = x.dim(2) * x.dim(3);
        int outputPlane = shape[2] * shape[3];
        for (int out = 0; out < y.elements().length; out++) {
            int first = out / outputPlane * inputPlane;
            int row = out % outputPlane / shape[3];
            int best = best(op.window(), x, first, row, out % shape[3]);
            y.elements()[out] = best < 0 ? Double.NEGATIVE_INFINITY : x.elements()[first + best];
            indices.elements()[out] = best;
        }
        return op.indices() ? List.of(y, indices) : List.of(y);
    }

    private static int best(Op.Window window, Ndarray x, int first, int outRow, int outColumn) {
        int best = -1;
        for (int i = 0; i < window.kernelHeight(); i++) {
            for (int j = 0; j < window.kernelWidth(); j++) {
                int row = outRow * window.strideHeight() - window.padTop() + i * window.dilationHeight();
                int column = outColumn * window.strideWidth() - window.padLeft() + j * window.dilationWidth();
                boolean inside = row >= 0 && row < x.dim(2) && column >= 0 && column < x.dim(3);
                int at = row * x.dim(3) + column;
                if (inside && (best < 0 || x.elements()[first + at] > x.elements()[first + best])) {
                    best = at;
                }
            }
        }
        return best;
    }

    /** Each gradient goes to the place of its window's maximum; windows that overlap add up. */
    static Ndarray backward(Ndarray dy, Ndarray indices, int[] shape) {
        Ndarray dx = Ndarray.zeros(shape);
        int inputPlane = shape[2] * shape[3];
        int outputPlane = dy.dim(2) * dy.dim(3);
        for (int out = 0; out < dy.elements().length; out++) {
            int at = (int) indices.elements()[out];
            if (at >= 0) {
                dx.elements()[out / outputPlane * inputPlane + at] += dy.elements()[out];
            }
        }
        return dx;
    }
}
