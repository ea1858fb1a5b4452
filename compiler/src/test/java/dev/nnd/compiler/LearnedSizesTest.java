package dev.nnd.compiler;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.nnd.compiler.cli.output.InMemoryJava;
import dev.nnd.grammar.Diagnostic;
import dev.nnd.grammar.SourceFile;
import dev.nnd.runtime.NndException;
import dev.nnd.runtime.train.ProgressListener;
import dev.nnd.runtime.train.Trainer;
import dev.nnd.runtime.train.TrainingFactory;
import dev.nnd.runtime.train.TrainingOptions;
import dev.nnd.runtime.train.TrainingProgram;
import dev.nnd.runtime.train.TrainingRun;
import dev.nnd.runtime.weights.Safetensors;
import java.lang.foreign.ValueLayout;
import java.lang.reflect.InvocationTargetException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Weights whose sizes are learned from data: each program does what it does with the numbers written out. */
class LearnedSizesTest {

    private static final String GPT = """
            package toys

            block Decoder(heads: int) {
              input x: f32[N, T, D]
              let d = D / heads
              let qkv = x -> LayerNorm() -> Dense(3 * D, bias: false) -> rearrange[N, T, (3 heads d) -> 3, N, heads, T, d]
              let a = x + (attention(qkv[0], qkv[1], qkv[2], causal: true)
                -> rearrange[N, heads, T, d -> N, T, (heads d)]
                -> Dense(D, bias: false) -> Dropout(0.1))
              output a + (a -> LayerNorm() -> Dense(2 * D) -> gelu -> Dense(D))
            }

            model Gpt(vocab: int, context: int = 8, width: int = 8) {
              input tokens: i32[N, T]
              require T <= context, "the context is {context}, got {T}"
              LIMITS
              layer embed = Embedding(vocab, width, init: normal(std: 0.02))
              layer positions = Embedding(context, width, init: normal(std: 0.02))
              output logits: f32[N, T, vocab] = embed(tokens) + positions(range(T))
                -> Decoder(2) * 2
                -> LayerNorm()
                -> matmul(transpose(embed.weight))
            }

            data Letters {
              source train = text("letters.txt")
              split train into train 80%, validation 20% in order
              field tokens: i32[8] = window(characters(), length: 8)
              field target: i32[8] = window(characters(), length: 8, shift: 1)
            }

            train Fit {
              model net = Gpt(vocab: SIZE)
              data Letters
              minimize cross_entropy(net(tokens), target) using adamw(lr: 1e-2, weight_decay: 0.1, clip_norm: 1.0)
              steps 6
              batch 4
              seed 3
              metric perplexity(net(tokens), target)
              checkpoint every 2 steps
              keep best by validation.loss
            }
            """;

    private static final String LETTERS = "abcdefghij";
    private static final int VOCAB = LETTERS.length() + 1;

    @TempDir
    Path folder;

    @BeforeEach
    void write() throws Exception {
        var random = new Random(11);
        var text = new StringBuilder(LETTERS);
        for (int i = 0; i < 600; i++) {
            text.append(LETTERS.charAt(random.nextInt(LETTERS.length())));
        }
        Files.writeString(folder.resolve("letters.txt"), text);
        var rows = new StringBuilder("city,fuel,y\n");
        for (int i = 0; i < 60; i++) {
            rows.append("city").append(i % 7).append(",fuel").append(i % 3).append(',');
            rows.append(random.nextInt(2) == 0 ? "no" : "yes").append('\n');
        }
        Files.writeString(folder.resolve("rows.csv"), rows);
    }

    private static CompileResult compiled(String text) {
        return new Compiler().compile(CompilerRun.of(new SourceFile("toys/toys.nnd", text)));
    }

    private static ClassLoader compile(String text) {
        CompileResult result = compiled(text);
        assertTrue(
                result.ok(),
                () -> result.diagnostics().stream()
                        .map(Diagnostic::message)
                        .toList()
                        .toString());
        return InMemoryJava.compile(
                        result.files(), System.getProperty("java.class.path"), "-Xlint:all,-incubating", "-Werror")
                .loader(LearnedSizesTest.class.getClassLoader());
    }

    private static String gpt(String size, String limits) {
        return GPT.replace("SIZE", size).replace("LIMITS", limits);
    }

    private TrainingRun train(ClassLoader classes, TrainingOptions options) throws Exception {
        var factory = (TrainingFactory)
                classes.loadClass("toys.FitFactory").getConstructor().newInstance();
        try (TrainingProgram program = factory.create(1, Map.of())) {
            return Trainer.train(program, options, ProgressListener.NONE);
        }
    }

    private TrainingOptions options(String run) {
        return TrainingOptions.of(folder).withOut(folder.resolve(run));
    }

    private Map<String, float[]> weights(String run) {
        var values = new HashMap<String, float[]>();
        try (var file = Safetensors.open(folder.resolve(run).resolve("last/weights.safetensors"))) {
            file.entries().forEach((name, entry) -> {
                values.put(name + entry.shape(), file.bytes(entry).toArray(ValueLayout.JAVA_FLOAT_UNALIGNED));
            });
        }
        return values;
    }

    private void sameAsWithNumbers(String learned, String numbers) throws Exception {
        TrainingRun a = train(compile(learned), options("learned"));
        TrainingRun b = train(compile(numbers), options("numbers"));
        near(weights("numbers"), weights("learned"));
        b.epochs()
                .getLast()
                .metrics()
                .forEach((name, value) -> assertEquals(
                        value, a.epochs().getLast().metric(name), 1e-4 * Math.max(1, Math.abs(value)), name));
    }

    /** What is known of sizes decides in which order some products are computed, so the last bits may differ. */
    private static void near(Map<String, float[]> expected, Map<String, float[]> actual) {
        assertEquals(expected.keySet(), actual.keySet());
        expected.forEach(
                (name, values) -> assertArrayEquals(values, Objects.requireNonNull(actual.get(name)), 1e-4f, name));
    }

    @Test
    void aVocabularyOfCharacters() throws Exception {
        sameAsWithNumbers(gpt("Letters.tokens.vocab", ""), gpt("" + VOCAB, ""));
    }

    private static final String TABLE = """
            package toys

            model Tab(cities: int, fuels: int) {
              input city: i32[N]
              input fuel: i32[N]
              param mix: f32[cities + fuels, 2 * fuels] = orthogonal()
              param pair: f32[cities * fuels] = uniform(-0.1, 0.1)
              let a = one_hot(city, cities)
              let b = fuel -> Embedding(fuels, 4 * cities) -> Dense(fuels) -> relu
              let joined = concat(a, b, axis: -1) -> matmul(mix)
              output y: f32[N] = joined -> Dense(3 * cities + 1) -> tanh -> Dense(1) -> squeeze[-1] -> add_all(sum(pair) / cities)
            }

            fn add_all(x: f32[N], y: f32) -> f32[N] = x + y

            data Rows {
              source train = csv("rows.csv")
              split train into train 80%, validation 20% in order
              field city: i32 = column("city") -> categories
              field fuel: i32 = column("fuel") -> categories
              field y: class["no", "yes"] = column("y")
            }

            train Fit {
              model net = Tab(cities: CITIES, fuels: FUELS)
              data Rows
              minimize binary_cross_entropy(net(city, fuel), y) using adam(lr: 1e-2)
              epochs 3
              batch 8
            }
            """;

    @Test
    void twoSizesAndWhatIsComputedOfThem() throws Exception {
        sameAsWithNumbers(
                TABLE.replace("CITIES", "Rows.city.vocab").replace("FUELS", "Rows.fuel.vocab"),
                TABLE.replace("CITIES", "8").replace("FUELS", "4"));
    }

    @Test
    void severalModelsWithOneSize() throws Exception {
        String both = TABLE.substring(0, TABLE.indexOf("train Fit")) + """
                model Other(n: int) {
                  input city: i32[N]
                  output y: f32[N] = city -> Embedding(n, 3) -> Dense(n) -> mean(axis: -1)
                }

                train Fit {
                  model net = Tab(cities: CITIES, fuels: FUELS)
                  model other = Other(n: CITIES)
                  data Rows
                  let both = net(city, fuel) + other(city)
                  minimize binary_cross_entropy(both, y) over net using adamw(lr: 1e-2, no_decay: ["net.pair"])
                  minimize binary_cross_entropy(both, y) over other using sgd(lr: 1e-2, momentum: 0.9)
                  epochs 2
                  batch 8
                }
                """;
        sameAsWithNumbers(
                both.replace("CITIES", "Rows.city.vocab").replace("FUELS", "Rows.fuel.vocab"),
                both.replace("CITIES", "8").replace("FUELS", "4"));
    }

    @Test
    void aTrainedModelKnowsItsSizeFromTheFile() throws Exception {
        ClassLoader classes = compile(gpt("Letters.tokens.vocab", ""));
        train(classes, options("run"));
        Class<?> type = classes.loadClass("toys.Gpt");
        Path weights = folder.resolve("run/best/weights.safetensors");
        try (var net = (AutoCloseable) type.getMethod("load", Path.class).invoke(null, weights)) {
            assertEquals(VOCAB, type.getMethod("lettersTokensVocab").invoke(net));
            var logits = (float[]) type.getMethod("predict", int[].class).invoke(net, (Object) new int[] {1, 2, 3});
            assertEquals(3 * VOCAB, logits.length);
            var facade = classes.loadClass("toys.Fit");
            try (var served =
                    (AutoCloseable) facade.getMethod("load", Path.class).invoke(null, folder.resolve("run"))) {
                assertTrue(served.getClass().getName().endsWith("Predictor"));
            }
            var tooLong = assertThrows(
                    InvocationTargetException.class,
                    () -> type.getMethod("predict", int[].class).invoke(net, (Object) new int[9]));
            assertTrue(("" + tooLong.getCause()).contains("the context is 8, got 9"));
        }
    }

    @Test
    void aRunGoesOnWhereItEnded() throws Exception {
        ClassLoader classes = compile(gpt("Letters.tokens.vocab", ""));
        train(classes, options("whole"));
        train(compile(gpt("Letters.tokens.vocab", "").replace("steps 6", "steps 4")), options("part"));
        train(classes, options("part").withResume(true));
        Map<String, float[]> part = weights("part");
        weights("whole").forEach((name, values) -> assertArrayEquals(values, part.get(name), name));
    }

    @Test
    void otherDataThanTheRunsIsNamed() throws Exception {
        ClassLoader classes = compile(gpt("Letters.tokens.vocab", ""));
        train(classes, options("run"));
        Path file = folder.resolve("letters.txt");
        Files.writeString(file, Files.readString(file).replace('j', 'i'));
        var changed = assertThrows(
                NndException.class, () -> train(classes, options("run").withResume(true)));
        assertTrue(
                changed.getMessage()
                        .endsWith("its data has changed: `tokens (characters)` had 10 entries, and now there are 9."),
                changed::getMessage);
    }

    @Test
    void whatIsRequiredOfASizeIsCheckedWhenItIsKnown() throws Exception {
        var odd = assertThrows(
                NndException.class,
                () -> train(
                        compile(gpt(
                                "Letters.tokens.vocab", "require vocab % 2 == 0, \"{vocab} characters are not even\"")),
                        options("run")));
        assertEquals("Gpt: 11 characters are not even", odd.getMessage());
        train(compile(gpt("Letters.tokens.vocab", "require vocab <= 11")), options("fine"));
    }

    @Test
    void aBudgetOverASizeIsCheckedWhenItIsKnown() throws Exception {
        // 2 x (2 x 16 + 192 + 64 + 144 + 136) + 64 + 16 + 8 x 11
        train(compile(gpt("Letters.tokens.vocab", "require parameters <= 1304")), options("fine"));
        var over = assertThrows(
                NndException.class,
                () -> train(compile(gpt("Letters.tokens.vocab", "require parameters <= 1303")), options("over")));
        assertTrue(over.getMessage().contains("1303"), over::getMessage);
    }

    @Test
    void aFileThatLiesIsRefused() throws Exception {
        ClassLoader classes = compile(gpt("Letters.tokens.vocab", ""));
        train(classes, options("run"));
        Path weights = folder.resolve("run/best/weights.safetensors");
        byte[] bytes = Files.readAllBytes(weights);
        String text = new String(bytes, java.nio.charset.StandardCharsets.ISO_8859_1);
        Path liar = folder.resolve("liar.safetensors");
        Files.write(
                liar,
                text.replace(
                                "\"embed.weight\":{\"dtype\":\"F32\",\"shape\":[11,8]",
                                "\"embed.weight\":{\"dtype\":\"F32\",\"shape\":[8,11]")
                        .getBytes(java.nio.charset.StandardCharsets.ISO_8859_1));
        Class<?> type = classes.loadClass("toys.Gpt");
        var lied = assertThrows(
                InvocationTargetException.class,
                () -> type.getMethod("load", Path.class).invoke(null, liar));
        assertTrue(lied.getCause() instanceof NndException, () -> "" + lied.getCause());
        assertArrayEquals(bytes, Files.readAllBytes(weights));
    }
}
