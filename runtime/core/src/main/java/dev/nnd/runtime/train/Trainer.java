package dev.nnd.runtime.train;

import dev.nnd.runtime.NndException;
import dev.nnd.runtime.data.DataSession;
import dev.nnd.runtime.data.RowSet;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** Trains. */
public final class Trainer {
    private Trainer() {}

    /**
     * Trains a program on the data in {@code options.data()} and writes a run directory: {@code best/} and {@code last/},
     * each of them whole at any moment, {@code metrics.csv}, and {@code run.json} with the settings. They are written after
     * every epoch, but at most once a second, every minute within a longer one, and at the end. A run that the directory
     * held before is moved beside it. Afterwards the program holds the best weights. The same seed and number of threads lead to the same bytes of weights.
     *
     * <p>If the calling thread is interrupted, training stops after the current step, {@code last/} is written, and the
     * thread's flag is set again.
     *
     * @throws NndException if another run has the directory, if the data is bad, if the loss is no longer finite (the last good checkpoint stays), or if the
     *     run directory can't be written
     */
    public static TrainingRun train(TrainingProgram program, TrainingOptions options, ProgressListener listener) {
        var settings = options.resolve(program.settings())
                .withFold(DataSession.folds(program.data()) > 0 ? options.fold() : 0);
        var directory = options.out().orElseGet(() -> Path.of("runs", program.name()));
        try (var session = DataSession.open(program.data(), options.data(), options.memoryBytes(), options.fold())) {
            var splits = splits(session);
            if (!splits.containsKey(DataSession.TRAIN)) {
                throw new NndException(program.data().name() + " has no split `train` to train on; it has "
                        + String.join(", ", session.splitNames()) + ".");
            }
            requireDecidable(settings, program.data().name(), splits);
            createDirectory(directory);
            try (var _ = RunLock.of(directory)) {
                return inDirectory(new Place(directory, session, splits), program, options, settings, listener);
            }
        }
    }

    /** Where a run reads and writes. */
    private record Place(Path directory, DataSession session, Map<String, RowSet> splits) {}

    private static TrainingRun inDirectory(
            Place place,
            TrainingProgram program,
            TrainingOptions options,
            RunSettings settings,
            ProgressListener listener) {
        var directory = place.directory();
        var former = options.resume() ? RunRecord.of(directory) : Optional.<RunRecord>empty();
        if (!options.resume()) {
            FormerRun.setAside(directory)
                    .ifPresent(moved -> listener.warning("the run that was in " + directory + " is now in " + moved));
        }
        var rows = new LinkedHashMap<String, Double>();
        place.splits().forEach((name, split) -> rows.put(name, (double) split.size()));
        var files = new RunFiles(directory, program, settings);
        boolean resumed = options.resume() && files.resumable(former.isPresent(), listener);
        var report = new RunReport(files, program, place.session());
        var journal = RunJournal.open(directory, program.name(), settings, options.threads(), rows, former, report);
        try {
            place.session().learn().forEach(listener::warning);
            try (var loop =
                    new TrainingLoop(program, options, settings, files, journal, place.splits(), listener, resumed)) {
                return loop.run();
            }
        } catch (RuntimeException | Error e) {
            journal.failed(e);
            throw e;
        }
    }

    private static Map<String, RowSet> splits(DataSession session) {
        var splits = new LinkedHashMap<String, RowSet>();
        for (var name : session.splitNames()) {
            session.split(name).ifPresent(rows -> splits.put(name, rows));
        }
        return splits;
    }

    private static void requireDecidable(RunSettings settings, String data, Map<String, RowSet> splits) {
        settings.keep()
                .ifPresent(keep -> requireKnown(settings, data, splits, "`keep best by ", keep.split(), keep.metric()));
        settings.stop()
                .ifPresent(
                        stop -> requireKnown(settings, data, splits, "`stop early on ", stop.split(), stop.metric()));
    }

    private static void requireKnown(
            RunSettings settings, String data, Map<String, RowSet> splits, String what, String split, String metric) {
        var rule = what + split + "." + metric + "`";
        if (!splits.containsKey(split)) {
            throw new NndException(
                    rule + " needs a split `" + split + "`, and " + data + " has " + String.join(", ", splits.keySet())
                            + ".",
                    "divide a source: `split train into train 90%, validation 10%`",
                    null);
        }
        var known =
                settings.metrics().stream().filter(m -> m.name().equals(metric)).findFirst();
        if (known.isEmpty() && !metric.equals("loss")) {
            throw new NndException(rule + " needs a metric `" + metric + "`, which the train section does not name.");
        }
        if (split.equals(DataSession.TRAIN) && known.isPresent() && known.get().streaming()) {
            throw new NndException(
                    rule + " can't be told: `" + metric + "` is computed over all examples with the weights of one"
                            + " moment, which is done for validation and test only.",
                    "decide by the split `validation`",
                    null);
        }
    }

    private static void createDirectory(Path directory) {
        try {
            Files.createDirectories(directory);
        } catch (IOException e) {
            throw Checkpoint.unwritable(directory, e);
        }
    }
}
