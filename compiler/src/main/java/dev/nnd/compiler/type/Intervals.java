package dev.nnd.compiler.type;

import java.util.Map;

/** The least and the greatest value that a dim can have, from those of its variables. */
final class Intervals {

    /** The ends of {@code long} stand for no bound. */
    record Interval(long low, long high) {

        private static final Interval ANY = new Interval(Long.MIN_VALUE, Long.MAX_VALUE);
        static final Interval POSITIVE = new Interval(1, Long.MAX_VALUE);

        private boolean openLow() {
            return low == Long.MIN_VALUE;
        }

        private boolean openHigh() {
            return high == Long.MAX_VALUE;
        }

        private Interval plus(Interval other) {
            return new Interval(
                    openLow() || other.openLow() ? Long.MIN_VALUE : saturated(low, other.low, false, Long.MIN_VALUE),
                    openHigh() || other.openHigh()
                            ? Long.MAX_VALUE
                            : saturated(high, other.high, false, Long.MAX_VALUE));
        }

        private Interval times(Interval other) {
            if (low < 0 || other.low < 0) {
                return signed(other);
            }
            return new Interval(
                    saturated(low, other.low, true, 0),
                    high == 0 || other.high == 0
                            ? 0
                            : openHigh() || other.openHigh()
                                    ? Long.MAX_VALUE
                                    : saturated(high, other.high, true, Long.MAX_VALUE));
        }

        /** The product where one side can be negative: known only if all ends are. */
        private Interval signed(Interval other) {
            if (openLow() || openHigh() || other.openLow() || other.openHigh()) {
                return ANY;
            }
            try {
                long a = Math.multiplyExact(low, other.low);
                long b = Math.multiplyExact(low, other.high);
                long c = Math.multiplyExact(high, other.low);
                long d = Math.multiplyExact(high, other.high);
                return new Interval(Math.min(Math.min(a, b), Math.min(c, d)), Math.max(Math.max(a, b), Math.max(c, d)));
            } catch (ArithmeticException overflow) {
                return ANY;
            }
        }

        private Interval scaled(long by) {
            long a = scaled(low, by);
            long b = scaled(high, by);
            return by >= 0 ? new Interval(a, b) : new Interval(b, a);
        }

        private static long scaled(long value, long by) {
            if (by == 0) {
                return 0;
            }
            long none = (value < 0) == (by >= 0) ? Long.MIN_VALUE : Long.MAX_VALUE;
            boolean open = value == Long.MIN_VALUE || value == Long.MAX_VALUE;
            return open ? none : saturated(value, by, true, none);
        }

        private static long saturated(long a, long b, boolean product, long none) {
            try {
                return product ? Math.multiplyExact(a, b) : Math.addExact(a, b);
            } catch (ArithmeticException overflow) {
                return none;
            }
        }
    }

    /** Only that dims are at least 1. */
    static final Intervals NONE = new Intervals(Map.of());

    private final Map<String, Interval> known;

    /** With these bounds of variables. */
    Intervals(Map<String, Interval> known) {
        this.known = known;
    }

    Interval of(Dim dim) {
        var sum = new Interval(0, 0);
        for (Dim.Term term : dim.terms()) {
            var product = new Interval(1, 1);
            for (Dim.Factor factor : term.factors()) {
                Interval one = of(factor.atom());
                boolean even = factor.power() % 2 == 0;
                Interval power = new Interval(1, 1);
                for (int i = 0; i < factor.power(); i++) {
                    power = power.times(one);
                }
                product = product.times(even && power.low < 0 ? new Interval(0, power.high) : power);
            }
            sum = sum.plus(product.scaled(term.coefficient()));
        }
        return sum;
    }

    /** The bounds of one variable. */
    Interval of(Dim.Variable variable) {
        Interval given = known.get(variable.name());
        return given != null ? given : variable.positive() ? Interval.POSITIVE : Interval.ANY;
    }

    private Interval of(Dim.Atom atom) {
        return switch (atom) {
            case Dim.Variable v -> of(v);
            case Dim.FloorDivision d -> quotient(of(d.numerator()), of(d.denominator()));
            case Dim.Minimum m -> {
                Interval a = of(m.left());
                Interval b = of(m.right());
                yield new Interval(Math.min(a.low, b.low), Math.min(a.high, b.high));
            }
            case Dim.Maximum m -> {
                Interval a = of(m.left());
                Interval b = of(m.right());
                yield new Interval(Math.max(a.low, b.low), Math.max(a.high, b.high));
            }
        };
    }

    private static Interval quotient(Interval numerator, Interval denominator) {
        if (denominator.low < 1) {
            return Interval.ANY;
        }
        long low = numerator.low >= 0
                ? (denominator.openHigh() ? 0 : numerator.low / denominator.high)
                : numerator.openLow() ? Long.MIN_VALUE : Math.floorDiv(numerator.low, denominator.low);
        long high = numerator.openHigh()
                ? Long.MAX_VALUE
                : numerator.high >= 0
                        ? numerator.high / denominator.low
                        : denominator.openHigh() ? -1 : Math.floorDiv(numerator.high, denominator.high);
        return new Interval(low, high);
    }
}
