package dev.nnd.compiler;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.nnd.grammar.Diagnostic;
import dev.nnd.grammar.DiagnosticRenderer;
import dev.nnd.grammar.SourceFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/**
 * {@code spec/language/mistakes.md} shows what the compiler says, word for word. {@code -Dnnd.update=true} writes codes
 * and messages anew.
 */
class MistakesPageTest {

    private static final Path PAGE = Path.of("../spec/language/mistakes.md");
    private static final Pattern EXAMPLE = Pattern.compile(
            "```nnd rejected[^\\n]*\\n(?<text>.*?)```\\n\\n```text\\n(?<said>.*?)```\\n", Pattern.DOTALL);
    private static final int MISTAKES = 12;

    @Test
    void pageShowsWhatIsSaid() throws IOException {
        String page = Files.readString(PAGE);
        String now = rendered(page);
        if (Boolean.getBoolean("nnd.update")) {
            Files.writeString(PAGE, now);
            page = now;
        }
        assertEquals(now, page);
        assertEquals(MISTAKES, EXAMPLE.matcher(page).results().count());
    }

    private static String rendered(String page) {
        return EXAMPLE.matcher(page).replaceAll(m -> {
            String text = m.group("text");
            List<Diagnostic> found = new Compiler().check(CompilerRun.of(new SourceFile("net.nnd", text)));
            assertTrue(!found.isEmpty(), text);
            String codes = found.stream().map(Diagnostic::code).collect(Collectors.joining(" "));
            String said = DiagnosticRenderer.text(false).render(found).strip();
            return Matcher.quoteReplacement(
                    "```nnd rejected " + codes + "\n" + text + "```\n\n```text\n" + said + "\n```\n");
        });
    }
}
