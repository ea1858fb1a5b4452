package dev.nnd.compiler.cli;

import dev.nnd.compiler.CompileResult;
import dev.nnd.compiler.CompiledFile;
import dev.nnd.compiler.Compiler;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code nnd summary}. */
@Command(
        name = "summary",
        description = "Shows the layers of each model with shapes, parameters, operations and memory.",
        mixinStandardHelpOptions = true)
final class SummaryCommand implements Callable<Integer> {

    private final Terminal terminal;

    @Parameters(
            paramLabel = "PATH",
            arity = "1..*",
            description = ".nnd files, or folders for all .nnd files below them")
    private List<Path> paths = List.of();

    @Option(names = "--json", description = "prints one JSON object for each model")
    private boolean json;

    SummaryCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() {
        CompileResult result = new Compiler().plan(SourceFiles.read(paths));
        int code = new Findings(terminal, json).print(result.diagnostics());
        if (code != Nnd.FINE) {
            return code;
        }
        boolean any = false;
        for (CompiledFile file : result.programs()) {
            for (CompiledFile.Model model : file.models()) {
                ModelSummary summary = ModelSummary.of(model);
                terminal.out().print(json ? SummaryText.json(summary) : (any ? "\n" : "") + SummaryText.table(summary));
                any = true;
            }
        }
        if (!any && !json) {
            terminal.out().println("no models that have defaults for all their parameters");
        }
        return Nnd.FINE;
    }
}
