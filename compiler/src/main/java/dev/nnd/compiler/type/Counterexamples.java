package dev.nnd.compiler.type;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/** Looks for values that fulfil the assumptions and not the statement, from small ones up. */
final class Counterexamples {

    private static final long[] SAMPLES = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 12, 16, 31, 32, 33, 64, 100, 1000, 100_000};
    private static final int MOST_TRIED = 12_000;

    /** A variable and values to try, from the smallest. */
    private record Candidates(String name, List<Long> values) {}

    private final Set<String> positive = new TreeSet<>();
    private final Facts facts;
    private final List<DimCondition> assumptions;

    Counterexamples(Facts facts, List<DimCondition> assumptions) {
        this.facts = facts;
        this.assumptions = assumptions;
    }

    /** Values of the condition's variables for which it fails. */
    Optional<Map<String, Long>> against(DimCondition condition) {
        List<Candidates> all = candidates(condition);
        int width = width(all.size());
        long combinations = 1;
        for (Candidates one : all) {
            combinations = Math.min(
                    MOST_TRIED, combinations * Math.min(width, one.values().size()));
        }
        for (long i = 0; i < combinations; i++) {
            Optional<Map<String, Long>> found = tryOut(pick(all, width, i), condition);
            if (found.isPresent()) {
                return found;
            }
        }
        boolean complete = all.stream().allMatch(c -> c.values().size() <= width);
        return complete ? Optional.empty() : among(all, condition);
    }

    /** Picks from all candidates without order, the same in every run. */
    private Optional<Map<String, Long>> among(List<Candidates> all, DimCondition condition) {
        long state = 1;
        for (int i = 0; i < MOST_TRIED / 4; i++) {
            var values = new LinkedHashMap<String, Long>();
            for (Candidates one : all) {
                // The constants of Knuth's MMIX generator.
                state = state * 6364136223846793005L + 1442695040888963407L;
                values.put(
                        one.name(),
                        one.values()
                                .get(Math.floorMod(state >>> 33, one.values().size())));
            }
            Optional<Map<String, Long>> found = tryOut(values, condition);
            if (found.isPresent()) {
                return found;
            }
        }
        return Optional.empty();
    }

    /** How many values of each variable can be combined with all of the others. */
    private static int width(int variables) {
        return variables <= 1 ? MOST_TRIED : Math.max(2, (int) Math.pow(MOST_TRIED, 1.0 / variables));
    }

    private static Map<String, Long> pick(List<Candidates> all, int width, long number) {
        var values = new LinkedHashMap<String, Long>();
        long rest = number;
        for (Candidates one : all) {
            int size = Math.min(width, one.values().size());
            values.put(one.name(), one.values().get((int) (rest % size)));
            rest /= size;
        }
        return values;
    }

    private Optional<Map<String, Long>> tryOut(Map<String, Long> values, DimCondition condition) {
        try {
            var all = new TreeMap<>(values);
            for (var solved : facts.solved().entrySet()) {
                all.put(solved.getKey(), solved.getValue().evaluate(values));
            }
            boolean possible =
                    all.entrySet().stream().allMatch(e -> e.getValue() >= 1 || !positive.contains(e.getKey()));
            if (!possible || condition.holds(all) || !assumptions.stream().allMatch(a -> a.holds(all))) {
                return Optional.empty();
            }
            all.keySet().retainAll(condition.variables());
            return Optional.of(all);
        } catch (ArithmeticException overflowOrDivision) {
            return Optional.empty();
        }
    }

    private List<Candidates> candidates(DimCondition condition) {
        var variables = new TreeMap<String, Dim.Variable>();
        var numbers = new TreeSet<Long>();
        var compared = new ArrayList<>(condition.comparisons());
        assumptions.forEach(a -> compared.addAll(a.comparisons()));
        for (DimCondition.Compare compare : compared) {
            for (Dim side : List.of(compare.left(), compare.right())) {
                side.collect(v -> {
                    if (v.positive()) {
                        positive.add(v.name());
                    }
                    // Also one that the facts cancel out of every side.
                    variables.put(v.name(), v);
                });
                facts.rewritten(side).collect(v -> variables.put(v.name(), v));
                numbers(side, numbers);
            }
        }
        facts.solved().values().forEach(d -> d.collect(v -> variables.put(v.name(), v)));
        facts.solved().keySet().forEach(variables::remove);
        var candidates = new ArrayList<Candidates>();
        variables.forEach((name, v) ->
                candidates.add(new Candidates(name, values(facts.intervals().of(v), v, numbers))));
        return candidates;
    }

    private static void numbers(Dim dim, Set<Long> into) {
        for (Dim.Term term : dim.terms()) {
            if (into.size() > 40) {
                return;
            }
            long number = Math.abs(term.coefficient());
            into.add(number);
            long constant = Math.abs(dim.constantTerm());
            if (number > 1 && !term.factors().isEmpty()) {
                into.add(constant / number);
            }
            for (Dim.Factor factor : term.factors()) {
                Dim.operands(factor.atom()).forEach(d -> numbers(d, into));
            }
        }
    }

    private static List<Long> values(Intervals.Interval range, Dim.Variable variable, Set<Long> numbers) {
        var values = new TreeSet<Long>();
        for (long sample : SAMPLES) {
            values.add(sample);
        }
        for (long number : numbers) {
            if (number > 1 && number < Long.MAX_VALUE / 4) {
                values.addAll(List.of(number - 1, number, number + 1, 2 * number, 2 * number + 1));
            }
        }
        if (!variable.positive()) {
            values.addAll(List.of(0L, -1L, -2L));
        }
        if (range.low() > Long.MIN_VALUE / 2) {
            values.addAll(List.of(range.low(), range.low() + 1, range.low() + 2, range.low() + 3));
        }
        if (range.high() < Long.MAX_VALUE / 2) {
            values.addAll(List.of(range.high(), range.high() - 1));
        }
        values.removeIf(v -> v < range.low() || v > range.high());
        return values.isEmpty() ? List.of(1L) : List.copyOf(values);
    }
}
