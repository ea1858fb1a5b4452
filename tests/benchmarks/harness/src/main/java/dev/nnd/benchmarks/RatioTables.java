package dev.nnd.benchmarks;

import dev.nnd.benchmarks.Found.Ratio;
import java.util.List;

/** The tables of ratios. */
final class RatioTables {

    /** Repetitions; others are said. */
    private static final int USUAL = 3;

    private final Found found;

    RatioTables(Found found) {
        this.found = found;
    }

    private static String spread(List<Ratio> ratios) {
        return "%.2f %.2f %.2f%s"
                .formatted(
                        ratios.getFirst().value(),
                        ratios.get((ratios.size() - 1) / 2).value(),
                        ratios.getLast().value(),
                        ratios.size() == USUAL ? "" : " (%dx)".formatted(ratios.size()));
    }

    /** Against the fastest peer. */
    String peers() {
        var rows = new StringBuilder(
                "| workload | threads | fastest peer | ratio | target | |\n|---|---|---|---|---|---|\n");
        for (Workload workload : Workload.values()) {
            for (int threads : found.threads()) {
                List<Ratio> ratios = found.ratios(workload, threads, workload.rivals());
                if (!ratios.isEmpty()) {
                    Ratio middle = ratios.get((ratios.size() - 1) / 2);
                    rows.append("| %s | %d | %s | %s | %.1f | %s |%n"
                            .formatted(
                                    workload.id(),
                                    threads,
                                    middle.peer(),
                                    spread(ratios),
                                    workload.target(),
                                    middle.value() >= workload.target() ? "met" : "**missed**"));
                }
            }
        }
        return rows.toString();
    }

    String dl4j() {
        var rows = new StringBuilder("| workload | threads | ratio | target | |\n|---|---|---|---|---|\n");
        for (Workload workload : Workload.values()) {
            for (int threads : found.threads()) {
                List<Ratio> ratios = found.ratios(workload, threads, List.of(Library.DL4J));
                if (!ratios.isEmpty()) {
                    boolean met = ratios.get((ratios.size() - 1) / 2).value() >= 10;
                    rows.append("| %s | %d | %s | 10 | %s |%n"
                            .formatted(workload.id(), threads, spread(ratios), met ? "met" : "**missed**"));
                }
            }
        }
        return rows.toString();
    }

    String variants() {
        var rows = new StringBuilder(
                "| workload | threads | nnd-bf16 | target | nnd-int8 | nnd-java |\n|---|---|---|---|---|---|\n");
        for (Workload workload : Workload.values()) {
            for (int threads : found.threads()) {
                String narrow = variant(workload, threads, Library.NND_BF16);
                String bytes = variant(workload, threads, Library.NND_INT8);
                String java = variant(workload, threads, Library.NND_JAVA);
                if (!narrow.isEmpty() || !bytes.isEmpty() || !java.isEmpty()) {
                    rows.append("| %s | %d | %s | %s | %s | %s |%n"
                            .formatted(workload.id(), threads, narrow, narrow.isEmpty() ? "" : "1.7", bytes, java));
                }
            }
        }
        return rows.toString();
    }

    /** nnd's time divided by that of a variant in the same repetition. */
    private String variant(Workload workload, int threads, Library variant) {
        return found.of(workload, Library.NND, threads).stream()
                .flatMap(ours -> found.of(workload, variant, threads).stream()
                        .filter(m -> m.repetition() == ours.repetition())
                        .map(m -> ours.times().median() / m.times().median()))
                .findFirst()
                .map("%.2f"::formatted)
                .orElse("");
    }
}
