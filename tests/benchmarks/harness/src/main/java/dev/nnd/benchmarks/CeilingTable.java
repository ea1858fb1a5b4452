package dev.nnd.benchmarks;

import java.util.List;
import java.util.OptionalDouble;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What the machine allows: the time that no program can beat, and how near to it nnd, the fastest peer and the target are. The least time is
 * that of the products and convolutions in a loop of multiply-adds that touches no memory, or that of reading and writing the weights as
 * often as a step must, whichever is longer.
 */
final class CeilingTable {

    /** Bytes up to which a cache holds what a step touches, by the name of the figure with its speed. */
    private enum Level {
        L1(32 << 10),
        L2(768 << 10),
        L3(12 << 20),
        DRAM(Double.POSITIVE_INFINITY);

        private final double bytes;

        Level(double bytes) {
            this.bytes = bytes;
        }

        private static Level holding(double bytes) {
            return Stream.of(values())
                    .filter(level -> bytes <= level.bytes)
                    .findFirst()
                    .orElse(DRAM);
        }
    }

    private final Found found;
    private final Figures figures;

    CeilingTable(Found found, Figures figures) {
        this.found = found;
        this.figures = figures;
    }

    String machine() {
        return "| | 1 thread | 2 threads |\n|---|---|---|\n"
                + row("f32 multiply-adds in registers, GFLOP/s", "fma.f32")
                + row("product of two f32 matrices of 1,024, by nnd's provider, GFLOP/s", "product.f32")
                + row("the same, rounded to bfloat16", "product.bf16")
                + Stream.of(Level.values())
                        .map(level -> row("triad in " + level + ", GB/s", "triad." + level)
                                + row("reading " + level + ", GB/s", "read." + level))
                        .collect(Collectors.joining())
                + row("reading 2.7 MB (the weights of I1) from either end in turn, GB/s", "turns");
    }

    private String row(String what, String figure) {
        if (!figures.has(figure + ".1")) {
            return "";
        }
        return "| %s | %s | %s |%n"
                .formatted(what, number(figures.get(figure + ".1")), number(figures.get(figure + ".2")));
    }

    private static String number(OptionalDouble value) {
        return value.isPresent() ? "%.0f".formatted(value.getAsDouble()) : "";
    }

    /**
     * The least time of a step.
     *
     * @param millis by arithmetic or by memory, whichever is longer
     * @param bound which of them
     */
    private record Least(double millis, String bound) {}

    private Least least(Workload workload, int threads) {
        double flops = figures.get(Work.flops(workload)).orElseThrow();
        double weights = figures.get(Work.bytes(workload)).orElseThrow();
        boolean training = workload.network().training();
        // An optimizer reads and writes; a prediction reads.
        Level level = Level.holding(training ? weights * 4 : weights);
        double speed = figures.get((training ? "triad." : "read.") + level + "." + threads)
                .orElse(Double.POSITIVE_INFINITY);
        String where = level.toString();
        if (!training && level == Level.L3) {
            // A cache that holds a part of them is of use to who reads them from either end in turn.
            speed = Math.max(speed, figures.get("turns." + threads).orElse(0));
            where = "L2 and L3";
        }
        double arithmetic = flops / peak(threads) / 1e6;
        double memory = weights * workload.network().touches() / speed / 1e6;
        return memory > arithmetic ? new Least(memory, "weights in " + where) : new Least(arithmetic, "arithmetic");
    }

    /** GFLOP/s; a loop that was disturbed in each try says less than a product shows. */
    private double peak(int threads) {
        return Math.max(
                figures.get("fma.f32." + threads).orElse(0),
                figures.get("product.f32." + threads).orElse(0));
    }

    String workloads() {
        var rows = new StringBuilder(
                "| workload | threads | GFLOP | weights MB | least ms | bound by | nnd GFLOP/s | nnd of the ceiling"
                        + " | fastest peer | its GFLOP/s | its share | target ms | its share | |\n|---|---|---|---|---|---|---|---|---|---|---|---|---|---|\n");
        for (Workload workload : Workload.values()) {
            for (int threads : found.threads(workload)) {
                if (figures.has(Work.flops(workload)) && figures.has("fma.f32." + threads)) {
                    rows.append(row(workload, threads));
                }
            }
        }
        return rows.toString();
    }

    private String row(Workload workload, int threads) {
        Least least = least(workload, threads);
        double flops = figures.get(Work.flops(workload)).orElseThrow();
        var row = new StringBuilder("| %s | %d | %.3f | %.1f | %.3f | %s | "
                .formatted(
                        workload.id(),
                        threads,
                        flops / 1e9,
                        figures.get(Work.bytes(workload)).orElseThrow() / 1e6,
                        least.millis(),
                        least.bound()));
        OptionalDouble own = found.median(workload, Library.NND, threads);
        row.append(own.isPresent() ? speed(flops, own.getAsDouble(), least) : " | | ");
        List<Found.Ratio> ratios = found.ratios(workload, threads, workload.rivals());
        if (own.isEmpty() || ratios.isEmpty()) {
            return row.append(" | | | | | |\n").toString();
        }
        Found.Ratio middle = ratios.get((ratios.size() - 1) / 2);
        double peer = middle.value() * own.getAsDouble();
        double target = peer / workload.target();
        return row.append("%s | %s%.3f | %.2f | %s |%n"
                        .formatted(
                                middle.peer(),
                                speed(flops, peer, least),
                                target,
                                least.millis() / target,
                                least.millis() > target ? "**beyond this machine**" : ""))
                .toString();
    }

    private static String speed(double flops, double millis, Least least) {
        return "%.1f | %.2f | ".formatted(flops / millis / 1e6, least.millis() / millis);
    }
}
