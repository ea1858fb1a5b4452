package dev.nnd.runtime.kernel;

import java.util.Arrays;
import java.util.List;

/**
 * How a matmul reads and writes memory: the flags swap the last two axes of an operand. Before that an operand's axes are
 * permuted as a transpose would, and at the end those of the product: [n, t, h, d] read by [0, 2, 1, 3] is [n, h, t, d]. An
 * order keeps the last axis; an empty one changes nothing. Where there is one, both operands have as many axes as it.
 */
public record MatmulAxes(
        boolean transposeA, boolean transposeB, List<Integer> a, List<Integer> b, List<Integer> result) {

    public MatmulAxes {
        a = checked(a);
        b = checked(b);
        result = checked(result);
    }

    private static List<Integer> checked(List<Integer> order) {
        int rank = order.size();
        boolean permutation =
                order.stream().distinct().filter(i -> i >= 0 && i < rank).count() == rank;
        if (!permutation || rank > 0 && order.getLast() != rank - 1) {
            throw new IllegalArgumentException("an order of axes is a permutation that keeps the last one: " + order);
        }
        return List.copyOf(order);
    }

    /** Axes in their own order. */
    public static MatmulAxes of(boolean transposeA, boolean transposeB) {
        return new MatmulAxes(transposeA, transposeB, List.of(), List.of(), List.of());
    }

    /** The same with another order of a's axes. */
    public MatmulAxes a(int... order) {
        return new MatmulAxes(transposeA, transposeB, list(order), b, result);
    }

    /** The same with another order of b's axes. */
    public MatmulAxes b(int... order) {
        return new MatmulAxes(transposeA, transposeB, a, list(order), result);
    }

    /** The same with another order of the result's axes. */
    public MatmulAxes result(int... order) {
        return new MatmulAxes(transposeA, transposeB, a, b, list(order));
    }

    private static List<Integer> list(int... order) {
        return Arrays.stream(order).boxed().toList();
    }

    /** Whether any axes are permuted, other than by the flags. */
    public boolean permutes() {
        return !(a.isEmpty() && b.isEmpty() && result.isEmpty());
    }
}
