package dev.nnd.compiler.ir;

import java.util.List;

/** Ops that move or find elements, in plain loops. */
final class IndexingReference {

    private IndexingReference() {}

    static Ndarray transpose(List<Integer> permutation, Ndarray x, int[] shape) {
        int[] stride = new int[shape.length];
        for (int i = 0; i < shape.length; i++) {
            stride[i] = Ndarray.count(x.dims(), permutation.get(i) + 1, x.rank());
        }
        return gather(x, Ndarray.strided(stride, shape), shape);
    }

    static Ndarray broadcast(Ndarray x, int[] shape) {
        return gather(x, Ndarray.broadcastIndex(x.dims(), shape), shape);
    }

    private static Ndarray gather(Ndarray x, int[] index, int[] shape) {
        double[] y = new double[index.length];
        for (int i = 0; i < y.length; i++) {
            y[i] = x.elements()[index[i]];
        }
        return new Ndarray(shape, y);
    }

    static Ndarray pick(Ndarray x, Ndarray index) {
        int classes = x.dim(-1);
        double[] y = new double[index.elements().length];
        for (int row = 0; row < y.length; row++) {
            y[row] = x.elements()[row * classes + index(index, row, classes)];
        }
        return new Ndarray(index.dims(), y);
    }

    static Ndarray oneHot(Ndarray index, int[] shape) {
        Ndarray y = Ndarray.zeros(shape);
        int depth = y.dim(-1);
        for (int row = 0; row < index.elements().length; row++) {
            int hit = (int) index.elements()[row];
            if (hit >= 0 && hit < depth) {
                y.elements()[row * depth + hit] = 1;
            }
        }
        return y;
    }

    /** An index, checked: a wrong one would silently read another row. */
    static int index(Ndarray indices, int at, int limit) {
        int index = (int) indices.elements()[at];
        if (index < 0 || index >= limit) {
            throw new IllegalArgumentException("index " + index + " is not in 0.." + (limit - 1));
        }
        return index;
    }

    static Ndarray argMax(Ndarray x, int[] shape) {
        Ndarray y = Ndarray.zeros(shape);
        int classes = x.dim(-1);
        for (int row = 0; row < y.elements().length; row++) {
            int best = 0;
            for (int i = 1; i < classes; i++) {
                if (x.elements()[row * classes + i] > x.elements()[row * classes + best]) {
                    best = i;
                }
            }
            y.elements()[row] = best;
        }
        return y;
    }
}
