package dev.nnd.runtime.kernel;

import java.util.Arrays;
import java.util.List;

/**
 * A batch of matrices in row-major memory whose axes may be in another order there. The last two of {@code dims} are rows and
 * columns, those before are the batch.
 *
 * @param strides how many elements apart neighbours along each axis are
 */
public record Matrices(long[] dims, long[] strides) {

    /** An operand of a product of that rank: its axes in that order, the last two swapped if {@code transpose}; 1 where it has fewer. */
    static Matrices operand(long[] stored, List<Integer> order, boolean transpose, int rank) {
        var strides = rowMajor(stored);
        var dims = new long[rank];
        var steps = new long[rank];
        Arrays.fill(dims, 1);
        Arrays.fill(steps, Arrays.stream(stored).reduce(1, (x, y) -> x * Math.max(y, 1)));
        int lacks = rank - stored.length;
        for (int i = 0; i < stored.length; i++) {
            int from = order.isEmpty() ? i : order.get(i);
            int to = lacks + (transpose ? swapped(i, stored.length) : i);
            dims[to] = stored[from];
            steps[to] = strides[from];
        }
        return new Matrices(dims, steps);
    }

    private static int swapped(int axis, int rank) {
        return axis < rank - 2 ? axis : 2 * rank - 3 - axis;
    }

    /** A product with those dims, of which axis {@code order[i]} is axis i in memory. */
    static Matrices result(long[] dims, List<Integer> order) {
        var inMemory = rowMajor(stored(dims, order));
        var strides = new long[dims.length];
        for (int i = 0; i < dims.length; i++) {
            strides[order.isEmpty() ? i : order.get(i)] = inMemory[i];
        }
        return new Matrices(dims, strides);
    }

    /** The dims as they are in memory. */
    static long[] stored(long[] dims, List<Integer> order) {
        return order.isEmpty()
                ? dims.clone()
                : order.stream().mapToLong(i -> dims[i]).toArray();
    }

    private static long[] rowMajor(long[] dims) {
        var strides = new long[dims.length];
        long stride = 1;
        for (int i = dims.length - 1; i >= 0; i--) {
            strides[i] = stride;
            stride *= Math.max(dims[i], 1);
        }
        return strides;
    }

    /** From one row to the next. */
    public long row() {
        return strides[strides.length - 2];
    }

    /** From one column to the next. */
    public long column() {
        return strides[strides.length - 1];
    }

    /** Where the matrix of each product of a batch starts; a batch dim of 1 serves all. */
    public long[] starts(long[] batch) {
        int count = 1;
        for (long dim : batch) {
            count = Math.toIntExact(count * dim);
        }
        var starts = new long[count];
        for (int i = 0; i < count; i++) {
            long rest = i;
            for (int axis = batch.length - 1; axis >= 0; axis--) {
                starts[i] += dims[axis] == 1 ? 0 : rest % batch[axis] * strides[axis];
                rest /= batch[axis];
            }
        }
        return starts;
    }
}
