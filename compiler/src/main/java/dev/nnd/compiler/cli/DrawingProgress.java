package dev.nnd.compiler.cli;

import dev.nnd.compiler.emit.training.Drawing;
import dev.nnd.runtime.NndException;
import dev.nnd.runtime.kernel.Provider;
import dev.nnd.runtime.train.BadStep;
import dev.nnd.runtime.train.EpochResult;
import dev.nnd.runtime.train.ProgressListener;
import dev.nnd.runtime.train.RunDirectory;
import dev.nnd.runtime.train.TrainingProgress;
import dev.nnd.runtime.train.TrainingRun;
import dev.nnd.runtime.train.TrainingStart;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Passes everything on, and writes what a generator draws into the run directory: after evaluations, of the same random
 * numbers each time, so that one sees how the pictures change.
 */
final class DrawingProgress implements ProgressListener {

    private static final int COUNT = 64;
    private static final long BETWEEN = 5_000_000_000L;

    private final ProgressListener to;
    private final TrainSection section;
    private final Drawing drawing;
    private final int threads;
    private final LongSupplier clock;
    private @Nullable TrainingStart start;
    private long drawnAt;
    private boolean drawn;

    /**
     * @param to hears it
     * @param clock nanoseconds
     */
    DrawingProgress(ProgressListener to, TrainSection section, Drawing drawing, int threads, LongSupplier clock) {
        this.to = to;
        this.section = section;
        this.drawing = drawing;
        this.threads = threads;
        this.clock = clock;
    }

    @Override
    public Optional<String> explain(BadStep step) {
        return to.explain(step);
    }

    @Override
    public void started(TrainingStart begun) {
        start = begun;
        to.started(begun);
    }

    @Override
    public void batch(TrainingProgress progress) {
        to.batch(progress);
    }

    @Override
    public void epoch(EpochResult result, boolean best) {
        to.epoch(result, best);
        long now = clock.getAsLong();
        if (start != null && (!drawn || now - drawnAt >= BETWEEN || result.step() >= start.steps())) {
            try {
                draw(start);
            } catch (NndException e) {
                to.warning("no pictures are drawn at step " + result.step() + ": " + e.getMessage());
            }
            drawn = true;
            drawnAt = clock.getAsLong();
        }
    }

    private void draw(TrainingStart run) {
        Path last = run.directory().resolve(RunDirectory.LAST);
        Path weights = last.resolve(
                section.train().models().size() > 1 ? drawing.model().name() + ".safetensors" : "weights.safetensors");
        if (Files.isRegularFile(weights)) {
            int digits = Long.toString(run.steps()).length();
            String name = ("step-%0" + digits + "d.png")
                    .formatted(RunDirectory.open(last).step());
            Pictures.draw(
                    section,
                    drawing,
                    weights,
                    COUNT,
                    0,
                    Provider.best(threads),
                    run.directory().resolve(RunDirectory.PICTURES).resolve(name));
        }
    }

    @Override
    public void stopped(String reason) {
        to.stopped(reason);
    }

    @Override
    public void warning(String message) {
        to.warning(message);
    }

    @Override
    public void finished(TrainingRun run) {
        to.finished(run);
    }
}
