package dev.nnd.compiler.cli;

import dev.nnd.runtime.NndException;
import dev.nnd.runtime.program.Adapters;
import dev.nnd.runtime.train.RunDirectory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code nnd lora}. */
@Command(
        name = "lora",
        description = "Adds adapters to the weights that they belong to, or takes them out again.",
        mixinStandardHelpOptions = true)
final class LoraCommand implements Runnable {

    private final Terminal terminal;

    @Spec
    private @Nullable CommandSpec spec;

    LoraCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public void run() {
        if (spec != null) {
            throw new ParameterException(spec.commandLine(), "`merge` or `split` is missing");
        }
    }

    @Command(
            name = "merge",
            description = "Writes the weights with the adapters in them, as a file that the model loads as any other.",
            mixinStandardHelpOptions = true)
    int merge(
            @Parameters(paramLabel = "RUN", description = "a run directory, or its file adapters.safetensors")
                    Path adapters,
            @Option(
                            names = "--out",
                            paramLabel = "FILE",
                            required = true,
                            description = "the safetensors file to write")
                    Path out,
            @Option(
                            names = "--base",
                            paramLabel = "FILE",
                            description = "the weights that the adapters were trained on, if they are elsewhere now")
                    @Nullable
                    Path base) {
        int changed = Adapters.merge(file(adapters), base, out);
        terminal.out()
                .println(out + " holds the weights with the adapters in them; " + changed
                        + (changed == 1 ? " is" : " are") + " not as before.");
        return Nnd.FINE;
    }

    @Command(
            name = "split",
            description = "Takes adapters out of weights that they were merged into, up to rounding.",
            mixinStandardHelpOptions = true)
    int split(
            @Parameters(paramLabel = "MERGED", description = "the file that `nnd lora merge` has written") Path merged,
            @Parameters(paramLabel = "RUN", description = "a run directory, or its file adapters.safetensors")
                    Path adapters,
            @Option(
                            names = "--out",
                            paramLabel = "FILE",
                            required = true,
                            description = "the safetensors file to write")
                    Path out) {
        List<String> kept = Adapters.takeOut(merged, file(adapters), out);
        terminal.out()
                .println(out + " holds the weights without the adapters"
                        + (kept.isEmpty()
                                ? "."
                                : "; trained as a whole, and so left as they are: " + String.join(", ", kept) + "."));
        return Nnd.FINE;
    }

    private static Path file(Path given) {
        Path file = Files.isDirectory(given) ? RunDirectory.open(given).weights() : given;
        if (!Files.isRegularFile(file)) {
            throw new NndException("There is no file " + file + ".");
        }
        return file;
    }
}
