package dev.nnd.compiler.type;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Proves conditions from facts. What it says is true; what it does not say may be true as well. */
final class Proof {

    private static final int MOST_CASES = 48;
    private static final int DEEPEST = 5;

    private final Facts facts;
    private final Assumptions.Fuel fuel;
    private final int depth;

    Proof(Facts facts, Assumptions.Fuel fuel) {
        this(facts, fuel, 0);
    }

    private Proof(Facts facts, Assumptions.Fuel fuel, int depth) {
        this.facts = facts;
        this.fuel = fuel;
        this.depth = depth;
    }

    boolean proves(DimCondition goal) {
        return switch (goal) {
            case DimCondition.Compare compare -> compares(compare);
            case DimCondition.All(List<DimCondition> of) -> of.stream().allMatch(this::proves);
            case DimCondition.Any(List<DimCondition> of) -> anyOf(of);
        };
    }

    /** One of them, where those before it may be taken to fail. */
    private boolean anyOf(List<DimCondition> of) {
        if (of.stream().anyMatch(this::proves)) {
            return true;
        }
        if (depth >= DEEPEST || of.isEmpty()) {
            return false;
        }
        Facts others = facts;
        for (DimCondition each : of.subList(0, of.size() - 1)) {
            others = others.with(each.not());
        }
        return new Proof(others, fuel, depth + 1).proves(of.getLast());
    }

    private boolean compares(DimCondition.Compare goal) {
        Dim p = facts.rewritten(goal.right().minus(goal.left()));
        return directly(goal.relation(), p) || (depth < DEEPEST && fuel.burn() && byCases(goal, p));
    }

    private boolean directly(DimCondition.Relation relation, Dim p) {
        return switch (relation) {
            case EQUAL -> zero(p);
            case NOT_EQUAL -> notZero(p);
            case AT_MOST -> atLeastZero(p);
            case LESS -> atLeastZero(p.minus(Dim.ONE));
        };
    }

    private boolean zero(Dim p) {
        return p.is(0) || reduced(p).is(0) || (atLeastZero(p) && atLeastZero(p.times(-1)));
    }

    private boolean notZero(Dim p) {
        return atLeastZero(p.minus(Dim.ONE)) || atLeastZero(p.times(-1).minus(Dim.ONE)) || neverDivides(p);
    }

    /** {@code 2 * T - 2 * S + 1} is odd. */
    private static boolean neverDivides(Dim p) {
        long g = 0;
        for (Dim.Term term : p.terms()) {
            g = term.factors().isEmpty() ? g : Quotients.gcd(g, term.coefficient());
        }
        return g > 1 && Math.floorMod(p.constantTerm(), g) != 0;
    }

    /** What is left after multiples of what is known to be zero are taken away. */
    private Dim reduced(Dim p) {
        Dim rest = p;
        for (Dim known : facts.zero()) {
            if (known.is(0)) {
                continue;
            }
            Dim.Term leading = known.terms().getFirst();
            for (Dim.Term term : rest.terms()) {
                List<Dim.Factor> factors = Quotients.monomialQuotient(term, leading);
                if (factors != null && term.coefficient() % leading.coefficient() == 0 && fuel.burn()) {
                    long times = term.coefficient() / leading.coefficient();
                    rest = rest.minus(known.times(Dim.ofTerms(List.of(new Dim.Term(times, factors)))));
                    break;
                }
            }
        }
        return rest;
    }

    private boolean atLeastZero(Dim p) {
        return atLeastZero(p, withAtoms(p), 0);
    }

    /** By bounds; or after taking away a multiple of a fact, so that a negative term goes. */
    private boolean atLeastZero(Dim p, List<Dim> known, int taken) {
        if (facts.intervals().of(p).low() >= 0) {
            return true;
        }
        if (taken >= 4 || !fuel.burn()) {
            return false;
        }
        for (Dim.Term term : p.terms()) {
            if (term.coefficient() >= 0 || term.factors().isEmpty()) {
                continue;
            }
            for (Dim fact : known) {
                Dim rest = without(p, term, fact);
                if (rest != null && atLeastZero(rest, known, taken + 1)) {
                    return true;
                }
            }
        }
        return false;
    }

    /** A multiple of p minus a positive multiple of the fact, such that the term is gone; null if there is none. */
    private static @Nullable Dim without(Dim p, Dim.Term term, Dim fact) {
        for (Dim.Term other : fact.terms()) {
            if (other.coefficient() >= 0 || other.factors().isEmpty()) {
                continue;
            }
            List<Dim.Factor> factors = Quotients.monomialQuotient(term, other);
            if (factors != null && factors.stream().allMatch(f -> f.atom() instanceof Dim.Variable v && v.positive())) {
                long g = Quotients.gcd(term.coefficient(), other.coefficient());
                Dim times = Dim.ofTerms(List.of(new Dim.Term(-term.coefficient() / g, factors)));
                return p.times(-other.coefficient() / g).minus(fact.times(times));
            }
        }
        return null;
    }

    /** The facts, and what quotients, minima and maxima in them and in p say of themselves. */
    private List<Dim> withAtoms(Dim p) {
        var known = new ArrayList<>(facts.atLeastZero());
        for (Dim fact : facts.zero()) {
            known.add(fact);
            known.add(fact.times(-1));
        }
        Set<Dim.Atom> atoms = new LinkedHashSet<>();
        atoms(p, atoms);
        facts.atLeastZero().forEach(f -> atoms(f, atoms));
        facts.zero().forEach(f -> atoms(f, atoms));
        for (Dim.Atom atom : atoms) {
            Dim itself = Dim.atom(atom);
            switch (atom) {
                case Dim.Variable v -> {}
                case Dim.FloorDivision(Dim a, Dim b) -> {
                    if (facts.intervals().of(b).low() >= 1) {
                        Dim rest = a.minus(b.times(itself));
                        known.add(rest);
                        known.add(b.minus(Dim.ONE).minus(rest));
                    }
                }
                case Dim.Minimum(Dim a, Dim b) -> {
                    known.add(a.minus(itself));
                    known.add(b.minus(itself));
                }
                case Dim.Maximum(Dim a, Dim b) -> {
                    known.add(itself.minus(a));
                    known.add(itself.minus(b));
                }
            }
        }
        return known;
    }

    private static void atoms(Dim dim, Set<Dim.Atom> into) {
        for (Dim.Term term : dim.terms()) {
            for (Dim.Factor factor : term.factors()) {
                boolean isNew = !(factor.atom() instanceof Dim.Variable) && into.size() < 12;
                if (isNew && into.add(factor.atom())) {
                    Dim.operands(factor.atom()).forEach(d -> atoms(d, into));
                }
            }
        }
    }

    /** By alternatives of the facts, by which side a minimum is, or by the remainders of a variable. */
    private boolean byCases(DimCondition.Compare goal, Dim p) {
        if (!facts.alternatives().isEmpty()) {
            List<DimCondition> choices = facts.alternatives().getFirst().of();
            return choices.stream().allMatch(c -> new Proof(facts.choose(0, c), fuel, depth + 1).proves(goal));
        }
        Set<Dim.Atom> atoms = new LinkedHashSet<>();
        atoms(p, atoms);
        for (Dim.Atom atom : atoms) {
            if (atom instanceof Dim.Minimum(Dim a, Dim b)) {
                return either(goal, p, atom, a, b, true);
            }
            if (atom instanceof Dim.Maximum(Dim a, Dim b)) {
                return either(goal, p, atom, a, b, false);
            }
        }
        return remainders(atoms).map(r -> byRemainder(goal, p, r)).orElse(false);
    }

    private boolean either(DimCondition.Compare goal, Dim p, Dim.Atom atom, Dim a, Dim b, boolean minimum) {
        return side(goal, p, atom, a, minimum ? DimCondition.atMost(a, b) : DimCondition.atMost(b, a))
                && side(goal, p, atom, b, minimum ? DimCondition.less(b, a) : DimCondition.less(a, b));
    }

    private boolean side(DimCondition.Compare goal, Dim p, Dim.Atom atom, Dim side, DimCondition known) {
        Dim replaced = p.replace(x -> x.equals(atom) ? side : null);
        return new Proof(facts.with(known), fuel, depth + 1)
                .proves(new DimCondition.Compare(goal.relation(), Dim.ZERO, replaced));
    }

    /** A variable and what it is divided by. */
    private record Remainder(Dim.Variable variable, long modulus) {}

    private static Optional<Remainder> remainders(Set<Dim.Atom> atoms) {
        var moduli = new TreeMap<String, Remainder>();
        for (Dim.Atom atom : atoms) {
            if (atom instanceof Dim.FloorDivision(Dim a, Dim b) && b.constant().isPresent()) {
                long by = b.constant().getAsLong();
                a.collect(v -> moduli.merge(v.name(), new Remainder(v, by), Proof::both));
            }
        }
        return moduli.values().stream()
                .filter(r -> r.modulus() > 1 && r.modulus() <= MOST_CASES)
                .findFirst();
    }

    private static Remainder both(Remainder a, Remainder b) {
        boolean small = a.modulus() <= MOST_CASES && b.modulus() <= MOST_CASES;
        long joined = small ? a.modulus() / Quotients.gcd(a.modulus(), b.modulus()) * b.modulus() : Long.MAX_VALUE;
        return new Remainder(a.variable(), joined);
    }

    private boolean byRemainder(DimCondition.Compare goal, Dim p, Remainder by) {
        for (long rest = 1; rest <= by.modulus(); rest++) {
            if (!fuel.burn()) {
                return false;
            }
            String name = by.variable().name();
            Dim part = by.variable().positive() ? Dim.variable(name + "'") : Dim.anyInt(name + "'");
            // A positive variable is m * (part - 1) + rest with rest from 1 to m.
            Dim value = part.minus(Dim.ONE).times(by.modulus()).plus(Dim.of(rest));
            DimCondition here = DimCondition.equal(Dim.atom(by.variable()), value);
            Dim replaced = p.substitute(Map.of(name, value));
            boolean proved = new Proof(facts.with(here), fuel, depth + 1)
                    .proves(new DimCondition.Compare(goal.relation(), Dim.ZERO, replaced));
            if (!proved) {
                return false;
            }
        }
        return true;
    }
}
