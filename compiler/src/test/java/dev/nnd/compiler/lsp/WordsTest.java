package dev.nnd.compiler.lsp;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.nnd.compiler.ast.Decl;
import dev.nnd.compiler.parse.Parser;
import dev.nnd.grammar.SourceFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The words that are offered in a train section are those that the library declares, with their parameters. */
class WordsTest {

    private static final Path TRAINING = Path.of("src/main/resources/nnd/std/training");

    @ParameterizedTest
    @CsvSource({"optimizer, optimizers.nnd", "schedule, schedules.nnd", "adapter, adapters.nnd"})
    void trainingWordsAreThoseOfTheLibrary(String kind, String name) throws IOException {
        var source = new SourceFile(name, Files.readString(TRAINING.resolve(name)));
        List<String> declared = Parser.parse(source).file().declarations().stream()
                .filter(Decl.Function.class::isInstance)
                .map(d -> written((Decl.Function) d))
                .toList();
        assertEquals(declared, Words.of(kind).stream().map(Words.Word::written).toList());
    }

    private static String written(Decl.Function function) {
        return function.parameters().stream()
                .map(p -> p.name().name()
                        + p.defaultValue().map(v -> " = " + v.span().text()).orElse(""))
                .collect(Collectors.joining(", ", function.name().name() + "(", ")"));
    }
}
