package dev.nnd.runtime.train;

/** A length of training time: {@code 100 steps}, {@code 2 epochs}, or {@code 10%} of the run. */
public record Duration(double amount, Unit unit) {

    /** No time at all. */
    public static final Duration NONE = steps(0);

    /** What it is counted in. */
    public enum Unit {
        STEPS,
        EPOCHS,
        PERCENT
    }

    /** So many optimizer steps. */
    public static Duration steps(double amount) {
        return new Duration(amount, Unit.STEPS);
    }

    /** So many passes over the training split. */
    public static Duration epochs(double amount) {
        return new Duration(amount, Unit.EPOCHS);
    }

    /** So many hundredths of the run. */
    public static Duration percent(double amount) {
        return new Duration(amount, Unit.PERCENT);
    }

    /** In optimizer steps, not rounded. */
    public double in(RunLength run) {
        return switch (unit) {
            case STEPS -> amount;
            case EPOCHS -> amount * run.stepsPerEpoch();
            case PERCENT -> amount / 100 * run.steps();
        };
    }

    /** In whole optimizer steps, at least 1. */
    long wholeSteps(RunLength run) {
        return Math.max(1, Math.round(in(run)));
    }
}
