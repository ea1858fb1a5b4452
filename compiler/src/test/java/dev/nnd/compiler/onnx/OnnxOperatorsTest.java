package dev.nnd.compiler.onnx;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.onnxruntime.OrtException;
import dev.nnd.compiler.Seed;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Operators in random settings against ONNX Runtime: imported, checked, compiled to Java, run, compared. The lines of
 * {@code onnx-operators.txt} are drawn from; {@code -Dnnd.variants=N} draws each N times, {@code -Dnnd.op=REGEX} takes some lines
 * only and shows the texts. The numbers are fresh in each run, {@code -Dnnd.seed=N} draws the same again. The settings are the same
 * in each run, since two implementations may read a corner of the text differently; {@code -Dnnd.settings=N} searches others.
 */
class OnnxOperatorsTest {

    /** Combinations that ONNX Runtime itself refuses show nothing; there must be few of them. */
    private static final double MOST_REFUSED = 0.12;

    @TempDir
    private Path folder;

    @Test
    void operatorsGiveWhatOnnxRuntimeGives() throws IOException {
        long seed = Seed.fresh();
        long settings = Long.getLong("nnd.settings", 1);
        int draws = Integer.getInteger("nnd.variants", 2);
        String filter = System.getProperty("nnd.op", "");
        var refused = new ArrayList<String>();
        var lines = new HashMap<String, String>();
        List<OnnxCase> cases = cases(settings, seed, draws, filter, lines, refused);
        var failing = new ArrayList<String>();
        for (CaseBatch.Result result : CaseBatch.run(cases, folder, i -> show(i, filter))) {
            CaseRun.Outcome outcome = result.outcome();
            if (!rightly(result.one(), outcome)) {
                failing.add(lines.get(result.one().name()) + "\n    " + outcome.stage() + ": " + outcome.reason());
            }
        }
        System.out.println("settings " + settings + ", seed " + seed + ": " + cases.size() + " variants, "
                + failing.size() + " differ, " + refused.size() + " refused by ONNX Runtime");
        if (!filter.isEmpty()) {
            refused.forEach(System.out::println);
        }
        assertEquals("", String.join("\n", failing), "seed " + seed);
        assertTrue(!filter.isEmpty() || refused.size() <= MOST_REFUSED * cases.size(), "seed " + seed + ": " + refused);
    }

    /** Drawn constants may leave no element in any output, as the places of what is not zero; such a graph is refused. */
    private static boolean rightly(OnnxCase one, CaseRun.Outcome outcome) {
        return one.outputs().stream().allMatch(o -> o.size() == 0)
                ? outcome.reason().equals("the graph has no output with elements")
                : outcome.passed();
    }

    private static void show(Imported imported, String filter) {
        if (!filter.isEmpty()) {
            System.out.println(imported.text());
        }
    }

    private List<OnnxCase> cases(
            long settings, long seed, int draws, String filter, Map<String, String> lines, List<String> refused)
            throws IOException {
        var cases = new ArrayList<OnnxCase>();
        Set<String> seen = new HashSet<>();
        for (String template : templates()) {
            // Each line has numbers of its own, so that a new line changes no other.
            var choice = new Random(settings + template.hashCode());
            var random = new Random(seed + template.hashCode());
            for (int i = 0; i < draws && template.matches(".*(?:" + filter + ").*"); i++) {
                String line = Variant.chosen(template, choice);
                if (!seen.add(line)) {
                    continue;
                }
                Variant variant = Variant.of(line, random);
                try (var session = new OrtSession(variant.model())) {
                    List<TensorData> wanted = session.run(variant.inputs());
                    Path model = folder.resolve("variant" + cases.size() + ".onnx");
                    Files.write(model, variant.model());
                    lines.put(model.getFileName().toString(), line);
                    List<TensorData> inputs = List.copyOf(variant.inputs().values());
                    cases.add(new OnnxCase(model.getFileName().toString(), model, inputs, wanted));
                } catch (OrtException invalid) {
                    refused.add(line + "\n    " + invalid.getMessage());
                }
            }
        }
        return cases;
    }

    private static List<String> templates() throws IOException {
        try (var in = OnnxOperatorsTest.class.getResourceAsStream("/onnx-operators.txt")) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .filter(l -> !l.isBlank() && !l.startsWith("#"))
                    .toList();
        }
    }
}
