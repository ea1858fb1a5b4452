package dev.nnd.runtime.train;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * The settings of a train section. Exactly one of {@code epochs} and {@code steps} is present.
 *
 * @param epochs passes over the training split
 * @param steps optimizer steps
 * @param batch examples of a step
 * @param seed of the initial weights and of the order of the examples
 * @param metrics in the order of {@link BatchProgram#metric}
 * @param keep which epoch's weights are the best
 * @param values the section's {@code float} parameters, such as {@code lr}, as resolved for this run
 */
public record RunSettings(
        OptionalLong epochs,
        OptionalLong steps,
        int batch,
        long seed,
        List<MetricInfo> metrics,
        Optional<KeepRule> keep,
        Map<String, Double> values) {
    public RunSettings {
        metrics = List.copyOf(metrics);
        values = Collections.unmodifiableMap(new LinkedHashMap<>(values));
    }

    /** A metric's name and direction. */
    public record MetricInfo(String name, boolean higherIsBetter) {}

    /** {@code keep best by split.metric}; the metric {@code "loss"} is the loss. */
    public record KeepRule(String split, String metric, boolean higherIsBetter) {}
}
