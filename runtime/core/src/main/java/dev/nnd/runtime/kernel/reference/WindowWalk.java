package dev.nnd.runtime.kernel.reference;

import dev.nnd.runtime.kernel.Window;

/** A window over three axes: of one with fewer the first axes have size 1. Plain numbers, for the loops of the reference. */
final class WindowWalk {

    private static final int AXES = 3;

    final long[] in = {1, 1, 1};
    final long[] out = {1, 1, 1};
    final int[] kernel = {1, 1, 1};
    private final int[] stride = {1, 1, 1};
    private final int[] pad = {0, 0, 0};
    private final int[] padAfter = {0, 0, 0};
    private final int[] dilation = {1, 1, 1};

    WindowWalk(Window window, long[] in, long[] out) {
        int first = AXES - window.axes();
        for (int axis = 0; axis < window.axes(); axis++) {
            this.in[first + axis] = in[axis];
            this.out[first + axis] = out[axis];
            kernel[first + axis] = window.kernel().get(axis);
            stride[first + axis] = window.stride().get(axis);
            pad[first + axis] = window.padBefore().get(axis);
            padAfter[first + axis] = window.padAfter().get(axis);
            dilation[first + axis] = window.dilation().get(axis);
        }
    }

    /** How many elements an input plane has. */
    long inputs() {
        return in[0] * in[1] * in[2];
    }

    /** How many windows there are. */
    long outputs() {
        return out[0] * out[1] * out[2];
    }

    /** How many elements a window has. */
    int elements() {
        return kernel[0] * kernel[1] * kernel[2];
    }

    /** The place in the input plane of element {@code k} of window {@code o}, -1 if it is padding. */
    long input(long o, int k) {
        long d = at(0, o / (out[1] * out[2]), k / (kernel[1] * kernel[2]));
        long h = at(1, o / out[2] % out[1], k / kernel[2] % kernel[1]);
        long w = at(2, o % out[2], k % kernel[2]);
        boolean inside = d >= 0 && d < in[0] && h >= 0 && h < in[1] && w >= 0 && w < in[2];
        return inside ? (d * in[1] + h) * in[2] + w : -1;
    }

    private long at(int axis, long o, int k) {
        return o * stride[axis] - pad[axis] + (long) k * dilation[axis];
    }

    /** How many elements of a window lie in the input or its padding, but not behind that. */
    long padded(long o) {
        return padded(0, o / (out[1] * out[2])) * padded(1, o / out[2] % out[1]) * padded(2, o % out[2]);
    }

    private long padded(int axis, long o) {
        long count = 0;
        for (int k = 0; k < kernel[axis]; k++) {
            count += at(axis, o, k) < in[axis] + padAfter[axis] ? 1 : 0;
        }
        return count;
    }
}
