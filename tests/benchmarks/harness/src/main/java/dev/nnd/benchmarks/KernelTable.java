package dev.nnd.benchmarks;

import java.util.List;
import java.util.OptionalDouble;
import java.util.stream.Collectors;

/** The generated kernels, one by one. */
final class KernelTable {

    private KernelTable() {}

    /** The table, with what falls short of its floor said first. */
    static String of(List<KernelTime> all, Figures figures) {
        var rows = new StringBuilder();
        String failing = all.stream()
                .filter(kernel -> !kernel.holds())
                .map(KernelTime::name)
                .collect(Collectors.joining(", "));
        if (!failing.isEmpty()) {
            rows.append("**UNDER THE FLOOR: ").append(failing).append("**\n\n");
        }
        rows.append(
                "| kernel | elements | ns an element | GB/s | of the triad | plain loops, ns | ratio | floor | heap bytes | |\n"
                        + "|---|---|---|---|---|---|---|---|---|---|\n");
        for (KernelTime kernel : all) {
            double speed = kernel.bytes() / kernel.nanos();
            String level = kernel.bytes() <= 32 << 10 ? "L1" : kernel.bytes() <= 768 << 10 ? "L2" : "L3";
            OptionalDouble triad = figures.get("triad." + (kernel.bytes() > 12 << 20 ? "DRAM" : level) + ".1");
            rows.append("| %s | %,d | %.3f | %.1f | %s | %.3f | %.1f | %.1f | %d | %s |%n"
                    .formatted(
                            kernel.name(),
                            kernel.elements(),
                            kernel.nanos() / kernel.elements(),
                            speed,
                            triad.isPresent() ? "%.2f".formatted(speed / triad.getAsDouble()) : "",
                            kernel.plainNanos() / kernel.elements(),
                            kernel.ratio(),
                            kernel.floor(),
                            kernel.heapBytes(),
                            kernel.holds() ? "holds" : "**FAILS**"));
        }
        return rows.toString();
    }
}
