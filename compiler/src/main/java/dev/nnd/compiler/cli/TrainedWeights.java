package dev.nnd.compiler.cli;

import dev.nnd.runtime.NndException;
import dev.nnd.runtime.train.RunDirectory;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Where {@code eval} and {@code generate} find trained weights: a run directory, or a file of weights alone. */
final class TrainedWeights {

    @Option(
            names = "--run",
            paramLabel = "DIR",
            description = "the run directory, or its folder best or last (default: runs/<train section>)")
    @Nullable
    Path directory;

    @Option(names = "--weights", paramLabel = "FILE", description = "a safetensors file instead of a run directory")
    @Nullable
    Path file;

    /** Refuses both at once. */
    void requireOne() {
        if (directory != null && file != null) {
            throw new NndException("Both --run and --weights are given; one of them says where the weights are.");
        }
    }

    /** The run directory that is given, or that of a section by its name. */
    RunDirectory run(String section) {
        return RunDirectory.open(directory == null ? Path.of("runs", section) : directory);
    }
}
