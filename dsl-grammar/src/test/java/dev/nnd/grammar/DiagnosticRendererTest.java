package dev.nnd.grammar;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;

class DiagnosticRendererTest {

    private static final SourceFile FILE = new SourceFile("lenet.nnd", """
            model LeNet {
              param head: f32[400, 10]
              output y = x
                -> MaxPool2d(2)
            \t-> flatten
                -> matmul(head)
            }
            """);

    private static Span at(String text) {
        int start = FILE.text().indexOf(text);
        return new Span(FILE, start, start + text.length());
    }

    private static Diagnostic mismatch() {
        return Diagnostic.error("NND0304", at("matmul(head)"), "inner dimensions differ")
                .label(at("matmul(head)"), "`head` is f32[400, 10]")
                .label(at("MaxPool2d(2)"), "makes f32[N, 16, 4, 4]")
                .label(at("flatten"), "so this is f32[N, 256]")
                .note("(12 - 5 + 1) / 2 = 4")
                .help("declare `param head: f32[256, 10]`")
                .fix(at("400"), "256");
    }

    @Test
    void showsAllPlacesOfAFinding() {
        assertEquals("""
                error[NND0304]: inner dimensions differ
                 --> lenet.nnd:6:8
                  |
                4 |     -> MaxPool2d(2)
                  |        ------------ makes f32[N, 16, 4, 4]
                5 |     -> flatten
                  |        ------- so this is f32[N, 256]
                6 |     -> matmul(head)
                  |        ^^^^^^^^^^^^ `head` is f32[400, 10]
                  |
                note: (12 - 5 + 1) / 2 = 4
                help: declare `param head: f32[256, 10]`

                """, DiagnosticRenderer.text(false).render(List.of(mismatch())));
    }

    @Test
    void paintsOnlyWhenAsked() {
        assertTrue(DiagnosticRenderer.text(true).render(List.of(mismatch())).contains("\u001b[1;31merror[NND0304]"));
    }

    @Test
    void cutsLongLinesAroundThePlace() {
        String text = "x".repeat(1_000_000) + "@" + "y".repeat(1000);
        var file = new SourceFile("long.nnd", text);
        String shown = DiagnosticRenderer.text(false)
                .render(List.of(Diagnostic.error("NND0002", new Span(file, 1_000_000, 1_000_001), "unexpected `@`")));
        String[] lines = shown.split("\n");
        assertEquals("1 | ..." + "x".repeat(40) + "@" + "y".repeat(99) + "...", lines[3]);
        assertEquals(lines[3].indexOf('@'), lines[4].indexOf('^'));
        assertEquals(" --> long.nnd:1:1000001", lines[1]);
    }

    @Test
    void alignsWideAndCombiningCharacters() {
        var file = new SourceFile("wide.nnd", "\u6f22\u5b57 e\u0301 \uD83D\uDE00 @");
        int at = file.text().indexOf('@');
        String[] lines = DiagnosticRenderer.text(false)
                .render(List.of(Diagnostic.error("NND0002", new Span(file, at, at + 1), "unexpected")))
                .split("\n");
        // Two wide letters (4), blank, e with an accent (1), blank, a wide picture (2), blank.
        assertEquals(4 + 4 + 1 + 1 + 1 + 2 + 1, lines[4].indexOf('^'));
    }

    @Test
    void writesLinesForMavenAndEditors() {
        assertEquals(
                "lenet.nnd:[6,8] error[NND0304]: inner dimensions differ (declare `param head: f32[256, 10]`)\n",
                DiagnosticRenderer.maven().render(List.of(mismatch())));
        assertEquals(
                "lenet.nnd:6:8: error[NND0304]: inner dimensions differ (declare `param head: f32[256, 10]`)\n",
                DiagnosticRenderer.plain().render(List.of(mismatch())));
    }

    @Test
    void writesJson() {
        int start = at("MaxPool2d(2)").start();
        Diagnostic finding = Diagnostic.warning("NND0900", at("MaxPool2d(2)"), "a \"quoted\"\ttext\u0001 \uD83D")
                .fix(at("(2)"), "(3)");
        assertEquals(
                "{\"kind\":\"diagnostic\",\"code\":\"NND0900\",\"severity\":\"warning\","
                        + "\"message\":\"a \\\"quoted\\\"\\ttext\\u0001 \\ud83d\","
                        + "\"file\":\"lenet.nnd\",\"line\":4,\"column\":8,\"endLine\":4,\"endColumn\":20,\"start\":"
                        + start
                        + ",\"end\":" + (start + 12) + ",\"labels\":[],\"notes\":[],\"help\":null,"
                        + "\"fix\":{\"edits\":[{\"file\":\"lenet.nnd\",\"line\":4,\"column\":17,\"endLine\":4,\"endColumn\":20,"
                        + "\"start\":" + (start + 9) + ",\"end\":" + (start + 12) + ",\"replacement\":\"(3)\"}]}}\n",
                DiagnosticRenderer.json().render(List.of(finding)));
        assertEquals("", DiagnosticRenderer.json().render(List.of()));
    }

    @Test
    void sortsBySourceAndKeepsFilesTogether() {
        var other = new SourceFile("b.nnd", "abc");
        var late = Diagnostic.error("NND0002", at("flatten"), "late");
        var elsewhere = Diagnostic.error("NND0001", new Span(other, 0, 1), "elsewhere");
        var early = Diagnostic.error("NND0003", at("model"), "early");
        assertEquals(List.of(early, late, elsewhere), DiagnosticRenderer.sorted(List.of(late, elsewhere, early)));
    }

    @Test
    void namesTheNearestWord() {
        assertEquals(
                "output", Spelling.nearest("ouput", List.of("input", "output")).orElseThrow());
        assertEquals(
                "epochs", Spelling.nearest("epohcs", List.of("epoch", "epochs")).orElseThrow());
        assertEquals(
                "Dense", Spelling.nearest("dense", List.of("Dense", "Conv2d")).orElseThrow());
        assertTrue(Spelling.nearest("banana", List.of("input", "output")).isEmpty());
        assertTrue(Spelling.nearest("a", List.of("b")).isEmpty());
    }

    @Test
    void unescapesAndEscapesStrings() {
        assertEquals("a\n\t\"\\\u00e9", Escapes.unescape("\"a\\n\\t\\\"\\\\\\u00e9\""));
        assertEquals("open", Escapes.unescape("\"open"));
        assertEquals("\\q", Escapes.unescape("\"\\q\""));
        for (String text :
                List.of("", "a\"b\\c", "\u0000\u001f\u007f", "\uD83D", "\uD83D\uDE00", "tab\tline\n\r", "\\u12")) {
            assertEquals(text, Escapes.unescape(Escapes.escape(text)));
        }
    }
}
