package dev.nnd.compiler.check;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.nnd.compiler.ir.Evaluator;
import dev.nnd.compiler.ir.Port;
import dev.nnd.compiler.lower.Lowered;
import dev.nnd.compiler.lower.ModelLowering;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * Every vector of {@code golden/losses.json}, which has the numbers of Keras' loss tests, in functions of the library. What Keras
 * calls no reduction is the loss of each row by itself; a weight of the examples is written as a factor.
 */
class GoldenLossesTest {

    private static final Path FILE = Stream.of("../../shared", "../../../shared")
            .map(s -> Path.of(s, "data", "golden", "losses.json"))
            .filter(Files::exists)
            .findFirst()
            .orElse(Path.of("../../shared/data/golden/losses.json"));
    private static final double TOLERANCE = 1e-4;

    @TestFactory
    Stream<DynamicTest> vectors() throws IOException {
        assumeTrue(Files.exists(FILE), "there is no " + FILE);
        JsonArray cases =
                JsonParser.parseString(Files.readString(FILE)).getAsJsonObject().getAsJsonArray("cases");
        assertTrue(cases.size() >= 13);
        return cases.asList().stream()
                .map(JsonElement::getAsJsonObject)
                .map(c -> dynamicTest(c.toString(), () -> check(c)));
    }

    private static void check(JsonObject golden) {
        JsonArray predictions = golden.getAsJsonArray("y_pred");
        JsonArray targets = golden.getAsJsonArray("y_true");
        double tolerance = golden.has("atol") ? golden.get("atol").getAsDouble() : TOLERANCE;
        String reduction = golden.has("reduction") ? golden.get("reduction").getAsString() : "mean";
        var rows = new ArrayList<Double>();
        for (int i = 0; i < predictions.size(); i++) {
            rows.add(weight(golden, i) * loss(golden, row(predictions, i), row(targets, i)));
        }
        double sum = rows.stream().mapToDouble(r -> r).sum();
        switch (reduction) {
            case "none" -> {
                JsonArray expected = golden.getAsJsonArray("expected");
                assertEquals(expected.size(), rows.size());
                for (int i = 0; i < rows.size(); i++) {
                    assertEquals(expected.get(i).getAsDouble(), rows.get(i), tolerance);
                }
            }
            case "sum" -> assertEquals(golden.get("expected").getAsDouble(), sum, tolerance);
            default -> {
                assertEquals(golden.get("expected").getAsDouble(), sum / rows.size(), tolerance);
                if (!golden.has("sample_weight")) {
                    assertEquals(golden.get("expected").getAsDouble(), loss(golden, predictions, targets), tolerance);
                }
            }
        }
    }

    private static JsonArray row(JsonArray rows, int index) {
        var one = new JsonArray();
        one.add(rows.get(index));
        return one;
    }

    private static double weight(JsonObject golden, int row) {
        JsonElement weight = golden.get("sample_weight");
        if (weight == null) {
            return 1;
        }
        return weight.isJsonArray()
                ? weight.getAsJsonArray().get(row).getAsJsonArray().get(0).getAsDouble()
                : weight.getAsDouble();
    }

    private static double loss(JsonObject golden, JsonArray predictions, JsonArray targets) {
        boolean labels = !targets.get(0).isJsonArray();
        int width = predictions.get(0).getAsJsonArray().size();
        String p = "f32[" + predictions.size() + ", " + width + "]";
        String t = labels ? "i32[" + targets.size() + "]" : p;
        String text = "model Loss {\n  input p: " + p + "\n  input t: " + t + "\n  output loss = " + expression(golden)
                + "\n}\n";
        Checked checked = Checks.check(text);
        assertEquals(
                List.of(), checked.diagnostics().stream().map(d -> d.message()).toList(), text);
        Lowered lowered = ModelLowering.lower(checked.program().models().getFirst());
        Map<String, double[]> inputs = Map.of("p", numbers(predictions), "t", numbers(targets));
        return Evaluator.evaluate(lowered.graph(), Map.of(), inputs).output(Port.Role.OUTPUT, "loss")[0];
    }

    private static String expression(JsonObject golden) {
        boolean logits = golden.has("from_logits") && golden.get("from_logits").getAsBoolean();
        String smoothing = golden.has("label_smoothing")
                ? ", smoothing: " + golden.get("label_smoothing").getAsDouble()
                : "";
        String name = golden.get("loss").getAsString();
        String function = switch (name) {
            case "mse" -> "mse";
            case "bce" -> logits ? "binary_cross_entropy" : "bernoulli_nll";
            case "categorical_crossentropy" -> logits ? "soft_cross_entropy" : "categorical_nll";
            case "sparse_categorical_crossentropy" -> "cross_entropy";
            default -> throw new AssertionError("the library has no " + name);
        };
        return function + "(p, t" + smoothing + ")";
    }

    private static double[] numbers(JsonArray array) {
        return array.asList().stream()
                .flatMap(e -> e.isJsonArray() ? e.getAsJsonArray().asList().stream() : Stream.of(e))
                .mapToDouble(JsonElement::getAsDouble)
                .toArray();
    }
}
