package dev.nnd.runtime.data;

import java.util.List;

/** Says what shape an array of a cell has, and what shape it should have. */
final class ArrayShapes {
    private ArrayShapes() {}

    static String is(List<Integer> dims, boolean ragged) {
        if (ragged) {
            return "this is an array whose parts have different lengths";
        }
        return dims.isEmpty() ? "this is one value" : "this is an array of " + times(dims);
    }

    static String wanted(List<Integer> dims) {
        return dims.isEmpty() ? "one value" : "an array of " + times(dims) + " numbers";
    }

    private static String times(List<Integer> dims) {
        return String.join(" x ", dims.stream().map(String::valueOf).toList());
    }
}
