package dev.nnd.compiler.incremental;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What is known of a value before anything runs.
 *
 * @param tokens whether it depends on the tokens, and not on positions and parameters alone
 * @param inner for an axis in which positions and something else are joined, what lies inside of one position; 1 else
 * @param linear its elements as a sum of positions; null if they are not known to be one
 * @param later what its elements are where the second axis is at a later position than the first
 */
record Known(
        boolean tokens, Map<Integer, Long> inner, @Nullable Linear linear, Map<Pair, Double> later) {

    /** Stands for anything that the exponential makes zero, whatever is added to it. */
    static final double LOW = Double.NEGATIVE_INFINITY;

    /** Numbers from here down are {@link #LOW}: scores are far smaller. */
    private static final double LOW_ENOUGH = -1e4;

    Known {
        inner = Map.copyOf(inner);
        later = Map.copyOf(later);
    }

    /** Two axes of positions. */
    record Pair(int row, int column) {}

    /** The sum of the positions along axes, each times its factor, and a constant. */
    record Linear(Map<Integer, Double> factors, double constant) {
        Linear {
            factors = Map.copyOf(factors);
        }

        boolean isConstant() {
            return factors.isEmpty();
        }
    }

    /** Nothing but whether it depends on the tokens. */
    static Known of(boolean tokens) {
        return new Known(tokens, Map.of(), null, Map.of());
    }

    /** How many elements lie inside of one position of an axis. */
    long innerOf(int axis) {
        return inner.getOrDefault(axis, 1L);
    }

    /** The element at later positions: a number, {@link #LOW}, or null if it is not known. */
    @Nullable
    Double at(Pair pair) {
        Double known = later.get(pair);
        return known != null || linear == null || !linear.isConstant() ? known : (Double) linear.constant();
    }

    static boolean isLow(double value) {
        return value <= LOW_ENOUGH;
    }
}
