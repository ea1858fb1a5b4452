package dev.nnd.compiler.fuzz;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.nnd.compiler.Compiler;
import dev.nnd.compiler.CompilerRun;
import dev.nnd.grammar.Diagnostic;
import dev.nnd.grammar.DiagnosticRenderer;
import dev.nnd.grammar.SourceFile;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.TreeSet;
import java.util.function.IntFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Texts of extreme size and odd characters: an answer in bounded time, and few words of it. */
class LimitsTest {

    private static final Compiler COMPILER = new Compiler();

    static List<Diagnostic> check(String... texts) {
        SourceFile[] files = new SourceFile[texts.length];
        Arrays.setAll(files, i -> new SourceFile("f" + i + ".nnd", texts[i]));
        return assertTimeoutPreemptively(Duration.ofSeconds(1200), () -> COMPILER.check(CompilerRun.of(files)));
    }

    private static String body(String inside) {
        return "model M {\n  input x: f32[N, 4]\n" + inside + "\n  output x\n}\n";
    }

    private static String many(int count, IntFunction<String> one) {
        return IntStream.range(0, count).mapToObj(one).collect(Collectors.joining());
    }

    private static String nested(String open, String inside, String close) {
        return open.repeat(10_000) + inside + close.repeat(10_000);
    }

    static Stream<Arguments> tooMuch() {
        return Stream.of(
                Arguments.of("parentheses", "NND0005", body("  let y = " + nested("(", "x", ")"))),
                Arguments.of("open parentheses", "NND0005", body("  let y = " + "(".repeat(10_000))),
                Arguments.of("lists", "NND0005", body("  let y = " + nested("[", "1", "]"))),
                Arguments.of("calls", "NND0005", body("  let y = " + nested("relu(", "x", ")"))),
                Arguments.of("types", "NND0005", "fn f(x: " + nested("[", "int", "]") + ") = x"),
                Arguments.of("function types", "NND0005", "fn f(x: " + nested("fn(", "int", ")") + ") = x"),
                Arguments.of("ifs", "NND0005", body(nested("if true {\n", "", "}\n"))),
                Arguments.of("fors", "NND0005", body(nested("for i in 0..1 {\n", "", "}\n"))),
                Arguments.of("else ifs", "NND0005", body("if true {} " + "else if true {} ".repeat(10_000))),
                Arguments.of("conditions", "NND0005", body("  let y = " + "if true then x else ".repeat(10_000) + "x")),
                Arguments.of("sums", "NND0005", body("  let y = x" + " + x".repeat(10_000))),
                Arguments.of("members", "NND0005", body("  let y = x" + ".a".repeat(10_000))),
                Arguments.of("indices", "NND0005", body("  let y = x" + "[0]".repeat(10_000))),
                Arguments.of("minus", "NND0005", body("  let y = " + "-".repeat(10_000) + "x")),
                Arguments.of("not", "NND0005", body("  let y = " + "not ".repeat(10_000) + "true")),
                Arguments.of("powers", "NND0005", body("  let y = 2" + " ** 2".repeat(10_000))),
                Arguments.of(
                        "functions in functions",
                        "NND0224",
                        "fn f0(x: f32[N]) -> f32[N] = x\n"
                                + many(3_000, i -> "fn f" + (i + 1) + "(x: f32[N]) -> f32[N] = f" + i + "(x)\n")),
                Arguments.of(
                        "blocks in blocks",
                        "NND0224",
                        "model Net { input x: f32[4] output y = x -> B0() }\n"
                                + many(
                                        3_000,
                                        i -> "block B" + i + "() { input x: f32[N] output y = x -> B" + (i + 1)
                                                + "() }\n")
                                + "block B3000() { input x: f32[N] output y = x }"),
                Arguments.of("ten megabytes on a line", "NND0012", "// " + "x".repeat(10_000_000)),
                Arguments.of("open string", "NND0003", body("  let y = \"" + "a".repeat(1_000_000))));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("tooMuch")
    void oneErrorSaysThatItIsTooMuch(String what, String code, String text) {
        List<Diagnostic> found = check(text);
        assertTrue(found.size() <= 3, () -> render(found));
        assertTrue(found.stream().anyMatch(d -> d.code().equals(code)), () -> render(found));
        assertTrue(render(found).length() < 5000);
    }

    static Stream<Arguments> large() {
        return Stream.of(
                Arguments.of("10 000 functions", many(10_000, i -> "fn f" + i + "(x: f32[N]) -> f32[N] = x\n")),
                Arguments.of(
                        "90 functions that call each other",
                        "fn f0(x: f32[N]) -> f32[N] = x\n"
                                + many(90, i -> "fn f" + (i + 1) + "(x: f32[N]) -> f32[N] = f" + i + "(x)\n")),
                Arguments.of("10 000 statements", body(many(10_000, i -> "  let y" + i + " = relu(x)\n"))),
                Arguments.of(
                        "100 000 stages",
                        body("  let y = x" + " -> relu".repeat(100_000) + "\n  require rank(y) == 2")),
                Arguments.of(
                        "10 000 layers",
                        body("  let y = x" + " -> Dense(4)".repeat(10_000) + "\n  require rank(y) == 2")),
                Arguments.of("100 000 items", body("  let y = [" + "1, ".repeat(100_000) + "1]\n  require y[0] == 1")),
                Arguments.of("500 terms", body("  let y = x" + " + x".repeat(500) + "\n  require rank(y) == 2")),
                Arguments.of("long name", body("  let " + "y".repeat(100_000) + " = x")),
                Arguments.of("comments", "// c\n".repeat(500_000)),
                Arguments.of("blank", "\n \t".repeat(1_000_000)));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("large")
    void largeProgramsAreChecked(String what, String text) {
        var errors = check(text).stream()
                .filter(d -> d.severity() == dev.nnd.grammar.Severity.ERROR)
                .toList();
        assertEquals("", render(errors));
    }

    static Stream<Arguments> odd() {
        return Stream.of(
                Arguments.of("int", body("  let y = x + " + "9".repeat(100_000))),
                Arguments.of("int dim", "model M { input x: f32[" + "9".repeat(5_000) + "] output x }"),
                Arguments.of("power", body("  let y = 9 ** 9 ** 9 ** 9")),
                Arguments.of("power of a dim", "model M { input x: f32[N ** 99999999] output x }"),
                Arguments.of("wide dim", "model M { input x: f32[(N + M) ** 3000] output x }"),
                Arguments.of(
                        "products", "model M { input x: f32[" + many(60, i -> "(A" + i + " + B) * ") + "1] output x }"),
                Arguments.of("float", body("  let y = x * 1e99999999")),
                Arguments.of("repeat", body("  let y = x -> Dense(4) * 1000000000")),
                Arguments.of("loop", body("  for i in 0..1000000000 { require i >= 0 }")),
                Arguments.of(
                        "loops",
                        body("  for i in 0..10000 { for j in 0..10000 { for k in 0..10000 { require i >= 0 } } }")),
                Arguments.of("weights", body("  let y = x -> Dense(2000000000) -> Dense(2000000000)")),
                Arguments.of("block of itself", "block B { input x: f32[N] output x -> B() }"),
                Arguments.of(
                        "blocks of each other",
                        "block A { input x: f32[N] output x -> B() } block B { input x: f32[N] output x -> A() }"),
                Arguments.of("functions of each other", "fn a(x: f32) -> f32 = b(x) fn b(x: f32) -> f32 = a(x)"),
                Arguments.of(
                        "doubling",
                        many(
                                60,
                                i -> i == 0
                                        ? "fn f0(x: f32) -> f32 = x\n"
                                        : "fn f" + i + "(x: f32) -> f32 = f" + (i - 1) + "(x) + f" + (i - 1)
                                                + "(x)\n")),
                Arguments.of("open comment", "/* " + "x\n".repeat(100_000)),
                Arguments.of("open block", "model M {\n".repeat(1000)),
                Arguments.of("nul", "model M { input x\u0000: f32[N] output x\u0001 }"),
                Arguments.of("only quotes", "\"".repeat(10_001)),
                Arguments.of("only closing", "}".repeat(100_000)),
                Arguments.of("semicolons", ";".repeat(100_000)),
                Arguments.of("broken statements", body("  let = 3\n".repeat(20_000))),
                Arguments.of("unknown names", body(many(10_000, i -> "  let y" + i + " = z" + i + "\n"))));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("odd")
    void oddProgramsAreAnswered(String what, String text) {
        List<Diagnostic> found = check(text);
        assertTrue(
                found.stream().anyMatch(d -> d.severity() == dev.nnd.grammar.Severity.ERROR) || what.equals("weights"),
                "nothing found");
        found.forEach(d -> assertTrue(
                d.message().length() < 1000, () -> d.code() + " " + d.message().length()));
        render(found.stream().limit(50).toList());
    }

    @Test
    void importsMayNotGoRound() {
        List<Diagnostic> found = check(
                "package a\nimport b.B\nblock A { input x: f32[N] output x -> B() }",
                "package b\nimport c.C\nblock B { input x: f32[N] output x -> C() }",
                "package c\nimport a.A\nblock C { input x: f32[N] output x -> A() }");
        assertEquals(
                new TreeSet<>(List.of("NND0107")),
                found.stream().map(Diagnostic::code).collect(Collectors.toCollection(TreeSet::new)),
                () -> render(found));
        List<Diagnostic> itself = check("package a\nimport a.A\nblock A { input x: f32[N] output x }");
        assertEquals(1, itself.size(), () -> render(itself));
    }

    static Stream<Arguments> lookAlikes() {
        return Stream.of(
                Arguments.of("no-break space", "fn f(x: f32)\u00a0= x"),
                Arguments.of("narrow space", "fn f(x: f32)\u2009= x"),
                Arguments.of("ideographic space", "fn f(x: f32)\u3000= x"),
                Arguments.of("zero-width joiner", "fn f(x: f32) =\u200d x"),
                Arguments.of("zero-width joiner in a name", "fn f(xy: f32) = x\u200dy"),
                Arguments.of("bidi override", "fn f(x: f32) = \u202ex"),
                Arguments.of("bidi isolate", "fn f(x: f32) = \u2066x\u2069"),
                Arguments.of("soft hyphen", "fn f(x: f32) = x\u00ad"),
                Arguments.of("Cyrillic letter", "fn f(x: f32) = \u0445"),
                Arguments.of("Greek letter", "fn f(o: f32) = \u03bf"),
                Arguments.of("full-width digit", "fn f(x: f32) = x + \uff11"),
                Arguments.of("full-width digits in a name", "fn f(x1: f32) = x\uff11"),
                Arguments.of("full-width parentheses", "fn f\uff08x: f32\uff09 = x"),
                Arguments.of("typographic quotes", "fn f(x: f32) = g(\u201cs\u201d)"),
                Arguments.of("single quotes", "fn f(x: f32) = g('s')"),
                Arguments.of("typographic single quotes", "fn f(x: f32) = g(\u2018s\u2019)"),
                Arguments.of("guillemets", "fn f(x: f32) = g(\u00abs\u00bb)"),
                Arguments.of("minus", "fn f(x: f32) = \u2212x"),
                Arguments.of("dash", "fn f(x: f32) = x \u2013 1.0"),
                Arguments.of("arrow", "fn f(x: f32) = x \u2192 g"),
                Arguments.of("dot", "fn f(x: f32) = x \u22c5 x"),
                Arguments.of("ellipsis", "fn f(x: f32[\u2026]) = x"),
                Arguments.of("line separator", "fn f(x: f32) =\u2028 x"),
                Arguments.of("vertical tab", "fn f(x: f32) =\u000b x"),
                Arguments.of("next line", "fn f(x: f32) =\u0085 x"));
    }

    /** Every look-alike has a fix, and the fixes make the text parse. */
    @ParameterizedTest(name = "{0}")
    @MethodSource("lookAlikes")
    void lookAlikesHaveTheAsciiFix(String what, String text) {
        String now = text;
        for (int round = 0; round < 4; round++) {
            var parsed = dev.nnd.grammar.NndGrammar.parse(new SourceFile("a.nnd", now));
            if (parsed.problems().isEmpty()) {
                assertTrue(round > 0, "nothing found");
                return;
            }
            Diagnostic first = parsed.problems().getFirst();
            assertTrue(first.fix().isPresent(), () -> render(parsed.problems()));
            now = first.fix().orElseThrow().applied();
        }
        String left = now;
        assertEquals("", left);
    }

    private static String render(List<Diagnostic> found) {
        return DiagnosticRenderer.plain().render(found);
    }
}
