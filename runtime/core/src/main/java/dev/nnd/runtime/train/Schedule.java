package dev.nnd.runtime.train;

import java.util.List;

/**
 * A rate that changes over a run. Step n, counted from 1, has the rate of the time n - 1, in steps: the first step is at
 * time 0. During the warm-up the rate rises in a straight line from 0 to the curve's first value.
 */
public final class Schedule {

    private static final double ONE_CYCLE_START = 25;
    private static final double ONE_CYCLE_END = 10_000;

    /** The rate after the warm-up. */
    @FunctionalInterface
    private interface Curve {
        /**
         * The rate.
         *
         * @param time steps done
         * @param warmup steps of the warm-up
         */
        double at(double time, double warmup, RunLength run);
    }

    private final double peak;
    private final Duration warmup;
    private final boolean rising;
    private final Curve curve;

    private Schedule(double peak, Duration warmup, boolean rising, Curve curve) {
        this.peak = peak;
        this.warmup = warmup;
        this.rising = rising;
        this.curve = curve;
    }

    private static Schedule of(double peak, Curve curve) {
        return new Schedule(peak, Duration.NONE, true, curve);
    }

    /** The same with a warm-up in front; the curve then covers what is left of the run. */
    public Schedule warmup(Duration time) {
        return new Schedule(peak, time, rising, curve);
    }

    /** The rate of step {@code step}, which counts from 1. */
    public double at(long step, RunLength run) {
        double time = step - 1.0;
        double rise = warmup.in(run);
        return rising && time < rise ? peak * time / rise : curve.at(time, rise, run);
    }

    /** Always the same. */
    public static Schedule constant(double peak) {
        return of(peak, (_, _, _) -> peak);
    }

    /** A straight line from {@code peak} to {@code end}. */
    public static Schedule linear(double peak, double end) {
        return of(peak, (time, warmup, run) -> peak + (end - peak) * share(time, warmup, run));
    }

    /** Half a cosine wave from {@code peak} down to {@code end}. */
    public static Schedule cosine(double peak, double end) {
        return of(peak, (time, warmup, run) -> wave(peak, end, share(time, warmup, run)));
    }

    /** The wave of {@link #cosine(double, double)} anew every {@code period}, each {@code growth} times longer. */
    public static Schedule cosine(double peak, double end, Duration period, double growth) {
        return of(peak, (time, warmup, run) -> {
            double length = Math.max(1, period.in(run));
            double at = time - warmup;
            if (growth == 1) {
                at %= length;
            }
            for (; growth > 1 && at >= length; length *= growth) {
                at -= length;
            }
            return wave(peak, end, at / length);
        });
    }

    /** Times {@code factor} at the end of every {@code every}. */
    public static Schedule step(double peak, Duration every, double factor) {
        return of(
                peak,
                (time, warmup, run) -> peak * Math.pow(factor, Math.floor((time - warmup) / positive(every, run))));
    }

    /** Times {@code factor} over every {@code every}, without steps. */
    public static Schedule exponential(double peak, double factor, Duration every) {
        return of(peak, (time, warmup, run) -> peak * Math.pow(factor, (time - warmup) / positive(every, run)));
    }

    /** From {@code peak} to {@code end} by a power of the time that is left. */
    public static Schedule polynomial(double peak, double end, double power) {
        return of(peak, (time, warmup, run) -> end + (peak - end) * Math.pow(1 - share(time, warmup, run), power));
    }

    /** {@link #oneCycle(double, Duration, double, double)} from peak / 25 and down to 1 / 10,000 of that. */
    public static Schedule oneCycle(double peak, Duration warmup) {
        return oneCycle(peak, warmup, peak / ONE_CYCLE_START);
    }

    /** {@link #oneCycle(double, Duration, double, double)} down to {@code start} / 10,000. */
    public static Schedule oneCycle(double peak, Duration warmup, double start) {
        return oneCycle(peak, warmup, start, start / ONE_CYCLE_END);
    }

    /** In a cosine from {@code start} up to {@code peak}, reached by the last step of the warm-up, and down to {@code end}. */
    public static Schedule oneCycle(double peak, Duration warmup, double start, double end) {
        return new Schedule(peak, warmup, false, (time, rise, run) -> {
            double top = Math.max(0, rise - 1);
            double last = Math.max(top + 1, run.steps() - 1.0);
            return time <= top && top > 0
                    ? wave(start, peak, time / top)
                    : wave(peak, end, Math.min(1, (time - top) / (last - top)));
        });
    }

    /** The first value up to the first time, the second up to the second, and so on; times count from the run's beginning. */
    public static Schedule piecewise(List<Double> values, List<Duration> at) {
        return of(values.getFirst(), (time, _, run) -> {
            int i = 0;
            while (i < at.size() && time >= at.get(i).in(run)) {
                i++;
            }
            return values.get(i);
        });
    }

    /** After its warm-up {@code peak} times the root of warm-up over time. */
    public static Schedule inverseSqrt(double peak) {
        return of(peak, (time, warmup, _) -> peak * Math.sqrt(Math.max(1, warmup) / Math.max(1, time)));
    }

    /** {@code peak} over 1 plus {@code rate} for every {@code every}. */
    public static Schedule inverseTime(double peak, double rate, Duration every) {
        return of(peak, (time, warmup, run) -> peak / (1 + rate * (time - warmup) / positive(every, run)));
    }

    /** How much of what follows the warm-up is over, from 0 to 1. */
    private static double share(double time, double warmup, RunLength run) {
        return Math.clamp((time - warmup) / Math.max(1, run.steps() - warmup), 0, 1);
    }

    private static double wave(double from, double to, double share) {
        return to + (from - to) * (1 + Math.cos(Math.PI * share)) / 2;
    }

    private static double positive(Duration duration, RunLength run) {
        return Math.max(Double.MIN_NORMAL, duration.in(run));
    }
}
