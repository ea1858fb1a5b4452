package dev.nnd.compiler.keras;

import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.OperatorSetIdProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import dev.nnd.compiler.hdf5.Hdf5Problem;
import dev.nnd.compiler.onnx.Imported;
import dev.nnd.compiler.onnx.OnnxImport;
import dev.nnd.compiler.onnx.OnnxProblem;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.SortedSet;
import java.util.function.Supplier;

/** Turns a Keras model into a text of the language and its weights, or its weights alone. */
public final class KerasImport {

    private static final int OPERATOR_SET = 23;

    /** Layers that look at the mask that an embedding makes. */
    private static final Set<String> MASKED = Set.of(
            "LSTM",
            "GRU",
            "SimpleRNN",
            "Bidirectional",
            "MultiHeadAttention",
            "GlobalAveragePooling1D",
            "TimeDistributed",
            "Softmax");

    private KerasImport() {}

    /** The classes of layers that can be imported. */
    public static SortedSet<String> layers() {
        return KerasLayers.names();
    }

    /**
     * Reads a model.
     *
     * @param file gives what the file holds
     * @throws KerasProblem if it is broken, or has what cannot be expressed
     */
    public static Imported read(Supplier<KerasFile> file, OnnxImport.Options options) {
        return guarded(() -> network(file.get(), options));
    }

    /**
     * Reads the weights alone; the text is empty.
     *
     * @throws KerasProblem if the file is broken, or has arrays of layers that are not known
     */
    public static Imported weights(Supplier<KerasFile> file) {
        return guarded(() -> WeightsOnly.read(file.get()));
    }

    /**
     * Reads a model, or the weights alone where the file has nothing else.
     *
     * @throws KerasProblem if it is broken, or has what cannot be expressed
     */
    public static Imported readOrWeights(Supplier<KerasFile> file, OnnxImport.Options options) {
        return guarded(() -> {
            KerasFile read = file.get();
            if (read.config().isPresent()) {
                return network(read, options);
            }
            Imported weights = WeightsOnly.read(read);
            weights.notes()
                    .add("the file has weights and no config, so no network is written; `from` in a train section takes"
                            + " the weights by their names");
            return weights;
        });
    }

    private static Imported guarded(Supplier<Imported> reading) {
        try {
            return reading.get();
        } catch (Hdf5Problem problem) {
            throw new KerasProblem(problem.message(), problem);
        } catch (OnnxProblem problem) {
            throw new KerasProblem(problem.message(), problem);
        } catch (ArithmeticException large) {
            throw new KerasProblem("its config has numbers that are too large", large);
        }
    }

    private static Imported network(KerasFile file, OnnxImport.Options options) {
        String config = file.config()
                .orElseThrow(() -> new KerasProblem("the file has no config, so there is no network to write"));
        Model model = ModelReader.read(Json.object(config));
        maskless(model);
        var shared = LayerCall.Shared.of(file.version());
        List<ModelInputs.Input> inputs = ModelInputs.of(model, shared);
        List<Flow> flows = inputs.stream().map(ModelInputs.Input::flow).toList();
        List<Flow> results = ModelWalk.run(shared, file.store(), model, flows);
        inputs.forEach(i -> shared.graph().proto().addInput(i.info()));
        for (Flow result : results) {
            String name = shared.graph().fresh("y");
            shared.graph().proto().addNode(identity(LayerCall.last(shared, result, "y"), name));
            shared.graph().proto().addOutput(ValueInfoProto.newBuilder().setName(name));
        }
        ModelProto.Builder whole = ModelProto.newBuilder()
                .setDomain("keras")
                .setProducerName("Keras " + file.version())
                .setGraph(shared.graph().proto());
        for (String domain : List.of("", OnnxImport.LIBRARY)) {
            whole.addOpsetImport(
                    OperatorSetIdProto.newBuilder().setDomain(domain).setVersion(OPERATOR_SET));
        }
        Imported made = OnnxImport.read(whole.build(), options);
        var notes = new LinkedHashSet<>(shared.notes());
        if (!shared.moved().isEmpty()) {
            notes.add("inputs and outputs have Keras' order of axes with the channels last; between convolutions the"
                    + " channels lie behind the batch");
        }
        notes.addAll(made.notes());
        return new Imported(made.text(), made.weights(), made.inputs(), made.outputs(), new ArrayList<>(notes));
    }

    private static NodeProto identity(String from, String to) {
        return NodeProto.newBuilder()
                .setOpType("Identity")
                .addInput(from)
                .addOutput(to)
                .build();
    }

    /** Masks travel beside the tensors in Keras; here they would be lost. */
    private static void maskless(Model model) {
        var all = new ArrayList<Layer>();
        collect(model, all);
        var masks = all.stream()
                .filter(l -> l.kind().equals("Embedding") && l.config().flag("mask_zero", false))
                .findFirst();
        var reader = all.stream().filter(l -> MASKED.contains(l.kind())).findFirst();
        if (masks.isPresent() && reader.isPresent()) {
            throw new KerasProblem(
                    masks.get().described() + ": `mask_zero` makes a mask that "
                            + reader.get().described() + " would look at, and masks are not supported",
                    "train with `mask_zero=False`, or use `--weights` and write the mask in the language");
        }
    }

    private static void collect(Model model, List<Layer> into) {
        for (Layer layer : model.layers()) {
            into.add(layer);
            layer.inner().ifPresent(m -> collect(m, into));
        }
    }
}
