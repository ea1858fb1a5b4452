package dev.nnd.runtime.train;

import dev.nnd.runtime.data.BatchFeed;
import dev.nnd.runtime.data.DataSession;
import dev.nnd.runtime.data.FieldSpec;
import dev.nnd.runtime.data.RowSet;
import dev.nnd.runtime.report.ClassPredictions;
import dev.nnd.runtime.report.CurvesPicture;
import dev.nnd.runtime.report.DataProfile;
import dev.nnd.runtime.report.History;
import dev.nnd.runtime.report.NumberPredictions;
import dev.nnd.runtime.report.Predictions;
import dev.nnd.runtime.report.Report;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Writes {@code report.html} and {@code curves.png} of a run. */
final class RunReport {
    private static final int PROFILED = 2000;
    /** A page stays one that a mail can hold. */
    private static final long LARGEST_PICTURE = 4L << 20;

    private static final int REFRESH_SECONDS = 5;
    /** Scores of more classes would take too much memory for what they show. */
    private static final int MOST_CLASSES = 2000;

    private final RunFiles files;
    private final TrainingProgram program;
    private final DataSession session;
    private final Map<String, Predictions> predictions = new LinkedHashMap<>();
    private final Map<String, Double> timings = new LinkedHashMap<>();
    private @Nullable DataProfile profile;

    RunReport(RunFiles files, TrainingProgram program, DataSession session) {
        this.files = files;
        this.program = program;
        this.session = session;
    }

    /** Looks at the first examples that are trained on. */
    void profile(RowSet train) throws InterruptedException {
        var fields = program.data().fields();
        int batch = Math.min(50, train.size());
        var made = new DataProfile(fields, session.leftOut());
        try (var arena = Arena.ofShared();
                var feed = BatchFeed.inOrder(program.data(), train, batch)) {
            List<MemorySegment> memory = fields.stream()
                    .map(f -> arena.allocate(Math.max(1, f.bytes() * batch), 64))
                    .toList();
            for (int done = 0; done < Math.min(PROFILED, train.size()); ) {
                int n = feed.next();
                feed.take(memory.stream().map(m -> m).toList());
                made.add(memory, n);
                done += n;
            }
        }
        profile = made;
    }

    /** Something to gather what the model says of a split; null where that can't be shown. */
    @Nullable
    Predictions gathering(String split) {
        var predicted = program.predicted();
        if (predicted.isEmpty()) {
            return null;
        }
        var fields = program.data().fields();
        var target = fields.stream()
                .filter(f -> f.name().equals(predicted.get().field()))
                .findFirst();
        return target.map(t -> of(split, predicted.get(), t, fields)).orElse(null);
    }

    private static @Nullable Predictions of(
            String split, Predicted predicted, FieldSpec target, List<FieldSpec> fields) {
        return switch (predicted.kind()) {
            case SOFTMAX, SIGMOID ->
                target.labelNames() == null || target.labelNames().size() > MOST_CLASSES
                        ? null
                        : new ClassPredictions(split, predicted.kind() == Predicted.Kind.SIGMOID, target, fields);
            case NUMBERS -> NumberPredictions.draws(target) ? new NumberPredictions(split, target, fields) : null;
        };
    }

    /** A split was evaluated. */
    void evaluated(Predictions gathered) {
        predictions.put(gathered.split(), gathered);
    }

    /** The time of all steps so far. */
    void trained(double seconds) {
        timings.put("training", seconds);
    }

    /** Adds time to a part of the run. */
    void spent(String part, double seconds) {
        timings.merge(part, seconds, Double::sum);
    }

    /** Writes both files as they are at the moment. */
    void write(RunRecord record) {
        boolean running = record.state() == RunRecord.State.RUNNING;
        Checkpoint.writeFile(
                files.directory().resolve(RunDirectory.REPORT),
                file -> Files.writeString(file, page(record).html(running ? REFRESH_SECONDS : 0)));
        Checkpoint.writeFile(
                files.directory().resolve(RunDirectory.CURVES), file -> Files.write(file, CurvesPicture.of(history())));
    }

    private History history() throws IOException {
        return History.read(files.directory().resolve(RunDirectory.METRICS));
    }

    private Report page(RunRecord record) throws IOException {
        var facts = new LinkedHashMap<String, String>();
        facts.put("started (UTC)", record.started().replace('T', ' ').replace("Z", ""));
        facts.put("time", time(record.seconds()));
        facts.put("epochs", Long.toString(record.epoch()));
        facts.put("steps", Long.toString(record.step()));
        var tables = new LinkedHashMap<String, Map<String, String>>();
        var configuration = new LinkedHashMap<>(record.configuration());
        record.values().forEach((name, value) -> configuration.put(name, Double.toString(value)));
        tables.put("configuration", configuration);
        tables.put("environment", record.environment());
        var times = new LinkedHashMap<String, String>();
        timings.forEach((part, seconds) -> times.put(part, String.format(Locale.ROOT, "%.1f s", seconds)));
        tables.put("time in this call", times);
        return new Report(
                record.name(),
                record.state().name().toLowerCase(Locale.ROOT),
                facts,
                record.metrics(),
                history(),
                List.copyOf(predictions.values()),
                session::shown,
                drawn(),
                record.rows(),
                Optional.ofNullable(profile),
                tables);
    }

    /** The address of the newest picture that a generator drew, if one is there. */
    private Optional<String> drawn() throws IOException {
        Path folder = files.directory().resolve(RunDirectory.PICTURES);
        if (!Files.isDirectory(folder)) {
            return Optional.empty();
        }
        try (Stream<Path> all = Files.list(folder)) {
            Optional<Path> newest = all.filter(f -> f.toString().endsWith(".png"))
                    .filter(f -> f.toFile().length() <= LARGEST_PICTURE)
                    .max(Comparator.naturalOrder());
            return newest.isEmpty()
                    ? Optional.empty()
                    : Optional.of("data:image/png;base64,"
                            + Base64.getEncoder().encodeToString(Files.readAllBytes(newest.get())));
        }
    }

    private static String time(double seconds) {
        long whole = Math.round(seconds);
        return whole < 60
                ? String.format(Locale.ROOT, "%.1f s", seconds)
                : whole < 3600
                        ? whole / 60 + " min " + whole % 60 + " s"
                        : whole / 3600 + " h " + whole / 60 % 60 + " min";
    }
}
