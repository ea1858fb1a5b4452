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

    private final Facts facts;
    private final List<DimCondition> assumptions;

    Counterexamples(Facts facts, List<DimCondition> assumptions) {
        this.facts = facts;
        this.assumptions = assumptions;
    }

    /** Values of the condition's variables for which it fails. */
    Optional<Map<String, Long>> against(DimCondition condition) {
        Map<String, List<Long>> candidates = candidates(condition);
        List<String> names = List.copyOf(candidates.keySet());
        int width = width(names.size());
        long combinations = 1;
        for (String name : names) {
            combinations = Math.min(
                    MOST_TRIED,
                    combinations * Math.min(width, candidates.get(name).size()));
        }
        for (long i = 0; i < combinations; i++) {
            Optional<Map<String, Long>> found = tryOut(pick(names, candidates, width, i), condition);
            if (found.isPresent()) {
                return found;
            }
        }
        long state = 1;
        boolean all = candidates.values().stream().allMatch(c -> c.size() <= width);
        for (int i = 0; i < (all ? 0 : MOST_TRIED / 4); i++) {
            var values = new LinkedHashMap<String, Long>();
            for (String name : names) {
                // The constants of Knuth's MMIX generator: the same picks in every run.
                state = state * 6364136223846793005L + 1442695040888963407L;
                List<Long> some = candidates.get(name);
                values.put(name, some.get((int) Math.floorMod(state >>> 33, some.size())));
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

    private static Map<String, Long> pick(
            List<String> names, Map<String, List<Long>> candidates, int width, long number) {
        var values = new LinkedHashMap<String, Long>();
        long rest = number;
        for (String name : names) {
            List<Long> some = candidates.get(name);
            int size = Math.min(width, some.size());
            values.put(name, some.get((int) (rest % size)));
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

    private final Set<String> positive = new TreeSet<>();

    private Map<String, List<Long>> candidates(DimCondition condition) {
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
                });
                facts.rewritten(side).collect(v -> variables.put(v.name(), v));
                numbers(side, numbers);
            }
        }
        facts.solved().values().forEach(d -> d.collect(v -> variables.put(v.name(), v)));
        facts.solved().keySet().forEach(variables::remove);
        var candidates = new TreeMap<String, List<Long>>();
        variables.forEach(
                (name, v) -> candidates.put(name, values(facts.intervals().of(v), v, numbers)));
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
