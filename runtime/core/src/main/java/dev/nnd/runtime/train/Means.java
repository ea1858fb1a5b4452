package dev.nnd.runtime.train;

import dev.nnd.runtime.metric.StreamingMetric;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Means of the losses and the metrics over examples, from means over batches of any size, and the metrics that are computed
 * over all examples where those were gathered.
 */
final class Means {
    private final List<String> losses;
    private final List<RunSettings.MetricInfo> metrics;
    /** Of the losses, then of the metrics. */
    private final double[] sums;

    private final Map<Integer, StreamingMetric> streams = new LinkedHashMap<>();
    private long examples;

    Means(RunSettings settings) {
        this.losses = settings.losses();
        this.metrics = settings.metrics();
        this.sums = new double[sums(settings)];
    }

    /** How many numbers {@link #sums()} gives. */
    static int sums(RunSettings settings) {
        return Math.max(1, settings.losses().size()) + settings.metrics().size();
    }

    private int statements() {
        return Math.max(1, losses.size());
    }

    /** Computes metrics over all examples too. */
    Means gathering(TrainingProgram program) {
        for (int i = 0; i < metrics.size(); i++) {
            if (metrics.get(i).streaming()) {
                streams.put(i, program.streaming(i));
            }
        }
        return this;
    }

    void reset() {
        Arrays.fill(sums, 0);
        examples = 0;
    }

    /** Adds the loss of a statement over a batch; the metrics are read from the program of the first one. */
    void addStep(int statement, BatchProgram program, double loss) {
        sums[statement] += loss * program.batch();
        if (statement == 0) {
            addMetrics(program);
        }
    }

    private void addMetrics(BatchProgram program) {
        int n = program.batch();
        for (int i = 0; i < metrics.size(); i++) {
            if (!metrics.get(i).streaming()) {
                sums[statements() + i] += program.metric(i) * n;
            }
        }
        examples += n;
    }

    /** Adds an evaluated batch. */
    void add(EvalStep program) {
        for (int statement = 0; statement < statements(); statement++) {
            sums[statement] += program.loss(statement) * program.batch();
        }
        addMetrics(program);
        streams.forEach(program::gather);
    }

    /** Of all statements together. */
    double loss() {
        double sum = 0;
        for (int statement = 0; statement < statements(); statement++) {
            sum += sums[statement];
        }
        return sum / examples;
    }

    double metric(int index) {
        return metrics.get(index).streaming() ? Double.NaN : sums[statements() + index] / examples;
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

    /** The names of what {@link #into} adds for a split; metrics over all examples only where they are gathered. */
    static List<String> names(RunSettings settings, String split, boolean gathered) {
        var names = new ArrayList<String>();
        names.add(split + ".loss");
        settings.losses().forEach(l -> names.add(split + "." + l));
        settings.metrics().stream()
                .filter(m -> gathered || !m.streaming())
                .forEach(m -> names.add(split + "." + m.name()));
        return names;
    }

    /** Adds {@code split.loss} and {@code split.<metric>} to the map. */
    void into(Map<String, Double> results, String split) {
        results.put(split + ".loss", loss());
        for (int i = 0; i < losses.size(); i++) {
            results.put(split + "." + losses.get(i), sums[i] / examples);
        }
        for (int i = 0; i < metrics.size(); i++) {
            var stream = streams.get(i);
            if (stream != null) {
                results.put(split + "." + metrics.get(i).name(), stream.value());
            } else if (!metrics.get(i).streaming()) {
                results.put(split + "." + metrics.get(i).name(), metric(i));
            }
        }
    }
}
