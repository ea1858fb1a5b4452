package dev.nnd.compiler.type;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Assumptions made ready for proofs. Equations are solved: where {@code H % 32 == 0} is known, {@code H} is
 * {@code 32 * k} for a new variable k, and all else is written in k.
 */
final class Facts {

    private final Map<String, Dim> solved = new LinkedHashMap<>();
    private final List<Dim> atLeastZero = new ArrayList<>();
    private final List<Dim> zero = new ArrayList<>();
    private final List<Dim> notZero = new ArrayList<>();
    private final List<DimCondition.Any> alternatives = new ArrayList<>();
    private Intervals intervals = Intervals.NONE;
    private final Map<String, Dim> quotients = new LinkedHashMap<>();
    private int fresh;

    private Facts() {}

    static Facts of(List<DimCondition> conditions) {
        var facts = new Facts();
        conditions.forEach(facts::add);
        facts.bounds();
        return facts;
    }

    /** These and one more. */
    Facts with(DimCondition condition) {
        var more = new Facts();
        more.solved.putAll(solved);
        more.quotients.putAll(quotients);
        more.atLeastZero.addAll(atLeastZero);
        more.zero.addAll(zero);
        more.notZero.addAll(notZero);
        more.alternatives.addAll(alternatives);
        more.fresh = fresh;
        more.add(condition);
        more.bounds();
        return more;
    }

    /** These without their alternatives and with one of them. */
    Facts choose(int alternative, DimCondition choice) {
        Facts more = with(choice);
        more.alternatives.remove(alternative);
        return more;
    }

    List<Dim> atLeastZero() {
        return atLeastZero;
    }

    List<Dim> zero() {
        return zero;
    }

    List<DimCondition.Any> alternatives() {
        return alternatives;
    }

    Intervals intervals() {
        return intervals;
    }

    /** What solved variables are in terms of the others. */
    Map<String, Dim> solved() {
        return solved;
    }

    /** What the new variables stand for: {@code H / 32}. */
    Map<String, Dim> quotients() {
        return quotients;
    }

    /** A dim in terms of the variables that are left. */
    Dim rewritten(Dim dim) {
        return dim.substitute(solved);
    }

    private void add(DimCondition condition) {
        switch (condition) {
            case DimCondition.Compare(DimCondition.Relation relation, Dim left, Dim right) -> {
                Dim difference = rewritten(right.minus(left));
                switch (relation) {
                    case EQUAL -> equation(difference);
                    case NOT_EQUAL -> notZero.add(difference);
                    case AT_MOST -> atLeastZero.add(difference);
                    case LESS -> atLeastZero.add(difference.minus(Dim.ONE));
                }
            }
            case DimCondition.All(List<DimCondition> of) -> of.forEach(this::add);
            case DimCondition.Any any -> alternatives.add(any);
        }
    }

    private void equation(Dim difference) {
        for (Dim.Term term : difference.terms()) {
            boolean unit = Math.abs(term.coefficient()) == 1
                    && term.factors().size() == 1
                    && term.factors().getFirst().power() == 1;
            if (unit && term.factors().getFirst().atom() instanceof Dim.Variable v) {
                Dim rest = difference.minus(Dim.ofTerms(List.of(term))).times(-term.coefficient());
                if (solve(v, rest)) {
                    return;
                }
            }
        }
        zero.add(difference);
    }

    /** Replaces {@code v} by {@code value} everywhere, if that can be done. */
    private boolean solve(Dim.Variable v, Dim value) {
        Dim replacement = value;
        if (value.variables().contains(v.name())) {
            Optional<Dim> multiple = multiple(v, value);
            if (multiple.isEmpty()) {
                return false;
            }
            replacement = multiple.get();
        }
        Map<String, Dim> one = Map.of(v.name(), replacement);
        solved.replaceAll((name, dim) -> dim.substitute(one));
        solved.put(v.name(), replacement);
        atLeastZero.replaceAll(d -> d.substitute(one));
        zero.replaceAll(d -> d.substitute(one));
        notZero.replaceAll(d -> d.substitute(one));
        if (v.positive()) {
            atLeastZero.add(replacement.minus(Dim.ONE));
        }
        return true;
    }

    /** For {@code v = q * (v / q) + r}: {@code q * k + r} with a new k; empty if the quotient would not be k then. */
    private Optional<Dim> multiple(Dim.Variable v, Dim value) {
        Set<Dim.Atom> quotients = new HashSet<>();
        for (Dim.Term term : value.terms()) {
            for (Dim.Factor factor : term.factors()) {
                if (factor.atom() instanceof Dim.FloorDivision d
                        && (d.numerator().variables().contains(v.name())
                                || d.denominator().variables().contains(v.name()))) {
                    quotients.add(d);
                }
            }
        }
        if (quotients.size() != 1
                || !(quotients.iterator().next() instanceof Dim.FloorDivision quotient)
                || quotient.denominator().variables().contains(v.name())) {
            return Optional.empty();
        }
        boolean positive = v.positive() && Quotients.isPositive(quotient.denominator());
        Dim rest = value.replace(a -> a.equals(quotient) ? Dim.ZERO : null);
        boolean whole = rest.constant().isPresent() && rest.constantTerm() <= 0;
        String name = "#" + fresh++;
        Dim k = positive && whole ? Dim.variable(name) : Dim.anyInt(name);
        Dim replacement = value.replace(a -> a.equals(quotient) ? k : null);
        Dim again =
                quotient.numerator().substitute(Map.of(v.name(), replacement)).floorDivide(quotient.denominator());
        if (replacement.variables().contains(v.name()) || !again.equals(k)) {
            return Optional.empty();
        }
        this.quotients.put(name, Dim.atom(quotient));
        return Optional.of(replacement);
    }

    /** Bounds of single variables, from facts over one or, with bounds of the others, over several. */
    private void bounds() {
        var known = new HashMap<String, Intervals.Interval>();
        intervals = new Intervals(known);
        for (int round = 0; round < 3; round++) {
            for (Dim fact : atLeastZero) {
                fact.terms().forEach(t -> bound(fact, t, known));
            }
            for (Dim fact : zero) {
                fact.terms().forEach(t -> bound(fact, t, known));
                Dim negative = fact.times(-1);
                negative.terms().forEach(t -> bound(negative, t, known));
            }
        }
        notZero.removeIf(this::sharpened);
    }

    /** {@code p != 0} with {@code p >= 0} is {@code p >= 1}. */
    private boolean sharpened(Dim p) {
        if (intervals.of(p).low() >= 0) {
            return atLeastZero.add(p.minus(Dim.ONE));
        }
        return intervals.of(p).high() <= 0 && atLeastZero.add(p.times(-1).minus(Dim.ONE));
    }

    /** From {@code c * v + rest >= 0}, with the greatest value of the rest. */
    private void bound(Dim fact, Dim.Term term, Map<String, Intervals.Interval> known) {
        if (term.factors().size() != 1
                || term.factors().getFirst().power() != 1
                || !(term.factors().getFirst().atom() instanceof Dim.Variable v)) {
            return;
        }
        long most = intervals.of(fact.minus(Dim.ofTerms(List.of(term)))).high();
        if (most == Long.MAX_VALUE || most == Long.MIN_VALUE) {
            return;
        }
        Intervals.Interval now = intervals.of(v);
        if (term.coefficient() > 0) {
            long least = -Math.floorDiv(most, term.coefficient());
            known.put(v.name(), new Intervals.Interval(Math.max(now.low(), least), now.high()));
        } else {
            long greatest = Math.floorDiv(most, -term.coefficient());
            known.put(v.name(), new Intervals.Interval(now.low(), Math.min(now.high(), greatest)));
        }
    }
}
