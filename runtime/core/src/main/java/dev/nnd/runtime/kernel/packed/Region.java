package dev.nnd.runtime.kernel.packed;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Results that read the same elements of a window: element t of the region is result {@code start + step * t}, and reads
 * planes at the distances {@code offsets}. Do not change the arrays.
 *
 * @param counts how many results along each axis
 * @param elements which elements of a window it reads
 * @param offsets where, in elements behind the first copy
 */
record Region(int[] counts, int[] start, int[] step, int[] elements, long[] offsets) {

    /** All results of a convolution. */
    static List<Region> forward(Axes axes, Planes planes) {
        var elements = new int[axes.elements()];
        var offsets = new long[elements.length];
        for (int i = 0; i < elements.length; i++) {
            elements[i] = i;
            offsets[i] = planes.offset(axes, i, planes.copyElements());
        }
        return List.of(new Region(axes.out(), new int[Axes.COUNT], new int[] {1, 1, 1}, elements, offsets));
    }

    /** The gradients of x, apart by their phase. */
    static List<Region> backward(Axes axes, Planes planes) {
        var regions = new ArrayList<Region>();
        int[] stride = axes.stride();
        for (int d = 0; d < stride[0]; d++) {
            for (int h = 0; h < stride[1]; h++) {
                for (int w = 0; w < stride[2]; w++) {
                    var region = backward(axes, planes, d, h, w);
                    if (Axes.volume(region.counts) > 0) {
                        regions.add(region);
                    }
                }
            }
        }
        return regions;
    }

    private static Region backward(Axes axes, Planes planes, int... phase) {
        var counts = new int[Axes.COUNT];
        var start = new int[Axes.COUNT];
        var skipped = new int[Axes.COUNT];
        for (int axis = 0; axis < Axes.COUNT; axis++) {
            int stride = axes.stride()[axis];
            int distance = axes.pad()[axis] - phase[axis];
            skipped[axis] = Math.ceilDiv(distance, stride);
            start[axis] = skipped[axis] * stride - distance;
            counts[axis] = Math.max(0, Math.ceilDiv(axes.in()[axis] - start[axis], stride));
        }
        int[] elements = IntStream.range(0, axes.elements())
                .filter(index -> inPhase(axes, index, phase))
                .toArray();
        var offsets = new long[elements.length];
        for (int i = 0; i < elements.length; i++) {
            offsets[i] = planes.place(
                    place(axes, elements[i], 0, skipped),
                    place(axes, elements[i], 1, skipped),
                    place(axes, elements[i], 2, skipped));
        }
        return new Region(counts, start, axes.stride(), elements, offsets);
    }

    private static int place(Axes axes, int index, int axis, int[] skipped) {
        return skipped[axis] + axes.reach(axis) - axes.shift(axis, axes.element(index, axis));
    }

    private static boolean inPhase(Axes axes, int index, int[] phase) {
        for (int axis = 0; axis < Axes.COUNT; axis++) {
            if (axes.phase(axis, axes.element(index, axis)) != phase[axis]) {
                return false;
            }
        }
        return true;
    }

    /** How many places of a copy lie from the first result to the last. */
    long span(Planes planes) {
        return planes.place(counts[0] - 1, counts[1] - 1, counts[2] - 1) + 1;
    }
}
