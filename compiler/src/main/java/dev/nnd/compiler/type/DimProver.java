package dev.nnd.compiler.type;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongBinaryOperator;

/**
 * Decides statements over dims whose variables are at least 1: by the normal form, then by bounds, then by a search for
 * a counterexample among small values.
 */
public final class DimProver {

    private static final long[] SAMPLES = {1, 2, 3, 4, 5, 7, 8, 16, 31, 64, 1000, 100_000};
    private static final int MOST_SAMPLES = 12 * 12 * 12 * 12;

    private DimProver() {}

    /** Are the two equal for all values? */
    public static DimAnswer equal(Dim a, Dim b) {
        Dim difference = minus(a, b);
        if (difference.is(0)) {
            return new DimAnswer.Proved();
        }
        Bounds bounds = Bounds.of(difference);
        if (bounds.low() > 0 || bounds.high() < 0) {
            return new DimAnswer.Refuted();
        }
        return search(a, b, (x, y) -> x == y ? 1 : 0);
    }

    /** Is a at most b for all values? */
    public static DimAnswer atMost(Dim a, Dim b) {
        Bounds bounds = Bounds.of(minus(b, a));
        if (bounds.low() >= 0) {
            return new DimAnswer.Proved();
        }
        if (bounds.high() < 0) {
            return new DimAnswer.Refuted();
        }
        return search(a, b, (x, y) -> x <= y ? 1 : 0);
    }

    private static Dim minus(Dim a, Dim b) {
        return a.minus(b);
    }

    private static DimAnswer search(Dim a, Dim b, LongBinaryOperator holds) {
        var names = new ArrayList<>(a.variables());
        b.variables().stream().filter(n -> !names.contains(n)).forEach(names::add);
        long total = 1;
        for (int i = 0; i < names.size() && total <= MOST_SAMPLES; i++) {
            total *= SAMPLES.length;
        }
        for (long i = 0; i < Math.min(total, MOST_SAMPLES); i++) {
            Map<String, Long> values = assignment(names, i);
            try {
                if (holds.applyAsLong(a.evaluate(values), b.evaluate(values)) == 0) {
                    return new DimAnswer.CanFail(values);
                }
            } catch (ArithmeticException overflowOrDivision) {
                continue;
            }
        }
        return new DimAnswer.Undecided();
    }

    private static Map<String, Long> assignment(List<String> names, long number) {
        var values = new LinkedHashMap<String, Long>();
        long rest = number;
        for (String name : names) {
            values.put(name, SAMPLES[(int) (rest % SAMPLES.length)]);
            rest /= SAMPLES.length;
        }
        return values;
    }

    /** The least and the greatest value; the ends of {@code long} stand for no bound. */
    private record Bounds(long low, long high) {

        private static final Bounds ANY = new Bounds(Long.MIN_VALUE, Long.MAX_VALUE);

        static Bounds of(Dim dim) {
            var sum = new Bounds(0, 0);
            for (Dim.Term term : dim.terms()) {
                var product = new Bounds(1, 1);
                for (Dim.Factor factor : term.factors()) {
                    for (int i = 0; i < factor.power(); i++) {
                        product = product.times(of(factor.atom()));
                    }
                }
                sum = sum.plus(product.scaled(term.coefficient()));
            }
            return sum;
        }

        private static Bounds of(Dim.Atom atom) {
            return switch (atom) {
                case Dim.Variable v -> new Bounds(1, Long.MAX_VALUE);
                case Dim.FloorDivision d -> quotient(of(d.numerator()), of(d.denominator()));
                case Dim.Minimum m -> {
                    Bounds a = of(m.left());
                    Bounds b = of(m.right());
                    yield new Bounds(Math.min(a.low, b.low), Math.min(a.high, b.high));
                }
                case Dim.Maximum m -> {
                    Bounds a = of(m.left());
                    Bounds b = of(m.right());
                    yield new Bounds(Math.max(a.low, b.low), Math.max(a.high, b.high));
                }
            };
        }

        private static Bounds quotient(Bounds numerator, Bounds denominator) {
            if (denominator.low < 1) {
                return ANY;
            }
            long low = numerator.low >= 0
                    ? (denominator.high == Long.MAX_VALUE ? 0 : numerator.low / denominator.high)
                    : numerator.low == Long.MIN_VALUE ? Long.MIN_VALUE : Math.floorDiv(numerator.low, denominator.low);
            long high = numerator.high == Long.MAX_VALUE
                    ? Long.MAX_VALUE
                    : numerator.high >= 0
                            ? numerator.high / denominator.low
                            : denominator.high == Long.MAX_VALUE ? -1 : Math.floorDiv(numerator.high, denominator.high);
            return new Bounds(low, high);
        }

        private Bounds plus(Bounds other) {
            return new Bounds(sum(low, other.low, Long.MIN_VALUE), sum(high, other.high, Long.MAX_VALUE));
        }

        private static long sum(long a, long b, long none) {
            if (a == none || b == none) {
                return none;
            }
            try {
                return Math.addExact(a, b);
            } catch (ArithmeticException overflow) {
                return none;
            }
        }

        private Bounds times(Bounds other) {
            if (low < 0 || other.low < 0) {
                return ANY;
            }
            return new Bounds(product(low, other.low, 0), product(high, other.high, Long.MAX_VALUE));
        }

        private static long product(long a, long b, long none) {
            if (a == Long.MAX_VALUE || b == Long.MAX_VALUE) {
                return none;
            }
            try {
                return Math.multiplyExact(a, b);
            } catch (ArithmeticException overflow) {
                return none;
            }
        }

        private Bounds scaled(long by) {
            long a = scaled(low, by);
            long b = scaled(high, by);
            return by >= 0 ? new Bounds(a, b) : new Bounds(b, a);
        }

        private static long scaled(long value, long by) {
            boolean open = value == Long.MIN_VALUE || value == Long.MAX_VALUE;
            if (!open) {
                try {
                    return Math.multiplyExact(value, by);
                } catch (ArithmeticException overflow) {
                    open = true;
                }
            }
            return (value < 0) == (by >= 0) ? Long.MIN_VALUE : Long.MAX_VALUE;
        }
    }
}
