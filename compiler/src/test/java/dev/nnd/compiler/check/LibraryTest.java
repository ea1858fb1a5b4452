package dev.nnd.compiler.check;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.nnd.compiler.ast.Decl;
import dev.nnd.compiler.typed.TypedBlock;
import dev.nnd.grammar.Diagnostic;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the standard library promises: documentation, a use of every item, PyTorch's numbers of weights. */
class LibraryTest {

    private static final Path VALID = Path.of("../spec/conformance/valid");
    private static final Pattern SHAPE = Pattern.compile("(f32|i32)\\[");

    private static List<Decl> items() {
        return Checks.LIBRARY.files().stream()
                .flatMap(f -> f.declarations().stream())
                .toList();
    }

    @Test
    void everyItemSaysItsShapes() {
        List<String> silent = items().stream()
                .filter(d -> !SHAPE.matcher(d.doc()).find())
                .map(d -> d.name().name())
                .toList();
        assertEquals(List.of(), silent);
    }

    @Test
    void everyLayerWithWeightsSaysTheirShapes() {
        List<String> silent = items().stream()
                .filter(d -> d instanceof Decl.Block b
                        && b.body().stream().anyMatch(s -> s instanceof dev.nnd.compiler.ast.Stmt.Param))
                .filter(d ->
                        !Pattern.compile("`\\w+`\\s+f32\\[").matcher(d.doc()).find())
                .map(d -> d.name().name())
                .toList();
        assertEquals(List.of(), silent);
    }

    @Test
    void everyItemIsUsedInAValidCase() throws IOException {
        var text = new StringBuilder();
        try (Stream<Path> files = Files.walk(VALID)) {
            for (Path file : files.filter(f -> f.endsWith("case.nnd")).toList()) {
                text.append(Files.readString(file));
            }
        }
        var unused = new TreeSet<String>();
        for (Decl item : items()) {
            String name = item.name().name();
            if (!Pattern.compile("\\b" + name + "\\b").matcher(text).find()) {
                unused.add(name);
            }
        }
        assertEquals(new TreeSet<String>(), unused);
    }

    /** Worked out by hand from the shapes in PyTorch's documentation. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "f32[N, 8]           | Dense(5)                                         | 45",
                "f32[N, 8]           | Dense(5, bias: false)                            | 40",
                "f32[N, 3, 9]        | Conv1d(4, kernel: 5)                             | 64",
                "f32[N, 3, 9, 9]     | Conv2d(4, kernel: [3, 5])                        | 184",
                "f32[N, 4, 9, 9]     | Conv2d(4, kernel: 3, groups: 4)                  | 40",
                "f32[N, 2, 9, 9, 9]  | Conv3d(4, kernel: [1, 2, 3])                     | 52",
                "f32[N, 6, 9]        | ConvTranspose1d(4, kernel: 5)                    | 124",
                "f32[N, 6, 9, 9]     | ConvTranspose2d(4, kernel: 4, stride: 2)         | 388",
                "f32[N, 6, 9, 9]     | ConvTranspose2d(4, kernel: 3, groups: 2)         | 112",
                "f32[N, 2, 9, 9, 9]  | ConvTranspose3d(3, kernel: 2)                    | 51",
                "f32[N, 6, 9, 9]     | DepthwiseSeparable(8, kernel: 3)                 | 116",
                "f32[N, 6, 9]        | DepthwiseSeparable1d(8, kernel: 3)               | 80",
                "f32[N, 7, 9, 9]     | BatchNorm()                                      | 14",
                "f32[N, 7]           | BatchNorm()                                      | 14",
                "f32[N, T, 9]        | LayerNorm()                                      | 18",
                "f32[N, T, 9]        | RMSNorm()                                        | 9",
                "f32[N, 8, 9]        | GroupNorm(4)                                     | 16",
                "f32[N, 8, 9]        | InstanceNorm()                                   | 0",
                "f32[N, 8, 9]        | PRelu(8)                                         | 8",
                "i32[N, T]           | Embedding(100, 16)                               | 1600",
                "f32[N, T, 10]       | LSTM(6)                                          | 432",
                "f32[N, T, 10]       | LSTM(6, bias: false)                             | 384",
                "f32[N, T, 10]       | GRU(6)                                           | 324",
                "f32[N, T, 10]       | RNN(6)                                           | 108",
                "f32[N, T, 8]        | SwiGLU(12)                                       | 288",
                "f32[N, T, 8]        | Mlp(12)                                          | 212",
                "f32[N, T, 8]        | LoraDense(5, rank: 2)                            | 26",
                "f32[N, T, 8]        | AdaptedDense(5, rank: 2)                         | 71",
                "f32[N, T, 64]       | MultiHeadAttention(8)                            | 16640",
                "f32[N, T, 64]       | MultiHeadAttention(8, kv_heads: 2, bias: false)  | 10240",
                "f32[N, T, 64]       | TransformerEncoderLayer(8, ffn: 128)             | 33472",
                "f32[N, T, 64]       | TransformerEncoder(2, heads: 8, ffn: 128)        | 66944",
                "f32[N, T, 10]       | Bidirectional(LSTM(6))                           | 864",
                "f32[N, T, 8]        | MixtureOfExperts(4, expert: SwiGLU(12))          | 1184",
                "f32[N, 8, 4, 4]     | SqueezeExcite(4)                                 | 42",
                "f32[N, 3, 32, 32]   | PatchEmbed(8, width: 16)                         | 3088",
                "f32[N, 3, 8, 8]     | DoubleConv(4)                                    | 268",
                "f32[N, 3, 8]        | Residual(Conv1d(3, kernel: 3, padding: 1))       | 30",
            })
    void layersHaveThePyTorchNumbersOfWeights(String input, String layer, long wanted) {
        assertEquals(wanted, weights(input, layer));
    }

    private static long weights(String input, String layer) {
        Checked checked = Checks.check("model Net {\n  input x: " + input + "\n  output x -> " + layer + "\n}\n");
        List<String> problems =
                checked.diagnostics().stream().map(Diagnostic::message).toList();
        assertEquals(List.of(), problems);
        return count(checked.program().models().getFirst().block());
    }

    private static long count(TypedBlock block) {
        long own = block.params().stream()
                .filter(TypedBlock.Param::trained)
                .mapToLong(p -> p.type().elements().constant().orElseThrow())
                .sum();
        return own + block.layers().stream().mapToLong(l -> count(l.block())).sum();
    }
}
