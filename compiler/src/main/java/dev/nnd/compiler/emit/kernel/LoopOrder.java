package dev.nnd.compiler.emit.kernel;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.stream.IntStream;

/**
 * The order in which a kernel's axes are looped over.
 *
 * @param axes from the outermost loop to the innermost
 * @param sizes of the axes as they lie in memory, in Java; vectors lie along the last of them
 * @param cut how many of the outermost loops go over a part of their axes, from {@code from} to {@code to}: none, one, or two
 *     whose rows are counted through
 */
record LoopOrder(List<Integer> axes, List<String> sizes, int cut) {

    private static final List<String> VARIABLES = List.of("i", "j", "k", "l", "m", "o", "p", "q");

    /** All axes as in memory. */
    static LoopOrder natural(KernelBody body, Share share) {
        return of(body, false, share);
    }

    /** Axes that are kept, then axes that are reduced, each in the order of memory. */
    static LoopOrder keptFirst(KernelBody body, Share share) {
        return of(body, true, share);
    }

    private static LoopOrder of(KernelBody body, boolean keptFirst, Share share) {
        var kept = new ArrayList<Integer>();
        var reduced = new ArrayList<Integer>();
        for (int axis = 0; axis < body.depth(); axis++) {
            (keptFirst && body.reduces(axis) ? reduced : kept).add(axis);
        }
        kept.addAll(reduced);
        var sizes = IntStream.range(0, body.depth()).mapToObj(body::size).toList();
        return new LoopOrder(kept, sizes, share.cut().axes());
    }

    int depth() {
        return axes.size();
    }

    /** The last axis in memory; -1 if there are no axes. */
    int vectorAxis() {
        return axes.size() - 1;
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

    /** {@code for (long i = 0; i < rows; i++)} for an axis. */
    String header(int axis) {
        String v = variable(axis);
        if (cut == 2 && isCut(axis)) {
            String inner = sizes.get(axes.get(1));
            return "for (long " + v + " = from / " + inner + "; " + v + " * " + inner + " < to; " + v + "++)";
        }
        return "for (long " + v + " = " + start(axis) + "; " + v + " < " + end(axis) + "; " + v + "++)";
    }

    /** Where the loop over an axis begins. */
    String start(int axis) {
        return isCut(axis) ? "from" : isCutWithin(axis) ? "Math.max(0, from - " + before(axis) + ")" : "0";
    }

    /** Where the loop over an axis ends. */
    String end(int axis) {
        String size = sizes.get(axis);
        return isCut(axis) ? "to" : isCutWithin(axis) ? "Math.min(" + size + ", to - " + before(axis) + ")" : size;
    }

    private boolean isCut(int axis) {
        return cut > 0 && axes.getFirst() == axis;
    }

    /** Whether it is the second of two axes that are cut together. */
    private boolean isCutWithin(int axis) {
        return cut == 2 && axes.get(1) == axis;
    }

    /** The rows before those of the outermost loop's turn. */
    private String before(int axis) {
        return variable(axes.getFirst()) + " * " + sizes.get(axis);
    }
}
