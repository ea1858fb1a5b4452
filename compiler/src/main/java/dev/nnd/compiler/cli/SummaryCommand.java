package dev.nnd.compiler.cli;

import dev.nnd.compiler.CompileResult;
import dev.nnd.compiler.CompiledFile;
import dev.nnd.compiler.Compiler;
import dev.nnd.compiler.CompilerRun;
import dev.nnd.compiler.typed.TypedModel;
import dev.nnd.compiler.typed.TypedProgram;
import dev.nnd.grammar.Diagnostic;
import dev.nnd.grammar.Severity;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code nnd summary}. */
@Command(
        name = "summary",
        description = "Shows the layers of each model with shapes, parameters, operations and memory.",
        mixinStandardHelpOptions = true)
final class SummaryCommand implements Callable<Integer> {

    private static final int MOST_REASONS = 3;

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
        var compiler = new Compiler();
        CompilerRun run = SourceFiles.read(paths);
        CompileResult result = compiler.plan(run);
        List<TypedProgram> checked = result.ok() ? List.of() : compiler.checked(run);
        if (!checked.isEmpty()) {
            return summarize(checked, result.diagnostics());
        }
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

    /** Models of a program that checks but does not compile yet, for the reasons found. */
    private int summarize(List<TypedProgram> checked, List<Diagnostic> reasons) {
        boolean any = false;
        for (TypedProgram program : checked) {
            for (TypedModel model : program.models()) {
                CheckedSummary summary = CheckedSummary.of(model);
                terminal.out().print(json ? summary.json() : (any ? "\n" : "") + summary.table());
                any = true;
            }
        }
        if (!json) {
            terminal.out()
                    .println((any ? "\n" : "") + "not compiled to Java by this version yet:\n  "
                            + reasons.stream()
                                    .filter(d -> d.severity() == Severity.ERROR)
                                    .map(Diagnostic::message)
                                    .distinct()
                                    .limit(MOST_REASONS)
                                    .collect(Collectors.joining("\n  ")));
        }
        return Nnd.FINE;
    }
}
