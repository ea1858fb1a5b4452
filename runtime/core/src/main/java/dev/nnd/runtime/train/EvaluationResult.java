package dev.nnd.runtime.train;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Means over a split.
 *
 * @param split its name
 * @param rows its examples
 * @param metrics by name, such as {@code "test.accuracy"}; the loss is {@code "test.loss"}
 * @param seconds without reading the data
 */
public record EvaluationResult(String split, int rows, Map<String, Double> metrics, double seconds) {
    public EvaluationResult {
        metrics = Collections.unmodifiableMap(new LinkedHashMap<>(metrics));
    }

    /** A metric such as {@code "test.accuracy"}. */
    public double metric(String name) {
        return EpochResult.find(metrics, name);
    }
}
