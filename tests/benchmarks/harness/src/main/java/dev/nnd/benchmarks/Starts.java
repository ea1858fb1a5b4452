package dev.nnd.benchmarks;

import dev.nnd.benchmarks.Measurement.Status;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/** Measures S1: whole processes, from outside. */
final class Starts {

    /** Starts of a repetition; the middle one counts. */
    static final int STARTS = 5;

    private final Processes processes;
    private final Prepared prepared;

    Starts(Processes processes, Prepared prepared) {
        this.processes = processes;
        this.prepared = prepared;
    }

    Measurement measure(Start start, int repetition) throws IOException {
        String missing = processes.built(start.library()) ? prepared.make(Start.WORKLOAD.network()) : "was not built";
        if (!missing.isEmpty()) {
            return result(start, repetition, Status.NOT_THERE, missing, new double[0]);
        }
        Path cache = prepared.folder().resolve("first.aot");
        if (!start.preparation(cache).isEmpty()) {
            run(start, start.preparation(cache), List.of(prepared.folder().toString(), "end"));
        }
        var seconds = new double[STARTS];
        String printed = "";
        for (int i = 0; i < STARTS; i++) {
            var output =
                    run(start, start.flags(cache), List.of(prepared.folder().toString()));
            var line = output.text()
                    .lines()
                    .filter(text -> text.startsWith(FirstPrediction.MARK))
                    .findFirst();
            if (output.exitCode() != 0 || line.isEmpty()) {
                return result(start, repetition, Status.FAILED, output.tail(), new double[0]);
            }
            printed = line.get().substring(FirstPrediction.MARK.length());
            seconds[i] = output.seconds();
        }
        return result(start, repetition, Status.MEASURED, printed, seconds);
    }

    /** In jars only, as services have them: a JVM keeps no cache of classes in folders. */
    private Processes.Output run(Start start, List<String> flags, List<String> arguments) throws IOException {
        return processes.bare(start.library(), flags, Map.of(), FirstPrediction.class.getName(), arguments);
    }

    private static Measurement result(Start start, int repetition, Status status, String note, double[] seconds) {
        double[] millis = Arrays.stream(seconds).map(s -> 1000 * s).sorted().toArray();
        var times = millis.length == 0
                ? Measurement.Times.NONE
                : new Measurement.Times(0, STARTS, millis[STARTS / 2], millis[0], millis[STARTS - 1], 0);
        double[] check = status == Status.MEASURED ? new double[] {Double.parseDouble(note)} : new double[0];
        return new Measurement(
                start.id(),
                start.library().id(),
                1,
                repetition,
                status,
                status == Status.MEASURED ? "" : note,
                "",
                times,
                0,
                0,
                -1,
                Arrays.stream(seconds).sum(),
                check);
    }

    /** A row for each: the smallest, the middle one and the largest of all starts' seconds, or why there are none. */
    static String table(Found found) {
        var rows = new ArrayList<>(List.of("| | seconds | target | |", "|---|---|---|---|"));
        for (Start start : Start.values()) {
            List<Measurement> all = found.of(start.id(), start.library(), 1);
            if (!all.isEmpty()) {
                rows.add(row(start, all));
            }
        }
        return String.join("\n", rows) + "\n";
    }

    private static String row(Start start, List<Measurement> all) {
        double[] middles = all.stream()
                .mapToDouble(m -> m.times().median() / 1000)
                .sorted()
                .toArray();
        double middle = middles[middles.length / 2];
        double fastest =
                all.stream().mapToDouble(m -> m.times().fastest() / 1000).min().orElseThrow();
        double slowest =
                all.stream().mapToDouble(m -> m.times().slowest() / 1000).max().orElseThrow();
        boolean aimed = !Double.isNaN(start.targetSeconds());
        return "| %s | %.2f %.2f %.2f | %s | %s |"
                .formatted(
                        start.id(),
                        fastest,
                        middle,
                        slowest,
                        aimed ? "%.1f".formatted(start.targetSeconds()) : "",
                        !aimed ? "" : middle <= start.targetSeconds() ? "met" : "**missed**");
    }
}
