package dev.nnd.compiler.type;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** A statement over dims that is true or false once every variable has a value. */
public sealed interface DimCondition {

    /** How two dims are compared. */
    enum Relation {
        EQUAL("=="),
        NOT_EQUAL("!="),
        AT_MOST("<="),
        LESS("<");

        private final String text;

        Relation(String text) {
            this.text = text;
        }

        private String turned() {
            return text.replace('<', '>');
        }

        /** As written in the language and in Java. */
        public String text() {
            return text;
        }
    }

    /** Two dims compared. */
    record Compare(Relation relation, Dim left, Dim right) implements DimCondition {}

    /** All of these. */
    record All(List<DimCondition> of) implements DimCondition {
        public All {
            of = List.copyOf(of);
        }
    }

    /** At least one of these. */
    record Any(List<DimCondition> of) implements DimCondition {
        public Any {
            of = List.copyOf(of);
        }
    }

    /** The two are equal. */
    static DimCondition equal(Dim left, Dim right) {
        return new Compare(Relation.EQUAL, left, right);
    }

    /** The two differ. */
    static DimCondition differ(Dim left, Dim right) {
        return new Compare(Relation.NOT_EQUAL, left, right);
    }

    /** The first is at most the second. */
    static DimCondition atMost(Dim left, Dim right) {
        return new Compare(Relation.AT_MOST, left, right);
    }

    /** The first is less than the second. */
    static DimCondition less(Dim left, Dim right) {
        return new Compare(Relation.LESS, left, right);
    }

    /** The first is a multiple of the second. */
    static DimCondition divisible(Dim whole, Dim by) {
        List<Dim.Term> quotient = whole.floorDivide(by).terms();
        for (Dim.Term term : quotient) {
            boolean alone = term.coefficient() == 1
                    && term.factors().size() == 1
                    && term.factors().getFirst().power() == 1;
            if (alone && term.factors().getFirst().atom() instanceof Dim.FloorDivision(Dim a, Dim b)) {
                return equal(a.remainder(b), Dim.ZERO);
            }
        }
        return equal(whole.remainder(by), Dim.ZERO);
    }

    /** The same said shorter: what both sides of an equation are multiples of is left out. */
    default DimCondition simplified() {
        if (!(this instanceof Compare(Relation relation, Dim left, Dim right))
                || relation != Relation.EQUAL && relation != Relation.NOT_EQUAL) {
            return this;
        }
        Dim common = common(left, right);
        Dim a = left.floorDivide(common);
        Dim b = right.floorDivide(common);
        if (!a.times(common).equals(left) || !b.times(common).equals(right)) {
            return this;
        }
        boolean remainder = !DimText.remainder(a.minus(b)).isEmpty();
        return remainder ? new Compare(relation, a.minus(b), Dim.ZERO) : new Compare(relation, a, b);
    }

    /** The largest product of a number and positive variables that divides all terms of both. */
    private static Dim common(Dim left, Dim right) {
        var terms = new ArrayList<>(left.terms());
        terms.addAll(right.terms());
        if (terms.isEmpty()) {
            return Dim.ONE;
        }
        long number = 0;
        for (Dim.Term term : terms) {
            number = Quotients.gcd(number, term.coefficient());
        }
        Dim common = Dim.of(Math.abs(number));
        for (Dim.Factor factor : terms.getFirst().factors()) {
            boolean positive = factor.atom() instanceof Dim.Variable v && v.positive();
            int power =
                    terms.stream().mapToInt(t -> power(t, factor.atom())).min().orElse(0);
            common = positive ? common.times(Dim.atom(factor.atom()).power(power)) : common;
        }
        return common;
    }

    private static int power(Dim.Term term, Dim.Atom atom) {
        return term.factors().stream()
                .filter(f -> f.atom().equals(atom))
                .mapToInt(Dim.Factor::power)
                .sum();
    }

    /** The opposite. */
    default DimCondition not() {
        return switch (this) {
            case Compare(Relation relation, Dim left, Dim right) ->
                switch (relation) {
                    case EQUAL -> differ(left, right);
                    case NOT_EQUAL -> equal(left, right);
                    case AT_MOST -> less(right, left);
                    case LESS -> atMost(right, left);
                };
            case All(List<DimCondition> of) ->
                new Any(of.stream().map(DimCondition::not).toList());
            case Any(List<DimCondition> of) ->
                new All(of.stream().map(DimCondition::not).toList());
        };
    }

    /** Whether it holds for these values. */
    default boolean holds(Map<String, Long> values) {
        return switch (this) {
            case Compare(Relation relation, Dim left, Dim right) -> {
                long a = left.evaluate(values);
                long b = right.evaluate(values);
                yield switch (relation) {
                    case EQUAL -> a == b;
                    case NOT_EQUAL -> a != b;
                    case AT_MOST -> a <= b;
                    case LESS -> a < b;
                };
            }
            case All(List<DimCondition> of) -> of.stream().allMatch(c -> c.holds(values));
            case Any(List<DimCondition> of) -> of.stream().anyMatch(c -> c.holds(values));
        };
    }

    /** The comparisons in it. */
    default List<Compare> comparisons() {
        return switch (this) {
            case Compare c -> List.of(c);
            case All(List<DimCondition> of) -> all(of);
            case Any(List<DimCondition> of) -> all(of);
        };
    }

    private static List<Compare> all(List<DimCondition> of) {
        var found = new ArrayList<Compare>();
        of.forEach(c -> found.addAll(c.comparisons()));
        return found;
    }

    /** All variables in it, in order of name. */
    default Set<String> variables() {
        var names = new TreeSet<String>();
        for (Compare compare : comparisons()) {
            names.addAll(compare.left().variables());
            names.addAll(compare.right().variables());
        }
        return names;
    }

    /** As a person writes it in a {@code require}: {@code T <= 512 and D % heads == 0}. */
    default String text() {
        return switch (this) {
            case Compare(Relation relation, Dim left, Dim right) -> {
                String remainder = relation == Relation.EQUAL && right.is(0) ? DimText.remainder(left) : "";
                boolean turned = left.constant().isPresent() && right.constant().isEmpty();
                yield !remainder.isEmpty()
                        ? remainder + " == 0"
                        : turned
                                ? right + " " + relation.turned() + " " + left
                                : left + " " + relation.text() + " " + right;
            }
            case All(List<DimCondition> of) ->
                of.stream().map(DimCondition::grouped).collect(Collectors.joining(" and "));
            case Any(List<DimCondition> of) ->
                of.stream().map(DimCondition::grouped).collect(Collectors.joining(" or "));
        };
    }

    private static String grouped(DimCondition condition) {
        return condition instanceof Compare ? condition.text() : "(" + condition.text() + ")";
    }
}
