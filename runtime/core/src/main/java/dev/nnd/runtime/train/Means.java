package dev.nnd.runtime.train;

import java.util.Arrays;
import java.util.List;
import java.util.Map;

/** Means of the loss and the metrics over examples, from means over batches of any size. */
final class Means {
    private final double[] sums;
    private long examples;

    Means(int metrics) {
        this.sums = new double[metrics + 1];
    }

    void reset() {
        Arrays.fill(sums, 0);
        examples = 0;
    }

    /** Adds a batch whose loss is {@code loss}; the metrics are read from the program. */
    void add(BatchProgram program, double loss) {
        int n = program.batch();
        sums[0] += loss * n;
        for (int i = 1; i < sums.length; i++) {
            sums[i] += program.metric(i - 1) * n;
        }
        examples += n;
    }

    double loss() {
        return sums[0] / examples;
    }

    double metric(int index) {
        return sums[index + 1] / examples;
    }

    long examples() {
        return examples;
    }

    double[] sums() {
        return sums.clone();
    }

    /** Takes over the sums of a run that was interrupted. */
    void restore(double[] sums, long examples) {
        System.arraycopy(sums, 0, this.sums, 0, this.sums.length);
        this.examples = examples;
    }

    /** Adds {@code split.loss} and {@code split.<metric>} to the map. */
    void into(Map<String, Double> results, String split, List<RunSettings.MetricInfo> metrics) {
        results.put(split + ".loss", loss());
        for (int i = 0; i < metrics.size(); i++) {
            results.put(split + "." + metrics.get(i).name(), metric(i));
        }
    }
}
