package dev.nnd.compiler.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.nnd.runtime.kernel.Precision;
import dev.nnd.runtime.kernel.Provider;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What rounding costs a trained network: at most 0.2 points of accuracy over some thousand images. */
class EvalPrecisionTest {

    private static final double POINTS = 0.002;
    private static final String PROPERTY = "nnd.bf16";

    @TempDir
    private Path folder;

    private final @Nullable String before = System.getProperty(PROPERTY);

    /** Rounded, also where that is not fast. */
    @BeforeEach
    void force() {
        System.setProperty(PROPERTY, "on");
    }

    @AfterEach
    void restore() {
        if (before == null) {
            System.clearProperty(PROPERTY);
        } else {
            System.setProperty(PROPERTY, before);
        }
    }

    @Test
    void roundingCostsATrainedNetworkLittle() {
        Path example = example();
        String file = example.resolve("src/main/nnd/digits/digits.nnd").toString();
        String data = example.resolve("data").toString();
        String run = folder.resolve("run").toString();
        nnd("train", file, "--data", data, "--out", run, "--set", "epochs=2", "--threads", "1");
        Map<String, Double> exact = metrics(file, data, run, Precision.F32);
        for (Precision precision : new Precision[] {Precision.BF16, Precision.INT8}) {
            Map<String, Double> rounded = metrics(file, data, run, precision);
            double accuracy = Objects.requireNonNull(rounded.get("train.accuracy"));
            assertEquals(Objects.requireNonNull(exact.get("train.accuracy")), accuracy, POINTS, precision.name());
            double loss = Objects.requireNonNull(rounded.get("train.loss"));
            assertEquals(Objects.requireNonNull(exact.get("train.loss")), loss, 0.01, precision.name());
            if (Provider.best(1).with(precision).precision() == precision) {
                assertNotEquals(
                        Objects.requireNonNull(exact.get("train.loss")), loss, precision + " was computed in f32");
            }
        }
        assertTrue(Objects.requireNonNull(exact.get("train.accuracy")) > 0.8, exact::toString);
    }

    private static Map<String, Double> metrics(String file, String data, String run, Precision precision) {
        String asked = precision.name().toLowerCase(Locale.ROOT);
        String printed =
                nnd("eval", file, "--data", data, "--run", run, "--split", "train", "--json", "--precision", asked);
        Map<String, Double> found = new TreeMap<>();
        var metrics = Pattern.compile("\"(train\\.\\w+)\":([-+.0-9eE]+)").matcher(printed);
        while (metrics.find()) {
            found.put(metrics.group(1), Double.valueOf(metrics.group(2)));
        }
        return found;
    }

    private static Path example() {
        for (Path at = Path.of("").toAbsolutePath(); at != null; at = at.getParent()) {
            if (Files.isDirectory(at.resolve("examples/digits/data"))) {
                return at.resolve("examples/digits");
            }
        }
        return Assumptions.abort("there is no examples/digits here");
    }

    private static String nnd(String... words) {
        var out = new StringWriter();
        var err = new StringWriter();
        assertEquals(0, Nnd.run(Terminal.plain(new PrintWriter(out), new PrintWriter(err)), words), err::toString);
        return out.toString();
    }
}
