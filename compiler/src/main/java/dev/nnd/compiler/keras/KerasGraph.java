package dev.nnd.compiler.keras;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import dev.nnd.compiler.onnx.OnnxImport;
import dev.nnd.compiler.onnx.TensorData;
import dev.nnd.compiler.type.DType;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The graph of ONNX operators while it is put together. */
final class KerasGraph {

    private final GraphProto.Builder graph = GraphProto.newBuilder();
    private final Set<String> names = new HashSet<>();

    GraphProto.Builder proto() {
        return graph;
    }

    /** A name that is not used yet. */
    String fresh(String hint) {
        String name = hint;
        for (int i = 2; !names.add(name); i++) {
            name = hint + "_" + i;
        }
        return name;
    }

    /** Adds a node of the standard. */
    String node(String layer, String op, List<String> inputs, Map<String, ?> attributes) {
        return node("", layer, op, inputs, attributes);
    }

    /** Adds a node that is a layer of the language's library. */
    String layer(String layer, String op, List<String> inputs, Map<String, ?> attributes) {
        return node(OnnxImport.LIBRARY, layer, op, inputs, attributes);
    }

    private String node(String domain, String layer, String op, List<String> inputs, Map<String, ?> attributes) {
        String output = fresh(layer);
        graph.addNode(node(domain, layer, op, inputs, attributes, output));
        return output;
    }

    /** Adds a node and gives the output at a place. */
    String output(String layer, String op, List<String> inputs, Map<String, ?> attributes, int place) {
        NodeProto.Builder node = node("", layer, op, inputs, attributes, place == 0 ? fresh(layer) : "");
        for (int i = 1; i <= place; i++) {
            node.addOutput(i == place ? fresh(layer) : "");
        }
        graph.addNode(node);
        return node.getOutput(place);
    }

    private static NodeProto.Builder node(
            String domain, String layer, String op, List<String> inputs, Map<String, ?> attributes, String output) {
        NodeProto.Builder node = NodeProto.newBuilder()
                .setDomain(domain)
                .setName(layer)
                .setOpType(op)
                .addAllInput(inputs)
                .addOutput(output);
        attributes.forEach((name, value) -> node.addAttribute(attribute(name, value)));
        return node;
    }

    private static AttributeProto attribute(String name, Object value) {
        AttributeProto.Builder made = AttributeProto.newBuilder().setName(name);
        switch (value) {
            case Double d -> made.setType(AttributeProto.AttributeType.FLOAT).setF(d.floatValue());
            case Number n -> made.setType(AttributeProto.AttributeType.INT).setI(n.longValue());
            case String s -> made.setType(AttributeProto.AttributeType.STRING).setS(ByteString.copyFromUtf8(s));
            case List<?> list
            when !list.isEmpty() && list.getFirst() instanceof String -> {
                made.setType(AttributeProto.AttributeType.STRINGS);
                list.forEach(s -> made.addStrings(ByteString.copyFromUtf8((String) s)));
            }
            case List<?> list
            when !list.isEmpty() && list.getFirst() instanceof Double -> {
                made.setType(AttributeProto.AttributeType.FLOATS);
                list.forEach(f -> made.addFloats(((Double) f).floatValue()));
            }
            case List<?> list -> {
                made.setType(AttributeProto.AttributeType.INTS);
                list.forEach(i -> made.addInts(((Number) i).longValue()));
            }
            default -> throw new IllegalArgumentException(name);
        }
        return made.build();
    }

    /** Adds a tensor from the file, or from what Keras would compute. */
    String weight(String name, TensorData data) {
        String chosen = fresh(name);
        graph.addInitializer(TensorProto.newBuilder()
                .setName(chosen)
                .setDataType(TensorProto.DataType.FLOAT_VALUE)
                .addAllDims(data.dims())
                .setRawData(UnsafeByteOperations.unsafeWrap(data.bytes())));
        return chosen;
    }

    /** Adds one number. */
    String number(String name, double value) {
        return weight(name, TensorData.floats(DType.F32, List.of(), i -> value));
    }

    /** Adds whole numbers, such as a shape. */
    String integers(String name, List<Long> values) {
        ByteBuffer bytes = ByteBuffer.allocate(8 * values.size()).order(ByteOrder.LITTLE_ENDIAN);
        values.forEach(bytes::putLong);
        String chosen = fresh(name);
        graph.addInitializer(TensorProto.newBuilder()
                .setName(chosen)
                .setDataType(TensorProto.DataType.INT64_VALUE)
                .addDims(values.size())
                .setRawData(ByteString.copyFrom(bytes.flip())));
        return chosen;
    }
}
