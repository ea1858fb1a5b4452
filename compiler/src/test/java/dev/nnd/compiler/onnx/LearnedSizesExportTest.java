package dev.nnd.compiler.onnx;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.nnd.compiler.CompileResult;
import dev.nnd.compiler.CompiledFile;
import dev.nnd.compiler.Compiler;
import dev.nnd.compiler.CompilerRun;
import dev.nnd.compiler.SizedModel;
import dev.nnd.compiler.cli.Nnd;
import dev.nnd.compiler.cli.Terminal;
import dev.nnd.compiler.cli.output.InMemoryJava;
import dev.nnd.compiler.type.DType;
import dev.nnd.grammar.SourceFile;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Models whose sizes are learned from data: what is exported gives in ONNX Runtime what the generated class gives. */
class LearnedSizesExportTest {

    private static final String TEXT = """
            model Letterer(vocab: int, width: int = 8) {
              input tokens: i32[N, T]
              require T <= 8
              let h = tokens -> Embedding(vocab, width) -> PositionalEmbedding(8)
                -> TransformerEncoder(2, 2, ffn: 2 * vocab, pre_norm: true, causal: true) -> LayerNorm()
              output logits: f32[N, T, vocab] = h -> Dense(vocab)
            }
            model Twice(vocab: int) {
              input tokens: i32[N, T]
              output y: f32[N] = one_hot(tokens, 2 * vocab + 1) -> mean(axis: 1) -> Dense(1) -> squeeze[-1]
            }
            model Scaled(vocab: int) {
              input tokens: i32[N, T]
              output y: f32[N] = (tokens -> cast[f32]) / vocab -> mean(axis: -1, keep_dims: true) -> Dense(1) -> squeeze[-1]
            }
            data Letters {
              source train = text("input.txt")
              split train into train 80%, validation 20% in order
              field tokens: i32[8] = window(characters(), length: 8)
              field target: i32[8] = window(characters(), length: 8, shift: 1)
            }
            train Reader {
              model net = Letterer(vocab: Letters.tokens.vocab)
              data Letters
              minimize cross_entropy(net(tokens), target) using adam(lr: 1e-2)
              steps 3
              batch 4
            }
            train Measure {
              model twice = Twice(vocab: Letters.tokens.vocab)
              data Letters
              minimize mse(twice(tokens), target -> cast[f32] -> mean(axis: 1)) using sgd(lr: 1e-2)
              steps 2
              batch 4
            }
            train Ratio {
              model scaled = Scaled(vocab: Letters.tokens.vocab)
              data Letters
              minimize mse(scaled(tokens), target -> cast[f32] -> mean(axis: 1)) using sgd(lr: 1e-2)
              steps 2
              batch 4
            }
            """;
    /** Those of the text, and the unknown one. */
    private static final int VOCAB = 12;

    @TempDir
    private Path folder = Path.of("");

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    private int nnd(String... words) {
        err.getBuffer().setLength(0);
        return Nnd.run(Terminal.plain(new PrintWriter(out), new PrintWriter(err)), words);
    }

    private String file() {
        return folder.resolve("net.nnd").toString();
    }

    @BeforeEach
    void write() throws Exception {
        Files.writeString(folder.resolve("net.nnd"), TEXT);
        Files.writeString(folder.resolve("input.txt"), "so it goes; so it went. ".repeat(30));
    }

    private Path train(String section) {
        Path run = folder.resolve("run" + section);
        String[] words = {
            "train", file(), section, "--data", folder.toString(), "--out", run.toString(), "--threads", "1"
        };
        assertEquals(Nnd.FINE, nnd(words), err::toString);
        return run.resolve("last/weights.safetensors");
    }

    private int export(Path weights, String model, Path onnx) {
        return nnd("export", file(), "--model", model, "--weights", weights.toString(), "--onnx", onnx.toString());
    }

    @Test
    void exportsGiveWhatTheClassGives() throws Exception {
        compare("Reader", "Letterer");
        compare("Measure", "Twice");
        compare("Ratio", "Scaled");
    }

    private void compare(String section, String model) throws Exception {
        Path weights = train(section);
        Path onnx = folder.resolve(model + ".onnx");
        assertEquals(Nnd.FINE, export(weights, model, onnx), err::toString);
        int[] tokens = {1, 7, 2, VOCAB - 1, 0};
        var input = TensorData.empty(DType.I32, List.of(1L, (long) tokens.length));
        Arrays.stream(tokens)
                .forEach(input.bytes().duplicate().clear().order(input.bytes().order())::putInt);
        float[] wanted = predicted(model, weights, tokens);
        try (var session = new OrtSession(Files.readAllBytes(onnx))) {
            TensorData got =
                    session.run(new LinkedHashMap<>(Map.of("tokens", input))).getFirst();
            var numbers = new float[wanted.length];
            for (int i = 0; i < wanted.length; i++) {
                numbers[i] = (float) got.number(i);
            }
            assertArrayEquals(wanted, numbers, 1e-5f, model);
        }
    }

    private float[] predicted(String model, Path weights, int[] tokens) throws Exception {
        CompileResult result = new Compiler().compile(CompilerRun.of(new SourceFile("net.nnd", TEXT)));
        Class<?> type = InMemoryJava.compile(result.files(), System.getProperty("java.class.path"))
                .loader(LearnedSizesExportTest.class.getClassLoader())
                .loadClass(model);
        try (var net = (AutoCloseable)
                Objects.requireNonNull(type.getMethod("load", Path.class).invoke(null, weights))) {
            Object scores = type.getMethod("predict", int[].class).invoke(net, (Object) tokens);
            return scores instanceof Float one ? new float[] {one} : (float[]) Objects.requireNonNull(scores);
        }
    }

    @Test
    void weightsThatDoNotFitAreOneError() throws Exception {
        Path weights = train("Reader");
        Path onnx = folder.resolve("no.onnx");
        assertEquals(Nnd.USER_ERROR, export(weights, "Twice", onnx));
        assertTrue(err.toString().contains("does not hold the weights of Twice: "), err::toString);
        assertEquals(Nnd.USER_ERROR, export(weights, "Scaled", onnx));
        assertTrue(err.toString().startsWith("error: "), err::toString);
        var text = Files.readString(weights, StandardCharsets.ISO_8859_1);
        String shape = "\"shape\":[" + VOCAB + ",8]";
        assertTrue(text.contains(shape));
        Path liar = folder.resolve("liar.safetensors");
        Files.writeString(liar, text.replace(shape, "\"shape\":[8," + VOCAB + "]"), StandardCharsets.ISO_8859_1);
        assertEquals(Nnd.USER_ERROR, export(liar, "Letterer", onnx));
        assertTrue(err.toString().contains("does not hold the weights of Letterer: "), err::toString);
        assertFalse(Files.exists(onnx));
    }

    @Test
    void onceItIsKnownASizeIsANumber() {
        CompiledFile.Model net = new Compiler()
                .plan(CompilerRun.of(new SourceFile("net.nnd", TEXT)))
                .programs()
                .getFirst()
                .models()
                .getFirst();
        assertEquals(List.of("Letters.tokens.vocab"), List.copyOf(net.model().learnedDims()));
        CompiledFile.Model sized = SizedModel.of(net.model(), Map.of("Letters.tokens.vocab", VOCAB));
        assertTrue(sized.parameters().stream()
                .flatMap(p -> p.type().dims().stream())
                .allMatch(d -> d.constant().isPresent()));
        assertEquals(
                "f32[N, T, 12]",
                sized.graph().outputs().getFirst().value().type().toString());
    }
}
