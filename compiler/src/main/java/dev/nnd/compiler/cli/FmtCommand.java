package dev.nnd.compiler.cli;

import dev.nnd.compiler.cli.output.AtomicFile;
import dev.nnd.compiler.cli.output.SourceWriter;
import dev.nnd.compiler.parse.Parser;
import dev.nnd.grammar.Diagnostic;
import dev.nnd.grammar.SourceFile;
import dev.nnd.grammar.Span;
import dev.nnd.grammar.format.Formatter;
import dev.nnd.runtime.NndException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code nnd fmt}. */
@Command(
        name = "fmt",
        description = "Writes .nnd files anew in the one style of the language; says nothing new in them.",
        mixinStandardHelpOptions = true)
final class FmtCommand implements Callable<Integer> {

    private static final String STDIN = "-";

    private final Terminal terminal;
    private final InputStream input;

    @Parameters(
            paramLabel = "PATH",
            arity = "1..*",
            description = ".nnd files, or folders for all .nnd files below them; - alone reads standard input and"
                    + " writes standard output")
    private List<Path> paths = List.of();

    @Option(names = "--check", description = "writes nothing; an error for every file that is not in style")
    private boolean check;

    @Option(names = "--json", description = "prints findings as JSON, one object a line")
    private boolean json;

    FmtCommand(Terminal terminal, InputStream input) {
        this.terminal = terminal;
        this.input = input;
    }

    @Override
    public Integer call() throws IOException {
        boolean stdin = paths.equals(List.of(Path.of(STDIN)));
        List<SourceFile> files = stdin ? List.of(standardInput()) : SourceFiles.named(paths);
        var found = new ArrayList<Diagnostic>();
        int written = 0;
        for (SourceFile file : files) {
            List<Diagnostic> problems = Parser.parse(file).problems();
            found.addAll(problems);
            String text = problems.isEmpty() ? Formatter.format(file).text() : file.text();
            if (stdin && !check) {
                terminal.out().print(problems.isEmpty() ? text : "");
            } else if (!text.equals(file.text())) {
                if (check) {
                    found.add(notInStyle(file, text));
                } else {
                    write(file, text);
                    written++;
                }
            }
        }
        return finish(found, files.size(), written, stdin && !check);
    }

    private int finish(List<Diagnostic> found, int files, int written, boolean piped) {
        var findings = new Findings(terminal, json);
        int code = findings.print(found);
        findings.summary(found, new SourceWriter.Summary(written, files - written, 0));
        if (!json && !piped && found.isEmpty()) {
            String all = files == 1 ? "1 file" : files + " files";
            terminal.out().println(written == 0 ? all + " in style" : "formatted " + written + " of " + all);
        }
        return code;
    }

    private static void write(SourceFile file, String text) {
        try {
            AtomicFile.write(Path.of(file.name()), text.getBytes(StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new NndException(file.name() + " can't be written: " + e.getMessage() + ".", e);
        }
    }

    private SourceFile standardInput() throws IOException {
        return SourceFiles.decoded("<stdin>", input.readAllBytes());
    }

    /** At the first line that differs. */
    private static Diagnostic notInStyle(SourceFile file, String formatted) {
        String text = file.text();
        int at = 0;
        while (at < Math.min(text.length(), formatted.length()) && text.charAt(at) == formatted.charAt(at)) {
            at++;
        }
        int start = text.lastIndexOf('\n', at - 1) + 1;
        int end = text.indexOf('\n', at);
        var line = new Span(file, start, end < 0 ? text.length() : end);
        return Diagnostic.error("NND0011", line, "this file is not in the style of the language from here on")
                .help("run `nnd fmt " + file.name() + "`");
    }
}
