package dev.nnd.runtime.report;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * A range of numbers along a side of a plot.
 *
 * @param low its beginning
 * @param high its end, which is larger
 * @param logarithmic equal distances are equal ratios; both ends are then above 0
 */
record Axis(double low, double high, boolean logarithmic) {
    private static final int TICKS = 5;
    /** From here on equal distances say nothing of the small values. */
    private static final double WIDE = 50;

    /** Around all finite numbers, with some room. */
    static Axis around(Iterable<double[]> values, boolean mayBeLogarithmic) {
        double low = Double.POSITIVE_INFINITY;
        double high = Double.NEGATIVE_INFINITY;
        for (double[] part : values) {
            for (double v : part) {
                if (Double.isFinite(v)) {
                    low = Math.min(low, v);
                    high = Math.max(high, v);
                }
            }
        }
        if (low > high) {
            return new Axis(0, 1, false);
        }
        if (mayBeLogarithmic && low > 0 && high / low > WIDE) {
            return new Axis(low / 1.2, high * 1.2, true);
        }
        double room = high > low ? (high - low) * 0.04 : Math.max(Math.abs(high) * 0.1, 1e-6);
        return new Axis(low - room, high + room, false);
    }

    /** From 0 to 1. */
    static Axis unit() {
        return new Axis(0, 1, false);
    }

    /** Where a value lies, from 0 to 1. */
    double place(double value) {
        return logarithmic
                ? (Math.log(value) - Math.log(low)) / (Math.log(high) - Math.log(low))
                : (value - low) / (high - low);
    }

    /** Round numbers to mark. */
    List<Double> ticks() {
        return ticks(0);
    }

    /** Numbers to mark that are at least so far apart. */
    List<Double> ticks(double least) {
        var ticks = new ArrayList<Double>();
        if (logarithmic) {
            for (double power = Math.floor(Math.log10(low)); power <= Math.ceil(Math.log10(high)); power++) {
                for (int digit : high / low > 1e3 ? new int[] {1} : new int[] {1, 2, 5}) {
                    double value = digit * Math.pow(10, power);
                    if (value >= low && value <= high) {
                        ticks.add(value);
                    }
                }
            }
            return ticks;
        }
        double raw = Math.max(least, (high - low) / TICKS);
        double power = Math.pow(10, Math.floor(Math.log10(raw)));
        double step = power * (raw / power < 1.5 ? 1 : raw / power < 3.5 ? 2 : raw / power < 7.5 ? 5 : 10);
        for (double number = Math.ceil(low / step); number * step <= high; number++) {
            ticks.add(number * step);
        }
        return ticks;
    }

    /** A tick's text. */
    static String text(double value) {
        if (value == 0) {
            return "0";
        }
        if (Math.abs(value) >= 1e6 || Math.abs(value) < 1e-4) {
            return String.format(Locale.ROOT, "%.0e", value);
        }
        String text = String.format(Locale.ROOT, "%.5f", value);
        return text.replaceFirst("\\.?0+$", "");
    }
}
