package dev.nnd.runtime.data;

import dev.nnd.runtime.NndException;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/**
 * What stands for a missing number, which is NaN: the mean, the median or the most frequent value of the training rows
 * that have one, for each element. The median of an even number of values is the mean of the middle two; of values that
 * are equally frequent, the least is taken. Median and most frequent value keep every training value while they learn.
 */
public final class Imputer implements Learned {

    /** Which value. */
    public enum Strategy {
        MEAN,
        MEDIAN,
        MOST_FREQUENT
    }

    private final String name;
    private final Strategy strategy;
    private final double[] value;
    private final double[] sum;
    private final int[] count;
    private final float[][] seen;
    private boolean ready;

    /** Nothing learned yet, for {@code elements} values. */
    public Imputer(String name, int elements, Strategy strategy) {
        this.name = name;
        this.strategy = strategy;
        this.value = new double[elements];
        this.sum = new double[elements];
        this.count = new int[elements];
        this.seen = new float[elements][0];
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public String kind() {
        return switch (strategy) {
            case MEAN -> "impute mean";
            case MEDIAN -> "impute median";
            case MOST_FREQUENT -> "impute most_frequent";
        };
    }

    @Override
    public boolean ready() {
        return ready;
    }

    @Override
    public void reset() {
        Arrays.fill(value, 0);
        Arrays.fill(sum, 0);
        Arrays.fill(count, 0);
        Arrays.fill(seen, new float[0]);
        ready = false;
    }

    /** Element {@code i} of one more row; NaN is left out. */
    public void accept(int i, float v) {
        if (Float.isNaN(v)) {
            return;
        }
        if (strategy != Strategy.MEAN) {
            if (count[i] == seen[i].length) {
                seen[i] = Arrays.copyOf(seen[i], Math.max(16, seen[i].length + seen[i].length / 2));
            }
            seen[i][count[i]] = v;
        }
        sum[i] += v;
        count[i]++;
    }

    @Override
    public List<String> finish() {
        for (int i = 0; i < value.length; i++) {
            if (count[i] == 0) {
                throw new NndException(
                        "`" + name + "` is missing in every training row, so there is nothing to put in.",
                        "leave the field out, or write `impute(0)`",
                        null);
            }
            value[i] = switch (strategy) {
                case MEAN -> sum[i] / count[i];
                case MEDIAN -> median(seen[i], count[i]);
                case MOST_FREQUENT -> mostFrequent(seen[i], count[i]);
            };
            seen[i] = new float[0];
        }
        ready = true;
        return List.of();
    }

    private static double median(float[] values, int n) {
        Arrays.sort(values, 0, n);
        return n % 2 == 1 ? values[n / 2] : ((double) values[n / 2 - 1] + values[n / 2]) / 2;
    }

    private static double mostFrequent(float[] values, int n) {
        Arrays.sort(values, 0, n);
        int most = 0;
        float best = values[0];
        for (int i = 0, from = 0; i < n; i++) {
            from = values[i] == values[from] ? from : i;
            if (i - from + 1 > most) {
                most = i - from + 1;
                best = values[i];
            }
        }
        return best;
    }

    /** The value, or what stands for it where it is NaN. */
    public float apply(int i, float v) {
        return Float.isNaN(v) ? (float) value[i] : v;
    }

    @Override
    public Saved saved() {
        return new Saved(Map.of("value", value.clone()), List.of());
    }

    @Override
    public void restore(Saved saved) {
        double[] from = saved.array("value");
        if (from.length != value.length || !Arrays.stream(from).allMatch(Double::isFinite)) {
            throw new IllegalArgumentException("`" + name + "` has " + value.length + " finite values");
        }
        System.arraycopy(from, 0, value, 0, value.length);
        ready = true;
    }
}
