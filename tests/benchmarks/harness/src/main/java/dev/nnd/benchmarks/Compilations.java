package dev.nnd.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.stream.Stream;

/** Measures C1. */
final class Compilations {

    private final Path home;
    private final Prepared prepared;

    Compilations(Path home, Prepared prepared) {
        this.home = home;
        this.prepared = prepared;
    }

    Measurement measure(Compilation compilation, int repetition) throws IOException {
        Path out = prepared.folder().resolve(compilation.id());
        delete(out);
        var output = prepared.nnd(compilation.arguments(home, out));
        boolean fine = output.exitCode() == 0;
        double millis = 1000 * output.seconds();
        return new Measurement(
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
                output.seconds(),
                new double[0]);
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
}
