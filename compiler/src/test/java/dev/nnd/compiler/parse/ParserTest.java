package dev.nnd.compiler.parse;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.nnd.compiler.Seed;
import dev.nnd.compiler.ast.DataItem;
import dev.nnd.compiler.ast.Decl;
import dev.nnd.compiler.ast.Expr;
import dev.nnd.compiler.ast.Stmt;
import dev.nnd.compiler.ast.TrainItem;
import dev.nnd.grammar.Diagnostic;
import dev.nnd.grammar.SourceFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class ParserTest {

    static List<SourceFile> programs() throws IOException {
        var all = new ArrayList<SourceFile>();
        for (String folder : List.of("../dsl-grammar/src/test/resources/programs", "../../shared/design/programs")) {
            if (Files.isDirectory(Path.of(folder))) {
                try (Stream<Path> files = Files.list(Path.of(folder))) {
                    for (Path file : files.sorted().toList()) {
                        all.add(new SourceFile(file.getFileName().toString(), Files.readString(file)));
                    }
                }
            }
        }
        return all;
    }

    @ParameterizedTest
    @MethodSource("programs")
    void readsPrograms(SourceFile program) {
        assertEquals(List.of(), Parser.parse(program).problems());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "a + b * c ** d | a + (b * (c ** d))",
                "-x ** 2 | -(x ** 2)",
                "2 ** 3 ** 4 | 2 ** (3 ** 4)",
                "2 ** -1 | 2 ** (-1)",
                "a - b - c | (a - b) - c",
                "not a == b or c and d | (not (a == b)) or (c and d)",
                "a + b -> f | (a + b) -> f",
                "if a then b else c -> f | if a then b else (c -> f)",
                "0..n - 1 | 0..(n - 1)",
                "((x)) | x",
                "x -> f * n as a | x -> f as a * n",
                "1234567 | 1_234_567",
                "1 epoch + 2 steps | (1 epochs) + (2 step)"
            })
    void bindsOperatorsAsDocumented(String written, String meant) {
        assertEquals(SpanFree.of(expression(meant)), SpanFree.of(expression(written)));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "(a + b) * c | a + b * c",
                "(-x) ** 2 | -x ** 2",
                "(2 ** 3) ** 4 | 2 ** 3 ** 4",
                "a - (b - c) | a - b - c",
                "not (a and b) | not a and b",
                "a + (x -> f) | a + x -> f",
                "(if a then b else c) -> f | if a then b else c -> f",
            })
    void parenthesesBindFirst(String first, String second) {
        assertNotEquals(SpanFree.of(expression(first)), SpanFree.of(expression(second)));
    }

    private static Expr expression(String text) {
        Parsed parsed = Parser.parse(new SourceFile("a.nnd", "fn f(x: f32) = " + text));
        assertEquals(List.of(), parsed.problems());
        return ((Stmt.Output) ((Decl.Function) parsed.file().declarations().getFirst())
                        .body()
                        .getFirst())
                .value();
    }

    @Test
    void attachesDocumentation() {
        Parsed parsed = Parser.parse(new SourceFile("a.nnd", """
                /// The file.
                package p
                /// The model.
                // not this
                ///   Indented.
                model M {
                  /// In.
                  input x: f32[N]
                  /// Out.
                  output x
                }
                """));
        assertEquals("The file.", parsed.file().doc());
        var model = (Decl.Block) parsed.file().declarations().getFirst();
        assertEquals("The model.\n  Indented.", model.doc());
        assertEquals("In.", ((Stmt.Input) model.body().get(0)).doc());
        assertEquals("Out.", ((Stmt.Output) model.body().get(1)).doc());
    }

    @Test
    void keepsSpansOfWhatWasWritten() {
        Parsed parsed = Parser.parse(new SourceFile("a.nnd", "fn f(x: f32) = x -> Dense(10, bias: false) as head"));
        var function = (Decl.Function) parsed.file().declarations().getFirst();
        var pipe = (Expr.Pipe) ((Stmt.Output) function.body().getFirst()).value();
        Expr.Stage stage = pipe.stages().getFirst();
        assertEquals("Dense(10, bias: false) as head", stage.span().text());
        assertEquals("Dense(10, bias: false)", stage.function().span().text());
        assertEquals("head", stage.name().orElseThrow().span().text());
        assertEquals(
                "bias: false",
                ((Expr.Call) stage.function()).arguments().get(1).span().text());
    }

    @Test
    void tellsPercentagesAndDurationsFromNumbers() {
        Parsed parsed = Parser.parse(
                new SourceFile(
                        "a.nnd",
                        "data D { split all into a 90%, b 10% in order } train T { batch 64 epochs 10 validate every 2 epochs }"));
        assertEquals(List.of(), parsed.problems());
        var split = (DataItem.Split)
                ((Decl.Data) parsed.file().declarations().getFirst()).items().getFirst();
        assertTrue(split.inOrder());
        assertEquals(90, ((Expr.PercentLiteral) split.parts().getFirst().share()).percent());
        List<TrainItem> items = ((Decl.Train) parsed.file().declarations().get(1)).items();
        assertEquals(3, items.size());
        assertEquals("64", ((TrainItem.Setting) items.get(0)).value().span().text());
        assertEquals("10", ((TrainItem.Setting) items.get(1)).value().span().text());
        assertInstanceOf(Expr.DurationLiteral.class, ((TrainItem.Validate) items.get(2)).every());
    }

    @Test
    void keepsTheWholeStatementsOfABrokenFile() {
        Parsed parsed = Parser.parse(new SourceFile(
                "a.nnd",
                "model M {\n  input x: f32[N]\n  let y = = 3\n  ouput z: f32[N] = x\n}\nmodel N { output 1 }\n"));
        assertEquals(2, parsed.problems().size());
        var model = (Decl.Block) parsed.file().declarations().getFirst();
        assertEquals(2, model.body().size());
        assertEquals("N", parsed.file().declarations().get(1).name().name());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "fn f(x: f32) = x -> 3 | NND0007",
                "fn f(x: f32) = x -> (a, b) | NND0007",
                "fn f(x: f32) = (x,) | NND0008",
                "fn f(x: f32) = 1e999 | NND0009",
                "data D { split a into b 100% seed 1, seed 2 } | NND0010"
            })
    void refusesWhatTheGrammarCannot(String text, String code) {
        assertEquals(
                List.of(code),
                Parser.parse(new SourceFile("a.nnd", text)).problems().stream()
                        .map(Diagnostic::code)
                        .toList());
    }

    @Test
    void survivesMutations() throws IOException {
        long seed = Seed.fresh();
        var random = new Random(seed);
        List<SourceFile> programs = programs();
        for (int round = 0; round < 500; round++) {
            var text = new StringBuilder(
                    programs.get(random.nextInt(programs.size())).text());
            for (int edits = 1 + random.nextInt(3); edits > 0 && !text.isEmpty(); edits--) {
                int at = random.nextInt(text.length());
                switch (random.nextInt(3)) {
                    case 0 -> text.delete(at, Math.min(text.length(), at + 1 + random.nextInt(8)));
                    case 1 -> text.insert(at, "(){}[]->*%\"\\.,:=!#;\u2192\n".charAt(random.nextInt(21)));
                    default -> text.setLength(at);
                }
            }
            try {
                Parser.parse(new SourceFile("mutated.nnd", text.toString()));
            } catch (RuntimeException | Error e) {
                throw new AssertionError("seed " + seed + ", round " + round + "\n" + text, e);
            }
        }
    }

    @Test
    void prunesNothingThatFits() {
        var chain = new StringBuilder("fn f(x: f32) = x");
        for (int i = 0; i < 3000; i++) {
            chain.append(" -> relu");
        }
        Parsed parsed = Parser.parse(new SourceFile("a.nnd", chain.toString()));
        assertEquals(List.of(), parsed.problems());
        var function = (Decl.Function) parsed.file().declarations().getFirst();
        assertEquals(
                3000,
                ((Expr.Pipe) ((Stmt.Output) function.body().getFirst()).value())
                        .stages()
                        .size());
    }
}
