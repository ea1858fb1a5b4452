package dev.nnd.runtime.metric;

import dev.nnd.runtime.memory.Tensor;

/** A metric made of sums over the elements of predictions and targets of one shape. */
public final class SummedMetric implements StreamingMetric {

    /** What is computed. */
    public enum Kind {
        /** The root of the mean squared error. */
        RMSE,
        /** 1 - the sum of squared errors over that of squared distances of the targets to their mean. */
        R2,
        /** Pearson's correlation. */
        CORRELATION,
        /** The mean of abs(error / target); elements whose target is 0 are left out. */
        MAPE
    }

    private final Kind kind;
    private long n;
    private long shares;
    private double squaredErrors;
    private double relativeErrors;
    private double meanX;
    private double meanY;
    /** Sums of squared distances to the means and of their products, moved along as the means move (Welford 1962). */
    private double xx;

    private double yy;
    private double xy;

    /** Without an example. */
    public SummedMetric(Kind kind) {
        this.kind = kind;
    }

    @Override
    public void add(Tensor... batch) {
        Tensor predictions = batch[0];
        Tensor targets = batch[1];
        long elements = targets.elements();
        for (long i = 0; i < elements; i++) {
            add(Elements.number(predictions, i), Elements.number(targets, i));
        }
    }

    private void add(double x, double y) {
        n++;
        squaredErrors += (x - y) * (x - y);
        if (y != 0) {
            relativeErrors += Math.abs((x - y) / y);
            shares++;
        }
        double dx = x - meanX;
        double dy = y - meanY;
        meanX += dx / n;
        meanY += dy / n;
        xx += dx * (x - meanX);
        yy += dy * (y - meanY);
        xy += dx * (y - meanY);
    }

    @Override
    public double value() {
        return switch (kind) {
            case RMSE -> Math.sqrt(squaredErrors / n);
            case R2 -> 1 - squaredErrors / yy;
            case CORRELATION -> xy / Math.sqrt(xx * yy);
            case MAPE -> relativeErrors / shares;
        };
    }
}
