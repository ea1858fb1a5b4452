package dev.nnd.compiler.autodiff;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.function.Supplier;

/**
 * Holds derivatives to finite differences within the errors of these, and counts how many comparisons were sharp, as one with
 * a large error cannot fail.
 */
public final class DifferenceChecks {

    /** The error, relative to the derivative and at least to 1, of a difference in double precision that finds any fault. */
    public static final double SHARP = 1e-6;

    private static final int UNSURE = 10;

    private final double limit;
    private int all;
    private int sharp;

    /** Of derivatives in double precision. */
    public DifferenceChecks() {
        this(SHARP);
    }

    /**
     * Of derivatives in another precision.
     *
     * @param limit the relative error up to which a comparison is sharp
     */
    public DifferenceChecks(double limit) {
        this.limit = limit;
    }

    /** Fails if the derivative is not within the difference's tolerance. */
    public void check(FiniteDifference difference, double derivative, Supplier<String> where) {
        all++;
        sharp += difference.isWithin(limit) ? 1 : 0;
        // Where the series has not come near its limit, its last change tells the size of the error and no bound.
        double tolerance = (difference.isWithin(limit) ? 1 : UNSURE) * difference.tolerance();
        if (Double.isFinite(tolerance)) {
            assertEquals(difference.value(), derivative, tolerance, () -> where.get() + ", " + difference);
        }
    }

    /** Fails if more than a tenth of the comparisons were not sharp. */
    public void mostAreSharp() {
        assertTrue(sharp >= 0.9 * all, () -> sharp + " of " + all + " finite differences are sharp");
    }
}
