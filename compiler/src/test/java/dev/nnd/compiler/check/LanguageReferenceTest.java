package dev.nnd.compiler.check;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.nnd.grammar.Diagnostic;
import dev.nnd.grammar.SourceFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every example of {@code spec/language} does what its page says. A fence <code>```nnd</code> checks without a finding,
 * <code>```nnd rejected NND0304</code> gives exactly these codes, in order. An example that begins with a comment of a file's
 * name can be imported by the other examples of its page.
 */
class LanguageReferenceTest {

    private static final Path CHAPTERS = Path.of("../spec/language");
    private static final Pattern FENCE = Pattern.compile(
            "^```nnd(?<codes>( rejected)?( NND\\d{4})*)\\n(?<text>.*?)^```$", Pattern.DOTALL | Pattern.MULTILINE);
    private static final Pattern FILE = Pattern.compile("\\A// (\\S+\\.nnd)\\n");

    /** An example: the page, its number there, the file that it is, and the codes that it gives. */
    record Example(String page, int line, String text, String codes) {
        @Override
        public String toString() {
            return page + ":" + line;
        }
    }

    static List<Example> examples() throws IOException {
        var all = new ArrayList<Example>();
        try (Stream<Path> pages = Files.list(CHAPTERS)) {
            for (Path page :
                    pages.filter(p -> p.toString().endsWith(".md")).sorted().toList()) {
                String content = Files.readString(page);
                Matcher fence = FENCE.matcher(content);
                while (fence.find()) {
                    int line = (int) content.substring(0, fence.start()).lines().count() + 1;
                    String codes = fence.group("codes").replace("rejected", "").strip();
                    all.add(new Example(page.getFileName().toString(), line, fence.group("text"), codes));
                }
            }
        }
        return all;
    }

    @ParameterizedTest
    @MethodSource("examples")
    void exampleDoesWhatItsPageSays(Example example) throws IOException {
        Map<String, String> others = new TreeMap<>();
        for (Example other : examples()) {
            Matcher file = FILE.matcher(other.text());
            if (other.page().equals(example.page()) && other.line() != example.line() && file.find()) {
                others.put(file.group(1), other.text());
            }
        }
        Checked checked = Checks.check(new SourceFile("example.nnd", example.text()), others);
        String found = checked.diagnostics().stream().map(Diagnostic::code).collect(Collectors.joining(" "));
        assertEquals(example.codes(), found, () -> Checks.render(checked.diagnostics()));
    }

    @Test
    void everyFenceIsRead() throws IOException {
        try (Stream<Path> pages = Files.list(CHAPTERS)) {
            for (Path page : pages.filter(p -> p.toString().endsWith(".md")).toList()) {
                String content = Files.readString(page);
                long written =
                        content.lines().filter(l -> l.startsWith("```nnd")).count();
                assertEquals(written, FENCE.matcher(content).results().count(), page.toString());
            }
        }
        int examples = examples().size();
        assertTrue(examples >= 90, () -> examples + " examples");
    }
}
