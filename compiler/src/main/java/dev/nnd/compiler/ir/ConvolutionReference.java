package dev.nnd.compiler.ir;

import java.util.List;

/**
 * Convolution over one to three axes and its two backward ops. All three walk the same triples (input element, weight, output
 * element) and differ only in which of them they add to.
 */
final class ConvolutionReference {

    private ConvolutionReference() {}

    /** One multiply-add of a convolution, by flat indices into input, weights and output. */
    private interface Step {
        void at(int x, int w, int y);
    }

    static Ndarray forward(Op.Convolution op, List<Ndarray> in, int[] shape) {
        Ndarray y = Ndarray.zeros(shape);
        double[] input = in.get(0).elements();
        double[] weights = in.get(1).elements();
        double[] sums = y.elements();
        int plane = Ndarray.count(shape, 2, shape.length);
        for (int i = 0; i < sums.length && op.bias(); i++) {
            sums[i] = in.get(2).elements()[i / plane % shape[1]];
        }
        new Walk(op.window(), in.get(0).dims(), in.get(1).dims(), shape, (a, b, c) -> sums[c] += input[a] * weights[b])
                .run();
        if (op.scaled()) {
            double[] scale = in.get(op.scale()).elements();
            double[] shift = in.get(op.scale() + 1).elements();
            for (int i = 0; i < sums.length; i++) {
                int o = i / plane % shape[1];
                sums[i] = sums[i] * scale[o] + shift[o];
            }
        }
        for (int i = 0; i < sums.length && op.added(); i++) {
            sums[i] += in.getLast().elements()[i];
        }
        for (int i = 0; i < sums.length && op.relu(); i++) {
            sums[i] = Math.max(sums[i], 0);
        }
        return y;
    }

    static Ndarray backwardData(Op.ConvolutionBackwardData op, List<Ndarray> in, int[] shape) {
        Ndarray dy = in.get(0);
        Ndarray w = in.get(1);
        Ndarray dx = Ndarray.zeros(shape);
        double[] gradient = dy.elements();
        double[] weights = w.elements();
        double[] sums = dx.elements();
        int plane = Ndarray.count(shape, 2, shape.length);
        for (int i = 0; i < sums.length && op.bias(); i++) {
            sums[i] = in.get(2).elements()[i / plane % shape[1]];
        }
        new Walk(op.window(), shape, w.dims(), dy.dims(), (a, b, c) -> sums[a] += gradient[c] * weights[b]).run();
        return dx;
    }

    static List<Ndarray> backwardWeights(Op.ConvolutionBackwardWeights op, Ndarray dy, Ndarray x, int[] shape) {
        Ndarray dw = Ndarray.zeros(shape);
        double[] gradient = dy.elements();
        double[] input = x.elements();
        double[] sums = dw.elements();
        new Walk(op.window(), x.dims(), shape, dy.dims(), (a, b, c) -> sums[b] += gradient[c] * input[a]).run();
        if (!op.bias()) {
            return List.of(dw);
        }
        Ndarray db = Ndarray.zeros(shape[0]);
        int plane = Ndarray.count(dy.dims(), 2, dy.rank());
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
            var walk = new WindowWalk(window, x, y);
            for (int plane = 0; plane < y[0] * y[1]; plane++) {
                for (int o = 0; o < walk.outputs(); o++) {
                    output(walk, plane, o);
                }
            }
        }

        private void output(WindowWalk walk, int plane, int position) {
            int o = plane % y[1];
            int groups = x[1] / w[1];
            int firstChannel = plane / y[1] * x[1] + o / (y[1] / groups) * w[1];
            for (int k = 0; k < walk.elements(); k++) {
                int in = walk.input(position, k);
                for (int c = 0; in >= 0 && c < w[1]; c++) {
                    step.at(
                            (firstChannel + c) * walk.inputs() + in,
                            (o * w[1] + c) * walk.elements() + k,
                            plane * walk.outputs() + position);
                }
            }
        }
    }
}
