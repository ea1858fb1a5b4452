package dev.nnd.compiler.check;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.nnd.grammar.Diagnostic;
import dev.nnd.grammar.SourceFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every code has a page and every page a code; its wrong example gives the code, the right one nothing. */
class DiagnosticPagesTest {

    private static final Path PAGES = Path.of("../spec/diagnostics");
    private static final Path INVALID = Path.of("../spec/conformance/invalid");
    private static final Path SOURCES = Path.of("src/main/java/dev/nnd/compiler/check");
    private static final Pattern CODE = Pattern.compile("\"(NND0[1-8]\\d\\d)\"");
    private static final Pattern FENCE = Pattern.compile("```nnd\\n(.*?)```", Pattern.DOTALL);
    private static final Pattern FILE = Pattern.compile("\\A// (\\S+\\.nnd)\\n");

    static Set<String> pages() throws IOException {
        try (Stream<Path> files = Files.list(PAGES)) {
            return files.map(f -> f.getFileName().toString())
                    .filter(n -> n.matches("NND0[1-8]\\d\\d\\.md"))
                    .map(n -> n.substring(0, 7))
                    .collect(Collectors.toCollection(TreeSet::new));
        }
    }

    private static Set<String> used() throws IOException {
        var codes = new TreeSet<String>();
        try (Stream<Path> files = Files.walk(SOURCES)) {
            for (Path file : files.filter(f -> f.toString().endsWith(".java")).toList()) {
                CODE.matcher(Files.readString(file)).results().forEach(m -> codes.add(m.group(1)));
            }
        }
        return codes;
    }

    @Test
    void everyCodeHasAPageAndEveryPageACode() throws IOException {
        assertEquals(used(), pages());
        assertTrue(used().size() >= 40);
    }

    @Test
    void everyCodeHasAConformanceCase() throws IOException {
        var missing = new TreeSet<>(pages());
        try (Stream<Path> files = Files.walk(INVALID)) {
            for (Path file : files.filter(f -> f.endsWith("expected.txt")).toList()) {
                Files.readAllLines(file).forEach(l -> missing.remove(l.substring(0, l.indexOf(' '))));
            }
        }
        assertEquals(Set.of(), missing);
    }

    @ParameterizedTest
    @MethodSource("pages")
    void pageShowsTheErrorAndItsFix(String code) throws IOException {
        String page = Files.readString(PAGES.resolve(code + ".md"));
        assertTrue(page.startsWith("# " + code + ": "), page);
        int fixed = page.indexOf("\n## Right\n");
        int wrong = page.indexOf("\n## Wrong\n");
        assertTrue(wrong > 0 && fixed > wrong, "a page has the sections Wrong and Right");
        List<Diagnostic> found = check(page.substring(wrong, fixed)).diagnostics();
        assertTrue(found.stream().anyMatch(d -> d.code().equals(code)), () -> Checks.render(found));
        assertEquals("", Checks.render(check(page.substring(fixed)).diagnostics()));
    }

    /** The first fence is the checked file, the others begin with a comment that names them. */
    private static Checked check(String section) {
        List<String> texts =
                FENCE.matcher(section).results().map(m -> m.group(1)).toList();
        Map<String, String> others = new TreeMap<>();
        for (String text : texts.subList(1, texts.size())) {
            MatchResult name = FILE.matcher(text).results().findFirst().orElseThrow();
            others.put(name.group(1), text);
        }
        return Checks.check(new SourceFile("example.nnd", texts.getFirst()), others);
    }
}
