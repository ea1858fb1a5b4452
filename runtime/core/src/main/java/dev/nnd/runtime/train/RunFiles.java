package dev.nnd.runtime.train;

import dev.nnd.runtime.NndException;
import dev.nnd.runtime.data.DataJson;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The files of a run directory while the run goes on. */
final class RunFiles {
    private final Path directory;
    private final TrainingProgram program;
    /** The slabs beside the weights that a resumed run needs. */
    private final List<String> states;

    /** Where the run goes on from. */
    private Path from;

    RunFiles(Path directory, TrainingProgram program, RunSettings settings) {
        var slabs = new ArrayList<>(program.optimizerState());
        settings.average().ifPresent(_ -> slabs.add(WeightAverage.STATE));
        this.states = List.copyOf(slabs);
        this.directory = directory;
        this.program = program;
        this.from = last();
        Checkpoint.recover(best());
        Checkpoint.recover(last());
    }

    Path directory() {
        return directory;
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

    /** Writes what is needed to use the weights as they are. */
    void saveModel(Path target, TrainingStart start, EpochResult result) {
        Checkpoint.write(target, folder -> writeModel(folder, start, result, null));
    }

    /** The folder of the best few. */
    Path kept() {
        return directory.resolve(RunDirectory.KEPT);
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
        if (program.parameters().adapted()) {
            program.parameters().saveAdapters(folder.resolve(RunDirectory.ADAPTERS));
        } else {
            program.parameters().save(folder.resolve(RunDirectory.WEIGHTS));
        }
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
        program.parameters().load(RunDirectory.open(best()).weights());
    }

    /**
     * Whether there is something to go on from: the newest of {@code last} and the checkpoints.
     *
     * @param begun the directory has the record of a run
     * @throws NndException if there is nothing, and no run was begun here
     */
    boolean resumable(boolean begun, ProgressListener listener) {
        var newest = Stream.concat(Stream.of(last()), Checkpoints.written(checkpoints()).stream())
                .filter(Files::isDirectory)
                .max(Comparator.comparingLong(
                        f -> RunJson.read(f.resolve(RunDirectory.RUN)).step()));
        if (newest.isPresent()) {
            from = newest.get();
            return true;
        }
        if (!begun) {
            throw new NndException(
                    "There is nothing to resume in " + directory + ": it has no folder " + RunDirectory.LAST + ".",
                    "train without --resume first, or give the run directory with --out DIR",
                    null);
        }
        listener.warning("the run in " + directory + " ended before anything was saved; it begins anew");
        return false;
    }

    /** Gives the program the weights and statistics that a run goes on from; returns how far it was. */
    RunJson.Progress forResume(RunSettings settings, int rows, Pretrained pretrained) {
        var saved = RunDirectory.open(from);
        var progress = saved.run()
                .progress()
                .orElseThrow(() -> new NndException(
                        from.resolve(RunDirectory.RUN) + " does not say how far the run was, so it can't be resumed."));
        requireSame("seed", saved.run().seed(), settings.seed());
        requireSame("fold", saved.run().fold(), settings.fold());
        requireSame("batch", saved.run().batch(), settings.batch());
        requireSame("number of training rows", progress.rows(), rows);
        requireSameData();
        if (progress.sums().length != Means.sums(settings)) {
            throw new NndException("The run in " + directory + " has other metrics than the train section now names.");
        }
        if (saved.holdsAdapters()) {
            program.initialize(settings.seed(), pretrained);
        }
        saved.load(program);
        return progress;
    }

    /** The program's data has learned anew from the rows as they are now. */
    private void requireSameData() {
        DataJson.difference(from.resolve(RunDirectory.DATA), program.data()).ifPresent(difference -> {
            throw new NndException(
                    "The run in " + directory + " can't be resumed, since its data has changed: " + difference + ".",
                    "give it the data that it began with, or train anew into another folder with --out DIR",
                    null);
        });
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

    /** Gives the program the optimizer's state of what it goes on from. */
    void loadState() {
        if (!states.isEmpty()) {
            program.parameters().loadState(from.resolve(RunDirectory.STATE), states);
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
