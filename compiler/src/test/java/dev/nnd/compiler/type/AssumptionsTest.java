package dev.nnd.compiler.type;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.nnd.compiler.Seed;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What the prover says is compared with all points of a small cube, for random assumptions and claims. */
class AssumptionsTest {

    private static final List<String> NAMES = List.of("H", "N", "T");
    private static final int SIDE = 8;
    private static final int CLAIMS = Integer.getInteger("nnd.claims", 500);

    /** A search without a bound would not end. */
    @Test
    @Timeout(1800)
    void answersAreTrueAtEveryPoint() {
        long seed = Seed.fresh();
        var random = new Random(seed);
        var counts = new TreeMap<String, Integer>();
        for (int i = 0; i < CLAIMS; i++) {
            var known = new ArrayList<DimCondition>();
            Assumptions assumptions = Assumptions.NONE;
            for (int k = random.nextInt(4); k > 0; k--) {
                DimCondition condition = condition(random, 1);
                // A condition on numbers alone is decided by the checker and never assumed.
                if (condition.comparisons().stream().noneMatch(AssumptionsTest::isConstant)) {
                    known.add(condition);
                    assumptions = assumptions.with(condition);
                }
            }
            DimCondition claim = condition(random, 1);
            DimAnswer answer = assumptions.decide(claim);
            counts.merge(answer.getClass().getSimpleName(), 1, Integer::sum);
            holds(answer, known, claim, "seed " + seed + ", claim " + i + ": ");
        }
        assertTrue(counts.getOrDefault("Proved", 0) > CLAIMS / 20, () -> "seed " + seed + ": " + counts);
        assertTrue(counts.getOrDefault("CanFail", 0) > CLAIMS / 20, () -> "seed " + seed + ": " + counts);
    }

    private static void holds(DimAnswer answer, List<DimCondition> known, DimCondition claim, String where) {
        String all = where + text(known) + " |- " + claim.text() + ": " + answer;
        switch (answer) {
            case DimAnswer.Proved p ->
                points().forEach(v -> assertTrue(!all(known, v) || claim.holds(v), () -> all + " at " + v));
            case DimAnswer.Refuted r ->
                points().forEach(v -> assertFalse(all(known, v) && claim.holds(v), () -> all + " at " + v));
            case DimAnswer.CanFail f -> {
                assertFalse(claim.holds(f.counterexample()), all);
                List<DimCondition> decided = known.stream()
                        .filter(k -> f.counterexample().keySet().containsAll(k.variables()))
                        .toList();
                assertTrue(all(decided, f.counterexample()), all);
            }
            case DimAnswer.Undecided u -> {}
        }
    }

    private static boolean isConstant(DimCondition.Compare compare) {
        return compare.variables().isEmpty();
    }

    private static boolean all(List<DimCondition> conditions, Map<String, Long> values) {
        return conditions.stream().allMatch(c -> c.holds(values));
    }

    private static String text(List<DimCondition> conditions) {
        return conditions.stream().map(DimCondition::text).toList().toString();
    }

    private static List<Map<String, Long>> points() {
        var points = new ArrayList<Map<String, Long>>();
        for (long i = 0; i < SIDE * SIDE * SIDE; i++) {
            points.add(Map.of("H", 1 + i % SIDE, "N", 1 + i / SIDE % SIDE, "T", 1 + i / SIDE / SIDE));
        }
        return points;
    }

    private static DimCondition condition(Random random, int depth) {
        if (depth > 0 && random.nextInt(5) == 0) {
            List<DimCondition> two = List.of(condition(random, depth - 1), condition(random, depth - 1));
            return random.nextBoolean() ? new DimCondition.All(two) : new DimCondition.Any(two);
        }
        Dim left = dim(random, 2);
        Dim right = random.nextBoolean() ? Dim.of(random.nextInt(10)) : dim(random, 2);
        return switch (random.nextInt(6)) {
            case 0 -> DimCondition.equal(left, right);
            case 1 -> DimCondition.differ(left, right);
            case 2 -> DimCondition.less(left, right);
            case 3 -> DimCondition.divisible(left, Dim.of(2 + random.nextInt(4)));
            default -> DimCondition.atMost(left, right);
        };
    }

    private static Dim dim(Random random, int depth) {
        if (depth == 0 || random.nextInt(3) == 0) {
            return random.nextInt(4) == 0
                    ? Dim.of(random.nextInt(6))
                    : Dim.variable(NAMES.get(random.nextInt(NAMES.size())));
        }
        Dim a = dim(random, depth - 1);
        Dim b = dim(random, depth - 1);
        return switch (random.nextInt(7)) {
            case 0, 1 -> a.plus(b);
            case 2 -> a.minus(b);
            case 3 -> a.times(b);
            case 4 -> a.floorDivide(Dim.of(1 + random.nextInt(4)));
            case 5 -> a.min(b);
            default -> a.max(b);
        };
    }
}
