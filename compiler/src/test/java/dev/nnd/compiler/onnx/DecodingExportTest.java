package dev.nnd.compiler.onnx;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.onnxruntime.OrtException;
import dev.nnd.compiler.CompiledFile;
import dev.nnd.compiler.Compiler;
import dev.nnd.compiler.CompilerRun;
import dev.nnd.compiler.Seed;
import dev.nnd.compiler.incremental.DecoderTexts;
import dev.nnd.compiler.ir.Evaluator;
import dev.nnd.compiler.ir.Graph;
import dev.nnd.compiler.ir.Port;
import dev.nnd.compiler.onnx.export.OnnxExport;
import dev.nnd.compiler.type.DType;
import dev.nnd.compiler.type.TensorType;
import dev.nnd.grammar.SourceFile;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The exported step of a decoder, asked again and again by ONNX Runtime, gives the scores of the whole model. */
class DecodingExportTest {

    private static final int ROOM = 10;
    private static final int ROWS = 2;

    private final Map<String, TensorData> weights = new HashMap<>();
    private final Map<String, TensorData> caches = new LinkedHashMap<>();
    private final long seed = Seed.fresh();
    private final Random random = new Random(seed);

    @ParameterizedTest
    @EnumSource(DecoderTexts.class)
    void stepsAreTheModel(DecoderTexts decoder) throws OrtException {
        var result = new Compiler().plan(CompilerRun.of(new SourceFile("net.nnd", decoder.text())));
        assertTrue(result.ok(), result.diagnostics().toString());
        CompiledFile.Model model = result.programs().getFirst().models().getFirst();
        Graph step = assertInstanceOf(CompiledFile.Decoder.Steps.class, model.decoder())
                .graph();
        for (Port port : step.inputs()) {
            if (port.role() == Port.Role.PARAMETER || port.role() == Port.Role.BUFFER) {
                weights.put(port.name(), drawn(port, Map.of()));
            } else if (port.role() == Port.Role.CACHE) {
                // What is in a cache before it is written is seen by nobody.
                caches.put(port.name(), drawn(port, Map.of("N", (long) ROWS, "Context", (long) ROOM)));
            }
        }
        byte[] exported = OnnxExport.write(
                step, path -> Objects.requireNonNull(weights.get(path)).bytes());
        try (var session = new OrtSession(exported)) {
            follow(model.graph(), step, session);
        }
    }

    private void follow(Graph whole, Graph step, OrtSession session) throws OrtException {
        DType ids = whole.inputs().getFirst().value().type().dtype();
        int vocabulary =
                Math.toIntExact(outputType(step).dims().getLast().constant().orElseThrow());
        var text = new ArrayList<List<Long>>(List.of(new ArrayList<>(), new ArrayList<>()));
        int at = 0;
        for (int count : new int[] {4, 1, 1, 3}) {
            text.forEach(row ->
                    IntStream.range(0, count).forEach(_ -> row.add((long) random.nextInt(Math.min(7, vocabulary)))));
            int start = at;
            var inputs = new LinkedHashMap<String, TensorData>();
            inputs.put(
                    "tokens",
                    TensorData.integers(
                            ids,
                            List.of((long) ROWS, (long) count),
                            i -> text.get(i / count).get(start + i % count)));
            inputs.put("start", TensorData.integers(DType.I32, List.of((long) ROWS), _ -> start));
            inputs.put("last", TensorData.integers(DType.I32, List.of((long) ROWS), _ -> count - 1));
            inputs.keySet().retainAll(names(step));
            inputs.putAll(caches);
            List<TensorData> made = session.run(inputs);
            next(step, made);
            at += count;
            compare(whole, text, made.getFirst(), vocabulary);
        }
    }

    private static TensorType outputType(Graph step) {
        return step.outputs().getFirst().value().type();
    }

    private static List<String> names(Graph step) {
        return step.inputs().stream().map(Port::name).toList();
    }

    /** Outputs behind the first are the caches, in the order of the graph. */
    private void next(Graph step, List<TensorData> made) {
        for (int i = 1; i < made.size(); i++) {
            caches.put(step.outputs().get(i).name(), made.get(i));
        }
    }

    private void compare(Graph whole, List<List<Long>> text, TensorData scores, int vocabulary) {
        int length = text.getFirst().size();
        var inputs = new HashMap<String, double[]>();
        weights.forEach((name, data) -> inputs.put(name, numbers(data)));
        inputs.put(
                "tokens",
                text.stream()
                        .flatMap(List::stream)
                        .mapToDouble(Long::doubleValue)
                        .toArray());
        double[] all = Evaluator.evaluate(whole, Map.of("N", (long) ROWS, "T", (long) length), inputs)
                .output(Port.Role.OUTPUT, "logits");
        double tolerance = 1e-3 * DoubleStream.of(all).map(Math::abs).reduce(1, Math::max);
        for (int row = 0; row < ROWS; row++) {
            for (int i = 0; i < vocabulary; i++) {
                double expected = all[(row * length + length - 1) * vocabulary + i];
                assertEquals(
                        expected,
                        scores.number(row * vocabulary + i),
                        tolerance,
                        "seed " + seed + ", text of " + length + ", row " + row + ", score " + i);
            }
        }
    }

    private TensorData drawn(Port port, Map<String, Long> sizes) {
        List<Long> dims =
                port.value().type().dims().stream().map(d -> d.evaluate(sizes)).toList();
        return TensorData.floats(port.value().type().dtype(), dims, _ -> random.nextDouble() - 0.5);
    }

    private static double[] numbers(TensorData data) {
        return IntStream.range(0, data.size()).mapToDouble(data::number).toArray();
    }
}
