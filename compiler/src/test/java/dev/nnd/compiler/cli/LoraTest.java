package dev.nnd.compiler.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.nnd.runtime.weights.Safetensors;
import dev.nnd.runtime.weights.SafetensorsWriter;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.lang.foreign.Arena;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Adapters, from training over prediction to weights without them. */
class LoraTest {

    private static final String PROGRAM = """
            block Layer() {
              input x: f32[..., W]
              output y = x + (x -> Dense(12) as up -> tanh -> Dense(W) as down)
            }
            model Net {
              input x: f32[N, 2]
              output y: f32[N, 1] = x -> Dense(6) as embed -> Layer() as layer * 2 -> Dense(1) as head
            }
            data Points {
              source all = csv("points.csv")
              split all into train 70%, validation 30% seed 3
              field x: f32[2] = concat(column("a"), column("b"))
              field y: f32[1] = column("y")
            }
            train Base {
              model net = Net()
              data Points
              minimize mse(net(x), y) using adam(lr: 0.01)
              epochs 3
              batch 16
            }
            train Tuned {
              model net = Net() from "base.safetensors"
              data Points
              adapt net.layer using lora(rank: 3, alpha: 6, train: [net.head])
              minimize mse(net(x), y * 2 + 1) using adam(lr: 0.02)
              epochs 6
              batch 16
              checkpoint every 2 epochs
            }
            """;

    @TempDir
    private Path folder;

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @BeforeEach
    void prepare() throws IOException {
        var random = new Random(11);
        var text = new StringBuilder("a,b,y\n");
        for (int i = 0; i < 150; i++) {
            double a = random.nextDouble() * 2 - 1;
            double b = random.nextDouble() * 2 - 1;
            text.append(a).append(',').append(b).append(',').append(a * b).append('\n');
        }
        Files.writeString(folder.resolve("points.csv"), text);
        Files.writeString(folder.resolve("net.nnd"), PROGRAM);
        train("Base", "base");
        Files.copy(folder.resolve("base/last/weights.safetensors"), folder.resolve("base.safetensors"));
    }

    private int nnd(String... words) {
        out.getBuffer().setLength(0);
        err.getBuffer().setLength(0);
        return Nnd.run(Terminal.plain(new PrintWriter(out), new PrintWriter(err)), words);
    }

    private void train(String section, String run, String... more) {
        var words = new ArrayList<>(List.of("train", at("net.nnd"), section, "--data", folder.toString()));
        words.addAll(List.of("--out", at(run), "--threads", "1"));
        words.addAll(List.of(more));
        assertEquals(0, nnd(words.toArray(String[]::new)), err::toString);
    }

    private String at(String name) {
        return folder.resolve(name).toString();
    }

    private TreeMap<String, float[]> read(String name) {
        var all = new TreeMap<String, float[]>();
        try (var file = Safetensors.open(folder.resolve(name));
                var arena = Arena.ofConfined()) {
            file.entries().values().forEach(e -> {
                var floats = arena.allocate(ValueLayout.JAVA_FLOAT, e.elements());
                file.readFloats(e, floats);
                all.put(e.name(), floats.toArray(ValueLayout.JAVA_FLOAT));
            });
        }
        return all;
    }

    private static float[] of(Map<String, float[]> weights, String name) {
        return Objects.requireNonNull(weights.get(name), name);
    }

    @Test
    void onlyAdaptersAreTrainedSavedAndResumed() throws IOException {
        train("Tuned", "a");
        var expected = new TreeSet<>(List.of("head.bias", "head.weight"));
        for (String layer : List.of("layer.0.up", "layer.0.down", "layer.1.up", "layer.1.down")) {
            expected.add(layer + ".lora_A.weight");
            expected.add(layer + ".lora_B.weight");
        }
        assertEquals(expected, read("a/last/adapters.safetensors").keySet());
        assertFalse(Files.exists(folder.resolve("a/last/weights.safetensors")));
        var states = new TreeSet<String>();
        expected.forEach(n -> states.addAll(List.of("m/" + n, "v/" + n)));
        assertEquals(states, new TreeSet<>(read("a/last/state.safetensors").keySet()));

        // What was killed after the checkpoint of the fourth epoch goes on to the same bytes.
        train("Tuned", "b");
        remove("b/last");
        remove("b/best");
        remove("b/checkpoints/step-" + 6 * 7);
        train("Tuned", "b", "--resume");
        for (String file :
                List.of("last/adapters.safetensors", "last/state.safetensors", "best/adapters.safetensors")) {
            assertArrayEquals(
                    Files.readAllBytes(folder.resolve("a/" + file)),
                    Files.readAllBytes(folder.resolve("b/" + file)),
                    file);
        }
    }

    private void remove(String name) throws IOException {
        try (var files = Files.walk(folder.resolve(name))) {
            for (var file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }

    @Test
    void mergedWeightsAreThoseOfTheDefinitionAndPredictTheSame() throws IOException {
        train("Tuned", "a");
        assertEquals(0, nnd("lora", "merge", at("a"), "--out", at("merged.safetensors")), err::toString);
        var base = read("base.safetensors");
        var own = read("a/best/adapters.safetensors");
        var merged = read("merged.safetensors");
        assertEquals(base.keySet(), merged.keySet());
        float[] moved = of(base, "layer.0.up.weight").clone();
        for (int o = 0; o < 12; o++) {
            for (int i = 0; i < 6; i++) {
                double sum = 0;
                for (int k = 0; k < 3; k++) {
                    sum += of(own, "layer.0.up.lora_B.weight")[o * 3 + k]
                            * (double) of(own, "layer.0.up.lora_A.weight")[k * 6 + i];
                }
                moved[o * 6 + i] += (float) (sum * 6 / 3);
            }
        }
        assertArrayEquals(moved, of(merged, "layer.0.up.weight"), 1e-6f);
        assertFalse(Arrays.equals(of(base, "layer.0.up.weight"), of(merged, "layer.0.up.weight")));
        assertArrayEquals(of(base, "embed.weight"), of(merged, "embed.weight"));
        assertArrayEquals(of(own, "head.weight"), of(merged, "head.weight"));

        // The merged file is a plain one: a section without adapters takes it, and trained with a rate of nothing says
        // the same.
        Files.writeString(
                folder.resolve("plain.nnd"),
                PROGRAM.replace("base.safetensors", "merged.safetensors")
                        .replaceAll("(?m)^ *adapt .*$", "")
                        .replace("lr: 0.02", "lr: 1e-30"));
        Files.move(folder.resolve("net.nnd"), folder.resolve("adapted.nnd"));
        Files.move(folder.resolve("plain.nnd"), folder.resolve("net.nnd"));
        train("Tuned", "plain");
        List<Double> whole = predictions("net.nnd", "plain");
        List<Double> adapted = predictions("adapted.nnd", "a");
        assertEquals(150, whole.size());
        for (int i = 0; i < whole.size(); i++) {
            assertEquals(whole.get(i), adapted.get(i), 1e-5, "row " + i);
        }

        assertEquals(
                0,
                nnd("lora", "split", at("merged.safetensors"), at("a"), "--out", at("again.safetensors")),
                err::toString);
        assertTrue(out.toString().contains("head.weight"), out::toString);
        assertArrayEquals(of(base, "layer.1.down.weight"), of(read("again.safetensors"), "layer.1.down.weight"), 1e-6f);
    }

    private List<Double> predictions(String file, String run) {
        assertEquals(
                0, nnd("predict", at(file), "Tuned", "--run", at(run), "--input", at("points.csv")), err::toString);
        return out.toString()
                .lines()
                .map(l -> Double.valueOf(l.strip().split("\\s+")[1]))
                .toList();
    }

    @Test
    void adaptersFitNoOtherWeights() throws IOException {
        train("Tuned", "a");
        train("Base", "other", "--seed", "5");
        Files.copy(
                folder.resolve("other/last/weights.safetensors"),
                folder.resolve("base.safetensors"),
                StandardCopyOption.REPLACE_EXISTING);
        assertEquals(1, nnd("predict", at("net.nnd"), "Tuned", "--run", at("a"), "--input", at("points.csv")));
        assertTrue(err.toString().contains("is not the file of weights that"), err::toString);
        assertEquals(
                1, nnd("train", at("net.nnd"), "Tuned", "--data", folder.toString(), "--out", at("a"), "--resume"));
        assertTrue(err.toString().contains("SHA-256"), err::toString);
        Files.delete(folder.resolve("base.safetensors"));
        assertEquals(1, nnd("lora", "merge", at("a"), "--out", at("merged.safetensors")));
        assertTrue(err.toString().contains("put base.safetensors beside"), err::toString);
        // Given where they are now, the weights are taken from there.
        assertEquals(
                0,
                nnd(
                        "lora",
                        "merge",
                        at("a"),
                        "--base",
                        at("base/last/weights.safetensors"),
                        "--out",
                        at("merged.safetensors")),
                err::toString);
        assertEquals(1, nnd("lora", "merge", at("merged.safetensors"), "--out", at("x.safetensors")));
        assertTrue(err.toString().contains("is no file of adapters"), err::toString);
    }

    @Test
    void adaptersNoteThePathAsItWasWritten() throws IOException {
        var working = Path.of("").toAbsolutePath();
        var data = working.relativize(folder.toAbsolutePath());
        assertEquals(
                0,
                nnd("train", at("net.nnd"), "Tuned", "--data", data.toString(), "--out", at("a"), "--threads", "1"),
                err::toString);
        assertEquals(data.toString().replace('\\', '/') + "/base.safetensors", noted("a/last/adapters.safetensors"));
        train("Tuned", "b");
        assertArrayEquals(
                of(read("a/last/adapters.safetensors"), "head.weight"),
                of(read("b/last/adapters.safetensors"), "head.weight"));
        // Resumed with another way to the same file, a run notes that one.
        Files.createDirectories(folder.resolve("moved"));
        Files.move(folder.resolve("base.safetensors"), folder.resolve("moved/base.safetensors"));
        Files.copy(folder.resolve("points.csv"), folder.resolve("moved/points.csv"));
        remove("a/last");
        remove("a/best");
        remove("a/checkpoints/step-" + 6 * 7);
        assertEquals(
                0,
                nnd(
                        "train",
                        at("net.nnd"),
                        "Tuned",
                        "--data",
                        at("moved"),
                        "--out",
                        at("a"),
                        "--threads",
                        "1",
                        "--resume"),
                err::toString);
        assertEquals(at("moved/base.safetensors").replace('\\', '/'), noted("a/last/adapters.safetensors"));
    }

    private String noted(String adapters) {
        try (var file = Safetensors.open(folder.resolve(adapters))) {
            return Objects.requireNonNull(file.metadata().get("nnd.base"));
        }
    }

    @Test
    void aNoteThatIsNoPathIsOneClearError() throws IOException {
        train("Tuned", "a");
        for (String note : List.of("", "a\0b", "a\nb", "x".repeat(5000))) {
            rewritten("a/best/adapters.safetensors", "odd.safetensors", "nnd.base", note);
            assertEquals(1, nnd("lora", "merge", at("odd.safetensors"), "--out", at("merged.safetensors")));
            assertTrue(err.toString().contains("does not say which file holds the weights below"), err::toString);
            assertEquals(
                    0,
                    nnd(
                            "lora",
                            "merge",
                            at("odd.safetensors"),
                            "--base",
                            at("base.safetensors"),
                            "--out",
                            at("merged.safetensors")),
                    err::toString);
        }
        for (String alpha : List.of("1.0E999", "NaN", "-1", "")) {
            rewritten("a/best/adapters.safetensors", "odd.safetensors", "nnd.lora.alpha", alpha);
            assertEquals(1, nnd("lora", "merge", at("odd.safetensors"), "--out", at("merged.safetensors")));
            assertTrue(err.toString().contains("is no file of adapters: it does not note their alpha"), err::toString);
        }
        // A note leads to a file of the noted hash only.
        rewritten("a/best/adapters.safetensors", "odd.safetensors", "nnd.base", at("points.csv"));
        assertEquals(
                0,
                nnd(
                        "lora",
                        "merge",
                        at("odd.safetensors"),
                        "--base",
                        at("base.safetensors"),
                        "--out",
                        at("merged.safetensors")),
                err::toString);
        assertEquals(1, nnd("lora", "merge", at("odd.safetensors"), "--out", at("merged.safetensors")));
        assertTrue(err.toString().contains("points.csv is not the file of weights that"), err::toString);
    }

    /** The same file with another note. */
    private void rewritten(String from, String to, String of, String note) {
        try (var file = Safetensors.open(folder.resolve(from))) {
            var writer = new SafetensorsWriter();
            file.metadata().forEach((key, value) -> writer.metadata(key, key.equals(of) ? note : value));
            file.entries()
                    .values()
                    .forEach(e -> writer.add(
                            e.name(),
                            e.shape().stream().mapToLong(Long::longValue).toArray(),
                            into -> file.readFloats(e, into)));
            writer.write(folder.resolve(to));
        }
    }
}
