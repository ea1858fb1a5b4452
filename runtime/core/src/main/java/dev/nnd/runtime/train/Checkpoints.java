package dev.nnd.runtime.train;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** Writes all state of a run every so often into a folder {@code checkpoints/step-n}, and removes the oldest ones. */
final class Checkpoints {
    private static final String PREFIX = "step-";

    private final RunSettings.CheckpointRule rule;
    private final long every;
    private final RunFiles files;

    Checkpoints(RunSettings.CheckpointRule rule, RunLength run, RunFiles files) {
        this.rule = rule;
        this.every = rule.every().wholeSteps(run);
        this.files = files;
    }

    /** Whether one is to be written after that many steps. */
    boolean due(long step) {
        return step % every == 0;
    }

    void write(TrainingStart start, EpochResult result, RunJson.Progress position) {
        var folder = files.checkpoints();
        try {
            Files.createDirectories(folder);
        } catch (IOException e) {
            throw Checkpoint.unwritable(folder, e);
        }
        files.saveAll(folder.resolve(PREFIX + position.step()), start, result, position);
        if (rule.keep().isPresent()) {
            var written = written(folder);
            for (var old : written.subList(
                    0, (int) Math.max(0, written.size() - rule.keep().getAsLong()))) {
                Checkpoint.remove(old);
            }
        }
    }

    /** The oldest first. */
    static List<Path> written(Path folder) {
        var found = new ArrayList<Path>();
        if (!Files.isDirectory(folder)) {
            return found;
        }
        try (var list = Files.newDirectoryStream(folder, PREFIX + "*")) {
            list.forEach(found::add);
        } catch (IOException e) {
            throw Checkpoint.unwritable(folder, e);
        }
        found.removeIf(f -> !number(f).matches("\\d{1,18}"));
        found.sort(Comparator.comparingLong(f -> Long.parseLong(number(f))));
        return found;
    }

    private static String number(Path folder) {
        return folder.getFileName().toString().substring(PREFIX.length());
    }
}
