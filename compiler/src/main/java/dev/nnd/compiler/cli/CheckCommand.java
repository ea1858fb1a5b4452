package dev.nnd.compiler.cli;

import dev.nnd.compiler.Compiler;
import dev.nnd.compiler.cli.output.SourceWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code nnd check}. */
@Command(
        name = "check",
        description = "Finds what is wrong with .nnd files; writes nothing.",
        mixinStandardHelpOptions = true)
final class CheckCommand implements Callable<Integer> {

    private final Terminal terminal;

    @Parameters(
            paramLabel = "PATH",
            arity = "1..*",
            description = ".nnd files, or folders for all .nnd files below them")
    private List<Path> paths = List.of();

    @Option(names = "--json", description = "prints findings as JSON, one object a line")
    private boolean json;

    CheckCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() {
        var findings = new Findings(terminal, json);
        var run = SourceFiles.read(paths);
        var found = new Compiler().check(run);
        int code = findings.print(found);
        findings.summary(found, new SourceWriter.Summary(0, 0, 0));
        if (!json && found.isEmpty()) {
            int files = run.sources().size();
            terminal.out().println(files == 1 ? "no problems" : "no problems in " + files + " files");
        }
        return code;
    }
}
