package dev.nnd.runtime.train;

import dev.nnd.runtime.NndException;
import dev.nnd.runtime.data.DataJson;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The files of a run directory while the run goes on. */
final class RunFiles {
    private final Path directory;
    private final TrainingProgram program;
    private final List<String> states;

    /** {@code states} are the slabs beside the weights that a resumed run needs. */
    RunFiles(Path directory, TrainingProgram program, List<String> states) {
        this.states = states;
        this.directory = directory;
        this.program = program;
        Checkpoint.recover(best());
        Checkpoint.recover(last());
    }

    Path best() {
        return directory.resolve(RunDirectory.BEST);
    }

    Path last() {
        return directory.resolve(RunDirectory.LAST);
    }

    /** True if an epoch was complete, and {@code last} is still there. */
    boolean hasLast(boolean anyEpoch) {
        return anyEpoch && Files.isDirectory(last());
    }

    MetricsFile metrics(List<String> names, long keepUpTo) {
        return new MetricsFile(directory.resolve(RunDirectory.METRICS), names, keepUpTo);
    }

    void saveBest(TrainingStart start, EpochResult result) {
        Checkpoint.write(best(), folder -> writeModel(folder, start, result, null));
    }

    /** The folder of checkpoints that stay. */
    Path checkpoints() {
        return directory.resolve(RunDirectory.CHECKPOINTS);
    }

    void saveLast(TrainingStart start, EpochResult result, RunJson.Progress progress) {
        saveAll(last(), start, result, progress);
    }

    /** Writes all state into a folder. */
    void saveAll(Path target, TrainingStart start, EpochResult result, RunJson.Progress progress) {
        Checkpoint.write(target, folder -> {
            writeModel(folder, start, result, progress);
            if (!states.isEmpty()) {
                program.parameters().saveState(folder.resolve(RunDirectory.STATE), states);
            }
        });
    }

    private void writeModel(Path folder, TrainingStart start, EpochResult result, RunJson.@Nullable Progress progress)
            throws IOException {
        program.parameters().save(folder.resolve(RunDirectory.WEIGHTS));
        for (var model : program.models()) {
            program.parameters().save(folder.resolve(model + ".safetensors"), model + ".");
        }
        DataJson.write(folder.resolve(RunDirectory.DATA), program.data());
        RunJson.write(folder.resolve(RunDirectory.RUN), start, result, progress);
    }

    /** Adds results to the best epoch's record. */
    void rewriteBest(TrainingStart start, EpochResult result) {
        Checkpoint.writeFile(best().resolve(RunDirectory.RUN), file -> RunJson.write(file, start, result, null));
    }

    /** Gives the program the best weights. */
    void loadBest() {
        program.parameters().load(best().resolve(RunDirectory.WEIGHTS));
    }

    /** Gives the program the weights and statistics of {@code last}; returns how far that run was. */
    RunJson.Progress forResume(RunSettings settings, int rows) {
        if (!Files.isDirectory(last())) {
            throw new NndException(
                    "There is nothing to resume in " + directory + ": it has no folder " + RunDirectory.LAST + ".",
                    "train without --resume first, or give the run directory with --out DIR",
                    null);
        }
        var saved = RunDirectory.open(last());
        saved.load(program);
        var progress = saved.run()
                .progress()
                .orElseThrow(() -> new NndException(last().resolve(RunDirectory.RUN)
                        + " does not say how far the run was, so it can't be resumed."));
        requireSame("seed", saved.run().seed(), settings.seed());
        requireSame("batch", saved.run().batch(), settings.batch());
        requireSame("number of training rows", progress.rows(), rows);
        if (progress.sums().length != Means.sums(settings)) {
            throw new NndException("The run in " + directory + " has other metrics than the train section now names.");
        }
        return progress;
    }

    private void requireSame(String what, long saved, long now) {
        if (saved != now) {
            throw new NndException(
                    "The run in " + directory + " can't be resumed: its " + what + " is " + saved + ", and now it is "
                            + now + ".",
                    "resume with the same " + what + ", or train anew into another folder with --out DIR",
                    null);
        }
    }

    /** Gives the program the optimizer's state of {@code last}. */
    void loadState() {
        if (!states.isEmpty()) {
            program.parameters().loadState(last().resolve(RunDirectory.STATE), states);
        }
    }

    /** The best epoch's record, if there is one. */
    @Nullable
    EpochResult bestResult() {
        if (!Files.isDirectory(best())) {
            return null;
        }
        var run = RunDirectory.open(best()).run();
        return new EpochResult(run.epoch(), run.step(), run.metrics(), 0, 0);
    }
}
