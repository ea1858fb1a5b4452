package dev.nnd.compiler.incremental;

import static dev.nnd.compiler.incremental.Known.LOW;

import dev.nnd.compiler.incremental.Known.Linear;
import dev.nnd.compiler.incremental.Known.Pair;
import dev.nnd.compiler.ir.Op;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What ops make of elements at later positions: how a causal mask is followed from the comparison of positions to the
 * weights that are zero. Elements are taken to be finite, and scores to be far from {@link Known#LOW}.
 */
final class LaterValues {

    private LaterValues() {}

    /** The result of comparing a difference with zero, where that is the same at all later positions. */
    static Map<Pair, Double> compared(Op.Comparison comparison, Linear difference) {
        var later = new HashMap<Pair, Double>();
        if (difference.factors().size() != 2) {
            return later;
        }
        for (int row : difference.factors().keySet()) {
            for (int column : difference.factors().keySet()) {
                double factor = difference.factors().getOrDefault(row, 0.0);
                if (row != column && difference.factors().getOrDefault(column, 0.0) == -factor) {
                    Double value = atLater(comparison, factor, difference.constant());
                    if (value != null) {
                        later.put(new Pair(row, column), value);
                    }
                }
            }
        }
        return later;
    }

    /** factor * (row - column) + constant is at most, or at least, what it is where the column is the row plus 1. */
    private static @Nullable Double atLater(Op.Comparison comparison, double factor, double constant) {
        double edge = constant - factor;
        boolean falls = factor > 0;
        boolean negative = falls && edge < 0;
        boolean positive = !falls && edge > 0;
        boolean notPositive = falls && edge <= 0;
        boolean notNegative = !falls && edge >= 0;
        return switch (comparison) {
            case GREATER_EQUAL -> negative ? (Double) 0.0 : notNegative ? (Double) 1.0 : null;
            case GREATER -> notPositive ? (Double) 0.0 : positive ? (Double) 1.0 : null;
            case LESS_EQUAL -> positive ? (Double) 0.0 : notPositive ? (Double) 1.0 : null;
            case LESS -> notNegative ? (Double) 0.0 : negative ? (Double) 1.0 : null;
            case EQUAL -> negative || positive ? (Double) 0.0 : null;
            case NOT_EQUAL -> negative || positive ? (Double) 1.0 : null;
        };
    }

    /**
     * The result's element for those of the operands; null where it is not known.
     *
     * @param lastAxis whether the later positions are along the last axis
     */
    static @Nullable Double of(Op op, List<@Nullable Double> in, boolean lastAxis) {
        Double first = in.isEmpty() ? null : in.getFirst();
        return switch (op) {
            case Op.Transpose _, Op.Broadcast _, Op.Reshape _, Op.Cast _, Op.Slice _ -> first;
            case Op.Unary(var function) -> first == null ? null : unary(function, first);
            case Op.Binary(var function) -> binary(function, first, in.get(1));
            case Op.Compare(var comparison) -> compare(comparison, first, in.get(1));
            case Op.Select _ -> select(first, in.get(1), in.get(2));
            case Op.Softmax _ -> first != null && Known.isLow(first) && lastAxis ? (Double) 0.0 : null;
            case Op.LogSoftmax _ -> first != null && Known.isLow(first) && lastAxis ? (Double) LOW : null;
            case Op.Reduce o -> first == null ? null : reduce(o.function(), first);
            default -> null;
        };
    }

    private static @Nullable Double unary(Op.UnaryFunction function, double x) {
        boolean low = Known.isLow(x);
        return switch (function) {
            case STOP_GRADIENT -> (Double) x;
            case EXP, SIGMOID, SOFTPLUS -> low ? (Double) 0.0 : null;
            case RELU -> (Double) Math.max(x, 0);
            case NEGATE -> x == LOW ? null : (Double) (0.0 - x);
            case NOT -> (Double) (1 - x);
            case ABS -> (Double) Math.abs(x);
            case SQUARE -> (Double) (x * x);
            case SQRT, SIN, TANH, ERF, SIGN, EXPM1, LOG1P -> x == 0 ? (Double) 0.0 : null;
            case LOG -> x == 0 ? (Double) LOW : null;
            case RSQRT, RECIPROCAL, COS, FLOOR, CEIL, ROUND, ASIN, ACOS, ATAN -> null;
        };
    }

    private static @Nullable Double binary(Op.BinaryFunction function, @Nullable Double a, @Nullable Double b) {
        boolean lowA = a != null && Known.isLow(a);
        boolean lowB = b != null && Known.isLow(b);
        return switch (function) {
            case ADD -> lowA || lowB ? (Double) LOW : a == null || b == null ? null : (Double) (a + b);
            case SUBTRACT -> lowA ? (Double) LOW : a == null || b == null || lowB ? null : (Double) (a - b);
            case MULTIPLY -> product(a, b);
            case DIVIDE -> a == null ? null : a == 0 ? (Double) 0.0 : lowA && b != null && b > 0 ? (Double) LOW : null;
            case MINIMUM -> lowA || lowB ? (Double) LOW : null;
            case AND -> is(a, 0) || is(b, 0) ? (Double) 0.0 : is(a, 1) && is(b, 1) ? (Double) 1.0 : null;
            case OR -> is(a, 1) || is(b, 1) ? (Double) 1.0 : is(a, 0) && is(b, 0) ? (Double) 0.0 : null;
            case POWER, MAXIMUM, FLOOR_DIVIDE, REMAINDER -> null;
        };
    }

    private static @Nullable Double product(@Nullable Double a, @Nullable Double b) {
        if (is(a, 0) || is(b, 0)) {
            return 0.0;
        }
        if (a == null || b == null) {
            // A low score that is scaled by something that is not known may be anything.
            return null;
        }
        boolean low = a == LOW && b > 0 || b == LOW && a > 0;
        return low ? (Double) LOW : a == LOW || b == LOW ? null : (Double) (a * b);
    }

    private static @Nullable Double compare(Op.Comparison comparison, @Nullable Double a, @Nullable Double b) {
        if (a == null || b == null || a == LOW || b == LOW) {
            return null;
        }
        boolean result = switch (comparison) {
            case EQUAL -> a.doubleValue() == b.doubleValue();
            case NOT_EQUAL -> a.doubleValue() != b.doubleValue();
            case LESS -> a < b;
            case LESS_EQUAL -> a <= b;
            case GREATER -> a > b;
            case GREATER_EQUAL -> a >= b;
        };
        return result ? 1.0 : 0.0;
    }

    private static @Nullable Double select(@Nullable Double condition, @Nullable Double a, @Nullable Double b) {
        if (condition != null) {
            return condition == 0 ? b : a;
        }
        boolean low = a != null && b != null && Known.isLow(a) && Known.isLow(b);
        return low ? (Double) LOW : a != null && a.equals(b) ? a : null;
    }

    private static @Nullable Double reduce(Op.ReduceFunction function, double x) {
        return switch (function) {
            case SUM, MEAN -> x == 0 ? (Double) 0.0 : Known.isLow(x) ? (Double) LOW : null;
            case MAX, MIN, ANY, ALL -> (Double) x;
            case PRODUCT -> x == 0 || x == 1 ? (Double) x : null;
        };
    }

    /** Whether what is later leaves a reduction as it is. */
    static boolean neutral(Op.ReduceFunction function, double x) {
        return switch (function) {
            case SUM -> x == 0;
            case MEAN -> false;
            case MAX -> Known.isLow(x);
            case MIN -> false;
            case PRODUCT -> x == 1;
            case ANY -> x == 0;
            case ALL -> x == 1;
        };
    }

    private static boolean is(@Nullable Double x, double value) {
        return x != null && x == value;
    }
}
