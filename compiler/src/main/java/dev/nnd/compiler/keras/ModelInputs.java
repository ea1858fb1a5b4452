package dev.nnd.compiler.keras;

import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.TensorShapeProto;
import ai.onnx.proto.OnnxMl.TypeProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** The inputs of a model: names, shapes and dtypes. */
final class ModelInputs {

    private static final Set<String> FLOATS = Set.of("float32", "float16", "bfloat16", "float64");
    private static final Set<String> INTEGERS = Set.of("int8", "uint8", "int16", "uint16", "int32", "uint32", "int64");

    private ModelInputs() {}

    /** An input of the model. */
    record Input(Flow flow, ValueInfoProto info) {}

    static List<Input> of(Model model, LayerCall.Shared shared) {
        if (model.sequential()) {
            Layer first = model.layers().getFirst();
            List<Long> shape = shape(first)
                    .or(() -> first.inner().flatMap(ModelInputs::shape))
                    .or(model::inputShape)
                    .orElseThrow(() -> new KerasProblem(
                            "the model's input has no shape, since it was saved before it was built",
                            "begin it with an `Input` layer, or call it once before it is saved"));
            Layer reader = model.layers().stream()
                    .filter(l -> !l.kind().equals("InputLayer"))
                    .findFirst()
                    .orElse(first);
            return List.of(input(first, shape, reader.kind().equals("Embedding"), "", shared));
        }
        if (model.inputs().isEmpty() || model.outputs().isEmpty()) {
            throw new KerasProblem("the model has no inputs or no outputs");
        }
        var inputs = new ArrayList<Input>();
        for (Layer.Ref ref : model.inputs()) {
            Layer layer = model.layers().stream()
                    .filter(l -> l.name().equals(ref.layer()))
                    .findFirst()
                    .orElseThrow(() -> new KerasProblem(
                            "the model's input `" + KerasProblem.shown(ref.layer()) + "` is none of its layers"));
            List<Long> shape = shape(layer).orElseThrow(() -> new KerasProblem(layer.described() + " has no shape"));
            String turn = inputs.isEmpty() ? "" : String.valueOf(inputs.size() + 1);
            inputs.add(input(layer, shape, areIds(model, layer), turn, shared));
        }
        return inputs;
    }

    private static Optional<List<Long>> shape(Layer layer) {
        return ModelReader.shape(layer.config().get("batch_shape"))
                .or(() -> ModelReader.shape(layer.config().get("batch_input_shape")));
    }

    private static Optional<List<Long>> shape(Model model) {
        Layer first = model.layers().getFirst();
        return model.inputShape().or(() -> shape(first));
    }

    /** True if embeddings alone read an input. */
    private static boolean areIds(Model model, Layer input) {
        var readers = model.layers().stream()
                .filter(l -> l.calls().stream()
                        .anyMatch(c -> c.inputs().stream()
                                .anyMatch(a ->
                                        a instanceof Layer.Ref r && r.layer().equals(input.name()))))
                .toList();
        return !readers.isEmpty() && readers.stream().allMatch(l -> l.kind().equals("Embedding"));
    }

    private static Input input(Layer layer, List<Long> shape, boolean ids, String turn, LayerCall.Shared shared) {
        String dtype = layer.config().get("dtype") instanceof String s ? s : "float32";
        boolean whole = ids || INTEGERS.contains(dtype);
        if (!whole && !FLOATS.contains(dtype)) {
            throw new KerasProblem(
                    layer.described() + ": its dtype is " + KerasProblem.shown(dtype) + ", and numbers are supported");
        }
        if (ids && !INTEGERS.contains(dtype)) {
            shared.notes().add("the input of the embedding is i32, where Keras has " + dtype);
        }
        boolean unnamed = layer.kind().equals("InputLayer") ? layer.name().matches("input(_layer)?(_\\d+)?") : true;
        String name = shared.graph().fresh(unnamed ? "x" : layer.name());
        var dims = TensorShapeProto.newBuilder();
        for (int i = 0; i < shape.size(); i++) {
            var dim = TensorShapeProto.Dimension.newBuilder();
            long size = shape.get(i);
            if (size < ModelReader.FREE || size == 0) {
                throw new KerasProblem(layer.described() + " has the size " + size);
            }
            dims.addDim(
                    size == ModelReader.FREE ? dim.setDimParam(free(i, shape.size(), turn)) : dim.setDimValue(size));
        }
        var type = TypeProto.Tensor.newBuilder()
                .setElemType(whole ? TensorProto.DataType.INT32_VALUE : TensorProto.DataType.FLOAT_VALUE)
                .setShape(dims);
        return new Input(
                Flow.of(name, shape.size()),
                ValueInfoProto.newBuilder()
                        .setName(name)
                        .setType(TypeProto.newBuilder().setTensorType(type))
                        .build());
    }

    /** The usual letters; all inputs have one batch. */
    private static String free(int axis, int rank, String turn) {
        String letter = rank == 4 ? List.of("N", "H", "W", "C").get(axis) : axis == 1 ? "T" : "D" + axis;
        return axis == 0 ? "N" : letter + turn;
    }
}
