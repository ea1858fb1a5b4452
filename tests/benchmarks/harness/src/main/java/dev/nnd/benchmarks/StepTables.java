package dev.nnd.benchmarks;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.DoubleStream;

/** Tables with a row for each workload and number of threads and a column for each contender. */
final class StepTables {

    private final Found found;

    StepTables(Found found) {
        this.found = found;
    }

    /** What stands in a place of a table. */
    private interface Cell {
        String text(Workload workload, Library library, int threads);
    }

    private String table(String last, Cell cell, Cell more) {
        var rows = new StringBuilder("| workload | threads | ");
        for (Library library : Library.values()) {
            rows.append(library.id()).append(" | ");
        }
        rows.append(last)
                .append(" |\n|---|---|")
                .append("---|".repeat(Library.values().length + 1))
                .append('\n');
        for (Workload workload : Workload.values()) {
            for (int threads : found.threads(workload)) {
                rows.append("| %s | %d | ".formatted(workload.id(), threads));
                for (Library library : Library.values()) {
                    rows.append(cell.text(workload, library, threads)).append(" | ");
                }
                rows.append(more.text(workload, Library.NND, threads)).append(" |\n");
            }
        }
        return rows.toString();
    }

    String times() {
        return table("largest difference of the numbers", this::time, this::differences);
    }

    String processors() {
        return table("nnd's fastest step", this::processor, this::fastest);
    }

    String memory() {
        return table("arena MB / heap bytes a step", this::resident, this::planned);
    }

    private String time(Workload workload, Library library, int threads) {
        var median = found.median(workload, library, threads);
        if (median.isEmpty()) {
            return workload.libraries().contains(library) ? "-" : "";
        }
        List<Measurement> own = found.of(workload, library, threads);
        List<Measurement> ours = found.of(workload, Library.NND, threads);
        boolean differs = library != Library.NND
                && !library.rounded()
                && ours.stream().anyMatch(one -> own.stream().anyMatch(m -> !Found.agrees(one, m)));
        boolean few = own.stream().anyMatch(m -> m.times().steps() < 30);
        boolean once = own.size() == 1 && ours.size() > 1;
        return "%.3f%s%s%s"
                .formatted(median.getAsDouble(), few ? " (few)" : "", once ? " (1x)" : "", differs ? " (differs)" : "");
    }

    private String differences(Workload workload, Library ignored, int threads) {
        Optional<Measurement> ours =
                found.of(workload, Library.NND, threads).stream().findFirst();
        DoubleStream all = ours.stream()
                .flatMapToDouble(mine -> Arrays.stream(Library.values())
                        .filter(library -> library != Library.NND && !library.rounded())
                        .flatMap(library -> found.of(workload, library, threads).stream())
                        .mapToDouble(m -> Agreement.difference(mine.check(), m.check())));
        var largest = all.max();
        return largest.isPresent() ? "%.1e".formatted(largest.getAsDouble()) : "";
    }

    private String processor(Workload workload, Library library, int threads) {
        double[] all = found.of(workload, library, threads).stream()
                .mapToDouble(m -> m.times().processor())
                .sorted()
                .toArray();
        return all.length == 0 ? "" : "%.3f".formatted(all[all.length / 2]);
    }

    private String fastest(Workload workload, Library library, int threads) {
        var least = found.of(workload, library, threads).stream()
                .mapToDouble(m -> m.times().fastest())
                .min();
        return least.isPresent() ? "%.3f".formatted(least.getAsDouble()) : "";
    }

    private String resident(Workload workload, Library library, int threads) {
        var largest = found.of(workload, library, threads).stream()
                .mapToLong(Measurement::peakResidentBytes)
                .max();
        return largest.isPresent() ? "%.0f".formatted(largest.getAsLong() / 1e6) : "";
    }

    private String planned(Workload workload, Library library, int threads) {
        return found.of(workload, library, threads).stream()
                .findFirst()
                .map(m -> "%s / %.0f".formatted(arena(m.plannedBytes()), m.heapBytesPerStep()))
                .orElse("");
    }

    /** In MB; decoders, which have two programs, don't say. */
    private static String arena(long bytes) {
        return bytes < 0 ? "-" : "%.2f".formatted(bytes / 1e6);
    }

    String compilations() {
        var rows = new StringBuilder("| network | seconds | target | size |\n|---|---|---|---|\n");
        for (Compilation compilation : Compilation.values()) {
            List<Measurement> all = found.of(compilation.id(), Library.NND, 1);
            double[] seconds = all.stream()
                    .mapToDouble(m -> m.times().median() / 1000)
                    .sorted()
                    .toArray();
            if (seconds.length > 0) {
                rows.append("| %s | %.2f %.2f %.2f | %s | %s |%n"
                        .formatted(
                                compilation.id(),
                                seconds[0],
                                seconds[seconds.length / 2],
                                seconds[seconds.length - 1],
                                Double.isNaN(compilation.targetSeconds())
                                        ? ""
                                        : "%.1f".formatted(compilation.targetSeconds()),
                                all.getFirst().note()));
            }
        }
        return rows.toString();
    }
}
