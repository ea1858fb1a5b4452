package dev.nnd.compiler.cli;

import dev.nnd.compiler.Compiler;
import dev.nnd.compiler.Fixer;
import dev.nnd.compiler.cli.output.SourceWriter;
import dev.nnd.grammar.Diagnostic;
import dev.nnd.grammar.SourceFile;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code nnd check}. */
@Command(
        name = "check",
        description = "Finds what is wrong with .nnd files; writes nothing, unless --fix is given.",
        mixinStandardHelpOptions = true)
final class CheckCommand implements Callable<Integer> {

    private final Terminal terminal;

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandSpec spec;

    @Parameters(
            paramLabel = "PATH",
            arity = "1..*",
            description = ".nnd files, or folders for all .nnd files below them")
    private List<Path> paths = List.of();

    @Option(names = "--json", description = "prints findings as JSON, one object a line")
    private boolean json;

    @Option(
            names = "--fix",
            description = "applies the fixes of findings, as long as fewer findings remain, and tells what it changed")
    private boolean fix;

    @Option(names = "--dry-run", description = "with --fix: shows the difference and writes nothing")
    private boolean dryRun;

    CheckCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() {
        if (dryRun && !fix) {
            throw new ParameterException(spec.commandLine(), "`--dry-run` goes with `--fix`");
        }
        var findings = new Findings(terminal, json);
        var run = SourceFiles.read(paths);
        int written = 0;
        List<Diagnostic> found;
        if (fix) {
            Fixer.Result result = new Fixing(terminal, json, dryRun).fix(run);
            found = result.remaining();
            written = dryRun ? 0 : changed(run.sources(), result.sources());
        } else {
            found = new Compiler().check(run);
        }
        int code = findings.print(found);
        findings.summary(found, new SourceWriter.Summary(written, 0, 0));
        if (!json && found.isEmpty()) {
            int files = run.sources().size();
            terminal.out().println(files == 1 ? "no problems" : "no problems in " + files + " files");
        }
        return code;
    }

    private static int changed(List<SourceFile> before, List<SourceFile> after) {
        return (int) after.stream().filter(a -> !before.contains(a)).count();
    }
}
