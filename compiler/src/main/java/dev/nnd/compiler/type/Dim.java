package dev.nnd.compiler.type;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A dimension: an integer polynomial over dimension variables and floor-division, minimum and maximum atoms, kept in a
 * normal form so that equal polynomials are equal objects. Arithmetic that leaves the range of {@code long} throws
 * {@link ArithmeticException}, arithmetic whose result nobody can read throws {@link TooComplex}; the checker reports
 * both where the dim is written.
 */
public final class Dim implements Comparable<Dim> {

    /** The dim has more terms, or is nested deeper, than any shape that a person writes. */
    public static final class TooComplex extends ArithmeticException {
        private static final long serialVersionUID = 1;

        TooComplex() {
            super("the dim has too many terms");
        }
    }

    /** What a polynomial is made of. */
    public sealed interface Atom {}

    /**
     * A variable such as {@code N}.
     *
     * @param positive true for a dim, which is at least 1; false for an int that can be anything
     */
    public record Variable(String name, boolean positive) implements Atom {
        @Override
        public String toString() {
            return name;
        }
    }

    /** {@code floor(numerator / denominator)} that does not simplify. */
    public record FloorDivision(Dim numerator, Dim denominator) implements Atom {
        @Override
        public String toString() {
            return DimText.group(numerator) + " / " + DimText.group(denominator);
        }
    }

    /** The smaller of two dims. */
    public record Minimum(Dim left, Dim right) implements Atom {
        @Override
        public String toString() {
            return "min(" + left + ", " + right + ")";
        }
    }

    /** The larger of two dims. */
    public record Maximum(Dim left, Dim right) implements Atom {
        @Override
        public String toString() {
            return "max(" + left + ", " + right + ")";
        }
    }

    /** A coefficient and atoms to powers; no atoms is the constant term. */
    public record Term(long coefficient, List<Factor> factors) {}

    /** An atom to a power of at least 1. */
    public record Factor(Atom atom, int power) {}

    private static final int MOST_TERMS = 400;
    private static final int MOST_PRODUCTS = 20_000;
    private static final int LONGEST = 8_000;
    private static final int DEEPEST = 40;
    private static final int HIGHEST_POWER = 256;

    /** The constant 0. */
    public static final Dim ZERO = new Dim(List.of());

    /** The constant 1. */
    public static final Dim ONE = of(1);

    private final List<Term> terms;
    private final String key;
    private final int depth;

    private Dim(List<Term> terms) {
        this.terms = terms;
        this.key =
                terms.stream().map(t -> t.coefficient + monomialKey(t.factors)).collect(Collectors.joining("+"));
        this.depth = 1 + deepest(terms);
        if (terms.size() > MOST_TERMS || key.length() > LONGEST || depth > DEEPEST) {
            throw new TooComplex();
        }
    }

    private static int deepest(List<Term> terms) {
        int deepest = 0;
        for (Term term : terms) {
            for (Factor factor : term.factors) {
                for (Dim inner : operands(factor.atom)) {
                    deepest = Math.max(deepest, inner.depth);
                }
            }
        }
        return deepest;
    }

    /** The dims that an atom is made of; none for a variable. */
    static List<Dim> operands(Atom atom) {
        return switch (atom) {
            case Variable v -> List.of();
            case FloorDivision d -> List.of(d.numerator, d.denominator);
            case Minimum m -> List.of(m.left, m.right);
            case Maximum m -> List.of(m.left, m.right);
        };
    }

    /** A constant. */
    public static Dim of(long value) {
        return value == 0 ? ZERO : new Dim(List.of(new Term(value, List.of())));
    }

    /** A dim variable: at least 1. */
    public static Dim variable(String name) {
        return atom(new Variable(name, true));
    }

    /** A variable that can have any value, such as an int parameter that is not given yet. */
    public static Dim anyInt(String name) {
        return atom(new Variable(name, false));
    }

    static Dim atom(Atom atom) {
        return new Dim(List.of(new Term(1, List.of(new Factor(atom, 1)))));
    }

    static Dim ofTerms(List<Term> terms) {
        return normalize(terms);
    }

    /** The product of all, 1 for none. */
    public static Dim product(Collection<Dim> dims) {
        Dim result = ONE;
        for (Dim dim : dims) {
            result = result.times(dim);
        }
        return result;
    }

    /** The terms, ordered: by degree from the highest, then by name; the constant is last. */
    public List<Term> terms() {
        return terms;
    }

    /** This plus the other. */
    public Dim plus(Dim other) {
        if (isConstant() && other.isConstant()) {
            return of(Math.addExact(value(), other.value()));
        }
        var all = new ArrayList<>(terms);
        all.addAll(other.terms);
        return normalize(all);
    }

    /** This minus the other. */
    public Dim minus(Dim other) {
        return plus(other.times(-1));
    }

    /** This times a number. */
    public Dim times(long number) {
        return times(of(number));
    }

    /** This times the other. */
    public Dim times(Dim other) {
        if (isConstant() && other.isConstant()) {
            return of(Math.multiplyExact(value(), other.value()));
        }
        if ((long) terms.size() * other.terms.size() > MOST_PRODUCTS) {
            throw new TooComplex();
        }
        var all = new ArrayList<Term>();
        for (Term a : terms) {
            for (Term b : other.terms) {
                var factors = new ArrayList<>(a.factors);
                factors.addAll(b.factors);
                all.add(new Term(Math.multiplyExact(a.coefficient, b.coefficient), factors));
            }
        }
        return normalize(all);
    }

    /** This to a power of at least 0. */
    public Dim power(int exponent) {
        Dim result = ONE;
        for (int i = 0; i < exponent; i++) {
            result = result.times(this);
        }
        return result;
    }

    /**
     * {@code floor(this / other)}. What the divisor divides leaves the floor: {@code (4N + 3) / 4 = N}.
     *
     * @throws ArithmeticException if the divisor is the constant 0
     */
    public Dim floorDivide(Dim other) {
        return Quotients.floor(this, other);
    }

    /** {@code this - other * floor(this / other)}: for a positive divisor from 0 to other - 1. */
    public Dim remainder(Dim other) {
        return minus(other.times(floorDivide(other)));
    }

    /** The smaller of the two. */
    public Dim min(Dim other) {
        return Extremes.of(this, other, true);
    }

    /** The larger of the two. */
    public Dim max(Dim other) {
        return Extremes.of(this, other, false);
    }

    private boolean isConstant() {
        return terms.isEmpty() || (terms.size() == 1 && terms.getFirst().factors.isEmpty());
    }

    private long value() {
        return terms.isEmpty() ? 0 : terms.getFirst().coefficient;
    }

    /** The value, if no variable is in it. */
    public OptionalLong constant() {
        return isConstant() ? OptionalLong.of(value()) : OptionalLong.empty();
    }

    /** The constant term, 0 if there is none. */
    long constantTerm() {
        return !terms.isEmpty() && terms.getLast().factors.isEmpty() ? terms.getLast().coefficient : 0;
    }

    /** True if this is that constant. */
    public boolean is(long value) {
        return isConstant() && value() == value;
    }

    /** All variables in it, also those inside atoms, in order of name. */
    public Set<String> variables() {
        var names = new TreeSet<String>();
        collect(v -> names.add(v.name));
        return names;
    }

    void collect(java.util.function.Consumer<Variable> into) {
        for (Term term : terms) {
            for (Factor factor : term.factors) {
                if (factor.atom instanceof Variable v) {
                    into.accept(v);
                } else {
                    operands(factor.atom).forEach(d -> d.collect(into));
                }
            }
        }
    }

    /** Replaces variables; those that are not in the map stay. */
    public Dim substitute(Map<String, Dim> bindings) {
        return bindings.isEmpty() ? this : replace(a -> a instanceof Variable v ? bindings.get(v.name) : null);
    }

    /** Replaces atoms, outermost first; where the function gives null the atom stays and its inside is replaced. */
    Dim replace(Function<Atom, @Nullable Dim> by) {
        Dim sum = ZERO;
        for (Term term : terms) {
            Dim product = of(term.coefficient);
            for (Factor factor : term.factors) {
                Dim given = by.apply(factor.atom);
                Dim value = given != null ? given : rebuilt(factor.atom, by);
                product = product.times(value.power(factor.power));
            }
            sum = sum.plus(product);
        }
        return sum;
    }

    private static Dim rebuilt(Atom atom, Function<Atom, @Nullable Dim> by) {
        return switch (atom) {
            case Variable v -> atom(v);
            case FloorDivision d -> d.numerator.replace(by).floorDivide(d.denominator.replace(by));
            case Minimum m -> m.left.replace(by).min(m.right.replace(by));
            case Maximum m -> m.left.replace(by).max(m.right.replace(by));
        };
    }

    /**
     * The value for these variables.
     *
     * @throws IllegalArgumentException if a variable has no value
     */
    public long evaluate(Map<String, Long> values) {
        long sum = 0;
        for (Term term : terms) {
            long product = term.coefficient;
            for (Factor factor : term.factors) {
                long value = evaluate(factor.atom, values);
                for (int i = 0; i < factor.power; i++) {
                    product = Math.multiplyExact(product, value);
                }
            }
            sum = Math.addExact(sum, product);
        }
        return sum;
    }

    private static long evaluate(Atom atom, Map<String, Long> values) {
        return switch (atom) {
            case Variable v -> {
                Long value = values.get(v.name);
                if (value == null) {
                    throw new IllegalArgumentException("no value for the dim variable " + v.name);
                }
                yield value;
            }
            case FloorDivision d -> Math.floorDiv(d.numerator.evaluate(values), d.denominator.evaluate(values));
            case Minimum m -> Math.min(m.left.evaluate(values), m.right.evaluate(values));
            case Maximum m -> Math.max(m.left.evaluate(values), m.right.evaluate(values));
        };
    }

    private static Dim normalize(List<Term> unsorted) {
        var byMonomial = new TreeMap<String, Term>();
        for (Term term : unsorted) {
            List<Factor> factors = merge(term.factors);
            byMonomial.merge(
                    monomialKey(factors),
                    new Term(term.coefficient, factors),
                    (a, b) -> new Term(Math.addExact(a.coefficient, b.coefficient), a.factors));
        }
        // The map's order is that of the names, and sorting by degree keeps it among equals.
        return new Dim(byMonomial.values().stream()
                .filter(t -> t.coefficient != 0)
                .sorted(Comparator.comparingInt(Dim::degree).reversed())
                .toList());
    }

    private static List<Factor> merge(List<Factor> factors) {
        if (factors.size() < 2) {
            return factors;
        }
        var byName = new TreeMap<String, Factor>();
        for (Factor factor : factors) {
            byName.merge(factor.atom.toString(), factor, (a, b) -> new Factor(a.atom, a.power + b.power));
        }
        if (byName.values().stream().anyMatch(f -> f.power > HIGHEST_POWER)) {
            throw new TooComplex();
        }
        return List.copyOf(byName.values());
    }

    static int degree(Term term) {
        return term.factors.stream().mapToInt(Factor::power).sum();
    }

    private static String monomialKey(List<Factor> factors) {
        return factors.stream().map(f -> "*" + f.atom + "^" + f.power).collect(Collectors.joining());
    }

    @Override
    public int compareTo(Dim other) {
        return key.compareTo(other.key);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Dim dim && dim.key.equals(key);
    }

    @Override
    public int hashCode() {
        return key.hashCode();
    }

    /** As a person writes it: {@code 2 * T * D + 1}. */
    @Override
    public String toString() {
        return DimText.of(this);
    }
}
