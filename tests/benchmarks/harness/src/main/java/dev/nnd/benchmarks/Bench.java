package dev.nnd.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** Measures all contenders in turn, each measurement in a process of its own, and reports. */
public final class Bench {

    private static final String PREPARE = "workloads.Prepare";

    private final Options options;
    private final Path files;
    private final Results results;
    private final Processes processes;
    private final Machine machine;

    private Bench(Options options) throws IOException {
        this.options = options;
        machine = Machine.here();
        files = options.home().resolve("target/files");
        results = new Results(options.home().resolve("target/measurements.jsonl"), options.fresh());
        processes = new Processes(options.home(), machine.avx512());
    }

    public static void main(String[] arguments) throws IOException {
        Options options;
        try {
            options = Options.of(arguments);
        } catch (IllegalArgumentException wrong) {
            System.err.println(wrong.getMessage());
            System.err.print(Options.USAGE);
            System.exit(2);
            return;
        }
        var bench = new Bench(options);
        if (!options.reportOnly()) {
            bench.measure();
        }
        bench.report();
    }

    private void measure() throws IOException {
        Files.createDirectories(files);
        for (int repetition = 0; repetition < options.repetitions(); repetition++) {
            compilations(repetition);
            for (Workload workload : Workload.values()) {
                if (options.wants(workload)) {
                    workload(workload, repetition);
                }
            }
        }
    }

    /** nnd and its peers in turn; the order is reversed from one repetition to the next. */
    private void workload(Workload workload, int repetition) throws IOException {
        var libraries = new ArrayList<>(workload.libraries());
        libraries.removeIf(library -> !options.libraries().contains(library) || repetition > 0 && library.variant());
        if (repetition % 2 == 1) {
            Collections.reverse(libraries);
        }
        for (int threads : options.threads()) {
            for (Library library : libraries) {
                if (!results.has(workload.id(), library.id(), threads, repetition)) {
                    Measurement result = measure(workload, library, threads).at(repetition);
                    results.add(result);
                    System.out.println(line(result));
                }
            }
        }
    }

    private Measurement measure(Workload workload, Library library, int threads) throws IOException {
        if (!processes.built(library)) {
            return Measurement.without(
                    workload, library, threads, Measurement.Status.FAILED, "was not built: see the log of the build");
        }
        String failure = prepare(workload.network());
        if (!failure.isEmpty()) {
            return Measurement.without(workload, library, threads, Measurement.Status.NOT_THERE, failure);
        }
        Processes.Output output = processes.java(
                library,
                threads,
                Measure.class.getName(),
                List.of(workload.id(), library.id(), Integer.toString(threads), files.toString()));
        return output.text()
                .lines()
                .filter(text -> text.startsWith(Measure.MARK))
                .findFirst()
                .map(text -> results.read(text.substring(Measure.MARK.length())))
                .orElseGet(() -> Measurement.without(
                        workload,
                        library,
                        threads,
                        Measurement.Status.FAILED,
                        "exit code " + output.exitCode() + ": " + output.tail()));
    }

    /** Writes the weights of a network, and of one for predictions its ONNX file; says what went wrong. */
    private String prepare(Network network) throws IOException {
        Path weights = files.resolve(network.file() + ".safetensors");
        Path onnx = files.resolve(network.file() + ".onnx");
        if (!Files.exists(weights)) {
            var output = processes.java(Library.NND, 1, PREPARE, List.of(network.name(), weights.toString()));
            if (output.exitCode() != 0) {
                return "no weights: " + output.tail();
            }
        }
        if (network.exported() && !Files.exists(onnx)) {
            Path source = options.home().resolve("nnd/target/nnd/workloads").resolve(network.file() + ".nnd");
            var words = new ArrayList<>(
                    List.of("export", source.toString(), "--onnx", onnx.toString(), "--weights", weights.toString()));
            if (network.decoded()) {
                words.add("--step");
            }
            var output = nnd(words.toArray(String[]::new));
            if (output.exitCode() != 0) {
                return "no ONNX file: " + output.tail();
            }
        }
        return "";
    }

    private Processes.Output nnd(String... arguments) throws IOException {
        var words = new ArrayList<String>();
        words.add(options.home().resolve("../../nnd").normalize().toString());
        words.addAll(List.of(arguments));
        return processes.run(words, Map.of());
    }

    private void compilations(int repetition) throws IOException {
        for (Compilation compilation : Compilation.values()) {
            if (!options.wants(compilation) || results.has(compilation.id(), Library.NND.id(), 1, repetition)) {
                continue;
            }
            Path out = files.resolve(compilation.id());
            delete(out);
            var output = nnd(compilation.arguments(options.home(), out).toArray(String[]::new));
            boolean fine = output.exitCode() == 0;
            double millis = 1000 * output.seconds();
            var result = new Measurement(
                    compilation.id(),
                    Library.NND.id(),
                    1,
                    repetition,
                    fine ? Measurement.Status.MEASURED : Measurement.Status.FAILED,
                    fine ? sizes(out) : output.tail(),
                    "",
                    new Measurement.Times(0, 1, millis, millis, millis, 0),
                    0,
                    0,
                    -1,
                    new double[0]);
            results.add(result);
            System.out.println(line(result));
        }
    }

    private static String sizes(Path folder) throws IOException {
        try (Stream<Path> found = Files.walk(folder)) {
            List<Path> sources =
                    found.filter(path -> path.toString().endsWith(".java")).toList();
            long bytes = 0;
            for (Path source : sources) {
                bytes += Files.size(source);
            }
            return "%d files, %,d KB of Java".formatted(sources.size(), bytes / 1000);
        }
    }

    private static void delete(Path folder) throws IOException {
        if (Files.exists(folder)) {
            try (Stream<Path> found = Files.walk(folder)) {
                for (Path path : found.sorted(Collections.reverseOrder()).toList()) {
                    Files.delete(path);
                }
            }
        }
    }

    private static String line(Measurement m) {
        String question = "%-12s %-12s %d thread%s"
                .formatted(m.workload(), m.library(), m.threads(), m.threads() == 1 ? " " : "s");
        return switch (m.status()) {
            case MEASURED ->
                "%s  %10.3f ms  %6.0f MB resident  %8.0f heap bytes a step %s"
                        .formatted(
                                question,
                                m.times().median(),
                                m.peakResidentBytes() / 1e6,
                                m.heapBytesPerStep(),
                                m.note());
            case NOT_THERE -> question + "  not there: " + m.note();
            case FAILED -> question + "  FAILED: " + m.note();
        };
    }

    private void report() throws IOException {
        String text = new Report(results.all(), machine, options.note()).text();
        System.out.println();
        System.out.println(text);
        Files.writeString(options.home().resolve("RESULTS.md"), text);
    }
}
