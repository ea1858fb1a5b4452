package dev.nnd.grammar;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;
import org.antlr.v4.runtime.CommonTokenStream;
import org.antlr.v4.runtime.DiagnosticErrorListener;
import org.antlr.v4.runtime.Parser;
import org.antlr.v4.runtime.atn.ATNConfigSet;
import org.antlr.v4.runtime.atn.PredictionMode;
import org.antlr.v4.runtime.dfa.DFA;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class GrammarTest {

    static Stream<SourceFile> programs() {
        return Programs.all().stream();
    }

    @ParameterizedTest
    @MethodSource("programs")
    void parsesPrograms(SourceFile program) {
        assertEquals(List.of(), NndGrammar.parse(program).problems());
    }

    @ParameterizedTest
    @MethodSource("programs")
    void hasNoAmbiguity(SourceFile program) {
        var lexer = new NndLexer(new Utf16Stream(program));
        var parser = new NndParser(new CommonTokenStream(lexer));
        parser.removeErrorListeners();
        var found = new ArrayList<String>();
        parser.addErrorListener(new DiagnosticErrorListener(true) {
            @Override
            public void reportAmbiguity(
                    Parser recognizer,
                    DFA dfa,
                    int start,
                    int stop,
                    boolean exact,
                    BitSet alternatives,
                    ATNConfigSet configs) {
                found.add(recognizer.getRuleInvocationStack().getFirst() + " "
                        + recognizer.getTokenStream().get(start).getLine() + ": "
                        + getDecisionDescription(recognizer, dfa) + " " + alternatives);
            }
        });
        parser.getInterpreter().setPredictionMode(PredictionMode.LL_EXACT_AMBIG_DETECTION);
        parser.file();
        assertEquals(List.of(), found);
        assertEquals(0, parser.getNumberOfSyntaxErrors());
    }

    @Test
    void survivesMutations() {
        long seed = Seed.fresh();
        var random = new java.util.Random(seed);
        List<SourceFile> programs = Programs.all();
        for (int round = 0; round < 600; round++) {
            String text = mutate(programs.get(random.nextInt(programs.size())).text(), random);
            try {
                ParsedFile parsed = NndGrammar.parse(new SourceFile("mutated.nnd", text));
                DiagnosticRenderer.text(true).render(parsed.problems());
            } catch (RuntimeException | Error e) {
                throw new AssertionError("seed " + seed + ", round " + round + "\n" + text, e);
            }
        }
    }

    private static String mutate(String text, RandomGenerator random) {
        var result = new StringBuilder(text);
        for (int edits = 1 + random.nextInt(4); edits > 0 && !result.isEmpty(); edits--) {
            int at = random.nextInt(result.length());
            int length = Math.min(result.length() - at, 1 + random.nextInt(12));
            switch (random.nextInt(5)) {
                case 0 -> result.setLength(at);
                case 1 -> result.delete(at, at + length);
                case 2 -> result.insert(at, result.substring(at, at + length));
                case 3 -> result.setCharAt(at, (char) random.nextInt(0x2300));
                default -> result.insert(at, "(){}[]->*%\"\\.,:=\n".charAt(random.nextInt(17)));
            }
        }
        return result.toString();
    }

    @Test
    void survivesRandomTokens() {
        long seed = Seed.fresh();
        var random = new java.util.Random(seed);
        for (int round = 0; round < 300; round++) {
            var text = new StringBuilder("model M {\n");
            for (int i = random.nextInt(40); i > 0; i--) {
                int type = 1 + random.nextInt(NndLexer.STRAY_CHARACTER);
                String literal = NndLexer.VOCABULARY.getLiteralName(type);
                text.append(literal == null ? "x1" : literal.substring(1, literal.length() - 1));
                text.append(random.nextInt(5) == 0 ? "\n" : " ");
            }
            try {
                NndGrammar.parse(new SourceFile("random.nnd", text.toString()));
            } catch (RuntimeException | Error e) {
                throw new AssertionError("seed " + seed + ", round " + round + "\n" + text, e);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "(",
                "[",
                "{",
                "f(",
                "x[",
                "-",
                "not ",
                "2 ** ",
                "x + ",
                "if a then ",
                "if a then b else ",
                "x.",
                "let + ",
                "2 epochs + ",
                "x -> (",
                "if a { ",
                "f(g: ",
                "x -> f -> ",
                "1..",
                "f()"
            })
    void neverOverflows(String repeated) {
        String text = "model M {\n let y = " + repeated.repeat(50_000);
        ParsedFile parsed = assertTimeoutPreemptively(
                Duration.ofSeconds(1200), () -> NndGrammar.parse(new SourceFile("deep.nnd", text)));
        assertFalse(parsed.problems().isEmpty());
    }

    @Test
    void readsAConditionOnALineOfItsOwn() {
        String text = "fn f(x: f32, b: bool) -> f32 {\n  let y =\n    if b then x else 0.0\n  output y\n}\n";
        assertEquals(List.of(), NndGrammar.parse(new SourceFile("a.nnd", text)).problems());
    }

    /** A keyword first on its line begins a statement only if what is before it needs nothing more. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "fn f(x: f32) {\n  if x > 1 {\n  } else\n  if x > 2 {\n  }\n  output x\n}",
                "fn f(x: f32) {\n  if x > 1 {} else // smaller\n    if 2 > x {}\n  output x\n}",
                "fn f(input: f32) -> f32 =\n  input\n\nmodel M {\n  output 3\n}",
                "fn f(output: f32) -> f32 =\n  output\n\ndata D {}",
                "fn f(x: f32) {\n  let y = einsum[\n    i\n    let j in -> i\n  ](x)\n  output y\n}",
                "fn f(x: f32) {\n  let y = einsum[\n    for i in ->\n    let i\n  ](x)\n  output y\n}",
                "train T {\n  metric\n    let\n  seed 1\n}"
            })
    void readsKeywordsThatBeginLines(String text) {
        assertEquals(List.of(), NndGrammar.parse(new SourceFile("a.nnd", text)).problems());
    }

    @Test
    void readsALongConditionOnALineOfItsOwn() {
        String text = "fn f(a: int) -> f32 =\n  if a == [1" + ", 1".repeat(300) + "][0] then 1 else 2\n";
        assertEquals(List.of(), NndGrammar.parse(new SourceFile("a.nnd", text)).problems());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "let y =\n  let z = 3",
                "output\n  let y = 3",
                "let y = x -> f as\n  input z = 3",
                "let y = if x > 1 then 2 else\n  if x > 2 {}",
                "let y = f(x,\n  let z = 3"
            })
    void findsStatementsThatLackTheirEnd(String statements) {
        String text = "fn f(x: f32) {\n  " + statements + "\n}\n";
        Diagnostic problem =
                NndGrammar.parse(new SourceFile("a.nnd", text)).problems().getFirst();
        assertTrue(problem.message().contains(", found the statement `"), problem::message);
        assertEquals(3, problem.span().line());
    }

    @Test
    void limitsNesting() {
        String deepest = "fn f(x: f32) = " + "(".repeat(190) + "x" + ")".repeat(190);
        assertEquals(
                List.of(), NndGrammar.parse(new SourceFile("a.nnd", deepest)).problems());
        String deeper = "fn f(x: f32) = " + "(".repeat(210) + "x" + ")".repeat(210);
        assertEquals(
                "NND0005",
                NndGrammar.parse(new SourceFile("a.nnd", deeper))
                        .problems()
                        .getFirst()
                        .code());
        String statements = "fn f(x: f32) {" + " let a = x + 1 require (a) == b".repeat(2000) + " output a }";
        assertEquals(
                List.of(), NndGrammar.parse(new SourceFile("a.nnd", statements)).problems());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "\n",
                "// nothing",
                "/// doc only",
                "\uFEFF",
                "\u0000",
                "\uD83D\uDE00",
                "\uD83D",
                "\r\r\n"
            })
    void readsEmptyAndOddFiles(String text) {
        ParsedFile parsed = NndGrammar.parse(new SourceFile("odd.nnd", text));
        assertTrue(parsed.problems().size() <= 1, () -> parsed.problems().toString());
        assertEquals(0, parsed.tree().declaration().size());
        DiagnosticRenderer.text(false).render(parsed.problems());
    }

    @Test
    void readsLongLinesInLinearTime() {
        String text = "fn f(x: f32) = concat(" + "x, ".repeat(400_000) + "x";
        ParsedFile parsed = assertTimeoutPreemptively(
                Duration.ofSeconds(1200), () -> NndGrammar.parse(new SourceFile("long.nnd", text)));
        assertEquals("NND0006", parsed.problems().getFirst().code());
        assertTrue(DiagnosticRenderer.text(false).render(parsed.problems()).length() < 1000);
    }
}
