package dev.nnd.runtime.data;

import dev.nnd.runtime.random.Philox;

/**
 * The random numbers of one training example after the other. They follow from the seed, the pass and the row alone, so
 * that an example is changed alike whoever loads it, and in whatever order.
 */
public final class ExampleDraws {
    private final Philox random;
    private long next;

    /** Those of a pass. */
    public ExampleDraws(long seed, long pass) {
        this(new Philox(seed, "augment " + pass));
    }

    private ExampleDraws(Philox random) {
        this.random = random;
    }

    /** Those of the batches of a pass, which are told apart by their first row's place in it. */
    static ExampleDraws ofBatches(long seed, long pass) {
        return new ExampleDraws(new Philox(seed, "mix " + pass));
    }

    /** Goes to the first number of a row. */
    void row(int row) {
        next = (long) row << 32;
    }

    /** From {@code low} to below {@code high}. */
    double between(double low, double high) {
        return low + (high - low) * random.uniform(next++);
    }

    /** A whole number from 0 to below {@code bound}. */
    int below(int bound) {
        return (int) random.below(next++, bound);
    }

    /** True that often. */
    boolean chance(double p) {
        return random.uniform(next++) < p;
    }

    /** Of the normal distribution, by Box and Muller. */
    double normal() {
        double radius = Math.sqrt(-2 * Math.log(1 - random.uniform(next++)));
        return radius * Math.cos(2 * Math.PI * random.uniform(next++));
    }

    /** Of the distribution Beta(alpha, alpha), alpha above 0. */
    double beta(double alpha) {
        double a = logGamma(alpha);
        double b = logGamma(alpha);
        return 1 / (1 + Math.exp(b - a));
    }

    /** The logarithm, which small shapes need, of a number of the gamma distribution (Marsaglia and Tsang 2000). */
    private double logGamma(double shape) {
        double boost = shape < 1 ? Math.log(1 - random.uniform(next++)) / shape : 0;
        double d = (shape < 1 ? shape + 1 : shape) - 1.0 / 3;
        double c = 1 / Math.sqrt(9 * d);
        while (true) {
            double x = normal();
            double v = 1 + c * x;
            v = v * v * v;
            double accept = Math.log(1 - random.uniform(next++));
            if (v > 0 && accept < x * x / 2 + d - d * v + d * Math.log(v)) {
                return Math.log(d * v) + boost;
            }
        }
    }
}
