package dev.nnd.compiler.cli;

import dev.nnd.compiler.emit.training.Drawing;
import dev.nnd.runtime.NndException;
import dev.nnd.runtime.kernel.Provider;
import dev.nnd.runtime.train.EpochResult;
import dev.nnd.runtime.train.ProgressListener;
import dev.nnd.runtime.train.RunDirectory;
import dev.nnd.runtime.train.TrainingStart;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Writes what a generator draws into the run directory: after evaluations, of the same random numbers each time, so that one
 * sees how the pictures change.
 */
final class DrawingProgress extends ForwardingProgress {

    private static final int COUNT = 64;
    private static final long BETWEEN = 5_000_000_000L;

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
        super(to);
        this.section = section;
        this.drawing = drawing;
        this.threads = threads;
        this.clock = clock;
    }

    @Override
    public void started(TrainingStart begun) {
        start = begun;
        super.started(begun);
    }

    @Override
    public void epoch(EpochResult result, boolean best) {
        super.epoch(result, best);
        long now = clock.getAsLong();
        if (start != null && (!drawn || now - drawnAt >= BETWEEN || result.step() >= start.steps())) {
            try {
                draw(start);
            } catch (NndException e) {
                warning("no pictures are drawn at step " + result.step() + ": " + e.getMessage());
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
                    Math.min(COUNT, PictureGrid.most(drawing.height(), drawing.width())),
                    0,
                    Provider.best(threads),
                    run.directory().resolve(RunDirectory.PICTURES).resolve(name));
        }
    }
}
