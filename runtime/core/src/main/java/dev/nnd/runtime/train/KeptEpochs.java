package dev.nnd.runtime.train;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** Keeps the weights of the best few evaluations, each in a folder {@code kept/step-n}. */
final class KeptEpochs {
    private final RunSettings.KeepRule rule;
    private final RunFiles files;

    KeptEpochs(RunSettings.KeepRule rule, RunFiles files) {
        this.rule = rule;
        this.files = files;
    }

    /** An evaluation and its folder. */
    private record Kept(Path folder, double value) {}

    /** Writes the weights as they are now if the result is among the best, and removes what is no more. */
    void offer(TrainingStart start, EpochResult result) {
        var metric = rule.split() + "." + rule.metric();
        var folder = files.kept();
        var mine = new Kept(folder.resolve("step-" + result.step()), result.metric(metric));
        var all = new ArrayList<Kept>();
        for (var before : Checkpoints.written(folder)) {
            if (!before.equals(mine.folder())) {
                var metrics = RunJson.read(before.resolve(RunDirectory.RUN)).metrics();
                all.add(new Kept(before, metrics.getOrDefault(metric, Double.NaN)));
            }
        }
        all.add(mine);
        all.sort(Comparator.comparingDouble(this::badness));
        List<Kept> best = all.subList(0, (int) Math.min(rule.count(), all.size()));
        if (best.contains(mine)) {
            try {
                Files.createDirectories(folder);
            } catch (IOException e) {
                throw Checkpoint.unwritable(folder, e);
            }
            files.saveModel(mine.folder(), start, result);
        }
        all.stream().filter(k -> !best.contains(k) && !k.equals(mine)).forEach(k -> Checkpoint.remove(k.folder()));
    }

    private double badness(Kept kept) {
        return Double.isNaN(kept.value) ? Double.POSITIVE_INFINITY : rule.higherIsBetter() ? -kept.value : kept.value;
    }
}
