package dev.nnd.compiler.type;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Floor divisions in normal form: the divisor's leading coefficient is positive, common factors are gone, what the
 * divisor divides is outside, and a quotient of a quotient is one quotient. So {@code (2 * T) / 2} is {@code T},
 * {@code (H - 1) / 2 + 1} is {@code (H + 1) / 2} and {@code (x / 2) / 3} is {@code x / 6}.
 */
final class Quotients {

    private static final int MOST_STEPS = 200;

    private Quotients() {}

    static Dim floor(Dim a, Dim b) {
        if (b.is(0)) {
            throw new ArithmeticException("division by zero");
        }
        if (a.constant().isPresent() && b.constant().isPresent()) {
            return quotient(a.constant().getAsLong(), b.constant().getAsLong());
        }
        if (b.terms().getFirst().coefficient() < 0) {
            return floor(a.times(-1), b.times(-1));
        }
        if (b.is(1)) {
            return a;
        }
        return a.is(0) ? a : withoutCommonFactors(a, b);
    }

    private static Dim quotient(long a, long b) {
        if (a == Long.MIN_VALUE && b == -1) {
            throw new ArithmeticException("long overflow");
        }
        return Dim.of(Math.floorDiv(a, b));
    }

    /** {@code floor((g a + k) / (g b)) = floor((a + floor(k / g)) / b)} for positive g and b. */
    private static Dim withoutCommonFactors(Dim a, Dim b) {
        Dim numerator = a;
        Dim divisor = b;
        for (Dim.Factor factor : b.terms().getFirst().factors()) {
            int power = Math.min(common(numerator, factor), common(divisor, factor));
            if (power > 0) {
                numerator = divided(numerator, new Dim.Factor(factor.atom(), power));
                divisor = divided(divisor, new Dim.Factor(factor.atom(), power));
            }
        }
        boolean positive = isPositive(divisor);
        long g = 0;
        for (Dim.Term term : numerator.terms()) {
            boolean counts = !term.factors().isEmpty() || !positive;
            g = counts ? gcd(g, term.coefficient()) : g;
        }
        for (Dim.Term term : divisor.terms()) {
            g = gcd(g, term.coefficient());
        }
        if (g > 1) {
            numerator = divided(numerator, g);
            divisor = divided(divisor, g);
        }
        if (divisor.is(1)) {
            return numerator;
        }
        return numerator.constant().isPresent() && divisor.constant().isPresent()
                ? floor(numerator, divisor)
                : longDivision(numerator, divisor, positive);
    }

    private static int common(Dim dim, Dim.Factor factor) {
        int least = factor.power();
        for (Dim.Term term : dim.terms()) {
            least = Math.min(least, power(term, factor.atom()));
        }
        return least;
    }

    private static int power(Dim.Term term, Dim.Atom atom) {
        for (Dim.Factor factor : term.factors()) {
            if (factor.atom().equals(atom)) {
                return factor.power();
            }
        }
        return 0;
    }

    private static Dim divided(Dim dim, Dim.Factor by) {
        return Dim.ofTerms(dim.terms().stream()
                .map(t -> new Dim.Term(t.coefficient(), without(t.factors(), by)))
                .toList());
    }

    private static List<Dim.Factor> without(List<Dim.Factor> factors, Dim.Factor by) {
        var rest = new ArrayList<Dim.Factor>();
        for (Dim.Factor factor : factors) {
            int power = factor.atom().equals(by.atom()) ? factor.power() - by.power() : factor.power();
            if (power > 0) {
                rest.add(new Dim.Factor(factor.atom(), power));
            }
        }
        return rest;
    }

    private static Dim divided(Dim dim, long by) {
        return Dim.ofTerms(dim.terms().stream()
                .map(t -> new Dim.Term(Math.floorDiv(t.coefficient(), by), t.factors()))
                .toList());
    }

    /** Moves multiples of the divisor out, by its leading term; the order of terms makes the rest the only one. */
    private static Dim longDivision(Dim a, Dim b, boolean positive) {
        Dim.Term leading = b.terms().getFirst();
        Dim whole = Dim.ZERO;
        Dim rest = a;
        for (int step = 0; step < MOST_STEPS; step++) {
            Dim.Term out = firstMultiple(rest, leading);
            if (out == null) {
                break;
            }
            Dim times = Dim.ofTerms(List.of(out));
            whole = whole.plus(times);
            rest = rest.minus(b.times(times));
        }
        if (rest.is(0)) {
            return whole;
        }
        if (rest.constant().isPresent() && b.constant().isPresent()) {
            return whole.plus(floor(rest, b));
        }
        Dim joined = positive ? joined(rest, b) : null;
        return whole.plus(joined != null ? joined : Dim.atom(new Dim.FloorDivision(rest, b)));
    }

    private static Dim.@Nullable Term firstMultiple(Dim dim, Dim.Term divisor) {
        for (Dim.Term term : dim.terms()) {
            Dim.Term quotient = quotient(term, divisor);
            if (quotient != null) {
                return quotient;
            }
        }
        return null;
    }

    /** How often the divisor goes into a term, rounded down; null if not once. */
    static Dim.@Nullable Term quotient(Dim.Term term, Dim.Term divisor) {
        long times = Math.floorDiv(term.coefficient(), divisor.coefficient());
        if (times == 0) {
            return null;
        }
        List<Dim.Factor> factors = monomialQuotient(term, divisor);
        return factors == null ? null : new Dim.Term(times, factors);
    }

    /** The atoms that are left of a term, or null if the divisor's are not among them. */
    static @Nullable List<Dim.Factor> monomialQuotient(Dim.Term term, Dim.Term divisor) {
        List<Dim.Factor> factors = term.factors();
        for (Dim.Factor needed : divisor.factors()) {
            if (power(term, needed.atom()) < needed.power()) {
                return null;
            }
            factors = without(factors, needed);
        }
        return factors;
    }

    /** {@code (x / q + r) / b = (x + q * r) / (q * b)} for positive q and b; null if there is not one such quotient. */
    private static @Nullable Dim joined(Dim rest, Dim b) {
        Dim.FloorDivision inner = null;
        Dim others = Dim.ZERO;
        for (Dim.Term term : rest.terms()) {
            boolean quotient = term.factors().stream().anyMatch(f -> f.atom() instanceof Dim.FloorDivision);
            if (!quotient) {
                others = others.plus(Dim.ofTerms(List.of(term)));
                continue;
            }
            boolean alone = inner == null
                    && term.coefficient() == 1
                    && term.factors().size() == 1
                    && term.factors().getFirst().power() == 1;
            if (!alone || !(term.factors().getFirst().atom() instanceof Dim.FloorDivision d)) {
                return null;
            }
            inner = d;
        }
        return inner == null || !isPositive(inner.denominator())
                ? null
                : floor(
                        inner.numerator().plus(others.times(inner.denominator())),
                        inner.denominator().times(b));
    }

    /** True if no term can be negative and one is at least 1. */
    static boolean isPositive(Dim dim) {
        return !dim.terms().isEmpty()
                && dim.terms().stream()
                        .allMatch(t -> t.coefficient() > 0
                                && t.factors().stream()
                                        .allMatch(f -> f.atom() instanceof Dim.Variable v && v.positive()));
    }

    static long gcd(long a, long b) {
        return BigInteger.valueOf(a).gcd(BigInteger.valueOf(b)).longValue();
    }
}
