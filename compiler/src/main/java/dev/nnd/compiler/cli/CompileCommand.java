package dev.nnd.compiler.cli;

import dev.nnd.compiler.CompileResult;
import dev.nnd.compiler.Compiler;
import dev.nnd.compiler.CompilerRun;
import dev.nnd.compiler.cli.output.ContentHash;
import dev.nnd.compiler.cli.output.InMemoryJava;
import dev.nnd.compiler.cli.output.SourceWriter;
import dev.nnd.compiler.emit.GeneratedFile;
import dev.nnd.grammar.SourceFile;
import dev.nnd.runtime.NndException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code nnd compile}. */
@Command(name = "compile", description = "Writes the Java sources of .nnd files.", mixinStandardHelpOptions = true)
final class CompileCommand implements Callable<Integer> {

    private final Terminal terminal;

    @Parameters(
            paramLabel = "PATH",
            arity = "1..*",
            description = ".nnd files, or folders for all .nnd files below them")
    private List<Path> paths = List.of();

    @Option(
            names = {"-d", "--directory"},
            paramLabel = "DIR",
            required = true,
            description = "the source root to write to")
    private Path directory = Path.of("");

    @Option(
            names = "--vector-dir",
            paramLabel = "DIR",
            description = "another source root for the kernels that use the JDK's incubating Vector API")
    private @Nullable Path vectorDirectory;

    @Option(
            names = "--vector-classes",
            paramLabel = "DIR",
            description = "compiles the kernels that use the Vector API into this class folder")
    private @Nullable Path vectorClasses;

    @Option(names = "--incremental", description = "does nothing if neither the inputs nor the compiler changed")
    private boolean incremental;

    @Option(names = "--json", description = "prints findings as JSON, one object a line")
    private boolean json;

    CompileCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() {
        try {
            return compile(SourceFiles.read(paths));
        } catch (IOException e) {
            throw new NndException("The generated files can't be written: " + e.getMessage() + ".", e);
        }
    }

    private int compile(CompilerRun run) throws IOException {
        var findings = new Findings(terminal, json);
        String inputs = hash(run);
        var main = new SourceWriter(directory);
        Optional<SourceWriter> vector = Optional.ofNullable(vectorDirectory).map(SourceWriter::new);
        if (incremental && upToDate(inputs, main, vector)) {
            int unchanged = main.recorded() + (vector.isPresent() ? vector.get().recorded() : 0);
            findings.summary(List.of(), new SourceWriter.Summary(0, unchanged, 0));
            return Nnd.FINE;
        }
        CompileResult result = new Compiler().compile(run);
        int code = findings.print(result.diagnostics());
        if (code != Nnd.FINE) {
            findings.summary(result.diagnostics(), new SourceWriter.Summary(0, 0, 0));
            return code;
        }
        // A warning must be seen again in the next run, so that one is not skipped.
        SourceWriter.Summary written =
                write(result.diagnostics().isEmpty() ? inputs : "", main, vector, result.files());
        findings.summary(result.diagnostics(), written);
        if (!json) {
            terminal.out()
                    .println(written.written() + " written, " + written.unchanged() + " unchanged, " + written.deleted()
                            + " deleted in " + directory);
        }
        return Nnd.FINE;
    }

    private SourceWriter.Summary write(
            String inputs, SourceWriter main, Optional<SourceWriter> vector, List<GeneratedFile> files)
            throws IOException {
        SourceWriter.Summary summary;
        if (vector.isPresent()) {
            summary = vector.get()
                    .write(inputs, files.stream().filter(GeneratedFile::vector).toList());
            summary = summary.plus(
                    main.write(inputs, files.stream().filter(f -> !f.vector()).toList()));
        } else {
            summary = main.write(inputs, files);
        }
        if (vectorClasses != null) {
            InMemoryJava.writeVectorClasses(files, System.getProperty("java.class.path"), vectorClasses);
        }
        return summary;
    }

    private boolean upToDate(String inputs, SourceWriter main, Optional<SourceWriter> vector) throws IOException {
        return main.isUpToDate(inputs) && (vector.isEmpty() || vector.get().isUpToDate(inputs)) && hasVectorClasses();
    }

    /** True if the class folder holds a class for each source of the vector folder; a cleaned folder does not. */
    private boolean hasVectorClasses() throws IOException {
        Path sources = vectorDirectory;
        Path classes = vectorClasses;
        if (classes == null) {
            return true;
        }
        if (sources == null) {
            return false;
        }
        if (!Files.isDirectory(sources)) {
            return true;
        }
        try (Stream<Path> files = Files.walk(sources)) {
            return files.filter(f -> f.toString().endsWith(".java"))
                    .map(f -> sources.relativize(f).toString().replaceFirst("\\.java$", ".class"))
                    .allMatch(name -> Files.isRegularFile(classes.resolve(name)));
        }
    }

    private String hash(CompilerRun run) throws IOException {
        var hash = new ContentHash().add(Version.fingerprint()).add(String.valueOf(vectorDirectory != null));
        for (List<SourceFile> files : List.of(run.sources(), run.others())) {
            hash.add(String.valueOf(files.size()));
            files.forEach(file -> hash.add(file.name()).add(file.text()));
        }
        return hash.hex();
    }
}
