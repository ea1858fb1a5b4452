package dev.nnd.runtime.data;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;

/** The least and the largest value of each element of the training rows; they become 0 and 1. */
public final class MinMax implements Learned {
    private final String name;
    private final double[] least;
    private final double[] largest;
    private boolean ready;

    /** Nothing learned yet, for {@code elements} values. */
    public MinMax(String name, int elements) {
        this.name = name;
        this.least = new double[elements];
        this.largest = new double[elements];
        reset();
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public String kind() {
        return "min_max";
    }

    @Override
    public boolean ready() {
        return ready;
    }

    @Override
    public void reset() {
        Arrays.fill(least, Double.POSITIVE_INFINITY);
        Arrays.fill(largest, Double.NEGATIVE_INFINITY);
        ready = false;
    }

    /** Element {@code i} of one more row. */
    public void accept(int i, double v) {
        least[i] = Math.min(least[i], v);
        largest[i] = Math.max(largest[i], v);
    }

    @Override
    public List<String> finish() {
        var warnings = new ArrayList<String>();
        for (int i = 0; i < least.length; i++) {
            if (least[i] >= largest[i] && warnings.isEmpty()) {
                warnings.add("`" + name + "`" + (least.length == 1 ? "" : ", element " + i + ",") + " is "
                        + (float) least[i] + " in every training row: it becomes 0 and tells the model nothing.");
            }
        }
        ready = true;
        return warnings;
    }

    /** (v - least) / (largest - least) of element {@code i}, 0 where they are equal. Before learning, v. */
    public float apply(int i, float v) {
        if (!ready) {
            return v;
        }
        double range = largest[i] - least[i];
        return range > 0 ? (float) ((v - least[i]) / range) : 0;
    }

    @Override
    public Saved saved() {
        var numbers = new LinkedHashMap<String, double[]>();
        numbers.put("least", least.clone());
        numbers.put("largest", largest.clone());
        return new Saved(numbers, List.of());
    }

    @Override
    public void restore(Saved saved) {
        copy(saved.array("least"), least);
        copy(saved.array("largest"), largest);
        ready = true;
    }

    private void copy(double[] from, double[] to) {
        if (from.length != to.length || !Arrays.stream(from).allMatch(Double::isFinite)) {
            throw new IllegalArgumentException("`" + name + "` has " + to.length + " finite values of each kind");
        }
        System.arraycopy(from, 0, to, 0, to.length);
    }
}
