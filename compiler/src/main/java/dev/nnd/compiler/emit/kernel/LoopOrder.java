package dev.nnd.compiler.emit.kernel;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;

/**
 * The order in which a kernel's axes are looped over.
 *
 * @param axes from the outermost loop to the innermost
 * @param vectorAxis the axis that vectors lie along: the last in memory; -1 if there are no axes
 * @param ranged true if the outermost loop goes over a part of its axis, from {@code from} to {@code to}
 */
record LoopOrder(List<Integer> axes, int vectorAxis, boolean ranged) {

    private static final List<String> VARIABLES = List.of("i", "j", "k", "l", "m", "o", "p", "q");

    /** All axes as in memory. */
    static LoopOrder natural(KernelBody body, boolean ranged) {
        return reduction(body, false, ranged);
    }

    /** Axes that are kept, then axes that are reduced, each in the order of memory. */
    static LoopOrder keptFirst(KernelBody body, boolean ranged) {
        return reduction(body, true, ranged);
    }

    private static LoopOrder reduction(KernelBody body, boolean keptFirst, boolean ranged) {
        var kept = new ArrayList<Integer>();
        var reduced = new ArrayList<Integer>();
        for (int axis = 0; axis < body.depth(); axis++) {
            (keptFirst && body.reduces(axis) ? reduced : kept).add(axis);
        }
        kept.addAll(reduced);
        return new LoopOrder(kept, body.depth() - 1, ranged);
    }

    int depth() {
        return axes.size();
    }

    /** How many loops are open where a value that changes along these axes is known. */
    int level(BitSet along) {
        int level = 0;
        for (int position = 0; position < axes.size(); position++) {
            if (along.get(axes.get(position))) {
                level = position + 1;
            }
        }
        return level;
    }

    /** The loop variable of an axis. */
    String variable(int axis) {
        return VARIABLES.get(axis);
    }

    /** The loop variables by axis. */
    List<String> variables() {
        return VARIABLES;
    }

    /** {@code for (long i = 0; i < rows; i++)} for an axis of that size. */
    String header(int axis, String size) {
        String v = variable(axis);
        return "for (long " + v + " = " + start(axis) + "; " + v + " < " + end(axis, size) + "; " + v + "++)";
    }

    /** Where the loop over an axis begins. */
    String start(int axis) {
        return isCut(axis) ? "from" : "0";
    }

    /** Where the loop over an axis of that size ends. */
    String end(int axis, String size) {
        return isCut(axis) ? "to" : size;
    }

    private boolean isCut(int axis) {
        return ranged && axes.getFirst() == axis;
    }
}
