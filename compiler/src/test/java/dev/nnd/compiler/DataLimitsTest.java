package dev.nnd.compiler;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import dev.nnd.grammar.Diagnostic;
import dev.nnd.grammar.SourceFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What data sections check and no Java is made of is refused before any is made. */
class DataLimitsTest {

    private static CompileResult compiled(String text) {
        var run = new CompilerRun(List.of(new SourceFile("case.nnd", text)), List.of());
        assertEquals(List.of(), new Compiler().check(run));
        return new Compiler().compile(run);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    source all = images("photos/*") | field image: f64[3, 32, 32] = (images -> resize(32)) / 255.0 | augment image -> random_flip()
                    source all = text("input.txt")          | field tokens: i32[8] = window(characters(), length: 8) | split all into train 90%, validation 10%
                    """)
    void refusesWhatHasNoJavaYet(String source, String field, String refused) {
        CompileResult result = compiled("data D {\n  %s\n  %s\n  %s\n}\n".formatted(source, field, refused));
        assertEquals(
                List.of("NND0899"),
                result.diagnostics().stream().map(Diagnostic::code).toList());
        assertEquals(List.of(), result.files());
    }

    @Test
    void makesJavaOfAllSources() throws IOException {
        CompileResult result = compiled(Files.readString(Path.of("../spec/conformance/valid/data/sources/case.nnd")));
        assertEquals(List.of(), result.diagnostics());
        assertFalse(result.files().isEmpty());
    }
}
