package dev.nnd.runtime.optimizer;

/**
 * What optimizers keep from step to step, without subnormal numbers: where gradients are zero for good, averages shrink until
 * rounding stops them there, and many processors take a hundred times as long with them. Generated updates do the same.
 */
final class Kept {

    private static final float LEAST = 0x1p-100f;

    private Kept() {}

    /** An average of gradients, 0 if it is so small that it changes no weight. */
    static float mean(double x) {
        return Math.abs(x) < LEAST ? 0 : (float) x;
    }

    /** An average of squares, 0 in place of a subnormal number. */
    static float square(double x) {
        return x < Float.MIN_NORMAL ? 0 : (float) x;
    }
}
