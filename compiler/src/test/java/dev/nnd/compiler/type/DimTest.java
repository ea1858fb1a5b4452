package dev.nnd.compiler.type;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.nnd.compiler.Seed;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class DimTest {

    private static final Dim N = Dim.variable("N");
    private static final Dim T = Dim.variable("T");

    private static Dim of(long value) {
        return Dim.of(value);
    }

    @Test
    void equalPolynomialsAreEqual() {
        assertEquals(
                N.plus(T).times(N.plus(T)),
                N.power(2).plus(of(2).times(N).times(T)).plus(T.power(2)));
        assertEquals(of(4).times(N).plus(of(3)).floorDivide(of(4)), N);
        assertEquals("2 * N * T + 1", of(2).times(T).times(N).plus(Dim.ONE).toString());
    }

    @Test
    void quotientsOfQuotientsJoin() {
        Dim half = N.plus(of(1)).floorDivide(of(2));
        assertEquals(half.floorDivide(of(3)), N.plus(of(1)).floorDivide(of(6)));
        assertEquals(half.plus(of(1)).floorDivide(of(2)), N.plus(of(3)).floorDivide(of(4)));
    }

    @Test
    void normalFormKeepsValues() {
        long seed = Seed.fresh();
        var random = new Random(seed);
        for (int i = 0; i < 2000; i++) {
            Map<String, Long> values = Map.of("N", 1L + random.nextInt(9), "T", 1L + random.nextInt(9));
            Pair pair = expression(random, values, 3);
            assertEquals(pair.value, pair.dim.evaluate(values), () -> "seed " + seed + ": " + pair.dim + " " + values);
        }
    }

    private record Pair(Dim dim, long value) {}

    private static Pair expression(Random random, Map<String, Long> values, int depth) {
        if (depth == 0 || random.nextInt(4) == 0) {
            if (random.nextBoolean()) {
                long number = random.nextInt(7);
                return new Pair(of(number), number);
            }
            String name = List.of("N", "T").get(random.nextInt(2));
            return new Pair(Dim.variable(name), values.getOrDefault(name, 0L));
        }
        Pair a = expression(random, values, depth - 1);
        Pair b = expression(random, values, depth - 1);
        long divisor = 1 + random.nextInt(4);
        return switch (random.nextInt(7)) {
            case 0 -> new Pair(a.dim.plus(b.dim), a.value + b.value);
            case 1 -> new Pair(a.dim.minus(b.dim), a.value - b.value);
            case 2 -> new Pair(a.dim.times(b.dim), a.value * b.value);
            case 3 -> new Pair(a.dim.floorDivide(of(divisor)), Math.floorDiv(a.value, divisor));
            case 4 -> new Pair(a.dim.remainder(of(divisor)), Math.floorMod(a.value, divisor));
            case 5 -> new Pair(a.dim.min(b.dim), Math.min(a.value, b.value));
            default -> new Pair(a.dim.max(b.dim), Math.max(a.value, b.value));
        };
    }

    @Test
    void answersAreTrueForRandomValues() {
        long seed = Seed.fresh();
        var random = new Random(seed);
        for (int i = 0; i < 1000; i++) {
            Map<String, Long> values = Map.of("N", 1L + random.nextInt(20), "T", 1L + random.nextInt(20));
            Pair a = expression(random, values, 2);
            Pair b = expression(random, values, 2);
            String context = "seed " + seed + ": " + a.dim + " and " + b.dim + " for " + values;
            holds(DimProver.equal(a.dim, b.dim), a.value == b.value, a.dim, b.dim, true, context);
            holds(DimProver.atMost(a.dim, b.dim), a.value <= b.value, a.dim, b.dim, false, context);
        }
    }

    private static void holds(DimAnswer answer, boolean here, Dim a, Dim b, boolean equality, String context) {
        switch (answer) {
            case DimAnswer.Proved p -> assertTrue(here, context);
            case DimAnswer.Refuted r -> assertFalse(here, context);
            case DimAnswer.CanFail f -> {
                long x = a.evaluate(f.counterexample());
                long y = b.evaluate(f.counterexample());
                assertFalse(equality ? x == y : x <= y, () -> context + ", counterexample " + f.text());
            }
            case DimAnswer.Undecided u -> {}
        }
    }

    @Test
    void decidesWhatPeopleWrite() {
        assertTrue(DimProver.equal(N.plus(T), T.plus(N)).proved());
        assertTrue(DimProver.atMost(Dim.ONE, N).proved());
        assertTrue(DimProver.atMost(N, N.times(T).plus(N)).proved());
        assertTrue(DimProver.equal(N, N.plus(Dim.ONE)) instanceof DimAnswer.Refuted);
        assertTrue(DimProver.atMost(N.plus(Dim.ONE), Dim.ONE) instanceof DimAnswer.Refuted);
        assertTrue(DimProver.atMost(N, of(512)) instanceof DimAnswer.CanFail);
        assertTrue(DimProver.equal(N.remainder(of(2)), Dim.ZERO) instanceof DimAnswer.CanFail);
    }
}
