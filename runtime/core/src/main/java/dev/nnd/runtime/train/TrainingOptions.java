package dev.nnd.runtime.train;

import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;

/**
 * What a run may choose beyond its train section. Immutable; {@code with...} methods return changed copies.
 *
 * @param data the folder with the data section's files
 * @param out the run directory; {@code runs/<train name>} if absent
 * @param threads compute threads of the program, for the record
 * @param seed instead of the section's
 * @param epochs instead of the section's epochs or steps
 * @param steps instead of the section's epochs or steps; not together with {@code epochs}
 * @param batch instead of the section's
 * @param resume go on where the run directory's {@code last} ended
 * @param memoryBytes rows of data beyond this many bytes go to a temporary file
 * @param fold of data that is split into folds the one that is validated on, from 1
 */
public record TrainingOptions(
        Path data,
        Optional<Path> out,
        int threads,
        OptionalLong seed,
        OptionalLong epochs,
        OptionalLong steps,
        OptionalInt batch,
        boolean resume,
        long memoryBytes,
        int fold) {
    /** 512 MB. */
    public static final long DEFAULT_MEMORY_BYTES = 512L << 20;

    public TrainingOptions {
        require(threads >= 1, "threads must be at least 1, not " + threads);
        require(epochs.orElse(1) >= 1, "epochs must be at least 1, not " + epochs.orElse(1));
        require(steps.orElse(1) >= 1, "steps must be at least 1, not " + steps.orElse(1));
        require(batch.orElse(1) >= 1, "the batch must be at least 1, not " + batch.orElse(1));
        require(epochs.isEmpty() || steps.isEmpty(), "give epochs or steps, not both");
        require(memoryBytes >= 0, "the memory for rows must not be negative");
    }

    private static void require(boolean condition, String message) {
        if (!condition) {
            throw new IllegalArgumentException(message);
        }
    }

    /** The train section's own settings on the files in {@code data}, one thread. */
    public static TrainingOptions of(Path data) {
        return new TrainingOptions(
                data,
                Optional.empty(),
                1,
                OptionalLong.empty(),
                OptionalLong.empty(),
                OptionalLong.empty(),
                OptionalInt.empty(),
                false,
                DEFAULT_MEMORY_BYTES,
                1);
    }

    /** With the files in another folder. */
    public TrainingOptions withData(Path data) {
        return new TrainingOptions(data, out, threads, seed, epochs, steps, batch, resume, memoryBytes, fold);
    }

    /** With another run directory. */
    public TrainingOptions withOut(Path out) {
        return new TrainingOptions(
                data, Optional.of(out), threads, seed, epochs, steps, batch, resume, memoryBytes, fold);
    }

    /** With that many compute threads. */
    public TrainingOptions withThreads(int threads) {
        return new TrainingOptions(data, out, threads, seed, epochs, steps, batch, resume, memoryBytes, fold);
    }

    /** With another seed. */
    public TrainingOptions withSeed(long seed) {
        return new TrainingOptions(
                data, out, threads, OptionalLong.of(seed), epochs, steps, batch, resume, memoryBytes, fold);
    }

    /** For that many passes over the training split. */
    public TrainingOptions withEpochs(long epochs) {
        return new TrainingOptions(
                data,
                out,
                threads,
                seed,
                OptionalLong.of(epochs),
                OptionalLong.empty(),
                batch,
                resume,
                memoryBytes,
                fold);
    }

    /** For that many optimizer steps. */
    public TrainingOptions withSteps(long steps) {
        return new TrainingOptions(
                data,
                out,
                threads,
                seed,
                OptionalLong.empty(),
                OptionalLong.of(steps),
                batch,
                resume,
                memoryBytes,
                fold);
    }

    /** With batches of that size. */
    public TrainingOptions withBatch(int batch) {
        return new TrainingOptions(
                data, out, threads, seed, epochs, steps, OptionalInt.of(batch), resume, memoryBytes, fold);
    }

    /** Going on where the run directory's {@code last} ended, or from the beginning. */
    public TrainingOptions withResume(boolean resume) {
        return new TrainingOptions(data, out, threads, seed, epochs, steps, batch, resume, memoryBytes, fold);
    }

    /** With another bound on the memory for rows of data. */
    public TrainingOptions withMemoryBytes(long memoryBytes) {
        return new TrainingOptions(data, out, threads, seed, epochs, steps, batch, resume, memoryBytes, fold);
    }

    /** With another fold of data that is split into folds; the first is 1. */
    public TrainingOptions withFold(int fold) {
        return new TrainingOptions(data, out, threads, seed, epochs, steps, batch, resume, memoryBytes, fold);
    }

    /** The section's settings with what is chosen here. */
    RunSettings resolve(RunSettings settings) {
        boolean length = epochs.isPresent() || steps.isPresent();
        return new RunSettings(
                length ? epochs : settings.epochs(),
                length ? steps : settings.steps(),
                batch.orElse(settings.batch()),
                seed.orElse(settings.seed()),
                settings.metrics(),
                settings.keep(),
                settings.values(),
                settings.losses(),
                settings.validate(),
                settings.checkpoint(),
                settings.stop(),
                settings.accumulate(),
                settings.average(),
                settings.fold());
    }
}
