package dev.nnd.compiler.onnx;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import ai.onnxruntime.OrtException;
import dev.nnd.compiler.CompiledFile;
import dev.nnd.compiler.Compiler;
import dev.nnd.compiler.CompilerRun;
import dev.nnd.compiler.Seed;
import dev.nnd.compiler.ir.Evaluator;
import dev.nnd.compiler.ir.Port;
import dev.nnd.compiler.lower.LoweredParameter;
import dev.nnd.compiler.onnx.export.OnnxExport;
import dev.nnd.compiler.type.DType;
import dev.nnd.compiler.type.Dim;
import dev.nnd.grammar.SourceFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.stream.DoubleStream;
import org.junit.jupiter.api.Test;

/** What is exported gives the same outputs in ONNX Runtime. */
class OnnxExportTest {

    private static final String NETS = """
            model Convolutions {
              input image: f32[N, 3, 16, 16]
              output logits = image -> Conv2d(8, kernel: 3, stride: 2, padding: 1) -> BatchNorm() -> relu
                -> MaxPool2d(2) -> ConvTranspose2d(4, kernel: 4, stride: 2, padding: 1) -> gelu
                -> GlobalAvgPool2d() -> Dense(5)
            }

            model Sequence {
              input tokens: i32[N, T]
              let h = tokens -> Embedding(11, 8) -> LayerNorm()
              let q = h -> Dense(8) -> rearrange[N, T, (2 d) -> N, 2, T, d]
              output scores = attention(q, q, q, causal: true) -> rearrange[N, h, T, d -> N, T, (h d)] -> Dense(3) -> softmax
              output last = h[:, -1] -> tanh
            }

            model Recurrent {
              input x: f32[N, T, 4]
              output y: f32[N, 3] = x -> LSTM(5, sequences: true) -> GRU(4) -> Dense(3)
            }

            model Moves {
              input x: f32[N, T, 6]
              output a = flip(x, axis: 2) -> pad([1, 2], axis: 2)
              output b = concat(x[:, :, 1::2], x[:, :, ::-1 * -3], axis: 2)
              output c = cumsum(x, axis: 1)
              output d = top_k(x, 2).values
              output e = select(x > 0.0, x, 0.5 * x) -> sum(axis: 1)
            }
            """.replace("x[:, :, ::-1 * -3]", "x[:, :, ::3]");

    @Test
    void modelsOfTheLanguageGiveTheSame() throws OrtException {
        var result = new Compiler().plan(CompilerRun.of(new SourceFile("nets.nnd", NETS)));
        assertTrue(result.ok(), result.diagnostics().toString());
        long seed = Seed.fresh();
        for (CompiledFile.Model model : result.programs().getFirst().models()) {
            var random = new Random(seed);
            Map<String, TensorData> weights = new HashMap<>();
            for (LoweredParameter parameter : model.parameters()) {
                weights.put(
                        parameter.path(),
                        filled(parameter.type().dtype(), sizes(parameter.type().dims(), Map.of()), random));
            }
            byte[] exported = OnnxExport.write(
                    model.graph(),
                    path -> Objects.requireNonNull(weights.get(path)).bytes());
            for (Map<String, Long> dims : List.of(Map.of("N", 1L, "T", 5L), Map.of("N", 3L, "T", 2L))) {
                compare(model, exported, weights, dims, random, "seed " + seed);
            }
        }
    }

    private static void compare(
            CompiledFile.Model model,
            byte[] exported,
            Map<String, TensorData> weights,
            Map<String, Long> dims,
            Random random,
            String where)
            throws OrtException {
        var inputs = new LinkedHashMap<String, TensorData>();
        model.model()
                .block()
                .inputs()
                .forEach(i -> inputs.put(
                        i.name(), filled(i.type().dtype(), sizes(i.type().dims(), dims), random)));
        var all = new HashMap<String, double[]>();
        weights.forEach((k, v) -> all.put(k, numbers(v)));
        inputs.forEach((k, v) -> all.put(k, numbers(v)));
        Evaluator.Result expected = Evaluator.evaluate(model.graph(), dims, all);
        try (var session = new OrtSession(exported)) {
            List<TensorData> made = session.run(inputs);
            List<Port> outputs = model.graph().outputs().stream()
                    .filter(p -> p.role() == Port.Role.OUTPUT)
                    .toList();
            for (int i = 0; i < outputs.size(); i++) {
                double[] wanted =
                        expected.output(Port.Role.OUTPUT, outputs.get(i).name());
                double tolerance = 1e-4 * largest(wanted);
                for (int e = 0; e < wanted.length; e++) {
                    assertEquals(
                            wanted[e],
                            made.get(i).number(e),
                            tolerance,
                            model.model().name() + " " + outputs.get(i).name() + " at " + e + ", " + where);
                }
            }
        }
    }

    /** In f32, sums of terms that cancel are off by parts of the terms: the largest finite element is the measure, or 1. */
    private static double largest(double[] wanted) {
        return DoubleStream.of(wanted).map(Math::abs).filter(Double::isFinite).reduce(1, Math::max);
    }

    private static List<Long> sizes(List<Dim> dims, Map<String, Long> free) {
        return dims.stream().map(d -> d.evaluate(free)).toList();
    }

    private static TensorData filled(DType dtype, List<Long> dims, Random random) {
        return dtype.isFloat()
                ? TensorData.floats(dtype, dims, i -> 0.1 + 0.8 * random.nextDouble())
                : TensorData.integers(dtype, dims, i -> random.nextInt(11));
    }

    private static double[] numbers(TensorData data) {
        var numbers = new double[data.size()];
        for (int i = 0; i < numbers.length; i++) {
            numbers[i] = data.number(i);
        }
        return numbers;
    }

    /** There and back: what was imported from ONNX is exported again and gives the outputs of the case. */
    @Test
    void importedCasesGoBack() throws IOException {
        assumeTrue(Files.isDirectory(OnnxCase.shared()), "there is no folder ../shared/data with the cases");
        var failing = new ArrayList<String>();
        int unsupported = 0;
        int all = 0;
        for (String folder : List.of("onnx-pytorch-converted", "onnx-pytorch-operator", "onnx-node")) {
            List<OnnxCase> cases = OnnxCase.folder(folder);
            int step = folder.equals("onnx-node") ? Integer.getInteger("nnd.step", 5) : 1;
            for (int i = 0; i < cases.size(); i += step) {
                CaseRun.Prepared prepared = CaseRun.plan(cases.get(i), i);
                if (prepared.model().isEmpty()) {
                    continue;
                }
                all++;
                try {
                    CaseRun.Outcome outcome = roundTrip(prepared);
                    if (!outcome.passed()) {
                        failing.add(cases.get(i).name() + " " + outcome.reason());
                    }
                } catch (OnnxExport.Unsupported known) {
                    unsupported++;
                }
            }
        }
        System.out.println("exported again: " + (all - unsupported - failing.size()) + " of " + all
                + ", without a form in ONNX: " + unsupported);
        assertEquals(List.of(), failing);
    }

    private static CaseRun.Outcome roundTrip(CaseRun.Prepared prepared) throws IOException {
        Imported imported = prepared.imported().orElseThrow();
        Map<String, ByteBuffer> weights = new HashMap<>();
        imported.weights()
                .forEach((k, v) -> weights.put(k, v.bytes().duplicate().clear()));
        byte[] exported = OnnxExport.write(prepared.model().orElseThrow().graph(), weights::get);
        List<String> names = CaseRun.inputs(prepared.one().bytes());
        var inputs = new LinkedHashMap<String, TensorData>();
        for (Imported.Port port : imported.inputs()) {
            inputs.put(port.nnd(), prepared.one().inputs().get(names.indexOf(port.name())));
        }
        if (inputs.isEmpty()) {
            inputs.put("unused", TensorData.floats(DType.F32, List.of(), i -> 0));
        }
        try (var session = new OrtSession(exported)) {
            return CaseRun.compared(prepared, session.run(inputs));
        } catch (OrtException failed) {
            return CaseRun.Outcome.failed("run", String.valueOf(failed.getMessage()));
        }
    }
}
