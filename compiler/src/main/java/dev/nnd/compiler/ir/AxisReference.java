package dev.nnd.compiler.ir;

import java.util.Arrays;
import java.util.List;

/** Slices, paddings, joins, gathers and scatters in plain loops. */
final class AxisReference {

    private AxisReference() {}

    static Ndarray iota(Op.Iota op, int[] shape) {
        Ndarray y = Ndarray.zeros(shape);
        int inner = Ndarray.count(shape, op.axis() + 1, shape.length);
        for (int i = 0; i < y.elements().length; i++) {
            y.elements()[i] = i / inner % shape[op.axis()];
        }
        return y;
    }

    static Ndarray slice(Ndarray x, int[] start, List<Integer> step, int[] shape) {
        Ndarray y = Ndarray.zeros(shape);
        for (int flat = 0; flat < y.elements().length; flat++) {
            int from = 0;
            int[] at = position(flat, shape);
            for (int axis = 0; axis < shape.length; axis++) {
                int index = start[axis] + at[axis] * step.get(axis);
                if (index < 0 || index >= x.dims()[axis]) {
                    throw new IllegalArgumentException("a slice reaches " + index + " of an axis of " + x.dims()[axis]);
                }
                from = from * x.dims()[axis] + index;
            }
            y.elements()[flat] = x.elements()[from];
        }
        return y;
    }

    static Ndarray pad(Op.Pad op, int[] low, Ndarray x, int[] shape) {
        Ndarray y = Ndarray.zeros(shape);
        Arrays.fill(y.elements(), op.value());
        for (int flat = 0; flat < x.elements().length; flat++) {
            int[] at = position(flat, x.dims());
            int to = 0;
            for (int axis = 0; axis < shape.length; axis++) {
                to = to * shape[axis]
                        + low[axis]
                        + at[axis] * (1 + op.interior().get(axis));
            }
            y.elements()[to] = x.elements()[flat];
        }
        return y;
    }

    private static int[] position(int flat, int[] dims) {
        int[] position = new int[dims.length];
        int rest = flat;
        for (int axis = dims.length - 1; axis >= 0; axis--) {
            position[axis] = rest % dims[axis];
            rest /= dims[axis];
        }
        return position;
    }

    static Ndarray concat(int axis, List<Ndarray> in, int[] shape) {
        Ndarray y = Ndarray.zeros(shape);
        int outer = Ndarray.count(shape, 0, axis);
        int row = Ndarray.count(shape, axis, shape.length);
        int offset = 0;
        for (Ndarray x : in) {
            int own = Ndarray.count(x.dims(), axis, x.rank());
            for (int o = 0; o < outer; o++) {
                System.arraycopy(x.elements(), o * own, y.elements(), o * row + offset, own);
            }
            offset += own;
        }
        return y;
    }

    /** For every element of what is gathered or scattered, in order, its place in the indexed array. */
    private static int[] places(int axis, boolean each, int[] dims, Ndarray index, int count) {
        int size = dims[axis];
        int inner = Ndarray.count(dims, axis + 1, dims.length);
        int picked = each ? index.dims()[axis] : index.elements().length;
        int[] places = new int[count];
        for (int i = 0; i < count; i++) {
            int at = each ? i : i / inner % picked;
            int chosen = IndexingReference.index(index, at, size);
            places[i] = (i / (inner * picked) * size + chosen) * inner + i % inner;
        }
        return places;
    }

    static Ndarray gather(Op.Gather op, Ndarray x, Ndarray index, int[] shape) {
        Ndarray y = Ndarray.zeros(shape);
        int[] places = places(op.axis(), op.each(), x.dims(), index, y.elements().length);
        for (int i = 0; i < places.length; i++) {
            y.elements()[i] = x.elements()[places[i]];
        }
        return y;
    }

    static Ndarray scatter(Op.Scatter op, Ndarray base, Ndarray index, Ndarray updates, int[] shape) {
        double[] y = new double[Ndarray.count(shape, 0, shape.length)];
        for (int i = 0; i < y.length; i++) {
            y[i] = base.elements()[base.rank() == 0 ? 0 : i];
        }
        int[] places = places(op.axis(), op.each(), shape, index, updates.elements().length);
        for (int i = 0; i < places.length; i++) {
            double before = y[places[i]];
            double update = updates.elements()[i];
            y[places[i]] = switch (op.mode()) {
                case SET -> update;
                case ADD -> before + update;
                case MULTIPLY -> before * update;
                case MAX -> Math.max(before, update);
                case MIN -> Math.min(before, update);
            };
        }
        return new Ndarray(shape, y);
    }
}
