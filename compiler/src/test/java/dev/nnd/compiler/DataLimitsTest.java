package dev.nnd.compiler;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.nnd.grammar.Diagnostic;
import dev.nnd.grammar.SourceFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What data sections check and no Java is made of is refused before any is made. */
class DataLimitsTest {

    @ParameterizedTest
    @ValueSource(strings = {"sources"})
    void refusesWhatHasNoJavaYet(String name) throws IOException {
        String text = Files.readString(Path.of("../spec/conformance/valid/data/" + name + "/case.nnd"));
        var run = new CompilerRun(List.of(new SourceFile("case.nnd", text)), List.of());
        assertEquals(List.of(), new Compiler().check(run));
        CompileResult result = new Compiler().compile(run);
        assertFalse(result.diagnostics().isEmpty());
        assertTrue(result.diagnostics().stream().map(Diagnostic::code).allMatch("NND0899"::equals));
        assertEquals(List.of(), result.files());
    }
}
