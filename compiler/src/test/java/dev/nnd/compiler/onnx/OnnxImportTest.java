package dev.nnd.compiler.onnx;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.OperatorSetIdProto;
import ai.onnx.proto.OnnxMl.StringStringEntryProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.TensorShapeProto;
import ai.onnx.proto.OnnxMl.TypeProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import com.google.protobuf.ByteString;
import dev.nnd.compiler.Compiler;
import dev.nnd.compiler.CompilerRun;
import dev.nnd.compiler.Seed;
import dev.nnd.grammar.SourceFile;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** What models become, and what is said of broken ones. */
class OnnxImportTest {

    private static final int FLOAT = 1;
    private static final int INT64 = 7;

    @Test
    void writesLayersWithTheNamesOfTheFile() {
        GraphProto graph = GraphProto.newBuilder()
                .addInput(info("x", "batch", 4L))
                .addInitializer(tensor("fc.weight", 3, 4))
                .addInitializer(tensor("fc.bias", 3))
                .addNode(node("Gemm", List.of("x", "fc.weight", "fc.bias"), "h").addAttribute(integer("transB", 1)))
                .addNode(node("Relu", List.of("h"), "y"))
                .addOutput(info("y", "batch", 3L))
                .build();
        Imported imported = read(graph);
        assertEquals("""
                /// Imported from ONNX.
                model Net {
                  input x: f32[Batch, 4]

                  output y: f32[Batch, 3] = x -> Dense(3) as fc -> relu
                }
                """, imported.text());
        assertEquals(
                List.of("fc.weight", "fc.bias"), List.copyOf(imported.weights().keySet()));
    }

    @Test
    void writesWhatRepeatsOnce() {
        var graph = GraphProto.newBuilder().addInput(info("x", "N", 4L));
        String before = "x";
        for (int i = 0; i < 5; i++) {
            String name = "layers." + i;
            graph.addInitializer(tensor(name + ".up.weight", 4, 4)).addInitializer(tensor(name + ".up.bias", 4));
            graph.addNode(node("Gemm", List.of(before, name + ".up.weight", name + ".up.bias"), "a" + i));
            graph.addNode(node("Tanh", List.of("a" + i), "b" + i));
            graph.addNode(node("Add", List.of("b" + i, before), "c" + i));
            before = "c" + i;
        }
        Imported imported = read(graph.addOutput(info(before, "N", 4L)).build());
        assertEquals("""
                /// Imported from ONNX.
                block Layer() {
                  input x: f32[N, 4]

                  let b0 = x -> Dense(4) as up -> tanh

                  output b0 + x
                }

                model Net {
                  input x: f32[N, 4]

                  output c4: f32[N, 4] = x -> Layer() * 5 as layer
                }
                """, imported.text());
        assertTrue(
                imported.weights().containsKey("layer.4.up.bias"),
                imported.weights().keySet().toString());
        assertEquals(List.of(), new Compiler().check(CompilerRun.of(new SourceFile("net.nnd", imported.text()))));
    }

    @Test
    void namesTheNodeOfAnUnsupportedOperator() {
        OnnxProblem problem = broken(GraphProto.newBuilder()
                .addInput(info("x", 4L))
                .addNode(node("Frobnicate", List.of("x"), "y").setName("layer7"))
                .addOutput(info("y", 4L)));
        assertEquals("node `layer7` (Frobnicate): the operator `Frobnicate` is not supported", problem.message());
    }

    @Test
    void namesTheNodeOfACycle() {
        OnnxProblem problem = broken(GraphProto.newBuilder()
                .addInput(info("x", 4L))
                .addNode(node("Add", List.of("x", "b"), "a"))
                .addNode(node("Relu", List.of("a"), "b"))
                .addOutput(info("b", 4L)));
        assertEquals("node `a` (Add) is part of a cycle or needs what one makes", problem.message());
    }

    @Test
    void namesTheNodeWhoseShapesDoNotFit() {
        OnnxProblem problem = broken(GraphProto.newBuilder()
                .addInput(info("x", 4L))
                .addInput(info("z", 3L))
                .addNode(node("Add", List.of("x", "z"), "y"))
                .addOutput(info("y", 4L)));
        assertTrue(problem.message().startsWith("node `y` (Add): "), problem.message());
        assertTrue(problem.message().contains("4") && problem.message().contains("3"), problem.message());
    }

    @Test
    void holdsTheDeclaredOutputAgainstTheNodes() {
        OnnxProblem problem = broken(GraphProto.newBuilder()
                .addInput(info("x", 4L))
                .addNode(node("Relu", List.of("x"), "y"))
                .addOutput(info("y", 5L)));
        assertEquals("output `y` is declared with the sizes [5], its nodes give f32[4]", problem.message());
    }

    @Test
    void believesNoSize() {
        TensorProto large = TensorProto.newBuilder()
                .setName("w")
                .setDataType(FLOAT)
                .addDims(1L << 40)
                .addDims(1L << 40)
                .setRawData(ByteString.copyFrom(new byte[16]))
                .build();
        assertTrue(broken(weighted(large)).message().contains("too large"));
        TensorProto more = large.toBuilder().clearDims().addDims(1_000_000_000L).build();
        assertEquals(
                "tensor `w` of sizes [1000000000] needs 1000000000 elements of 4 bytes, and 16 bytes are there",
                broken(weighted(more)).message());
        TensorProto negative = large.toBuilder().clearDims().addDims(-4).build();
        assertEquals(
                "tensor `w`: a tensor has the negative size -4",
                broken(weighted(negative)).message());
    }

    @Test
    void readsNoFileOutside() {
        TensorProto outside = TensorProto.newBuilder()
                .setName("w")
                .setDataType(FLOAT)
                .addDims(4)
                .setDataLocation(TensorProto.DataLocation.EXTERNAL)
                .addExternalData(
                        StringStringEntryProto.newBuilder().setKey("location").setValue("../../secret"))
                .build();
        assertEquals(
                "tensor `w`: its data lies in another file, `../../secret`",
                broken(weighted(outside)).message());
    }

    @Test
    void namesTheInputWhoseValueIsNeeded() {
        OnnxProblem problem = broken(GraphProto.newBuilder()
                .addInput(info("x", 4L))
                .addInput(info("shape", 2L).toBuilder().setType(type(INT64, 2L)))
                .addNode(node("Reshape", List.of("x", "shape"), "y"))
                .addOutput(info("y", 2L, 2L)));
        assertEquals("shape", problem.input().orElseThrow());
        assertEquals("node `y` (Reshape): `shape` is an input of the model, and it decides a shape", problem.message());
    }

    @Test
    void loopsEnd() {
        GraphProto body = GraphProto.newBuilder()
                .addInput(ValueInfoProto.newBuilder().setName("i"))
                .addInput(ValueInfoProto.newBuilder().setName("go"))
                .addInput(ValueInfoProto.newBuilder().setName("s"))
                .addNode(node("Identity", List.of("go"), "more"))
                .addNode(node("Relu", List.of("s"), "t"))
                .addOutput(ValueInfoProto.newBuilder().setName("more"))
                .addOutput(ValueInfoProto.newBuilder().setName("t"))
                .build();
        OnnxProblem problem = broken(GraphProto.newBuilder()
                .addInput(info("x", 4L))
                .addInitializer(
                        TensorProto.newBuilder().setName("n").setDataType(INT64).addInt64Data(Long.MAX_VALUE))
                .addNode(node("Loop", List.of("n", "", "x"), "y")
                        .addAttribute(AttributeProto.newBuilder()
                                .setName("body")
                                .setType(AttributeProto.AttributeType.GRAPH)
                                .setG(body)))
                .addOutput(info("y", 4L)));
        assertEquals("node `y` (Loop): loops are unrolled, and it runs more than 4096 times", problem.message());
    }

    /** A model cut at any place, or with any byte changed, gives a model or one sentence. */
    @Test
    void survivesDamage() {
        byte[] whole = model(GraphProto.newBuilder()
                .addInput(info("x", "N", 4L))
                .addInitializer(tensor("w", 3, 4))
                .addNode(node("Gemm", List.of("x", "w"), "h").addAttribute(integer("transB", 1)))
                .addNode(node("Softmax", List.of("h"), "y").addAttribute(integer("axis", 1)))
                .addOutput(info("y", "N", 3L))
                .build());
        long seed = Seed.fresh();
        var random = new Random(seed);
        for (int i = 0; i < 300; i++) {
            byte[] damaged = whole.clone();
            if (i % 3 == 0) {
                damaged = Arrays.copyOf(whole, random.nextInt(whole.length));
            } else {
                damaged[random.nextInt(damaged.length)] = (byte) random.nextInt(256);
            }
            try {
                OnnxImport.read(damaged, OnnxImport.Options.named("Net"));
            } catch (OnnxProblem told) {
                assertTrue(!told.message().isEmpty(), "seed " + seed);
            } catch (RuntimeException | Error bug) {
                throw new AssertionError("seed " + seed + ", turn " + i, bug);
            }
        }
    }

    private static GraphProto.Builder weighted(TensorProto tensor) {
        return GraphProto.newBuilder()
                .addInput(info("x", 4L))
                .addInitializer(tensor)
                .addNode(node("Add", List.of("x", "w"), "y"))
                .addOutput(info("y", 4L));
    }

    private static OnnxProblem broken(GraphProto.Builder graph) {
        return assertThrows(OnnxProblem.class, () -> read(graph.build()));
    }

    private static Imported read(GraphProto graph) {
        return OnnxImport.read(model(graph), OnnxImport.Options.named("net"));
    }

    private static byte[] model(GraphProto graph) {
        return ModelProto.newBuilder()
                .setIrVersion(8)
                .addOpsetImport(OperatorSetIdProto.newBuilder().setVersion(17))
                .setGraph(graph)
                .build()
                .toByteArray();
    }

    private static NodeProto.Builder node(String op, List<String> inputs, String output) {
        return NodeProto.newBuilder().setOpType(op).addAllInput(inputs).addOutput(output);
    }

    private static AttributeProto integer(String name, long value) {
        return AttributeProto.newBuilder()
                .setName(name)
                .setType(AttributeProto.AttributeType.INT)
                .setI(value)
                .build();
    }

    private static ValueInfoProto info(String name, Object... dims) {
        return ValueInfoProto.newBuilder()
                .setName(name)
                .setType(type(FLOAT, dims))
                .build();
    }

    private static TypeProto type(int dtype, Object... dims) {
        var shape = TensorShapeProto.newBuilder();
        for (Object dim : dims) {
            var made = TensorShapeProto.Dimension.newBuilder();
            shape.addDim(dim instanceof Long size ? made.setDimValue(size) : made.setDimParam(dim.toString()));
        }
        return TypeProto.newBuilder()
                .setTensorType(TypeProto.Tensor.newBuilder().setElemType(dtype).setShape(shape))
                .build();
    }

    private static TensorProto tensor(String name, long... dims) {
        var tensor = TensorProto.newBuilder().setName(name).setDataType(FLOAT);
        int size = 1;
        for (long dim : dims) {
            tensor.addDims(dim);
            size *= (int) dim;
        }
        var bytes = ByteBuffer.allocate(4 * size).order(ByteOrder.LITTLE_ENDIAN);
        for (int i = 0; i < size; i++) {
            bytes.putFloat(0.1f * i - 0.3f);
        }
        return tensor.setRawData(ByteString.copyFrom(bytes.flip())).build();
    }
}
