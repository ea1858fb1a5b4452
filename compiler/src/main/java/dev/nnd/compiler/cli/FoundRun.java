package dev.nnd.compiler.cli;

import dev.nnd.runtime.train.RunRecord;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * A run directory.
 *
 * @param active a process is writing to it
 */
record FoundRun(Path directory, RunRecord record, boolean active) {

    /** What has become of it, in a word; a process that was killed could not say so itself. */
    String state() {
        boolean lost = record.state() == RunRecord.State.RUNNING && !active;
        return lost ? "killed" : record.state().name().toLowerCase(Locale.ROOT);
    }

    /** The metric that the run is judged by: what its best weights were kept by, else a loss. */
    Map.Entry<String, Double> best() {
        String rule = record.configuration().get("keep best by");
        for (String name : new String[] {rule, "validation.loss", "test.loss", "train.loss"}) {
            Double value = name == null ? null : record.metrics().get(name);
            if (name != null && value != null) {
                return Map.entry(name, value);
            }
        }
        return Map.entry("", Double.NaN);
    }

    /** NaN if the run has no such metric. */
    double metric(String name) {
        return record.metrics().getOrDefault(name, Double.NaN);
    }

    /** Whether less of a metric is better, as the run says that has it; of a record that does not say, of losses alone. */
    static boolean isLowerBetter(String metric, List<FoundRun> runs) {
        return runs.stream()
                .flatMap(r -> r.record().isLowerBetter(metric).stream())
                .findFirst()
                .orElse(metric.endsWith("loss"));
    }
}
