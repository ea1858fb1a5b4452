package dev.nnd.compiler.type;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * A dimension: an integer polynomial over dimension variables and floor-division, minimum and maximum atoms, kept in a
 * normal form so that equal polynomials are equal objects. Arithmetic that leaves the range of {@code long} throws
 * {@link ArithmeticException}; the checker reports it as a dim that is too large.
 */
public final class Dim implements Comparable<Dim> {

    /** What a polynomial is made of. */
    public sealed interface Atom {}

    /** A dimension variable such as {@code N}. */
    public record Variable(String name) implements Atom {
        @Override
        public String toString() {
            return name;
        }
    }

    /** {@code floor(numerator / denominator)} that does not simplify. */
    public record FloorDivision(Dim numerator, Dim denominator) implements Atom {
        @Override
        public String toString() {
            return group(numerator) + " / " + group(denominator);
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

    /** The constant 0. */
    public static final Dim ZERO = new Dim(List.of());

    /** The constant 1. */
    public static final Dim ONE = of(1);

    private final List<Term> terms;
    private final String key;

    private Dim(List<Term> terms) {
        this.terms = terms;
        this.key =
                terms.stream().map(t -> t.coefficient + monomialKey(t.factors)).collect(Collectors.joining("+"));
    }

    /** A constant. */
    public static Dim of(long value) {
        return value == 0 ? ZERO : new Dim(List.of(new Term(value, List.of())));
    }

    /** A variable. */
    public static Dim variable(String name) {
        return atom(new Variable(name));
    }

    private static Dim atom(Atom atom) {
        return new Dim(List.of(new Term(1, List.of(new Factor(atom, 1)))));
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
        var all = new ArrayList<>(terms);
        all.addAll(other.terms);
        return normalize(all);
    }

    /** This minus the other. */
    public Dim minus(Dim other) {
        return plus(other.times(of(-1)));
    }

    /** This times the other. */
    public Dim times(Dim other) {
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
     * {@code floor(this / other)}. Terms that the divisor divides leave the floor: {@code (4N + 3) / 4 = N}.
     *
     * @throws ArithmeticException if the divisor is the constant 0
     */
    public Dim floorDivide(Dim other) {
        if (other.equals(ZERO)) {
            throw new ArithmeticException("division by zero");
        }
        if (other.equals(ONE)) {
            return this;
        }
        if (constant().isPresent() && other.constant().isPresent()) {
            return of(Math.floorDiv(constant().getAsLong(), other.constant().getAsLong()));
        }
        if (equals(other)) {
            return ONE;
        }
        if (other.terms.size() != 1) {
            return atom(new FloorDivision(this, other));
        }
        Term divisor = other.terms.getFirst();
        var whole = new ArrayList<Term>();
        var rest = new ArrayList<Term>();
        for (Term term : terms) {
            Term quotient = quotient(term, divisor);
            if (quotient == null) {
                rest.add(term);
            } else {
                whole.add(quotient);
            }
        }
        Dim exact = normalize(whole);
        if (rest.isEmpty()) {
            return exact;
        }
        Dim remaining = normalize(rest);
        if (remaining.constant().isPresent() && other.constant().isPresent()) {
            return exact.plus(remaining.floorDivide(other));
        }
        return exact.plus(remaining.divideTwice(other));
    }

    /** {@code (a / b + c) / d = (a + c * b) / (b * d)} for positive constants b and d; else a plain quotient. */
    private Dim divideTwice(Dim divisor) {
        boolean inner = !terms.isEmpty()
                && terms.getFirst().coefficient == 1
                && terms.getFirst().factors.size() == 1
                && terms.getFirst().factors.getFirst().power == 1
                && (terms.size() == 1
                        || (terms.size() == 2 && terms.get(1).factors.isEmpty()));
        if (inner
                && terms.getFirst().factors.getFirst().atom instanceof FloorDivision first
                && first.denominator.constant().orElse(0) > 0
                && divisor.constant().orElse(0) > 0) {
            Dim shift = terms.size() == 1 ? ZERO : of(terms.get(1).coefficient);
            return first.numerator.plus(shift.times(first.denominator)).floorDivide(first.denominator.times(divisor));
        }
        return atom(new FloorDivision(this, divisor));
    }

    private static @org.jspecify.annotations.Nullable Term quotient(Term term, Term divisor) {
        if (term.coefficient % divisor.coefficient != 0) {
            return null;
        }
        var powers = new ArrayList<>(term.factors);
        for (Factor needed : divisor.factors) {
            int at = -1;
            for (int i = 0; i < powers.size(); i++) {
                if (powers.get(i).atom.equals(needed.atom) && powers.get(i).power >= needed.power) {
                    at = i;
                }
            }
            if (at < 0) {
                return null;
            }
            Factor had = powers.remove(at);
            if (had.power > needed.power) {
                powers.add(new Factor(had.atom, had.power - needed.power));
            }
        }
        return new Term(term.coefficient / divisor.coefficient, powers);
    }

    /** {@code this - other * floor(this / other)}. */
    public Dim remainder(Dim other) {
        return minus(other.times(floorDivide(other)));
    }

    /** The smaller of the two. */
    public Dim min(Dim other) {
        OptionalLong difference = minus(other).constant();
        if (difference.isPresent()) {
            return difference.getAsLong() <= 0 ? this : other;
        }
        return compareTo(other) <= 0 ? atom(new Minimum(this, other)) : atom(new Minimum(other, this));
    }

    /** The larger of the two. */
    public Dim max(Dim other) {
        OptionalLong difference = minus(other).constant();
        if (difference.isPresent()) {
            return difference.getAsLong() >= 0 ? this : other;
        }
        return compareTo(other) <= 0 ? atom(new Maximum(this, other)) : atom(new Maximum(other, this));
    }

    /** The value, if no variable is in it. */
    public OptionalLong constant() {
        if (terms.isEmpty()) {
            return OptionalLong.of(0);
        }
        Term only = terms.getFirst();
        return terms.size() == 1 && only.factors.isEmpty() ? OptionalLong.of(only.coefficient) : OptionalLong.empty();
    }

    /** True if this is that constant. */
    public boolean is(long value) {
        return constant().isPresent() && constant().getAsLong() == value;
    }

    /** All variables in it, also those inside atoms, in order of name. */
    public Set<String> variables() {
        var names = new TreeSet<String>();
        for (Term term : terms) {
            for (Factor factor : term.factors) {
                switch (factor.atom) {
                    case Variable v -> names.add(v.name);
                    case FloorDivision d -> addBoth(names, d.numerator, d.denominator);
                    case Minimum m -> addBoth(names, m.left, m.right);
                    case Maximum m -> addBoth(names, m.left, m.right);
                }
            }
        }
        return names;
    }

    private static void addBoth(Set<String> names, Dim a, Dim b) {
        names.addAll(a.variables());
        names.addAll(b.variables());
    }

    /** Replaces variables; those that are not in the map stay. */
    public Dim substitute(Map<String, Dim> bindings) {
        return bindings.isEmpty() ? this : substitute(name -> bindings.getOrDefault(name, variable(name)));
    }

    private Dim substitute(Function<String, Dim> bindings) {
        Dim sum = ZERO;
        for (Term term : terms) {
            Dim product = of(term.coefficient);
            for (Factor factor : term.factors) {
                Dim value = switch (factor.atom) {
                    case Variable v -> bindings.apply(v.name);
                    case FloorDivision d ->
                        d.numerator.substitute(bindings).floorDivide(d.denominator.substitute(bindings));
                    case Minimum m -> m.left.substitute(bindings).min(m.right.substitute(bindings));
                    case Maximum m -> m.left.substitute(bindings).max(m.right.substitute(bindings));
                };
                product = product.times(value.power(factor.power));
            }
            sum = sum.plus(product);
        }
        return sum;
    }

    /**
     * The value for these variables.
     *
     * @throws IllegalArgumentException if a variable has no value
     */
    public long evaluate(Map<String, Long> values) {
        Dim result = substitute(name -> {
            Long value = values.get(name);
            if (value == null) {
                throw new IllegalArgumentException("no value for the dim variable " + name);
            }
            return of(value);
        });
        return result.constant().orElseThrow();
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
        return new Dim(byMonomial.values().stream()
                .filter(t -> t.coefficient != 0)
                .sorted((a, b) -> {
                    int byDegree = Integer.compare(degree(b), degree(a));
                    return byDegree != 0 ? byDegree : monomialKey(a.factors).compareTo(monomialKey(b.factors));
                })
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
        return List.copyOf(byName.values());
    }

    private static int degree(Term term) {
        return term.factors.stream().mapToInt(Factor::power).sum();
    }

    private static String monomialKey(List<Factor> factors) {
        return factors.stream().map(f -> "*" + f.atom + "^" + f.power).collect(Collectors.joining());
    }

    private static String group(Dim dim) {
        boolean simple = dim.constant().isPresent()
                || (dim.terms.size() == 1
                        && dim.terms.getFirst().coefficient == 1
                        && dim.terms.getFirst().factors.size() == 1);
        return simple ? dim.toString() : "(" + dim + ")";
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
        if (terms.isEmpty()) {
            return "0";
        }
        var text = new StringBuilder();
        for (Term term : terms) {
            long magnitude = Math.abs(term.coefficient);
            text.append(text.isEmpty() ? (term.coefficient < 0 ? "-" : "") : (term.coefficient < 0 ? " - " : " + "));
            String atoms = term.factors.stream().map(Dim::factorText).collect(Collectors.joining(" * "));
            if (atoms.isEmpty()) {
                text.append(magnitude);
            } else {
                text.append(magnitude == 1 ? atoms : magnitude + " * " + atoms);
            }
        }
        return text.toString();
    }

    private static String factorText(Factor factor) {
        String atom = factor.atom instanceof FloorDivision ? "(" + factor.atom + ")" : factor.atom.toString();
        return factor.power == 1 ? atom : atom + " ** " + factor.power;
    }
}
