package dev.nnd.compiler.autodiff;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.nnd.compiler.Seed;
import java.util.Random;
import java.util.function.DoubleUnaryOperator;
import org.junit.jupiter.api.Test;

/** The differences that gradients are held to know their own error. */
class FiniteDifferenceTest {

    private static FiniteDifference of(DoubleUnaryOperator function, double at) {
        return FiniteDifference.of(t -> new double[] {function.applyAsDouble(at + t)});
    }

    private static void holds(double expected, FiniteDifference difference) {
        holds(expected, difference, "");
    }

    private static void holds(double expected, FiniteDifference difference, String where) {
        assertEquals(expected, difference.value(), difference.tolerance(), () -> where + " " + difference);
    }

    @Test
    void smoothFunctionsAreSharpEverywhere() {
        long seed = Seed.fresh();
        var random = new Random(seed);
        for (int i = 0; i < 1000; i++) {
            double x = random.nextDouble(-2, 2);
            var sine = of(Math::sin, x);
            var arc = of(Math::asin, x * 0.45);
            var power = of(t -> 1e6 * Math.exp(3 * t), x);
            String where = "seed " + seed + ", at " + x;
            holds(Math.cos(x), sine, where);
            holds(1 / Math.sqrt(1 - x * 0.45 * x * 0.45), arc, where);
            holds(3e6 * Math.exp(3 * x), power, where);
            assertTrue(sine.isWithin(1e-9) && arc.isWithin(1e-6) && power.isWithin(1e-8), where);
        }
    }

    /** The slope left of the kink is -1 and 1 right of it, whatever lies between. */
    @Test
    void aKinkNearbyIsSeenAtAnyDistance() {
        for (double distance = 1; distance > 1e-300; distance /= 7) {
            double place = distance;
            holds(-1, of(x -> Math.abs(x - place), 0));
            holds(1, of(x -> Math.abs(x - place), 2 * place));
            holds(0, of(x -> Math.max(x - place, 0), 0));
            holds(2, of(x -> 2 * Math.max(x + place, 0), 0));
        }
        assertTrue(of(x -> Math.abs(x - 1e-3), 0).isWithin(DifferenceChecks.SHARP));
        assertFalse(of(x -> Math.abs(x - 1e-9), 0).isWithin(DifferenceChecks.SHARP));
    }

    @Test
    void aJumpNearbyIsSeenAtAnyDistance() {
        for (double distance = 1; distance > 1e-12; distance /= 7) {
            double place = distance;
            holds(0, of(x -> x > place ? 1 : 0, 0));
        }
    }

    @Test
    void outsideOfTheDomainNothingIsKnown() {
        assertFalse(of(Math::log, -1).isWithin(1e9));
        holds(1e3, of(Math::log, 1e-3));
    }

    /** A term that stays, however large, does not disturb; a large sum that moves does, and the error says so. */
    @Test
    void largeTermsCountIfTheyMove() {
        var apart = FiniteDifference.of(t -> new double[] {1e12 / 3, Math.sin(t)});
        var together = of(x -> 1e12 / 3 + Math.sin(x), 0);
        holds(1, apart);
        holds(1, together);
        assertTrue(apart.isWithin(1e-9));
        assertFalse(together.isWithin(DifferenceChecks.SHARP));
    }

    @Test
    void singlePrecisionHasItsOwnError() {
        long seed = Seed.fresh();
        var random = new Random(seed);
        for (int i = 0; i < 1000; i++) {
            double x = random.nextDouble(-2, 2);
            var difference = FiniteDifference.ofFloats(t -> new double[] {(float) Math.tanh(x + t)}, 0x1p-3);
            String where = "seed " + seed + ", at " + x;
            holds(1 - Math.tanh(x) * Math.tanh(x), difference, where);
            assertTrue(difference.isWithin(1e-3), where);
        }
    }

    @Test
    void wrongDerivativesAreFound() {
        var difference = of(Math::exp, 1);
        for (double factor : new double[] {1.001, 1.000001, -1, 0}) {
            assertThrows(
                    AssertionError.class,
                    () -> new DifferenceChecks().check(difference, factor * Math.E, () -> "factor " + factor));
        }
        new DifferenceChecks().check(difference, Math.E, () -> "the right one");
    }

    @Test
    void comparisonsThatCannotFailAreCounted() {
        var checks = new DifferenceChecks();
        checks.check(of(Math::exp, 0), 1, () -> "");
        checks.mostAreSharp();
        checks.check(of(Math::log, -1), 1, () -> "");
        assertThrows(AssertionError.class, checks::mostAreSharp);
    }
}
