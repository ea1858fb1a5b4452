package dev.nnd.runtime.train;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What a pass over the training split led to.
 *
 * @param epoch from 1
 * @param step optimizer steps done by then
 * @param metrics by name, such as {@code "train.loss"} or {@code "validation.accuracy"}; means over the examples
 * @param seconds since the start of the run
 * @param samplesPerSecond training examples per second in this pass, without evaluation and saving
 */
public record EpochResult(long epoch, long step, Map<String, Double> metrics, double seconds, double samplesPerSecond) {
    public EpochResult {
        metrics = Collections.unmodifiableMap(new LinkedHashMap<>(metrics));
    }

    /** A metric such as {@code "validation.accuracy"}; the loss is the metric {@code loss}. */
    public double metric(String name) {
        return find(metrics, name);
    }

    static double find(Map<String, Double> metrics, String name) {
        var value = metrics.get(name);
        if (value == null) {
            throw new IllegalArgumentException(
                    "there is no metric \"" + name + "\"; there are " + String.join(", ", metrics.keySet()));
        }
        return value;
    }

    EpochResult with(Map<String, Double> more) {
        var all = new LinkedHashMap<>(metrics);
        all.putAll(more);
        return new EpochResult(epoch, step, all, seconds, samplesPerSecond);
    }
}
