package dev.nnd.compiler.cli;

import dev.nnd.runtime.kernel.Provider;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** What {@code train}, {@code eval} and {@code predict} share. */
final class RunOptions {

    @Parameters(index = "0", paramLabel = "FILE", description = "the .nnd file")
    Path file = Path.of("");

    @Parameters(
            index = "1",
            arity = "0..1",
            paramLabel = "NAME",
            description = "the train section, if there are several")
    private @Nullable String name;

    @Option(
            names = "--data",
            paramLabel = "DIR",
            description = "the folder with the data section's files (default: data)")
    Path data = Path.of("data");

    @Option(names = "--threads", paramLabel = "N", description = "compute threads (default: all processors)")
    private @Nullable Integer threads;

    Optional<String> name() {
        return Optional.ofNullable(name);
    }

    int threads() {
        int processors = Math.min(Provider.MOST_THREADS, Runtime.getRuntime().availableProcessors());
        int chosen = threads == null ? processors : threads;
        Provider.requireThreads(chosen);
        return chosen;
    }
}
