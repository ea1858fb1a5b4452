package dev.nnd.compiler.ir;

import java.util.Arrays;
import java.util.List;

/** Matrix and inner products in plain loops. */
final class ProductReference {

    private ProductReference() {}

    static Ndarray matMul(Op.MatMul op, Ndarray a, Ndarray b, int[] shape) {
        int[] product = dims(Permutation.inverse(op.resultOrder()), shape);
        Ndarray y = ordered(op, transposed(op.leftOrder(), a), transposed(op.rightOrder(), b), product);
        return transposed(op.resultOrder(), y);
    }

    private static Ndarray transposed(List<Integer> order, Ndarray x) {
        return order.isEmpty() ? x : IndexingReference.transpose(order, x, dims(order, x.dims()));
    }

    private static int[] dims(List<Integer> order, int[] dims) {
        return order.isEmpty() ? dims : order.stream().mapToInt(i -> dims[i]).toArray();
    }

    private static Ndarray ordered(Op.MatMul op, Ndarray a, Ndarray b, int[] shape) {
        Ndarray y = Ndarray.zeros(shape);
        int rows = y.dim(-2);
        int columns = y.dim(-1);
        int inner = a.dim(op.transposeLeft() ? -2 : -1);
        int[] leading = Arrays.copyOf(shape, shape.length - 2);
        int[] left = Ndarray.broadcastIndex(Arrays.copyOf(a.dims(), a.rank() - 2), leading);
        int[] right = Ndarray.broadcastIndex(Arrays.copyOf(b.dims(), b.rank() - 2), leading);
        for (int batch = 0; batch < left.length; batch++) {
            for (int row = 0; row < rows; row++) {
                for (int column = 0; column < columns; column++) {
                    double sum = 0;
                    for (int k = 0; k < inner; k++) {
                        int atLeft = op.transposeLeft() ? k * rows + row : row * inner + k;
                        int atRight = op.transposeRight() ? column * inner + k : k * columns + column;
                        sum += a.elements()[left[batch] * rows * inner + atLeft]
                                * b.elements()[right[batch] * inner * columns + atRight];
                    }
                    y.elements()[(batch * rows + row) * columns + column] = sum;
                }
            }
        }
        return y;
    }

    static Ndarray innerProduct(Op.InnerProduct op, List<Ndarray> in) {
        Ndarray x = in.get(0);
        Ndarray w = in.get(1);
        int features = Ndarray.count(x.dims(), 1, x.rank());
        Ndarray y = Ndarray.zeros(x.dim(0), w.dim(0));
        for (int n = 0; n < x.dim(0); n++) {
            for (int o = 0; o < w.dim(0); o++) {
                double sum = op.bias() ? in.get(2).elements()[o] : 0;
                for (int f = 0; f < features; f++) {
                    sum += x.elements()[n * features + f] * w.elements()[o * features + f];
                }
                y.elements()[n * w.dim(0) + o] = op.relu() ? Math.max(sum, 0) : sum;
            }
        }
        return y;
    }

    static Ndarray innerProductBackwardData(Ndarray dy, Ndarray w, int[] shape) {
        Ndarray dx = Ndarray.zeros(shape);
        int features = Ndarray.count(shape, 1, shape.length);
        int outputs = dy.dim(1);
        for (int n = 0; n < dy.dim(0); n++) {
            for (int o = 0; o < outputs; o++) {
                for (int f = 0; f < features; f++) {
                    dx.elements()[n * features + f] += dy.elements()[n * outputs + o] * w.elements()[o * features + f];
                }
            }
        }
        return dx;
    }

    static List<Ndarray> innerProductBackwardWeights(
            Op.InnerProductBackwardWeights op, Ndarray dy, Ndarray x, int[] shape) {
        Ndarray dw = Ndarray.zeros(shape);
        Ndarray db = Ndarray.zeros(shape[0]);
        int features = Ndarray.count(shape, 1, shape.length);
        int outputs = dy.dim(1);
        for (int n = 0; n < dy.dim(0); n++) {
            for (int o = 0; o < outputs; o++) {
                double gradient = dy.elements()[n * outputs + o];
                db.elements()[o] += gradient;
                for (int f = 0; f < features; f++) {
                    dw.elements()[o * features + f] += gradient * x.elements()[n * features + f];
                }
            }
        }
        return op.bias() ? List.of(dw, db) : List.of(dw);
    }
}
