package dev.nnd.compiler.fuzz;

import dev.nnd.grammar.NndGrammar;
import dev.nnd.grammar.SourceFile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** Every .nnd text of the project. */
public final class Corpus {

    private static final List<String> FOLDERS = List.of(
            "../spec/conformance",
            "../examples",
            "src/main/resources/nnd/std",
            "../dsl-grammar/src/test/resources/programs",
            "../tests/src/test/resources");

    private Corpus() {}

    /** All texts, broken ones too. */
    public static List<SourceFile> all() {
        return FOLDERS.stream()
                .map(Path::of)
                .filter(Files::isDirectory)
                .flatMap(folder -> in(folder).stream())
                .toList();
    }

    /** Those without a syntax error. */
    public static List<SourceFile> valid() {
        return all().stream()
                .filter(f -> NndGrammar.parse(f).problems().isEmpty())
                .toList();
    }

    private static List<SourceFile> in(Path folder) {
        try (Stream<Path> files = Files.walk(folder)) {
            return files.filter(f -> f.toString().endsWith(".nnd"))
                    .filter(f -> !f.toString().contains("/target/"))
                    .sorted()
                    .map(Corpus::read)
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static SourceFile read(Path file) {
        try {
            return new SourceFile(file.toString(), Files.readString(file));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
