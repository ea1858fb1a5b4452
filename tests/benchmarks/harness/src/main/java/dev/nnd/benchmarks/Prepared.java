package dev.nnd.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** The files that contenders begin with: weights, and of networks for predictions the ONNX files. */
final class Prepared {

    private static final String PREPARE = "workloads.Prepare";

    private final Path home;
    private final Path files;
    private final Processes processes;

    Prepared(Path home, Processes processes, boolean fresh) throws IOException {
        this.home = home;
        this.processes = processes;
        files = home.resolve("target/files");
        Files.createDirectories(files);
        if (fresh) {
            try (Stream<Path> old = Files.list(files)) {
                for (Path file : old.filter(Files::isRegularFile).toList()) {
                    Files.delete(file);
                }
            }
        }
    }

    Path folder() {
        return files;
    }

    /** The {@code .nnd} file of a network. */
    Path source(Network network) {
        return home.resolve("nnd/target/nnd/workloads").resolve(network.file() + ".nnd");
    }

    Path weights(Network network) {
        return files.resolve(network.file() + ".safetensors");
    }

    /** Makes what is missing; says what went wrong. */
    String make(Network network) throws IOException {
        Path weights = weights(network);
        Path onnx = files.resolve(network.file() + ".onnx");
        if (!Files.exists(weights)) {
            var output = processes.java(Library.NND, 1, PREPARE, List.of(network.name(), weights.toString()));
            if (output.exitCode() != 0) {
                return "no weights: " + output.tail();
            }
        }
        if (network.exported() && !Files.exists(onnx)) {
            var words = new ArrayList<>(List.of(
                    "export", source(network).toString(), "--onnx", onnx.toString(), "--weights", weights.toString()));
            if (network.decoded()) {
                words.add("--step");
            }
            var output = nnd(words);
            if (output.exitCode() != 0) {
                return "no ONNX file: " + output.tail();
            }
        }
        return "";
    }

    /** Runs the command. */
    Processes.Output nnd(List<String> arguments) throws IOException {
        var words = new ArrayList<String>();
        words.add(home.resolve("../../nnd").normalize().toString());
        words.addAll(arguments);
        return processes.run(words, Map.of());
    }
}
