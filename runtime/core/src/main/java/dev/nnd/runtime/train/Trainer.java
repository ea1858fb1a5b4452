package dev.nnd.runtime.train;

import dev.nnd.runtime.NndException;
import dev.nnd.runtime.data.DataSession;
import dev.nnd.runtime.data.RowSet;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/** Trains. */
public final class Trainer {
    private Trainer() {}

    /**
     * Trains a program on the data in {@code options.data()} and writes a run directory: {@code best/} and {@code last/},
     * each of them whole at any moment, and {@code metrics.csv}. They are written after every epoch, but at most once a
     * second, and at the end. Afterwards the program holds the best weights. The same seed and number of threads lead to the same bytes of weights.
     *
     * <p>If the calling thread is interrupted, training stops after the current step, {@code last/} is written, and the
     * thread's flag is set again.
     *
     * @throws NndException if the data is bad, if the loss is no longer finite (the last good checkpoint stays), or if the
     *     run directory can't be written
     */
    public static TrainingRun train(TrainingProgram program, TrainingOptions options, ProgressListener listener) {
        var settings = options.resolve(program.settings());
        var directory = options.out().orElseGet(() -> Path.of("runs", program.name()));
        try (var session = DataSession.open(program.data(), options.data(), options.memoryBytes())) {
            var splits = splits(session);
            var train = splits.get(DataSession.TRAIN);
            if (train == null) {
                throw new NndException(program.data().name() + " has no split `train` to train on; it has "
                        + String.join(", ", session.splitNames()) + ".");
            }
            requireDecidable(settings, program.data().name(), splits);
            createDirectory(directory);
            session.learn().forEach(listener::warning);
            try (var loop = new TrainingLoop(program, options, settings, directory, splits, train, listener)) {
                return loop.run();
            }
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
