package dev.nnd.compiler.incremental;

import dev.nnd.compiler.ir.Node;
import dev.nnd.compiler.ir.Op;
import dev.nnd.compiler.type.Dim;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** For an operand of a node, which of its axes each axis of the result runs along; -1 for none. */
record AxisMap(int[] from, Map<Integer, Long> inner) {

    /** The map of an operand; results of one node are alike. */
    static AxisMap of(Node node, int operand, Known known, Axes axes) {
        List<Dim> in = node.inputs().get(operand).type().dims();
        List<Dim> out = node.output().type().dims();
        return switch (node.op()) {
            case Op.Reshape _ -> new ReshapedAxes(in, out, known, axes).map();
            case Op.Transpose o ->
                plain(o.permutation().stream().mapToInt(i -> i).toArray(), known);
            case Op.Reduce o -> plain(kept(in.size(), out.size(), o), known);
            case Op.MatMul o ->
                plain(
                        product(
                                in.size(),
                                out.size(),
                                operand == 0 ? 0 : 1,
                                operand == 0 ? o.transposeLeft() : o.transposeRight(),
                                in,
                                out),
                        known);
            case Op.Gather o when !o.each() -> plain(gather(node, operand, o.axis(), out.size()), known);
            case Op.Gather o -> plain(without(identity(out.size()), operand == 0 ? o.axis() : -1), known);
            case Op.OneHot _, Op.Pick _, Op.ArgMax _ -> plain(first(in.size(), out.size()), known);
            case Op.Slice _, Op.Pad _, Op.Softmax _, Op.LogSoftmax _, Op.Sort _, Op.Cumulate _, Op.Recurrence _ ->
                plain(identity(out.size()), known);
            default -> plain(aligned(in, out, out.size()), known);
        };
    }

    private static AxisMap plain(int[] from, Known known) {
        var inner = new HashMap<Integer, Long>();
        for (int i = 0; i < from.length; i++) {
            if (from[i] >= 0 && known.innerOf(from[i]) != 1) {
                inner.put(i, known.innerOf(from[i]));
            }
        }
        return new AxisMap(from, inner);
    }

    /** The axis of the result that runs along an axis of the operand; -1 for none. */
    int to(int axis) {
        for (int i = 0; i < from.length; i++) {
            if (from[i] == axis) {
                return i;
            }
        }
        return -1;
    }

    private static int[] identity(int rank) {
        return first(rank, rank);
    }

    private static int[] first(int in, int out) {
        int[] from = new int[out];
        for (int i = 0; i < out; i++) {
            from[i] = i < in ? i : -1;
        }
        return from;
    }

    private static int[] without(int[] from, int axis) {
        if (axis >= 0) {
            from[axis] = -1;
        }
        return from;
    }

    /** As NumPy broadcasts; {@code count} axes of the result, from the first, count. */
    private static int[] aligned(List<Dim> in, List<Dim> out, int count) {
        int[] from = new int[out.size()];
        Arrays.fill(from, -1);
        for (int i = 0; i < count; i++) {
            int axis = i - (out.size() - in.size());
            boolean runs = axis >= 0 && in.get(axis).equals(out.get(i));
            from[i] = runs ? axis : -1;
        }
        return from;
    }

    private static int[] kept(int in, int out, Op.Reduce op) {
        int[] from = new int[out];
        Arrays.fill(from, -1);
        int next = 0;
        for (int axis = 0; axis < in; axis++) {
            boolean reduced = op.axes().contains(axis);
            if (!reduced) {
                from[next] = axis;
            }
            next += reduced && !op.keepDims() ? 0 : 1;
        }
        return from;
    }

    private static int[] product(int in, int out, int side, boolean transposed, List<Dim> dims, List<Dim> outDims) {
        int[] from = aligned(dims, outDims, out - 2);
        int kept = side == 0 ? (transposed ? in - 1 : in - 2) : (transposed ? in - 2 : in - 1);
        from[out - 2] = side == 0 ? kept : -1;
        from[out - 1] = side == 0 ? -1 : kept;
        return from;
    }

    private static int[] gather(Node node, int operand, int axis, int out) {
        int index = node.inputs().get(1).type().rank();
        int[] from = new int[out];
        for (int i = 0; i < out; i++) {
            boolean ofIndex = i >= axis && i < axis + index;
            int ofX = i < axis ? i : i - index + 1;
            from[i] = operand == 0 ? (ofIndex ? -1 : ofX) : (ofIndex ? i - axis : -1);
        }
        return from;
    }
}
