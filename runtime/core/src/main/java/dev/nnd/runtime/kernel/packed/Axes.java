package dev.nnd.runtime.kernel.packed;

import dev.nnd.runtime.kernel.Shapes;
import dev.nnd.runtime.kernel.Window;

/** A convolution over three axes: of one with fewer the first axes have size 1. Do not change the arrays. */
record Axes(int[] in, int[] out, int[] kernel, int[] stride, int[] pad, int[] dilation) {

    static final int COUNT = 3;

    static Axes of(Shapes.Convolution s) {
        return of(s.window(), s.in(), s.out());
    }

    static Axes of(Window window, long[] in, long[] out) {
        var axes = new Axes(
                new int[] {1, 1, 1},
                new int[] {1, 1, 1},
                new int[] {1, 1, 1},
                new int[] {1, 1, 1},
                new int[COUNT],
                new int[] {1, 1, 1});
        for (int i = 0; i < window.axes(); i++) {
            int axis = COUNT - window.axes() + i;
            axes.in[axis] = Math.toIntExact(in[i]);
            axes.out[axis] = Math.toIntExact(out[i]);
            axes.kernel[axis] = window.kernel().get(i);
            axes.stride[axis] = window.stride().get(i);
            axes.pad[axis] = window.padBefore().get(i);
            axes.dilation[axis] = window.dilation().get(i);
        }
        return axes;
    }

    /** How many elements a window has. */
    int elements() {
        return volume(kernel);
    }

    static int volume(int[] sizes) {
        return Math.multiplyExact(Math.multiplyExact(sizes[0], sizes[1]), sizes[2]);
    }

    /** The place of an element of a window along an axis. */
    int element(int index, int axis) {
        return switch (axis) {
            case 0 -> index / (kernel[1] * kernel[2]);
            case 1 -> index / kernel[2] % kernel[1];
            default -> index % kernel[2];
        };
    }

    /** Whole strides from the first element of a window to the one at place {@code k}. */
    int shift(int axis, int k) {
        return k * dilation[axis] / stride[axis];
    }

    /** What is left of them. */
    int phase(int axis, int k) {
        return k * dilation[axis] % stride[axis];
    }

    /** The largest shift. */
    int reach(int axis) {
        return shift(axis, kernel[axis] - 1);
    }
}
