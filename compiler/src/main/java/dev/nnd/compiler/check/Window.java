package dev.nnd.compiler.check;

import dev.nnd.compiler.type.Constant;
import dev.nnd.compiler.type.Dim;
import java.util.Collections;
import java.util.List;

/** A window that moves over the last axes of a tensor: one number per axis of each list. */
record Window(List<Long> kernel, List<Long> stride, List<Long> padding, List<Long> dilation, boolean ceil) {

    /**
     * {@code (size + 2 * padding - dilation * (kernel - 1) - 1) / stride + 1}, rounded down; with {@code ceil} rounded up,
     * but no window starts in the padding at the end.
     */
    Dim output(Dim size, int axis) {
        Dim room = size.plus(Dim.of(2 * padding.get(axis) - extent(axis)));
        Dim step = Dim.of(stride.get(axis));
        if (!ceil) {
            return room.floorDivide(step).plus(Dim.ONE);
        }
        Dim up = room.plus(Dim.of(stride.get(axis) - 1)).floorDivide(step).plus(Dim.ONE);
        if (stride.get(axis) + padding.get(axis) <= extent(axis)) {
            return up;
        }
        Dim starts = size.plus(Dim.of(padding.get(axis) + stride.get(axis) - 1)).floorDivide(step);
        return up.min(starts);
    }

    /** What the kernel covers: dilation * (kernel - 1) + 1. */
    long extent(int axis) {
        return dilation.get(axis) * (kernel.get(axis) - 1) + 1;
    }

    /** {@code (28 + 2 * 1 - 3) / 2 + 1 = 14}. */
    String derivation(Dim size, int axis) {
        String padded = padding.get(axis) == 0 ? "" : " + 2 * " + padding.get(axis);
        String covered = dilation.get(axis) == 1
                ? "" + kernel.get(axis)
                : "(" + dilation.get(axis) + " * (" + kernel.get(axis) + " - 1) + 1)";
        String room = size + padded + " - " + covered;
        String strided = stride.get(axis) == 1 ? room : "(" + room + ") / " + stride.get(axis);
        return strided + " + 1 = " + output(size, axis) + (ceil && stride.get(axis) > 1 ? ", rounded up" : "");
    }

    /** {@code 3}, or {@code 3 (dilated to 5)}. */
    String covers(int axis) {
        return dilation.get(axis) == 1
                ? "" + kernel.get(axis)
                : kernel.get(axis) + " (dilated to " + extent(axis) + ")";
    }

    /** {@code 28}, or {@code 28 with padding 1}. */
    String padded(Dim size, int axis) {
        return padding.get(axis) == 0 ? "" + size : size + " with padding " + padding.get(axis);
    }

    /** The same number for every axis. */
    static List<Long> all(long value, int axes) {
        return Collections.nCopies(axes, value);
    }

    /** The numbers as an attribute of a primitive. */
    static Constant list(List<Long> values) {
        return new Constant.ListOf(
                values.stream().map(v -> (Constant) new Constant.Int(Dim.of(v))).toList());
    }

    /** What the axes are called: {@code height} and {@code width} for two. */
    static List<String> names(int axes) {
        return switch (axes) {
            case 1 -> List.of("length");
            case 2 -> List.of("height", "width");
            default -> List.of("depth", "height", "width");
        };
    }
}
