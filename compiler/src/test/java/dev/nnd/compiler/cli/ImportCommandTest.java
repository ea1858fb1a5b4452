package dev.nnd.compiler.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.OperatorSetIdProto;
import ai.onnx.proto.OnnxMl.StringStringEntryProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.TensorShapeProto;
import ai.onnx.proto.OnnxMl.TypeProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import dev.nnd.runtime.weights.Safetensors;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code nnd import} and {@code nnd export}, with files. */
class ImportCommandTest {

    private static final float[] WEIGHT = {1, 2, 3, 4, 5, 6};

    @TempDir
    private Path folder;

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    private int nnd(String... words) {
        return Nnd.run(Terminal.plain(new PrintWriter(out), new PrintWriter(err)), words);
    }

    @BeforeEach
    void weights() throws IOException {
        var bytes = ByteBuffer.allocate(32).order(ByteOrder.LITTLE_ENDIAN).position(8);
        for (float value : WEIGHT) {
            bytes.putFloat(value);
        }
        Files.createDirectories(folder.resolve("in/data"));
        Files.write(folder.resolve("in/data/weights.bin"), bytes.array());
        Files.write(folder.resolve("secret.bin"), bytes.array());
    }

    @Test
    void readsWeightsBesideTheModelAndGivesThemBack() throws IOException {
        Path model = model(Map.of("location", "data/weights.bin", "offset", "8", "length", "24"));
        assertEquals(
                0, nnd("import", model.toString(), "-d", folder.resolve("out").toString()), err::toString);
        String text = Files.readString(folder.resolve("out/tiny_net.nnd"));
        assertTrue(text.contains("model TinyNet {") && text.contains("x -> Dense(2, bias: false) as fc"), text);
        Path weights = folder.resolve("out/tiny_net.safetensors");
        try (var file = Safetensors.open(weights)) {
            var values = MemorySegment.ofArray(new float[6]);
            file.readFloats(Objects.requireNonNull(file.entries().get("fc.weight")), values);
            assertArrayEquals(WEIGHT, (float[]) values.heapBase().orElseThrow());
        }
        Path back = folder.resolve("back.onnx");
        assertEquals(
                0,
                nnd(
                        "export",
                        folder.resolve("out/tiny_net.nnd").toString(),
                        "--weights",
                        weights.toString(),
                        "--onnx",
                        back.toString()),
                err::toString);
        ModelProto exported = ModelProto.parseFrom(Files.readAllBytes(back));
        assertEquals("fc.weight", exported.getGraph().getInitializer(0).getName());
        assertEquals(
                "N",
                exported.getGraph()
                        .getInput(0)
                        .getType()
                        .getTensorType()
                        .getShape()
                        .getDim(0)
                        .getDimParam());
    }

    @Test
    void readsNothingOutsideTheModelsFolder() throws IOException {
        Files.createSymbolicLink(folder.resolve("in/link.bin"), folder.resolve("secret.bin"));
        for (String place : List.of(
                "../secret.bin",
                "data/../../secret.bin",
                "link.bin",
                folder.resolve("secret.bin").toString())) {
            refused(Map.of("location", place), "lies outside the model's folder");
        }
    }

    @Test
    void believesNoOffset() throws IOException {
        refused(Map.of("location", "data/weights.bin", "offset", "16"), "which has 32");
        refused(Map.of("location", "data/weights.bin", "offset", "-8"), "need 24 bytes");
        refused(Map.of("location", "data/weights.bin", "length", "99999999999"), "need 24 bytes");
        refused(Map.of("location", "data/weights.bin", "offset", "many"), "no number");
        refused(Map.of("location", "data/none.bin"), "there is no file");
    }

    @Test
    void saysWhatIsWrongWithTheFile() throws IOException {
        Files.write(folder.resolve("in/tiny-net.onnx"), new byte[] {1, 2, 3});
        assertEquals(
                1,
                nnd(
                        "import",
                        folder.resolve("in/tiny-net.onnx").toString(),
                        "-d",
                        folder.resolve("out").toString()));
        assertTrue(err.toString().contains("is no ONNX model"), err.toString());
        assertEquals(1, nnd("import", folder.resolve("in/absent.onnx").toString()));
    }

    @Test
    void refusesWeightsOfAnotherModel() throws IOException {
        Path model = model(Map.of("location", "data/weights.bin", "offset", "8"));
        assertEquals(
                0, nnd("import", model.toString(), "-d", folder.resolve("out").toString()));
        Path other = folder.resolve("other.nnd");
        Files.writeString(other, "model Other {\n  input x: f32[N, 3]\n  output y: f32[N, 4] = x -> Dense(4)\n}\n");
        int code = nnd(
                "export",
                other.toString(),
                "--weights",
                folder.resolve("out/tiny_net.safetensors").toString(),
                "--onnx",
                folder.resolve("other.onnx").toString());
        assertEquals(1, code);
        assertTrue(err.toString().contains("dense.weight f32[4, 3] is missing"), err.toString());
        assertTrue(Files.notExists(folder.resolve("other.onnx")));
    }

    /** One sentence that names the tensor, and nothing is written. */
    private void refused(Map<String, String> external, String why) throws IOException {
        err.getBuffer().setLength(0);
        Path model = model(external);
        assertEquals(
                1, nnd("import", model.toString(), "-d", folder.resolve("out").toString()));
        assertTrue(
                err.toString().contains("tensor `fc.weight`") && err.toString().contains(why), err.toString());
        if (Files.exists(folder.resolve("out"))) {
            try (Stream<Path> files = Files.list(folder.resolve("out"))) {
                assertEquals(0, files.count());
            }
        }
    }

    private Path model(Map<String, String> external) throws IOException {
        var weight = TensorProto.newBuilder()
                .setName("fc.weight")
                .setDataType(TensorProto.DataType.FLOAT_VALUE)
                .addDims(2)
                .addDims(3)
                .setDataLocation(TensorProto.DataLocation.EXTERNAL);
        external.forEach((k, v) -> weight.addExternalData(
                StringStringEntryProto.newBuilder().setKey(k).setValue(v)));
        var transposed = NodeProto.newBuilder()
                .setOpType("Gemm")
                .addInput("x")
                .addInput("fc.weight")
                .addOutput("y")
                .addAttribute(ai.onnx.proto.OnnxMl.AttributeProto.newBuilder()
                        .setName("transB")
                        .setType(ai.onnx.proto.OnnxMl.AttributeProto.AttributeType.INT)
                        .setI(1));
        byte[] bytes = ModelProto.newBuilder()
                .setIrVersion(8)
                .addOpsetImport(OperatorSetIdProto.newBuilder().setVersion(17))
                .setGraph(GraphProto.newBuilder()
                        .addInput(info("x", 3))
                        .addInitializer(weight)
                        .addNode(transposed)
                        .addOutput(info("y", 2)))
                .build()
                .toByteArray();
        Path file = folder.resolve("in/tiny-net.onnx");
        Files.write(file, bytes);
        return file;
    }

    private static ValueInfoProto info(String name, long width) {
        return ValueInfoProto.newBuilder()
                .setName(name)
                .setType(TypeProto.newBuilder()
                        .setTensorType(TypeProto.Tensor.newBuilder()
                                .setElemType(TensorProto.DataType.FLOAT_VALUE)
                                .setShape(TensorShapeProto.newBuilder()
                                        .addDim(TensorShapeProto.Dimension.newBuilder()
                                                .setDimParam("N"))
                                        .addDim(TensorShapeProto.Dimension.newBuilder()
                                                .setDimValue(width)))))
                .build();
    }
}
