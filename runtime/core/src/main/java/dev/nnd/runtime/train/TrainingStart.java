package dev.nnd.runtime.train;

import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What is known when a run starts.
 *
 * @param name the train section
 * @param directory the run directory
 * @param settings as resolved for this run
 * @param threads compute threads
 * @param rows examples in each split
 * @param parameters trainable scalars
 * @param batchesPerEpoch steps in a pass over the training split
 * @param steps steps at the end of the run
 * @param resumedAt steps done before, 0 for a new run
 * @param arenaBytes planned memory of a training step
 */
public record TrainingStart(
        String name,
        Path directory,
        RunSettings settings,
        int threads,
        Map<String, Integer> rows,
        long parameters,
        int batchesPerEpoch,
        long steps,
        long resumedAt,
        long arenaBytes) {
    public TrainingStart {
        rows = Collections.unmodifiableMap(new LinkedHashMap<>(rows));
    }
}
