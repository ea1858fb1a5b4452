package dev.nnd.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.json.JsonMapper;

/** Measures K: each generated kernel as users get it, then as plain loops, each in a process of its own. */
final class Kernels {

    /** What the line with the times begins with. */
    public static final String MARK = "@kernels ";

    private static final String MAIN = "workloads.MeasureKernels";

    private final Path file;
    private final Processes processes;
    private final JsonMapper json = new JsonMapper();

    Kernels(Path file, Processes processes, boolean fresh) throws IOException {
        this.file = file;
        this.processes = processes;
        if (fresh) {
            Files.deleteIfExists(file);
        }
    }

    /** What was measured; empty if nothing was. */
    List<KernelTime> all() throws IOException {
        return Files.exists(file) ? read(Files.readString(file)) : List.of();
    }

    private List<KernelTime> read(String text) {
        return json.readValue(text, new TypeReference<List<KernelTime>>() {});
    }

    /** Says what went wrong. */
    String measure(Pace pace) throws IOException {
        if (Files.exists(file)) {
            return "";
        }
        var fast = processes.java(Library.NND, 1, MAIN, List.of(pace.name()));
        var plain =
                processes.java(Library.NND, List.of("-Dnnd.provider=reference"), Map.of(), MAIN, List.of(pace.name()));
        for (Processes.Output output : List.of(fast, plain)) {
            if (output.exitCode() != 0 || !output.text().contains(MARK)) {
                return output.tail();
            }
        }
        Map<String, Double> reference =
                times(plain).stream().collect(Collectors.toMap(KernelTime::name, KernelTime::nanos));
        List<KernelTime> both = times(fast).stream()
                .map(time -> time.with(reference.getOrDefault(time.name(), 0.0)))
                .toList();
        Files.writeString(file, json.writeValueAsString(both));
        return "";
    }

    private List<KernelTime> times(Processes.Output output) {
        return read(output.text()
                .lines()
                .filter(line -> line.startsWith(MARK))
                .findFirst()
                .orElseThrow()
                .substring(MARK.length()));
    }
}
