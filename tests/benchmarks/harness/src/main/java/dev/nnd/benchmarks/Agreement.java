package dev.nnd.benchmarks;

/** Whether a contender has computed what nnd has: the same losses, or the same predictions, from the same weights. */
final class Agreement {

    /** Relative to the largest number. Five steps of training multiply what single operations round differently. */
    static final double TOLERANCE = 2e-3;

    private Agreement() {}

    /** The largest difference relative to the largest number; NaN where there is nothing to compare. */
    static double difference(double[] ours, double[] theirs) {
        if (ours.length == 0 || ours.length != theirs.length) {
            return Double.NaN;
        }
        double largest = 0;
        double difference = 0;
        for (int i = 0; i < ours.length; i++) {
            largest = Math.max(largest, Math.abs(ours[i]));
            difference = Math.max(difference, Math.abs(ours[i] - theirs[i]));
        }
        return difference / largest;
    }
}
