package dev.nnd.compiler.check;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.nnd.compiler.type.Dim;
import dev.nnd.compiler.typed.DataExpr;
import dev.nnd.compiler.typed.TypedData;
import dev.nnd.compiler.typed.TypedTrain;
import dev.nnd.grammar.SourceFile;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What checked data sections hold: what is inherited, what is learned, and what is said of ids. */
class DataSectionsTest {

    private static final String REVIEWS = """
            package text.imdb

            data Reviews {
              source train = csv("train.csv")
              source test = csv("test.csv")
              split train into train 80%, validation 20% stratified by label, seed 42
              field tokens: i32[200] = column("text") -> lowercase -> words(vocab: 10_000, length: 200)
              field stars: f32[1] = column("stars") -> standardize
              field label: class["negative", "positive"] = column("label")
            }
            """;

    private static Checked clean(String text, Map<String, String> others) {
        Checked checked = Checks.check(new SourceFile("main.nnd", text), others);
        assertEquals("", Checks.render(checked.diagnostics()));
        return checked;
    }

    @Test
    void aSectionHasAllOfTheImportedOneThatItIsMadeFrom() {
        Checked checked = clean("""
                package text.bert
                import text.imdb.Reviews
                data Pieces from Reviews {
                  field tokens: i32[512] = column("text") -> wordpiece("vocab.txt", length: 512)
                  field mask: bool[512] = tokens != 0
                  field more: f32[1] = column("age") -> standardize
                }
                """, Map.of("text/imdb/reviews.nnd", REVIEWS));
        TypedData data = checked.program().data().getFirst();
        assertEquals(
                List.of("train", "test"),
                data.sources().stream().map(TypedData.Source::name).toList());
        assertEquals(
                List.of("stars", "label", "tokens", "mask", "more"),
                data.fields().stream().map(TypedData.Field::name).toList());
        assertEquals(1, data.splits().size());
        assertTrue(data.field("label").orElseThrow().label().isPresent());
        assertEquals(
                Dim.variable("Pieces.tokens.vocab"),
                data.field("tokens").orElseThrow().ids().orElseThrow().count());
        var stars = (DataExpr.Standardize) data.field("stars").orElseThrow().value();
        var more = (DataExpr.Standardize) data.field("more").orElseThrow().value();
        assertTrue(stars.id() != more.id());
    }

    @Test
    void fieldsThatLearnTheSameShareOneVocabulary() {
        Checked checked = clean("""
                data Shakespeare {
                  source train = text("input.txt")
                  field tokens: i32[64] = window(characters(), length: 64)
                  field target: i32[64] = window(characters(), length: 64, shift: 1)
                }
                model Next(vocab: int) {
                  input tokens: i32[N, T]
                  param table: f32[8, vocab] = normal()
                  output logits: f32[N, T, vocab] = one_hot(tokens, 8) -> matmul(table)
                }
                train Fit {
                  model net = Next(vocab: Shakespeare.tokens.vocab)
                  data Shakespeare
                  minimize cross_entropy(net(tokens), target) using adam(lr: 1e-3)
                  steps 10
                  batch 4
                }
                """, Map.of());
        TypedData data = checked.program().data().getFirst();
        assertEquals(
                data.field("tokens").orElseThrow().ids().orElseThrow().count(),
                data.field("target").orElseThrow().ids().orElseThrow().count());
        TypedTrain train = checked.program().trains().getFirst();
        Dim columns = train.models()
                .getFirst()
                .model()
                .block()
                .params()
                .getFirst()
                .type()
                .dim(1);
        assertEquals(Dim.variable("Shakespeare.tokens.vocab"), columns);
        assertTrue(columns.variables().stream().allMatch(TypedData::isLearned));
    }

    @Test
    void manyFieldsThatAreMadeOfEachOtherAreCheckedInOneGo() {
        String chain = IntStream.range(1, 5_000)
                .mapToObj(i -> "  field f" + i + ": f32[1] = f" + (i - 1) + " + f" + (i - 1) + "\n")
                .collect(Collectors.joining());
        clean(
                "data D {\n  source train = csv(\"a.csv\")\n  field f0: f32[1] = column(\"x\")\n" + chain + "}\n",
                Map.of());
        String stages = " -> log1p".repeat(20_000);
        Checked long_ = Checks.check(
                "data D {\n  source train = csv(\"a.csv\")\n  field x: f32[1] = column(\"x\")" + stages + "\n}\n");
        assertEquals("NND0434", long_.diagnostics().getFirst().code());
        String sum = " + 1".repeat(20_000);
        Checks.check("data D {\n  source train = csv(\"a.csv\")\n  field x: f32[1] = column(\"x\")" + sum + "\n}\n");
        Checks.check("data D {\n" + "  source a = csv(\"*.csv\", \"a.csv\")\n".repeat(3_000) + "}\n");
        Checks.check(IntStream.range(0, 5_000)
                .mapToObj(i -> "data D" + i + " from D" + (i + 1) + " {}\n")
                .collect(Collectors.joining()));
    }
}
