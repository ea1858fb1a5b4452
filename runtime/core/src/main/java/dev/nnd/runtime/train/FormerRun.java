package dev.nnd.runtime.train;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** The run that a directory holds already when a new one begins there: it is moved beside it, since it may be wanted yet. */
final class FormerRun {
    /** What is moved; the latest weights first, so that nothing can be resumed that is moved in part. */
    private static final List<String> PARTS = List.of(
            RunDirectory.LAST,
            RunDirectory.CHECKPOINTS,
            RunDirectory.BEST,
            RunDirectory.KEPT,
            RunDirectory.METRICS,
            RunDirectory.REPORT,
            RunDirectory.CURVES,
            RunRecord.FILE);

    private FormerRun() {}

    /** Moves a run that has saved weights to {@code <directory>-1}, or the next free number; returns that folder. */
    static Optional<Path> setAside(Path directory) {
        var saved = List.of(RunDirectory.LAST, RunDirectory.CHECKPOINTS, RunDirectory.BEST);
        if (saved.stream().noneMatch(part -> Files.isDirectory(directory.resolve(part)))) {
            return Optional.empty();
        }
        var target = free(directory.toAbsolutePath().normalize());
        try {
            Files.createDirectory(target);
            for (var part : PARTS) {
                if (Files.exists(directory.resolve(part))) {
                    Files.move(directory.resolve(part), target.resolve(part));
                }
            }
        } catch (IOException e) {
            throw Checkpoint.unwritable(target, e);
        }
        var shown = directory.resolveSibling(target.getFileName());
        return Optional.of(directory.getFileName() == null ? target : shown);
    }

    private static Path free(Path directory) {
        var name = directory.getFileName() == null
                ? "run"
                : directory.getFileName().toString();
        for (int number = 1; true; number++) {
            var candidate = directory.resolveSibling(name + "-" + number);
            if (!Files.exists(candidate)) {
                return candidate;
            }
        }
    }
}
