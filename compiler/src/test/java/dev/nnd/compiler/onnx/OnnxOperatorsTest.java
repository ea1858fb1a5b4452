package dev.nnd.compiler.onnx;

import static org.junit.jupiter.api.Assertions.assertEquals;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.OperatorSetIdProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.TensorShapeProto;
import ai.onnx.proto.OnnxMl.TypeProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import ai.onnxruntime.OrtException;
import com.google.protobuf.ByteString;
import dev.nnd.compiler.CompileResult;
import dev.nnd.compiler.Compiler;
import dev.nnd.compiler.CompilerRun;
import dev.nnd.compiler.ir.Evaluator;
import dev.nnd.compiler.ir.Port;
import dev.nnd.compiler.type.DType;
import dev.nnd.grammar.SourceFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

/**
 * Operators in many settings against ONNX Runtime. A line of {@code onnx-operators.txt}: operator and operator set, attributes,
 * inputs ({@code f3x4} random floats, {@code [1,2]} known whole numbers, {@code i5:3x4} random ones below 5, {@code -} none), and the
 * number of outputs.
 */
class OnnxOperatorsTest {

    private static final Compiler COMPILER = new Compiler();

    @Test
    void operatorsGiveWhatOnnxRuntimeGives() throws IOException {
        long seed = new Random().nextLong();
        var failing = new ArrayList<String>();
        String text;
        try (var in = OnnxOperatorsTest.class.getResourceAsStream("/onnx-operators.txt")) {
            text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
        for (String line :
                text.lines().filter(l -> !l.isBlank() && !l.startsWith("#")).toList()) {
            try {
                String wrong = compared(line, new Random(seed));
                if (!wrong.isEmpty()) {
                    failing.add(line + ": " + wrong);
                }
            } catch (OnnxProblem problem) {
                failing.add(line + ": " + problem.message());
            } catch (OrtException invalid) {
                failing.add(line + ": ONNX Runtime: " + invalid.getMessage());
            } catch (RuntimeException bug) {
                failing.add(line + ": " + bug);
            }
        }
        assertEquals("", String.join("\n", failing), "seed " + seed);
    }

    private static String compared(String line, Random random) throws OrtException {
        String[] columns = line.split("\\|", -1);
        String[] operator = columns[0].strip().split(" ");
        var node = NodeProto.newBuilder().setOpType(operator[0]);
        for (String attribute : columns[1].strip().split(" +")) {
            if (!attribute.isEmpty()) {
                node.addAttribute(attribute(attribute));
            }
        }
        var graph = GraphProto.newBuilder().setName("g");
        var inputs = new LinkedHashMap<String, TensorData>();
        for (String input : columns[2].strip().split(" +")) {
            input(input, node, graph, inputs, random);
        }
        int outputs = columns.length > 3 ? Integer.parseInt(columns[3].strip()) : 1;
        for (int i = 0; i < outputs; i++) {
            node.addOutput("y" + i);
            graph.addOutput(ValueInfoProto.newBuilder().setName("y" + i));
        }
        byte[] model = ModelProto.newBuilder()
                .setIrVersion(8)
                .addOpsetImport(OperatorSetIdProto.newBuilder().setVersion(Integer.parseInt(operator[1])))
                .setGraph(graph.addNode(node))
                .build()
                .toByteArray();
        List<TensorData> wanted;
        try (var session = new OrtSession(model)) {
            wanted = session.run(inputs);
        }
        Imported imported = OnnxImport.read(model, OnnxImport.Options.named("Net"));
        CompileResult result = COMPILER.plan(CompilerRun.of(new SourceFile("net.nnd", imported.text())));
        if (!result.ok()) {
            return result.diagnostics().getFirst().message();
        }
        var numbers = new HashMap<String, double[]>();
        imported.weights().forEach((k, v) -> numbers.put(k, numbers(v)));
        imported.inputs()
                .forEach(p -> numbers.put(
                        p.nnd(),
                        numbers(inputs.getOrDefault(p.name(), TensorData.floats(DType.F32, List.of(), i -> 0)))));
        Evaluator.Result made = Evaluator.evaluate(
                result.programs().getFirst().models().getFirst().graph(), Map.of(), numbers);
        for (int i = 0; i < imported.outputs().size(); i++) {
            double[] is =
                    made.output(Port.Role.OUTPUT, imported.outputs().get(i).nnd());
            double[] expected = numbers(wanted.get(i));
            if (is.length != expected.length) {
                return "output " + i + " has " + is.length + " elements, wanted " + expected.length;
            }
            for (int e = 0; e < is.length; e++) {
                if (!(Math.abs(is[e] - expected[e]) <= 1e-3 * Math.max(1, Math.abs(expected[e])))
                        && Double.compare(is[e], expected[e]) != 0) {
                    return "output " + i + " at " + e + " is " + is[e] + ", wanted " + expected[e];
                }
            }
        }
        return "";
    }

    private static void input(
            String text,
            NodeProto.Builder node,
            GraphProto.Builder graph,
            Map<String, TensorData> inputs,
            Random random) {
        if (text.equals("-")) {
            node.addInput("");
            return;
        }
        String name = "x" + node.getInputCount();
        node.addInput(name);
        if (text.startsWith("[") || text.startsWith("{")) {
            boolean floats = text.startsWith("{");
            String inside = text.substring(1, text.length() - 1);
            List<Double> values = inside.isEmpty()
                    ? List.of()
                    : List.of(inside.split(",")).stream().map(Double::valueOf).toList();
            List<Long> dims = List.of((long) values.size());
            TensorData data = floats
                    ? TensorData.floats(DType.F32, dims, values::get)
                    : TensorData.floats(DType.I64, dims, values::get);
            graph.addInitializer(TensorProto.newBuilder()
                    .setName(name)
                    .setDataType(floats ? 1 : 7)
                    .addAllDims(dims)
                    .setRawData(ByteString.copyFrom(data.bytes().duplicate().clear())));
            return;
        }
        boolean whole = text.startsWith("i");
        int bound = whole ? Integer.parseInt(text.substring(1, text.indexOf(':'))) : 0;
        String sizes = whole ? text.substring(text.indexOf(':') + 1) : text.substring(1);
        List<Long> dims = sizes.isEmpty()
                ? List.of()
                : List.of(sizes.split("x")).stream().map(Long::valueOf).toList();
        inputs.put(
                name,
                whole
                        ? TensorData.integers(DType.I64, dims, i -> random.nextInt(bound))
                        : TensorData.floats(DType.F32, dims, i -> random.nextGaussian()));
        var shape = TensorShapeProto.newBuilder();
        dims.forEach(d -> shape.addDim(TensorShapeProto.Dimension.newBuilder().setDimValue(d)));
        graph.addInput(ValueInfoProto.newBuilder()
                .setName(name)
                .setType(TypeProto.newBuilder()
                        .setTensorType(TypeProto.Tensor.newBuilder()
                                .setElemType(whole ? 7 : 1)
                                .setShape(shape))));
    }

    private static AttributeProto attribute(String text) {
        String name = text.substring(0, text.indexOf('='));
        String value = text.substring(text.indexOf('=') + 1);
        var made = AttributeProto.newBuilder().setName(name);
        if (value.startsWith("[")) {
            made.setType(AttributeProto.AttributeType.INTS);
            for (String one : value.substring(1, value.length() - 1).split(",")) {
                made.addInts(Long.parseLong(one));
            }
        } else if (value.matches("-?\\d+")) {
            made.setType(AttributeProto.AttributeType.INT).setI(Long.parseLong(value));
        } else if (value.matches("-?[\\d.]+(e-?\\d+)?")) {
            made.setType(AttributeProto.AttributeType.FLOAT).setF(Float.parseFloat(value));
        } else {
            made.setType(AttributeProto.AttributeType.STRING).setS(ByteString.copyFromUtf8(value));
        }
        return made.build();
    }

    private static double[] numbers(TensorData data) {
        var numbers = new double[data.size()];
        for (int i = 0; i < numbers.length; i++) {
            numbers[i] = data.number(i);
        }
        return numbers;
    }
}
