package dev.nnd.compiler.onnx.export;

import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.OperatorSetIdProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.TensorShapeProto;
import ai.onnx.proto.OnnxMl.TypeProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import com.google.protobuf.ByteString;
import dev.nnd.compiler.ir.Graph;
import dev.nnd.compiler.ir.Inlining;
import dev.nnd.compiler.ir.Node;
import dev.nnd.compiler.ir.Port;
import dev.nnd.compiler.type.DType;
import dev.nnd.compiler.type.Dim;
import dev.nnd.compiler.type.TensorType;
import java.nio.ByteBuffer;
import java.util.function.Function;

/** Writes the inference graph of a model as ONNX, with the weights in it and the free dims as symbols. */
public final class OnnxExport {

    /** The operator set that is written; the first with all reductions of scatters. */
    static final int OPSET = 18;

    private static final int IR_VERSION = 8;

    /** What the name of an output has that is to be a cache's value in the next step, behind the cache's name. */
    static final String NEXT = ".next";

    private OnnxExport() {}

    /** What an op has no form for in ONNX. */
    public static final class Unsupported extends RuntimeException {
        private static final long serialVersionUID = 1L;

        Unsupported(String message) {
            super(message);
        }

        /** The sentence. */
        public String message() {
            return String.valueOf(getMessage());
        }
    }

    /**
     * The model as bytes.
     *
     * @param graph for inference, after all rewrites; of a model, or of a decoder's step, whose caches become inputs and outputs
     * @param weights the elements of a parameter or buffer by its path, row-major and little-endian
     * @throws Unsupported if an op has no form in ONNX; it names the line
     */
    public static byte[] write(Graph graph, Function<String, ByteBuffer> weights) {
        Graph whole = Inlining.all(graph);
        var nodes = new ExportNodes(whole.name());
        for (Port port : whole.inputs()) {
            switch (port.role()) {
                case INPUT, CACHE -> {
                    nodes.name(port.value(), port.name());
                    nodes.graph().addInput(info(port.name(), port.value().type()));
                    nodes.sizes(port.name(), port.value().type());
                }
                case PARAMETER, BUFFER -> {
                    nodes.name(port.value(), port.name());
                    nodes.graph().addInitializer(tensor(port, weights.apply(port.name())));
                }
                case SCALAR, STATE, OUTPUT, GRADIENT, LOSS, METRIC, UPDATED ->
                    throw new IllegalArgumentException("not a graph for inference: " + port.role());
            }
        }
        var ops = new ExportOps(nodes);
        for (Node node : whole.nodes()) {
            ops.add(node);
        }
        for (Port port : whole.outputs()) {
            if (port.role() == Port.Role.OUTPUT || port.role() == Port.Role.UPDATED) {
                String name = nodes.unique(port.role() == Port.Role.OUTPUT ? port.name() : port.name() + NEXT);
                nodes.node("Identity", name, nodes.of(port.value()));
                nodes.graph().addOutput(info(name, port.value().type()));
            }
        }
        return ModelProto.newBuilder()
                .setIrVersion(IR_VERSION)
                .setProducerName("nnd")
                .addOpsetImport(OperatorSetIdProto.newBuilder().setVersion(OPSET))
                .setGraph(nodes.graph())
                .build()
                .toByteArray();
    }

    private static TensorProto tensor(Port port, ByteBuffer bytes) {
        var tensor = TensorProto.newBuilder()
                .setName(port.name())
                .setDataType(number(port.value().type().dtype()));
        port.value().type().dims().forEach(d -> tensor.addDims(d.constant().orElseThrow()));
        return tensor.setRawData(ByteString.copyFrom(bytes.duplicate())).build();
    }

    static int number(DType dtype) {
        return switch (dtype) {
            case F32 -> TensorProto.DataType.FLOAT_VALUE;
            case F64 -> TensorProto.DataType.DOUBLE_VALUE;
            case F16 -> TensorProto.DataType.FLOAT16_VALUE;
            case BF16 -> TensorProto.DataType.BFLOAT16_VALUE;
            case I64 -> TensorProto.DataType.INT64_VALUE;
            case I32 -> TensorProto.DataType.INT32_VALUE;
            case I8 -> TensorProto.DataType.INT8_VALUE;
            case U8 -> TensorProto.DataType.UINT8_VALUE;
            case BOOL -> TensorProto.DataType.BOOL_VALUE;
        };
    }

    static ValueInfoProto info(String name, TensorType type) {
        var shape = TensorShapeProto.newBuilder();
        for (Dim dim : type.dims()) {
            var made = TensorShapeProto.Dimension.newBuilder();
            shape.addDim(
                    dim.constant().isPresent()
                            ? made.setDimValue(dim.constant().getAsLong())
                            : made.setDimParam(dim.toString()));
        }
        return ValueInfoProto.newBuilder()
                .setName(name)
                .setType(TypeProto.newBuilder()
                        .setTensorType(TypeProto.Tensor.newBuilder()
                                .setElemType(number(type.dtype()))
                                .setShape(shape)))
                .build();
    }
}
