package dev.nnd.compiler.ir;

import java.util.Arrays;

/** A row-major array of numbers, as the evaluator holds it; integers and bools (0 and 1) are doubles too. */
record Ndarray(int[] dims, double[] elements) {

    /** All elements are 0. */
    static Ndarray zeros(int... dims) {
        return new Ndarray(dims, new double[count(dims, 0, dims.length)]);
    }

    /** How many elements the axes from {@code from} to {@code to}, exclusive, span. */
    static int count(int[] dims, int from, int to) {
        int count = 1;
        for (int i = from; i < to; i++) {
            count = Math.multiplyExact(count, dims[i]);
        }
        return count;
    }

    /** A copy of one entry of the first axis. */
    Ndarray entry(int index) {
        int[] inner = Arrays.copyOfRange(dims, 1, dims.length);
        int size = count(inner, 0, inner.length);
        return new Ndarray(inner, Arrays.copyOfRange(elements, index * size, (index + 1) * size));
    }

    /** Writes one entry of the first axis. */
    void setEntry(int index, Ndarray entry) {
        System.arraycopy(entry.elements, 0, elements, index * entry.elements.length, entry.elements.length);
    }

    int rank() {
        return dims.length;
    }

    /** The size of an axis; a negative one counts from the end. */
    int dim(int axis) {
        return dims[axis < 0 ? dims.length + axis : axis];
    }

    /** How many elements there are for each entry of the last axis. */
    int rows() {
        return count(dims, 0, dims.length - 1);
    }

    /**
     * For each element of an array of dims {@code to} in row-major order, the index of the element of an array of dims
     * {@code from} that broadcasting puts there.
     */
    static int[] broadcastIndex(int[] from, int[] to) {
        int[] stride = new int[to.length];
        int step = 1;
        for (int i = 1; i <= from.length; i++) {
            int size = from[from.length - i];
            stride[to.length - i] = size == 1 ? 0 : step;
            step *= size;
        }
        return strided(stride, to);
    }

    /** The index {@code sum(position[i] * stride[i])} for each position of dims {@code to} in row-major order. */
    static int[] strided(int[] stride, int[] to) {
        int[] index = new int[count(to, 0, to.length)];
        for (int flat = 0; flat < index.length; flat++) {
            int rest = flat;
            for (int axis = to.length - 1; axis >= 0; axis--) {
                index[flat] += rest % to[axis] * stride[axis];
                rest /= to[axis];
            }
        }
        return index;
    }
}
