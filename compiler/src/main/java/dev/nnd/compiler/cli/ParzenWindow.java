package dev.nnd.compiler.cli;

import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;

/**
 * A density that observed values make (Bergstra et al. 2011, "Algorithms for Hyper-Parameter Optimization"), with the details of
 * Optuna's sampler: a bell around each value, as wide as the way to its farther neighbour, and one of the prior's over the whole range, all cut off
 * at its ends; the newest 25 count fully, older ones less.
 */
final class ParzenWindow {

    private static final int FULL = 25;
    private static final int FINEST = 100;

    private final double low;
    private final double high;
    /** The distance of the values that there are; 0 if there are all. */
    private final double step;

    private final double[] centres;
    private final double[] widths;
    private final double[] weights;
    /** Of each bell, the part within the range. */
    private final double[] within;

    /**
     * A density over a range.
     *
     * @param values in the order in which they were tried
     */
    ParzenWindow(double low, double high, double step, List<Double> values) {
        this.low = low - step / 2;
        this.high = high + step / 2;
        this.step = step;
        int n = values.size();
        centres = new double[n + 1];
        for (int i = 0; i < n; i++) {
            centres[i] = values.get(i);
        }
        centres[n] = (this.low + this.high) / 2;
        widths = widths();
        weights = weights(n);
        within = new double[n + 1];
        for (int i = 0; i <= n; i++) {
            within[i] = below(this.high, i) - below(this.low, i);
        }
    }

    /** Each value's way to its farther neighbour among the values; to the farther end, if it is the only one. */
    private double[] widths() {
        int n = centres.length - 1;
        double range = high - low;
        Integer[] order = IntStream.range(0, n).boxed().toArray(Integer[]::new);
        Arrays.sort(order, Comparator.comparingDouble(i -> centres[i]));
        var found = new double[n + 1];
        double least = range / Math.min(FINEST, 2 + n);
        for (int i = 0; i < n; i++) {
            double here = centres[order[i]];
            double left = i > 0 ? here - centres[order[i - 1]] : n == 1 ? here - low : 0;
            double right = i < n - 1 ? centres[order[i + 1]] - here : n == 1 ? high - here : 0;
            found[order[i]] = Math.clamp(Math.max(left, right), least, range);
        }
        found[n] = range;
        return found;
    }

    /** Of values in the order in which they were tried, and behind them that of the prior. */
    static double[] weights(int n) {
        var weights = new double[n + 1];
        int old = Math.max(0, n - FULL);
        for (int i = 0; i < n; i++) {
            weights[i] = i >= old ? 1 : old == 1 ? 1.0 / n : 1.0 / n + i * (1 - 1.0 / n) / (old - 1);
        }
        weights[n] = 1;
        double sum = Arrays.stream(weights).sum();
        for (int i = 0; i <= n; i++) {
            weights[i] /= sum;
        }
        return weights;
    }

    /** How much of a bell lies below a value. */
    private double below(double x, int bell) {
        return Normal.below((x - centres[bell]) / widths[bell]);
    }

    /** A value drawn from it, a multiple of the step from the lower end. */
    double draw(RandomGenerator random) {
        int bell = index(weights, random.nextDouble());
        double x;
        do {
            x = centres[bell] + widths[bell] * random.nextGaussian();
        } while (x < low || x > high);
        if (step == 0) {
            return x;
        }
        double first = low + step / 2;
        return Math.clamp(first + step * Math.rint((x - first) / step), first, high - step / 2);
    }

    /** Which part of shares that add up to 1 a number from 0 to 1 falls into. */
    static int index(double[] shares, double number) {
        double sum = 0;
        for (int i = 0; i < shares.length - 1; i++) {
            sum += shares[i];
            if (number < sum) {
                return i;
            }
        }
        return shares.length - 1;
    }

    /** The density at a value; with a step the probability of it. */
    double at(double x) {
        double sum = 0;
        for (int i = 0; i < centres.length; i++) {
            double part = step == 0
                    ? Normal.density((x - centres[i]) / widths[i]) / widths[i]
                    : below(x + step / 2, i) - below(x - step / 2, i);
            sum += weights[i] * part / within[i];
        }
        return sum;
    }

    /** The normal distribution. */
    static final class Normal {
        private static final double[] CHEBYSHEV = {
            -1.3026537197817094,
            6.4196979235649026e-1,
            1.9476473204185836e-2,
            -9.561514786808631e-3,
            -9.46595344482036e-4,
            3.66839497852761e-4,
            4.2523324806907e-5,
            -2.0278578112534e-5,
            -1.624290004647e-6,
            1.303655835580e-6,
            1.5626441722e-8,
            -8.5238095915e-8,
            6.529054439e-9,
            5.059343495e-9,
            -9.91364156e-10,
            -2.27365122e-10,
            9.6467911e-11,
            2.394038e-12,
            -6.886027e-12,
            8.94487e-13,
            3.13092e-13,
            -1.12708e-13,
            3.81e-16,
            7.106e-15,
            -1.523e-15,
            -9.4e-17,
            1.21e-16,
            -2.8e-17
        };

        private Normal() {}

        static double density(double x) {
            return Math.exp(-x * x / 2) / Math.sqrt(2 * Math.PI);
        }

        /** The probability of a value below. */
        static double below(double x) {
            double half = complement(Math.abs(x) / Math.sqrt(2)) / 2;
            return x < 0 ? half : 1 - half;
        }

        /** erfc of what is not negative, by Chebyshev's polynomials (Press et al., Numerical Recipes, 6.2.2). */
        private static double complement(double z) {
            double t = 2 / (2 + z);
            double y = 4 * t - 2;
            double d = 0;
            double before = 0;
            for (int i = CHEBYSHEV.length - 1; i > 0; i--) {
                double next = y * d - before + CHEBYSHEV[i];
                before = d;
                d = next;
            }
            return t * Math.exp(-z * z + (CHEBYSHEV[0] + y * d) / 2 - before);
        }
    }
}
