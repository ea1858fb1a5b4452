package dev.nnd.compiler.ir;

/** Where the elements of a window's positions lie in a plane; with fewer than three axes the first ones have size 1. */
final class WindowWalk {

    private static final int AXES = 3;

    private final Op.Window window;
    private final int[] in = {1, 1, 1};
    private final int[] out = {1, 1, 1};
    private final int[] kernel = {1, 1, 1};
    private final int first;

    /** The walk of a window over the last axes of arrays of these dims. */
    WindowWalk(Op.Window window, int[] x, int[] y) {
        this.window = window;
        this.first = AXES - window.axes();
        for (int axis = 0; axis < window.axes(); axis++) {
            in[first + axis] = x[x.length - window.axes() + axis];
            out[first + axis] = y[y.length - window.axes() + axis];
            kernel[first + axis] = window.kernel().get(axis);
        }
    }

    /** How many elements an input plane has. */
    int inputs() {
        return in[0] * in[1] * in[2];
    }

    /** How many positions there are. */
    int outputs() {
        return out[0] * out[1] * out[2];
    }

    /** How many elements a window has. */
    int elements() {
        return kernel[0] * kernel[1] * kernel[2];
    }

    /** The place of element {@code k} at position {@code o}, -1 if it is padding. */
    int input(int o, int k) {
        int place = 0;
        for (int axis = 0; axis < AXES; axis++) {
            int at = at(axis, digit(o, out, axis), digit(k, kernel, axis));
            if (at < 0 || at >= in[axis]) {
                return -1;
            }
            place = place * in[axis] + at;
        }
        return place;
    }

    /** Whether element {@code k} at position {@code o} is in the input or its padding, and not behind that. */
    boolean padded(int o, int k) {
        for (int axis = first; axis < AXES; axis++) {
            int end = in[axis] + window.padAfter().get(axis - first);
            if (at(axis, digit(o, out, axis), digit(k, kernel, axis)) >= end) {
                return false;
            }
        }
        return true;
    }

    private int at(int axis, int o, int k) {
        if (axis < first) {
            return 0;
        }
        int own = axis - first;
        return o * window.stride().get(own)
                - window.padBefore().get(own)
                + k * window.dilation().get(own);
    }

    private static int digit(int number, int[] sizes, int axis) {
        int rest = number;
        for (int i = AXES - 1; i > axis; i--) {
            rest /= sizes[i];
        }
        return rest % sizes[axis];
    }
}
