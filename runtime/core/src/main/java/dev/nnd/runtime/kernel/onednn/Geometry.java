package dev.nnd.runtime.kernel.onednn;

import dev.nnd.runtime.kernel.Window;
import java.lang.foreign.Arena;
import java.util.List;

/** A window in oneDNN's terms, as pointers to a number for each axis; its dilation counts the holes, so it is one less. */
final class Geometry {

    private Geometry() {}

    static long kernel(Arena arena, Window window) {
        return longs(arena, window.kernel());
    }

    static long strides(Arena arena, Window window) {
        return longs(arena, window.stride());
    }

    /** Of a kernel of one element, whose dilation means nothing, oneDNN takes none. */
    static long dilations(Arena arena, Window window) {
        var holes = new long[window.axes()];
        for (int axis = 0; axis < holes.length; axis++) {
            holes[axis] = window.kernel().get(axis) == 1 ? 0 : window.dilation().get(axis) - 1L;
        }
        return Descriptors.longs(arena, holes);
    }

    static long padBefore(Arena arena, Window window) {
        return longs(arena, window.padBefore());
    }

    static long padAfter(Arena arena, Window window) {
        return longs(arena, window.padAfter());
    }

    /** As far as the last windows reach behind an input of that size, if they are rounded up. */
    static long padAfter(Arena arena, Window window, long[] in) {
        if (!window.ceil()) {
            return padAfter(arena, window);
        }
        var reach = new long[in.length];
        for (int axis = 0; axis < in.length; axis++) {
            reach[axis] = window.overhang(axis, in[axis]);
        }
        return Descriptors.longs(arena, reach);
    }

    /** The share of an axis' places of the kernel, over all results, that lie in the image and not beside it. */
    static double inside(Window window, int axis, long size, long results) {
        int kernel = window.kernel().get(axis);
        int stride = window.stride().get(axis);
        int dilation = window.dilation().get(axis);
        long in = 0;
        for (long y = 0; y < results; y++) {
            for (int k = 0; k < kernel; k++) {
                long at = y * stride + (long) k * dilation - window.padBefore().get(axis);
                in += at >= 0 && at < size ? 1 : 0;
            }
        }
        return (double) in / (results * kernel);
    }

    private static long longs(Arena arena, List<Integer> numbers) {
        return Descriptors.longs(
                arena, numbers.stream().mapToLong(Integer::longValue).toArray());
    }
}
