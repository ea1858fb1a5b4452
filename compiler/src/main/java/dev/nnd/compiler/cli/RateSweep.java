package dev.nnd.compiler.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;

/**
 * The losses of a run whose rate grows by the same factor at each step (Smith 2017, "Cyclical Learning Rates for Training Neural Networks"), smoothed by a
 * mean that forgets, as fastai and Lightning do. It ends where the smoothed loss is four times the least.
 */
final class RateSweep {

    private static final double SHARE = 0.98;
    private static final double TOO_MUCH = 4;
    /** Steps at the beginning, where the mean is of few batches, and at the end, where the loss has begun to grow. */
    private static final int FIRST = 10;

    private static final int LAST = 1;

    private final double low;
    private final double factor;
    private final List<Double> losses = new ArrayList<>();
    private final List<Double> smoothed = new ArrayList<>();
    private double mean;
    private double least = Double.POSITIVE_INFINITY;

    /** From one rate to another in so many steps. */
    RateSweep(double low, double high, int steps) {
        this.low = low;
        this.factor = Math.pow(high / low, 1.0 / (steps - 1));
    }

    /** What the rate is multiplied by at each step. */
    double factor() {
        return factor;
    }

    /** The rate of a step, from 0. */
    double rate(int step) {
        return low * Math.pow(factor, step);
    }

    /** Takes the loss of a step; false if it has grown so much that the rest tells nothing. */
    boolean add(double loss) {
        if (!Double.isFinite(loss)) {
            return false;
        }
        losses.add(loss);
        mean = SHARE * mean + (1 - SHARE) * loss;
        double now = mean / (1 - Math.pow(SHARE, losses.size()));
        smoothed.add(now);
        least = Math.min(least, now);
        return losses.size() == 1 || now <= TOO_MUCH * Math.abs(least);
    }

    int steps() {
        return losses.size();
    }

    double loss(int step) {
        return losses.get(step);
    }

    double smoothed(int step) {
        return smoothed.get(step);
    }

    /** The step at which the smoothed loss is least; empty before the first. */
    OptionalInt lowest() {
        int found = -1;
        for (int i = 0; i < steps(); i++) {
            if (found < 0 || smoothed(i) < smoothed(found)) {
                found = i;
            }
        }
        return found < 0 ? OptionalInt.empty() : OptionalInt.of(found);
    }

    /** The step at which the smoothed loss falls fastest; empty if it falls nowhere. */
    OptionalInt steepest() {
        int found = -1;
        double slope = 0;
        for (int i = FIRST; i < steps() - LAST; i++) {
            double here =
                    i + 1 < steps() - LAST ? (smoothed(i + 1) - smoothed(i - 1)) / 2 : smoothed(i) - smoothed(i - 1);
            if (i == FIRST) {
                here = i + 1 < steps() - LAST ? smoothed(i + 1) - smoothed(i) : 0;
            }
            if (here < slope) {
                slope = here;
                found = i;
            }
        }
        return found < 0 ? OptionalInt.empty() : OptionalInt.of(found);
    }
}
