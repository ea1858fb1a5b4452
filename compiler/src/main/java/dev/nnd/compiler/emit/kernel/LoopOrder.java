package dev.nnd.compiler.emit.kernel;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;

/**
 * The order in which a kernel's axes are looped over.
 *
 * @param axes from the outermost loop to the innermost
 * @param vectorAxis the axis that vectors lie along: the last in memory; -1 if there are no axes
 */
record LoopOrder(List<Integer> axes, int vectorAxis) {

    private static final List<String> VARIABLES = List.of("i", "j", "k", "l", "m", "o", "p", "q");

    /** All axes as in memory. */
    static LoopOrder natural(KernelBody body) {
        return reduction(body, false);
    }

    /** Axes that are kept, then axes that are reduced, each in the order of memory. */
    static LoopOrder keptFirst(KernelBody body) {
        return reduction(body, true);
    }

    private static LoopOrder reduction(KernelBody body, boolean keptFirst) {
        var kept = new ArrayList<Integer>();
        var reduced = new ArrayList<Integer>();
        for (int axis = 0; axis < body.depth(); axis++) {
            (keptFirst && body.reduces(axis) ? reduced : kept).add(axis);
        }
        kept.addAll(reduced);
        return new LoopOrder(kept, body.depth() - 1);
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
        return "for (long " + v + " = 0; " + v + " < " + size + "; " + v + "++)";
    }
}
