package dev.nnd.runtime.train;

import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** Keeps the record of a run up to date while it goes on. */
final class RunJournal {
    private final Path directory;
    private final double secondsBefore;
    private final long startNanos = System.nanoTime();
    private final RunReport report;
    private RunRecord record;

    private RunJournal(Path directory, RunRecord record, RunReport report) {
        this.report = report;
        this.directory = directory;
        this.secondsBefore = record.seconds();
        this.record = record;
        record.write(directory);
    }

    /** Opens the record of a new run, or goes on with that of one that is resumed. */
    static RunJournal open(
            Path directory,
            String name,
            RunSettings settings,
            int threads,
            Map<String, Double> rows,
            Optional<RunRecord> former,
            RunReport report) {
        return new RunJournal(
                directory,
                new RunRecord(
                        name,
                        RunRecord.State.RUNNING,
                        former.map(RunRecord::started)
                                .orElseGet(() -> Instant.now()
                                        .truncatedTo(ChronoUnit.SECONDS)
                                        .toString()),
                        former.map(RunRecord::seconds).orElse(0.0),
                        former.map(RunRecord::epoch).orElse(0L),
                        former.map(RunRecord::step).orElse(0L),
                        configuration(settings),
                        settings.values(),
                        rows,
                        Machine.described(threads),
                        former.map(RunRecord::metrics).orElse(Map.of()),
                        directions(settings)),
                report);
    }

    /** What a run keeps by says it of a metric whose name does not. */
    private static Map<String, String> directions(RunSettings settings) {
        var directions = new LinkedHashMap<String, String>();
        directions.put("loss", RunRecord.LOWEST);
        settings.losses().forEach(name -> directions.put(name, RunRecord.LOWEST));
        settings.metrics().forEach(m -> directions.put(m.name(), direction(m.higherIsBetter())));
        settings.stop().ifPresent(s -> directions.put(s.metric(), direction(s.higherIsBetter())));
        settings.keep().ifPresent(k -> directions.put(k.metric(), direction(k.higherIsBetter())));
        return directions;
    }

    private static String direction(boolean higher) {
        return higher ? RunRecord.HIGHEST : RunRecord.LOWEST;
    }

    private static Map<String, String> configuration(RunSettings settings) {
        var lines = new LinkedHashMap<String, String>();
        settings.epochs().ifPresent(n -> lines.put("epochs", Long.toString(n)));
        settings.steps().ifPresent(n -> lines.put("steps", Long.toString(n)));
        lines.put("batch", Integer.toString(settings.batch()));
        lines.put("seed", Long.toString(settings.seed()));
        if (settings.fold() > 0) {
            lines.put("fold", Integer.toString(settings.fold()));
        }
        settings.keep().ifPresent(k -> lines.put("keep best by", k.split() + "." + k.metric()));
        settings.validate().ifPresent(v -> lines.put("validate every", text(v)));
        settings.checkpoint().ifPresent(c -> lines.put("checkpoint every", text(c.every())));
        settings.stop()
                .ifPresent(s ->
                        lines.put("stop early on", s.split() + "." + s.metric() + ", patience " + text(s.patience())));
        if (settings.accumulate() > 1) {
            lines.put("accumulate", Integer.toString(settings.accumulate()));
        }
        settings.average().ifPresent(d -> lines.put("ema", Double.toString(d)));
        return lines;
    }

    private static String text(Duration duration) {
        var amount = duration.amount() == Math.rint(duration.amount())
                ? Long.toString((long) duration.amount())
                : Double.toString(duration.amount());
        return switch (duration.unit()) {
            case STEPS -> amount + " steps";
            case EPOCHS -> amount + " epochs";
            case PERCENT -> amount + "%";
        };
    }

    /** An evaluation is done, or the run is over. */
    void write(RunRecord.State state, long epoch, long step, Map<String, Double> best) {
        record = record.with(state, secondsBefore + (System.nanoTime() - startNanos) / 1e9, epoch, step, best);
        record.write(directory);
        report.write(record);
    }

    /** The run ended with an error. What hinders the writing is no news beside that. */
    void failed(Throwable why) {
        try {
            write(RunRecord.State.FAILED, record.epoch(), record.step(), record.metrics());
        } catch (RuntimeException e) {
            why.addSuppressed(e);
        }
    }

    /** What the page is made of. */
    RunReport report() {
        return report;
    }
}
