package dev.nnd.compiler.parse;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.nnd.grammar.Diagnostic;
import dev.nnd.grammar.SourceFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The pages of the syntax errors: the wrong example gives the code, the right one parses. */
class SyntaxPagesTest {

    private static final Pattern FENCE = Pattern.compile("```nnd\\n(.*?)```", Pattern.DOTALL);

    static Stream<String> codes() {
        return IntStream.rangeClosed(1, 10).mapToObj(i -> String.format("NND%04d", i));
    }

    @ParameterizedTest
    @MethodSource("codes")
    void pageShowsTheErrorAndItsFix(String code) throws IOException {
        String page = Files.readString(Path.of("../spec/diagnostics/" + code + ".md"));
        assertTrue(page.startsWith("# " + code + ": "));
        List<String> examples =
                FENCE.matcher(page).results().map(m -> m.group(1)).toList();
        assertEquals(2, examples.size());
        List<String> wrong = codes(examples.getFirst());
        assertFalse(wrong.isEmpty());
        assertTrue(wrong.contains(code), wrong::toString);
        assertEquals(List.of(), codes(examples.get(1)));
    }

    private static List<String> codes(String text) {
        return Parser.parse(new SourceFile("example.nnd", text)).problems().stream()
                .map(Diagnostic::code)
                .toList();
    }
}
