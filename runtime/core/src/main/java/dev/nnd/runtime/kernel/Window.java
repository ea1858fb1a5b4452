package dev.nnd.runtime.kernel;

import java.util.Arrays;
import java.util.Collections;
import java.util.List;

/**
 * A window that slides over the axes behind batch and channels, with one number for each of them in every list: kernel,
 * stride and dilation at least 1, padding at least 0. Padding values are zero in a convolution and never win in a maximum.
 * Padding behind may be negative: so many elements at the end are left out.
 *
 * @param ceil whether a window that starts inside the input or its padding in front, but ends behind it, counts too
 */
public record Window(
        List<Integer> kernel,
        List<Integer> stride,
        List<Integer> padBefore,
        List<Integer> padAfter,
        List<Integer> dilation,
        boolean ceil) {

    public Window {
        kernel = checked(kernel, kernel.size(), 1);
        stride = checked(stride, kernel.size(), 1);
        padBefore = checked(padBefore, kernel.size(), 0);
        padAfter = checked(padAfter, kernel.size(), Integer.MIN_VALUE);
        dilation = checked(dilation, kernel.size(), 1);
    }

    private static List<Integer> checked(List<Integer> numbers, int axes, int least) {
        if (numbers.size() != axes || axes < 1 || numbers.stream().anyMatch(n -> n < least)) {
            throw new IllegalArgumentException(
                    "kernel, stride and dilation are at least 1, padding at least 0, one number for each axis: "
                            + numbers);
        }
        return List.copyOf(numbers);
    }

    /** A window of that size, which moves by 1, without padding and dilation. */
    public static Window of(int... kernel) {
        List<Integer> ones = Collections.nCopies(kernel.length, 1);
        List<Integer> zeros = Collections.nCopies(kernel.length, 0);
        return new Window(list(kernel), ones, zeros, zeros, ones, false);
    }

    /** The same with other steps. */
    public Window stride(int... numbers) {
        return new Window(kernel, list(numbers), padBefore, padAfter, dilation, ceil);
    }

    /** The same with that padding at both ends of each axis. */
    public Window pad(int... numbers) {
        return new Window(kernel, stride, list(numbers), list(numbers), dilation, ceil);
    }

    /** The same with other padding at the ends of the axes. */
    public Window padAfter(int... numbers) {
        return new Window(kernel, stride, padBefore, list(numbers), dilation, ceil);
    }

    /** The same with the elements of a window apart. */
    public Window dilation(int... numbers) {
        return new Window(kernel, stride, padBefore, padAfter, list(numbers), ceil);
    }

    /** The same with windows that end behind the input. */
    public Window roundedUp() {
        return new Window(kernel, stride, padBefore, padAfter, dilation, true);
    }

    private static List<Integer> list(int... numbers) {
        return Arrays.stream(numbers).boxed().toList();
    }

    /** Over how many axes it slides. */
    public int axes() {
        return kernel.size();
    }

    /** What a window covers along an axis: dilation * (kernel - 1) + 1. */
    public long extent(int axis) {
        return (long) dilation.get(axis) * (kernel.get(axis) - 1) + 1;
    }

    /**
     * How many windows there are along an axis of that size: floor((size + padding - extent) / stride) + 1, or with
     * {@link #ceil} the same rounded up, without windows that start behind the input.
     */
    public long output(int axis, long size) {
        long room = size + padBefore.get(axis) + padAfter.get(axis) - extent(axis);
        int step = stride.get(axis);
        if (!ceil) {
            return Math.floorDiv(room, step) + 1;
        }
        long up = Math.floorDiv(room + step - 1, step) + 1;
        return Math.min(up, Math.floorDiv(size + padBefore.get(axis) + step - 1, step));
    }

    /** Whether whole steps at the end of an axis are left out. */
    public boolean shortened() {
        for (int axis = 0; axis < axes(); axis++) {
            if (padAfter.get(axis) + stride.get(axis) <= 0) {
                return true;
            }
        }
        return false;
    }

    /** How far the last window ends behind an axis of that size; at least 0. */
    public long overhang(int axis, long size) {
        long end = (output(axis, size) - 1) * stride.get(axis) - padBefore.get(axis) + extent(axis);
        return Math.max(end - size, 0);
    }
}
