package dev.nnd.compiler.keras;

import dev.nnd.compiler.onnx.Imported;
import dev.nnd.compiler.onnx.TensorData;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The weights of all layers under {@code layer.weight}, in the language's layouts, without the network. */
final class WeightsOnly {

    private final Map<String, TensorData> made = new LinkedHashMap<>();

    private WeightsOnly() {}

    static Imported read(KerasFile file) {
        var all = new WeightsOnly();
        Store store = file.store();
        if (file.config().isPresent() && described(file.config().get())) {
            all.model("", ModelReader.read(Json.object(file.config().get())), store);
        } else {
            GuessedLayers.of(store).forEach(g -> all.layer(g.prefix(), g.layer(), g.store()));
        }
        if (all.made.isEmpty()) {
            throw new KerasProblem("the file has no weights");
        }
        return new Imported("", all.made, List.of(), List.of(), new ArrayList<>());
    }

    /** False for a model whose class is code: what its layers are is guessed then. */
    private static boolean described(String config) {
        return ModelReader.isModel(Json.object(config).text("class_name", ""));
    }

    private void model(String prefix, Model model, Store store) {
        for (Layer layer : model.layers()) {
            if (layer.inner().isPresent()) {
                model(prefix + layer.name() + ".", layer.inner().get(), store.inside(layer));
            } else {
                layer(prefix, layer, store);
            }
        }
    }

    private void layer(String prefix, Layer layer, Store store) {
        String path = (prefix + layer.name()).replace('/', '.') + ".";
        switch (layer.kind()) {
            case "Bidirectional" -> {
                for (String direction : List.of("forward", "backward")) {
                    Layer inner =
                            inner(layer, layer.config().has(direction + "_layer") ? direction + "_layer" : "layer");
                    put(
                            path + direction + ".",
                            LayerWeights.of(
                                    inner, store, direction + "_layer", RecurrentLayers.hint(layer, direction)));
                }
            }
            case "TimeDistributed" -> {
                Layer inner = inner(layer, "layer");
                if (LayerSlots.of(inner.kind()).isPresent()) {
                    put(path, LayerWeights.of(inner, store, "layer", ""));
                }
            }
            default -> {
                if (LayerSlots.of(layer.kind()).isPresent()) {
                    put(path, LayerWeights.of(layer, store, "", ""));
                } else if (KerasLayers.find(layer.kind()).isEmpty() && store.count(layer, "") != 0) {
                    throw new KerasProblem(layer.described()
                            + ": the weights of this class are not supported; those of "
                            + String.join(", ", LayerSlots.kinds()) + ", Bidirectional and TimeDistributed are");
                }
            }
        }
    }

    private static Layer inner(Layer layer, String name) {
        Config packed = layer.config().inner(name);
        return new Layer(
                layer.name(),
                packed.text("class_name", ""),
                packed.inner("config"),
                layer.key(),
                List.of(),
                layer.inner());
    }

    private void put(String path, Map<String, TensorData> weights) {
        weights.forEach((name, data) -> {
            if (made.put(path + name, data) != null) {
                throw new KerasProblem("two weights are called `" + KerasProblem.shown(path + name) + "`");
            }
        });
    }
}
