package dev.nnd.compiler.ir;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;

/** Orders of axes: axis i of a transpose is axis {@code order[i]} of its operand. An empty one changes nothing. */
public final class Permutation {

    private Permutation() {}

    /** True for a permutation of the axes of that rank. */
    public static boolean fits(List<Integer> order, int rank) {
        return order.size() == rank
                && order.stream().distinct().filter(a -> a >= 0 && a < rank).count() == rank;
    }

    /** Undoes an order. */
    public static List<Integer> inverse(List<Integer> order) {
        var inverse = new ArrayList<>(order);
        for (int i = 0; i < order.size(); i++) {
            inverse.set(order.get(i), i);
        }
        return inverse;
    }

    /** A transpose by the first, then one by the second. */
    public static List<Integer> join(List<Integer> first, List<Integer> second) {
        if (first.isEmpty() || second.isEmpty()) {
            return first.isEmpty() ? second : first;
        }
        return second.stream().map(first::get).toList();
    }

    /** An order with the last two axes swapped. */
    public static List<Integer> swapLast(List<Integer> order) {
        var swapped = new ArrayList<>(order);
        Collections.swap(swapped, order.size() - 1, order.size() - 2);
        return swapped;
    }

    /** Each axis in its place. */
    public static List<Integer> identity(int rank) {
        return IntStream.range(0, rank).boxed().toList();
    }

    /** What the transpose by an order makes of a list with one element for each axis. */
    public static <T> List<T> of(List<Integer> order, List<T> axes) {
        return order.isEmpty() ? axes : order.stream().map(axes::get).toList();
    }
}
