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
        this.random = new Philox(seed, "augment " + pass);
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
}
