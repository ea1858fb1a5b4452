package dev.nnd.runtime.kernel.packed;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Copies of planes with zeros around them, so that a window finds all its elements at fixed distances from its first one:
 * window number p, counted along the rows of a copy, is at element p. Where the window moves by more than 1, each phase of
 * the plane has a copy of its own. So a convolution is a matrix product, of which no matrix is ever laid out.
 */
final class Planes {

    /** A copy has element {@code start + step * u} of the plane at u. */
    private record Copy(int[] start, int[] step) {}

    private final int[] in;
    private final int[] size;
    private final List<Copy> copies;

    private Planes(int[] in, int[] size, List<Copy> copies) {
        this.in = in;
        this.size = size;
        this.copies = copies;
    }

    /** Those of x, from which the windows of a convolution read. */
    static Planes ofInput(Axes axes) {
        var size = new int[Axes.COUNT];
        for (int axis = 0; axis < Axes.COUNT; axis++) {
            size[axis] = axes.out()[axis] + axes.reach(axis);
        }
        var copies = new ArrayList<Copy>();
        for (int index = 0; index < axes.elements(); index++) {
            var start = start(axes, index);
            if (copies.stream().noneMatch(copy -> Arrays.equals(copy.start, start))) {
                copies.add(new Copy(start, axes.stride()));
            }
        }
        return new Planes(axes.in(), size, copies);
    }

    private static int[] start(Axes axes, int index) {
        var start = new int[Axes.COUNT];
        for (int axis = 0; axis < Axes.COUNT; axis++) {
            start[axis] = axes.phase(axis, axes.element(index, axis)) - axes.pad()[axis];
        }
        return start;
    }

    /** Those of y with zeros behind each row: places of windows in the planes of x. */
    static Planes ofWindows(Axes axes) {
        var one = new int[] {1, 1, 1};
        return new Planes(axes.out(), ofInput(axes).size, List.of(new Copy(new int[Axes.COUNT], one)));
    }

    /** Those of y with as many zeros in front as a window reaches, from which the gradients of x are computed. */
    static Planes ofOutput(Axes axes) {
        var start = new int[Axes.COUNT];
        var size = new int[Axes.COUNT];
        for (int axis = 0; axis < Axes.COUNT; axis++) {
            start[axis] = -axes.reach(axis);
            int last = (axes.in()[axis] - 1 + axes.pad()[axis]) / axes.stride()[axis];
            size[axis] = last + 1 + axes.reach(axis);
        }
        return new Planes(axes.out(), size, List.of(new Copy(start, new int[] {1, 1, 1})));
    }

    /** Elements of all copies of a plane. */
    long elements() {
        return copies.size() * copyElements();
    }

    /** Elements of one copy. */
    long copyElements() {
        return Axes.volume(size);
    }

    /** Elements of the plane. */
    long sourceElements() {
        return Axes.volume(in);
    }

    /** Behind which element of a copy a place is. */
    long place(int d, int h, int w) {
        return ((long) d * size[1] + h) * size[2] + w;
    }

    /** Where the copy that an element of a window reads is, and where in it the first window finds that. */
    long offset(Axes axes, int index, long copyStride) {
        var start = start(axes, index);
        int copy = 0;
        while (!Arrays.equals(copies.get(copy).start, start)) {
            copy++;
        }
        return copy * copyStride
                + place(
                        axes.shift(0, axes.element(index, 0)),
                        axes.shift(1, axes.element(index, 1)),
                        axes.shift(2, axes.element(index, 2)));
    }

    /**
     * Writes the copies of a plane.
     *
     * @param copyStride bytes between two of them
     */
    void write(MatrixKernels kernels, long from, long to, long copyStride) {
        for (int i = 0; i < copies.size(); i++) {
            write(kernels, copies.get(i), from, to + i * copyStride);
        }
    }

    private void write(MatrixKernels kernels, Copy copy, long from, long to) {
        int bytes = kernels.bytes();
        int lead = first(copy, 2);
        int count = end(copy, 2) - lead;
        int top = first(copy, 1);
        int rows = end(copy, 1) - top;
        kernels.fill(to, copyElements(), 0);
        for (int d = first(copy, 0); d < end(copy, 0); d++) {
            long sourceRow = ((long) copy.start[0] + (long) d * copy.step[0]) * in[1]
                    + copy.start[1]
                    + (long) top * copy.step[1];
            long source = from + (sourceRow * in[2] + copy.start[2] + (long) lead * copy.step[2]) * bytes;
            long sourceStep = (long) copy.step[1] * in[2] * bytes;
            long row = to + place(d, top, lead) * bytes;
            if (copy.step[2] == 1) {
                kernels.copyRows(rows, source, sourceStep, row, (long) size[2] * bytes, count);
                continue;
            }
            for (int h = 0; h < rows; h++) {
                long step = (long) copy.step[2] * bytes;
                kernels.copy(source + h * sourceStep, step, row + h * (long) size[2] * bytes, bytes, count);
            }
        }
    }

    /** The first place along an axis of a copy with an element of the plane. */
    private int first(Copy copy, int axis) {
        return Math.clamp(Math.ceilDiv(-copy.start[axis], copy.step[axis]), 0, size[axis]);
    }

    /** The place behind the last one. */
    private int end(Copy copy, int axis) {
        int end = Math.ceilDiv(in[axis] - copy.start[axis], copy.step[axis]);
        return Math.clamp(end, first(copy, axis), size[axis]);
    }

    /** Whether the only copy is the plane itself. */
    boolean same() {
        return copies.size() == 1
                && Arrays.equals(in, size)
                && Arrays.stream(copies.getFirst().start).allMatch(start -> start == 0)
                && Arrays.stream(copies.getFirst().step).allMatch(step -> step == 1);
    }
}
