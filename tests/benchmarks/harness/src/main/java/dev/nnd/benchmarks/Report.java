package dev.nnd.benchmarks;

import dev.nnd.benchmarks.Measurement.Status;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/** Makes the tables of what was measured. */
final class Report {

    private final List<Measurement> all;
    private final Machine machine;
    private final String note;
    private final Figures figures;
    private final List<KernelTime> kernels;

    Report(List<Measurement> all, Machine machine, String note, Figures figures, List<KernelTime> kernels) {
        this.all = all;
        this.machine = machine;
        this.note = note;
        this.figures = figures;
        this.kernels = kernels;
    }

    String text() {
        var found = new Found(all);
        var ratios = new RatioTables(found);
        var steps = new StepTables(found);
        var ceiling = new CeilingTable(found, figures);
        return String.join(
                "\n",
                "# Results",
                "",
                "Written by `tests/benchmarks/run`; [README.md](README.md) says how it measures.",
                conditions(),
                "## Against the fastest peer",
                "",
                "The fastest peer's time divided by nnd's, in one repetition; above 1 nnd is faster. Smallest, middle and largest of the repetitions;"
                        + " (5x) where there were five instead of three, since these differed by more than a tenth.",
                "",
                ratios.peers(),
                "## What the machine allows",
                "",
                "The best of what was measured before each repetition.",
                "",
                ceiling.machine(),
                "The least time is that of the products and convolutions alone, as they are defined, at the speed of multiply-adds in registers, or that of"
                        + " reading and writing the weights as often as a step has to, whichever is longer. No program can be faster, but for convolutions that are"
                        + " computed with fewer multiplications (I2: nnd does so with those of 3 by 3). A share is the least time divided by a time; a"
                        + " target whose share is above 1 is beyond this machine.",
                "",
                ceiling.workloads(),
                "## Generated kernels",
                "",
                "On one thread. Bytes are those of operands and results, each once. The plain loops are those that run where the Vector API and native code are"
                        + " missing; a kernel under its floor, a ratio to them, or with a byte on the heap fails.",
                "",
                KernelTable.of(kernels, figures),
                "## Against Deeplearning4j",
                "",
                ratios.dl4j(),
                "## nnd in bfloat16, and without native code",
                "",
                "Like the rows above: nnd's time divided by that of the variant, which was measured in one repetition.",
                "",
                ratios.variants(),
                "## Milliseconds of a step",
                "",
                "(few): fewer than 30 steps, since they are long. (1x): measured in the first repetition only.",
                "",
                steps.times(),
                "## Processor milliseconds of a step",
                "",
                "What all threads of a process use together: more than the time that passes where workers spin while they wait. On a busy machine it says more than the"
                        + " time that passes.",
                "",
                steps.processors(),
                "## Memory",
                "",
                "Peak resident MB of the process; the planned arena and the heap bytes that the calling thread allocates in a step are nnd's.",
                "",
                steps.memory(),
                "## From .nnd to Java sources, a cold process",
                "",
                steps.compilations(),
                "## From the start of a JVM to its first prediction of I1",
                "",
                "Whole cold processes: smallest, middle and largest.",
                "",
                Starts.table(found),
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
