package dev.nnd.benchmarks;

import dev.nnd.benchmarks.Measurement.Status;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.DoubleStream;

/** Makes the tables of what was measured. */
final class Report {

    private final List<Measurement> all;
    private final Machine machine;
    private final String note;

    Report(List<Measurement> all, Machine machine, String note) {
        this.all = all;
        this.machine = machine;
        this.note = note;
    }

    String text() {
        return String.join(
                "\n",
                "# Results",
                "",
                "Written by `tests/benchmarks/run`; [README.md](README.md) says how it measures.",
                conditions(),
                "## Against the fastest peer",
                "",
                "The fastest peer's time divided by nnd's, in one repetition; above 1 nnd is faster. Smallest, middle and largest of the repetitions.",
                "",
                ratios(),
                "## Against Deeplearning4j",
                "",
                againstDl4j(),
                "## nnd in bfloat16, and without native code",
                "",
                "Like the rows above: nnd's time divided by that of the variant, which was measured in one repetition.",
                "",
                variants(),
                "## Milliseconds of a step",
                "",
                times(),
                "## Processor milliseconds of a step",
                "",
                "What all threads of a process use together: more than the time that passes where workers spin while they wait. On a busy machine it says more than the"
                        + " time that passes.",
                "",
                table("nnd's fastest step", this::processor, this::fastest),
                "## Memory",
                "",
                "Peak resident MB of the process; the planned arena and the heap bytes that the calling thread allocates in a step are nnd's.",
                "",
                memory(),
                "## From .nnd to Java sources, a cold process",
                "",
                compilations(),
                "## What is missing, and why",
                "",
                missing());
    }

    private String conditions() {
        String versions = Arrays.stream(Library.values())
                .map(library -> all.stream()
                        .filter(m ->
                                m.library().equals(library.id()) && !m.version().isEmpty())
                        .findFirst()
                        .map(m -> library.id() + " " + m.version())
                        .orElse(""))
                .filter(text -> !text.isEmpty())
                .collect(Collectors.joining(", "));
        return """

                - Machine: %s, %d cores, %s; %s; load at the start %s
                - Java: %s; flags %s
                - Versions: %s
                %s""".formatted(
                        machine.processor(),
                        machine.cores(),
                        machine.flags(),
                        machine.system(),
                        machine.load(),
                        machine.java(),
                        String.join(" ", Library.JVM),
                        versions,
                        note.isEmpty() ? "" : "- Remark: " + note + "\n");
    }

    private List<Measurement> of(String workload, Library library, int threads) {
        return all.stream()
                .filter(m -> m.measured()
                        && m.workload().equals(workload)
                        && m.library().equals(library.id())
                        && m.threads() == threads)
                .toList();
    }

    private List<Integer> threads() {
        return all.stream().map(Measurement::threads).distinct().sorted().toList();
    }

    /** With how many threads it was measured at all. */
    private List<Integer> threads(Workload workload) {
        return all.stream()
                .filter(m -> m.workload().equals(workload.id()) && m.measured())
                .map(Measurement::threads)
                .distinct()
                .sorted()
                .toList();
    }

    private boolean agrees(Measurement ours, Measurement peer) {
        return Agreement.difference(ours.check(), peer.check()) <= Agreement.TOLERANCE;
    }

    /** In each repetition the fastest of these peers that computes the same, divided by nnd. */
    private List<Ratio> ratios(Workload workload, int threads, List<Library> peers) {
        return of(workload.id(), Library.NND, threads).stream()
                .flatMap(ours -> peers.stream()
                        .flatMap(peer -> of(workload.id(), peer, threads).stream())
                        .filter(m -> m.repetition() == ours.repetition() && agrees(ours, m))
                        .min((a, b) ->
                                Double.compare(a.times().median(), b.times().median()))
                        .map(m -> new Ratio(
                                m.library(), m.times().median() / ours.times().median()))
                        .stream())
                .sorted((a, b) -> Double.compare(a.value(), b.value()))
                .toList();
    }

    private record Ratio(String peer, double value) {}

    private static String spread(List<Ratio> ratios) {
        return ratios.isEmpty()
                ? ""
                : "%.2f %.2f %.2f"
                        .formatted(
                                ratios.getFirst().value(),
                                ratios.get(ratios.size() / 2).value(),
                                ratios.getLast().value());
    }

    private String ratios() {
        var rows = new StringBuilder(
                "| workload | threads | fastest peer | ratio | target | |\n|---|---|---|---|---|---|\n");
        for (Workload workload : Workload.values()) {
            var peers = workload.libraries().stream()
                    .filter(library -> library != Library.NND && !library.variant() && library != Library.DL4J)
                    .toList();
            for (int threads : threads()) {
                List<Ratio> found = ratios(workload, threads, peers);
                if (!found.isEmpty()) {
                    Ratio middle = found.get(found.size() / 2);
                    rows.append("| %s | %d | %s | %s | %.1f | %s |%n"
                            .formatted(
                                    workload.id(),
                                    threads,
                                    middle.peer(),
                                    spread(found),
                                    workload.target(),
                                    middle.value() >= workload.target() ? "met" : "**missed**"));
                }
            }
        }
        return rows.toString();
    }

    private String againstDl4j() {
        var rows = new StringBuilder("| workload | threads | ratio | target | |\n|---|---|---|---|---|\n");
        for (Workload workload : Workload.values()) {
            for (int threads : threads()) {
                List<Ratio> found = ratios(workload, threads, List.of(Library.DL4J));
                if (!found.isEmpty()) {
                    boolean met = found.get(found.size() / 2).value() >= 10;
                    rows.append("| %s | %d | %s | 10 | %s |%n"
                            .formatted(workload.id(), threads, spread(found), met ? "met" : "**missed**"));
                }
            }
        }
        return rows.toString();
    }

    private String variants() {
        var rows = new StringBuilder("| workload | threads | nnd-bf16 | target | nnd-java |\n|---|---|---|---|---|\n");
        for (Workload workload : Workload.values()) {
            for (int threads : threads()) {
                String narrow = variant(workload, threads, Library.NND_BF16);
                String java = variant(workload, threads, Library.NND_JAVA);
                if (!narrow.isEmpty() || !java.isEmpty()) {
                    rows.append("| %s | %d | %s | %s | %s |%n"
                            .formatted(workload.id(), threads, narrow, narrow.isEmpty() ? "" : "1.7", java));
                }
            }
        }
        return rows.toString();
    }

    /** nnd's time divided by that of a variant in the same repetition. */
    private String variant(Workload workload, int threads, Library variant) {
        return of(workload.id(), Library.NND, threads).stream()
                .flatMap(ours -> of(workload.id(), variant, threads).stream()
                        .filter(m -> m.repetition() == ours.repetition())
                        .map(m -> ours.times().median() / m.times().median()))
                .findFirst()
                .map("%.2f"::formatted)
                .orElse("");
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
            for (int threads : threads(workload)) {
                rows.append("| %s | %d | ".formatted(workload.id(), threads));
                for (Library library : Library.values()) {
                    rows.append(cell.text(workload, library, threads)).append(" | ");
                }
                rows.append(more.text(workload, Library.NND, threads)).append(" |\n");
            }
        }
        return rows.toString();
    }

    /** What stands in a place of a table. */
    private interface Cell {
        String text(Workload workload, Library library, int threads);
    }

    private String times() {
        return table("largest difference of the numbers", this::time, this::differences);
    }

    private String time(Workload workload, Library library, int threads) {
        List<Measurement> found = of(workload.id(), library, threads);
        double[] medians =
                found.stream().mapToDouble(m -> m.times().median()).sorted().toArray();
        if (medians.length == 0) {
            return workload.libraries().contains(library) ? "-" : "";
        }
        boolean differs = library != Library.NND
                && library != Library.NND_BF16
                && of(workload.id(), Library.NND, threads).stream()
                        .anyMatch(ours -> found.stream().anyMatch(m -> !agrees(ours, m)));
        boolean few = found.stream().anyMatch(m -> m.times().steps() < 30);
        return "%.3f%s%s".formatted(medians[medians.length / 2], few ? " (few)" : "", differs ? " (differs)" : "");
    }

    private String differences(Workload workload, Library ignored, int threads) {
        Optional<Measurement> ours =
                of(workload.id(), Library.NND, threads).stream().findFirst();
        DoubleStream found = ours.stream()
                .flatMapToDouble(mine -> Arrays.stream(Library.values())
                        .filter(library -> library != Library.NND && library != Library.NND_BF16)
                        .flatMap(library -> of(workload.id(), library, threads).stream())
                        .mapToDouble(m -> Agreement.difference(mine.check(), m.check())));
        var largest = found.max();
        return largest.isPresent() ? "%.1e".formatted(largest.getAsDouble()) : "";
    }

    private String processor(Workload workload, Library library, int threads) {
        double[] found = of(workload.id(), library, threads).stream()
                .mapToDouble(m -> m.times().processor())
                .sorted()
                .toArray();
        return found.length == 0 ? "" : "%.3f".formatted(found[found.length / 2]);
    }

    private String fastest(Workload workload, Library library, int threads) {
        var least = of(workload.id(), library, threads).stream()
                .mapToDouble(m -> m.times().fastest())
                .min();
        return least.isPresent() ? "%.3f".formatted(least.getAsDouble()) : "";
    }

    private String memory() {
        return table("arena MB / heap bytes a step", this::resident, this::planned);
    }

    private String resident(Workload workload, Library library, int threads) {
        var largest = of(workload.id(), library, threads).stream()
                .mapToLong(Measurement::peakResidentBytes)
                .max();
        return largest.isPresent() ? "%.0f".formatted(largest.getAsLong() / 1e6) : "";
    }

    private String planned(Workload workload, Library library, int threads) {
        return of(workload.id(), library, threads).stream()
                .findFirst()
                .map(m -> "%.2f / %.0f".formatted(m.plannedBytes() / 1e6, m.heapBytesPerStep()))
                .orElse("");
    }

    private String compilations() {
        var rows = new StringBuilder("| network | seconds | target | size |\n|---|---|---|---|\n");
        for (Compilation compilation : Compilation.values()) {
            List<Measurement> found = of(compilation.id(), Library.NND, 1);
            double[] seconds = found.stream()
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
                                found.getFirst().note()));
            }
        }
        return rows.toString();
    }

    private String missing() {
        return all.stream()
                .filter(m -> m.status() != Status.MEASURED)
                .map(m -> "- %s, %s: %s"
                        .formatted(
                                m.workload(),
                                m.library(),
                                m.note().replaceAll("\\s+", " ").strip()))
                .distinct()
                .collect(Collectors.joining("\n", "", "\n"));
    }
}
