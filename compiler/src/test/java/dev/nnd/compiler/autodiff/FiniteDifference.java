package dev.nnd.compiler.autodiff;

import java.util.Arrays;
import java.util.function.DoubleFunction;

/**
 * The derivative at 0 of a sum of terms, from central differences at shrinking distances, and how far it may be from the true
 * one. {@link DifferenceChecks} compare within that error, so they hold for all numbers and are as sharp as the numbers allow.
 *
 * <p>The differences {@code (f(h) - f(-h)) / 2h = f' + a h^2 + b h^4 + ...} are extrapolated to {@code h = 0} (Richardson).
 * The error has three parts, each seen in the numbers themselves:
 *
 * <ul>
 *   <li>what the series leaves out: no more than what the last refinement changed;
 *   <li>a kink or a jump between the points: {@code (f(h) - 2 f(0) + f(-h)) / h}, the difference of the slopes on both sides,
 *       is extrapolated alike and is 0 for a smooth function, even if the kink is next to 0, where all central differences agree
 *       on a wrong slope;
 *   <li>rounding: each term carries an error of a few units in its last place, which the difference divides by {@code h}. Terms
 *       are subtracted before they are summed, so that those that don't depend on the place cancel exactly, however large.
 * </ul>
 *
 * @param error in absolute terms; infinite or no number where the function is not defined around the place
 * @param precision of the derivatives that are compared with this one, relative and at least that of 1: their own rounding
 */
public record FiniteDifference(double value, double error, double precision) {

    /**
     * Each is tried if those before say little: a kink is less often within a short distance, but rounding weighs more. In a
     * short distance a few refinements do.
     */
    private static final double[] DISTANCES = {0x1p-6, 0x1p-10, 0x1p-14, 0x1p-18, 0x1p-22};

    private static final int[] REFINEMENTS = {4, 4, 2, 2, 2};

    /** How many roundings a term goes through that don't even out. */
    private static final int ROUNDINGS = 8;

    /** Of a function that computes its terms in double precision. */
    public static FiniteDifference of(DoubleFunction<double[]> terms) {
        double[] middle = terms.apply(0);
        boolean[] moved = new boolean[middle.length];
        var best = new FiniteDifference(0, Double.POSITIVE_INFINITY, 1e-9);
        for (int i = 0; i < DISTANCES.length && !best.isWithin(DifferenceChecks.SHARP); i++) {
            FiniteDifference found = at(terms, middle, moved, DISTANCES[i], REFINEMENTS[i], 0x1p-53, best.precision);
            best = found.error < best.error ? found : best;
        }
        return best;
    }

    /**
     * Of a function that computes its terms in single precision.
     *
     * @param distance of the farthest points, within which the function is smooth
     */
    public static FiniteDifference ofFloats(DoubleFunction<double[]> terms, double distance) {
        double[] middle = terms.apply(0);
        return at(terms, middle, new boolean[middle.length], distance, 3, 0x1p-24, 1e-5);
    }

    /** With {@code moved} for the terms that were other than in the middle, here or in a longer distance. */
    private static FiniteDifference at(
            DoubleFunction<double[]> terms,
            double[] middle,
            boolean[] moved,
            double distance,
            int refinements,
            double unit,
            double precision) {
        double[] slopes = new double[refinements];
        double[] bends = new double[refinements];
        double noise = 0;
        for (int i = 0; i < refinements; i++) {
            double h = Math.scalb(distance, -i);
            double[] above = terms.apply(h);
            double[] below = terms.apply(-h);
            noise = 0;
            for (int k = 0; k < middle.length; k++) {
                slopes[i] += (above[k] - below[k]) / (2 * h);
                bends[i] += ((above[k] - middle[k]) - (middle[k] - below[k])) / h;
                moved[k] |= above[k] != below[k] || above[k] != middle[k];
                noise += moved[k] ? Math.max(Math.abs(above[k]), Math.abs(below[k])) / h : 0;
            }
        }
        double coarse = extrapolate(Arrays.copyOf(slopes, refinements - 1), 2);
        double fine = extrapolate(slopes, 2);
        double bend = extrapolate(bends, 1);
        // The noise of the shortest distance counts up to 1.5 times, those of the others up to half of that.
        double error = Math.abs(fine - coarse) + Math.abs(bend) + 2 * ROUNDINGS * unit * noise;
        return new FiniteDifference(fine, error, precision);
    }

    /** The limit at 0 of a series of {@code h^first, h^(first + 2), ...}, from its values at h, h/2, h/4 and so on. */
    private static double extrapolate(double[] values, int first) {
        double[] row = values.clone();
        for (int j = 1; j < row.length; j++) {
            double factor = Math.scalb(1.0, first + 2 * (j - 1));
            for (int i = row.length - 1; i >= j; i--) {
                row[i] += (row[i] - row[i - 1]) / (factor - 1);
            }
        }
        return row[row.length - 1];
    }

    /** Whether the error is small, relative to the derivative and at least to 1. */
    public boolean isWithin(double relative) {
        return error <= relative * (1 + Math.abs(value));
    }

    /** How far a right derivative may be from this one. */
    public double tolerance() {
        return error + precision * (1 + Math.abs(value));
    }
}
