package dev.nnd.compiler.ir;

import java.util.List;

/**
 * Two-dimensional convolution and its two backward ops. All three walk the same triples (input element, weight, output
 * element) and differ only in which of them they add to.
 */
final class ConvolutionReference {

    private ConvolutionReference() {}

    /** One multiply-add of a convolution, by flat indices into input, weights and output. */
    private interface Step {
        void at(int x, int w, int y);
    }

    static Ndarray forward(Op.Convolution2d op, List<Ndarray> in, int[] shape) {
        Ndarray y = Ndarray.zeros(shape);
        double[] input = in.get(0).elements();
        double[] weights = in.get(1).elements();
        double[] sums = y.elements();
        int plane = shape[2] * shape[3];
        for (int i = 0; i < sums.length && op.bias(); i++) {
            sums[i] = in.get(2).elements()[i / plane % shape[1]];
        }
        new Walk(op.window(), in.get(0).dims(), in.get(1).dims(), shape, (a, b, c) -> sums[c] += input[a] * weights[b])
                .run();
        for (int i = 0; i < sums.length && op.relu(); i++) {
            sums[i] = Math.max(sums[i], 0);
        }
        return y;
    }

    static Ndarray backwardData(Op.Convolution2dBackwardData op, Ndarray dy, Ndarray w, int[] shape) {
        Ndarray dx = Ndarray.zeros(shape);
        double[] gradient = dy.elements();
        double[] weights = w.elements();
        double[] sums = dx.elements();
        new Walk(op.window(), shape, w.dims(), dy.dims(), (a, b, c) -> sums[a] += gradient[c] * weights[b]).run();
        return dx;
    }

    static List<Ndarray> backwardWeights(Op.Convolution2dBackwardWeights op, Ndarray dy, Ndarray x, int[] shape) {
        Ndarray dw = Ndarray.zeros(shape);
        double[] gradient = dy.elements();
        double[] input = x.elements();
        double[] sums = dw.elements();
        new Walk(op.window(), x.dims(), shape, dy.dims(), (a, b, c) -> sums[b] += gradient[c] * input[a]).run();
        if (!op.bias()) {
            return List.of(dw);
        }
        Ndarray db = Ndarray.zeros(shape[0]);
        int plane = dy.dim(2) * dy.dim(3);
        for (int i = 0; i < gradient.length; i++) {
            db.elements()[i / plane % shape[0]] += gradient[i];
        }
        return List.of(dw, db);
    }

    /**
     * All multiply-adds of a convolution of dims {@code x}, {@code w} and {@code y}; products with padding are left
     * out.
     */
    private record Walk(Op.Window window, int[] x, int[] w, int[] y, Step step) {

        void run() {
            for (int n = 0; n < y[0]; n++) {
                for (int o = 0; o < y[1]; o++) {
                    for (int row = 0; row < y[2]; row++) {
                        for (int column = 0; column < y[3]; column++) {
                            output(n, o, row, column);
                        }
                    }
                }
            }
        }

        private void output(int n, int o, int outRow, int outColumn) {
            int out = ((n * y[1] + o) * y[2] + outRow) * y[3] + outColumn;
            int groups = x[1] / w[1];
            int firstChannel = o / (y[1] / groups) * w[1];
            for (int c = 0; c < w[1]; c++) {
                for (int i = 0; i < w[2]; i++) {
                    for (int j = 0; j < w[3]; j++) {
                        int row = outRow * window.strideHeight() - window.padTop() + i * window.dilationHeight();
                        int column = outColumn * window.strideWidth() - window.padLeft() + j * window.dilationWidth();
                        if (row >= 0 && row < x[2] && column >= 0 && column < x[3]) {
                            int in = ((n * x[1] + firstChannel + c) * x[2] + row) * x[3] + column;
                            step.at(in, ((o * w[1] + c) * w[2] + i) * w[3] + j, out);
                        }
                    }
                }
            }
        }
    }
}
