package dev.nnd.runtime.train;

import dev.nnd.runtime.NndException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A run that is over. */
public final class TrainingRun {
    private final Path directory;
    private final RunSettings settings;
    private final List<EpochResult> epochs;
    private final @Nullable EpochResult best;
    private final double samplesPerSecond;
    private final double seconds;
    private final boolean interrupted;

    TrainingRun(
            Path directory,
            RunSettings settings,
            List<EpochResult> epochs,
            @Nullable EpochResult best,
            double samplesPerSecond,
            double seconds,
            boolean interrupted) {
        this.directory = directory;
        this.settings = settings;
        this.epochs = List.copyOf(epochs);
        this.best = best;
        this.samplesPerSecond = samplesPerSecond;
        this.seconds = seconds;
        this.interrupted = interrupted;
    }

    /** The run directory. */
    public Path directory() {
        return directory;
    }

    /** The folder with the best weights; it loads as a predictor. */
    public Path bestDirectory() {
        return directory.resolve(RunDirectory.BEST);
    }

    /** The settings as resolved. */
    public RunSettings settings() {
        return settings;
    }

    /** The epochs of this call, without those before a resume. */
    public List<EpochResult> epochs() {
        return epochs;
    }

    /** The epoch whose weights were kept; its metrics include those of the test split. */
    public EpochResult best() {
        return Optional.ofNullable(best).orElseThrow(this::noEpoch);
    }

    /** The last complete epoch of this call. */
    public EpochResult last() {
        if (epochs.isEmpty()) {
            throw noEpoch();
        }
        return epochs.getLast();
    }

    private NndException noEpoch() {
        return new NndException(
                "No epoch of the run in " + directory + " is complete" + (interrupted ? ": it was interrupted." : "."));
    }

    /** Training examples per second, without evaluation and saving. */
    public double samplesPerSecond() {
        return samplesPerSecond;
    }

    /** Seconds that the call took. */
    public double seconds() {
        return seconds;
    }

    /** True if the thread was interrupted; {@code last} in the run directory then holds all that was done. */
    public boolean interrupted() {
        return interrupted;
    }
}
