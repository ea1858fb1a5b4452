package dev.nnd.compiler.type;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * What is known of the dims at a place, beside that each is at least 1, and what follows from it. Answers come in bounded
 * time: a proof from the normal form, the facts and bounds, cases of remainders, minima and alternatives; else a search
 * for a counterexample among small values and those that the statement names.
 */
public final class Assumptions {

    /** Nothing but that dims are at least 1. */
    public static final Assumptions NONE = new Assumptions(List.of());

    private static final int MOST = 24;

    /** More are checked at every call all the same; proofs do without them, so that time stays linear. */
    private static final int MOST_HELD = 200;

    private final List<DimCondition> conditions;

    private Assumptions(List<DimCondition> conditions) {
        this.conditions = conditions;
    }

    /** What is assumed, in the order in which it was added. */
    public List<DimCondition> conditions() {
        return conditions;
    }

    /** These and one more, without those that it makes superfluous. */
    public Assumptions with(DimCondition condition) {
        if (conditions.size() >= MOST_HELD || conditions.contains(condition)) {
            return this;
        }
        var more = new ArrayList<>(conditions);
        more.removeIf(c -> isStronger(condition, c));
        more.add(condition);
        return new Assumptions(List.copyOf(more));
    }

    /** True for {@code H >= 7} beside {@code H >= 5}. */
    private static boolean isStronger(DimCondition a, DimCondition b) {
        if (!(a instanceof DimCondition.Compare(DimCondition.Relation r, Dim low, Dim high))
                || !(b instanceof DimCondition.Compare(DimCondition.Relation s, Dim low2, Dim high2))
                || r != s
                || r == DimCondition.Relation.EQUAL
                || r == DimCondition.Relation.NOT_EQUAL) {
            return false;
        }
        try {
            Dim surplus = high2.minus(low2).minus(high.minus(low));
            return surplus.constant().orElse(-1) >= 0;
        } catch (ArithmeticException tooLarge) {
            return false;
        }
    }

    /** Those that say something about these variables, directly or through others. */
    public Assumptions about(Set<String> variables) {
        if (conditions.isEmpty()) {
            return this;
        }
        var reached = new HashSet<>(variables);
        var kept = new ArrayList<DimCondition>();
        var open = new ArrayList<>(conditions);
        for (boolean more = true; more; ) {
            more = false;
            for (var each = open.iterator(); each.hasNext(); ) {
                DimCondition condition = each.next();
                if (condition.variables().stream().anyMatch(reached::contains)) {
                    reached.addAll(condition.variables());
                    kept.add(condition);
                    each.remove();
                    more = true;
                }
            }
        }
        return kept.size() == conditions.size() ? this : new Assumptions(List.copyOf(kept));
    }

    /** Are the two equal for all values? */
    public DimAnswer equal(Dim a, Dim b) {
        return a.equals(b) ? new DimAnswer.Proved() : decide(DimCondition.equal(a, b));
    }

    /** Is a at most b for all values? */
    public DimAnswer atMost(Dim a, Dim b) {
        return decide(DimCondition.atMost(a, b));
    }

    /** Does the condition follow? */
    public DimAnswer decide(DimCondition condition) {
        if (condition instanceof DimCondition.Compare compare && atOnce(compare)) {
            return new DimAnswer.Proved();
        }
        Assumptions relevant = about(condition.variables());
        List<DimCondition> used =
                relevant.conditions.size() > MOST ? relevant.conditions.subList(0, MOST) : relevant.conditions;
        var fuel = new Fuel();
        try {
            Facts facts = Facts.of(used);
            if (new Proof(facts, fuel).proves(condition)) {
                return new DimAnswer.Proved();
            }
            if (new Proof(facts, fuel).proves(condition.not())) {
                return new DimAnswer.Refuted();
            }
            return new Counterexamples(facts, relevant.conditions)
                    .against(condition)
                    .<DimAnswer>map(DimAnswer.CanFail::new)
                    .orElseGet(DimAnswer.Undecided::new);
        } catch (ArithmeticException tooLarge) {
            return new DimAnswer.Undecided();
        }
    }

    /** What bounds alone tell, without a look at the assumptions. */
    private static boolean atOnce(DimCondition.Compare compare) {
        try {
            Dim p = compare.right().minus(compare.left());
            Intervals.Interval range = Intervals.NONE.of(p);
            return switch (compare.relation()) {
                case EQUAL -> p.is(0);
                case NOT_EQUAL -> range.low() > 0 || range.high() < 0;
                case AT_MOST -> range.low() >= 0;
                case LESS -> range.low() > 0;
            };
        } catch (ArithmeticException tooLarge) {
            return false;
        }
    }

    /** Steps that are left of a proof. */
    static final class Fuel {
        private int left = 4_000;

        /** False once there are none left. */
        boolean burn() {
            return left-- > 0;
        }
    }
}
