package dev.nnd.compiler.keras;

import dev.nnd.compiler.onnx.OnnxProblem;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Goes through the layers of a model, in the order in which they depend on each other. */
final class ModelWalk {

    /** Layers that compute the same for each step of a sequence as for each row. */
    private static final Set<String> ROWS = Set.of("Dense", "Activation", "Dropout", "ReLU", "LayerNormalization");

    private final LayerCall.Shared shared;
    private final Store store;
    private final Model model;
    private final Map<Layer.Ref, Flow> made = new HashMap<>();
    private final Map<String, Layer> byName = new HashMap<>();

    private ModelWalk(LayerCall.Shared shared, Store store, Model model) {
        this.shared = shared;
        this.store = store;
        this.model = model;
        model.layers().forEach(l -> byName.put(l.name(), l));
    }

    /** The outputs of a model for inputs. */
    static List<Flow> run(LayerCall.Shared shared, Store store, Model model, List<Flow> inputs) {
        var walk = new ModelWalk(shared, store, model);
        return model.sequential() ? List.of(walk.chain(inputs)) : walk.graph(inputs);
    }

    private Flow chain(List<Flow> inputs) {
        if (inputs.size() != 1) {
            throw new KerasProblem(
                    "the model `" + KerasProblem.shown(model.name()) + "` has one input, and gets " + inputs.size());
        }
        Flow flow = inputs.getFirst();
        for (Layer layer : model.layers()) {
            var call = new Layer.Call(List.of(), Map.of(), Map.of());
            flow = applied(layer, List.of(flow), call).getFirst();
        }
        return flow;
    }

    private List<Flow> graph(List<Flow> inputs) {
        if (inputs.size() != model.inputs().size()) {
            throw new KerasProblem("the model `" + KerasProblem.shown(model.name()) + "` has "
                    + model.inputs().size() + " inputs, and gets " + inputs.size());
        }
        for (int i = 0; i < inputs.size(); i++) {
            made.put(model.inputs().get(i), inputs.get(i));
        }
        List<Use> waiting = new ArrayList<>();
        for (Layer layer : model.layers()) {
            for (int node = 0; node < layer.calls().size(); node++) {
                waiting.add(new Use(layer, node));
            }
        }
        while (!waiting.isEmpty()) {
            var left = new ArrayList<Use>();
            for (Use use : waiting) {
                if (!run(use)) {
                    left.add(use);
                }
            }
            if (left.size() == waiting.size()) {
                throw new KerasProblem(
                        left.getFirst().layer().described() + " needs what no layer makes, or is part of a cycle");
            }
            waiting = left;
        }
        return model.outputs().stream()
                .map(r -> found(r).orElseThrow(() -> missing(r)))
                .toList();
    }

    private static KerasProblem missing(Layer.Ref ref) {
        return new KerasProblem("the model's output `" + KerasProblem.shown(ref.layer()) + "` is made by no layer");
    }

    private record Use(Layer layer, int node) {}

    /** A layer of another model may count its uses from those outside; one that is used once is meant then. */
    private Optional<Flow> found(Layer.Ref ref) {
        Layer layer = byName.get(ref.layer());
        boolean once = layer != null && layer.calls().size() <= 1;
        return Optional.ofNullable(made.get(ref))
                .or(() -> once
                        ? Optional.ofNullable(made.get(new Layer.Ref(ref.layer(), 0, ref.output())))
                        : Optional.empty());
    }

    private boolean run(Use use) {
        Layer.Call call = use.layer().calls().get(use.node());
        var inputs = new ArrayList<Flow>();
        for (Layer.Argument argument : ordered(use.layer(), call)) {
            if (argument instanceof Layer.Ref ref) {
                Optional<Flow> flow = found(ref);
                if (flow.isEmpty()) {
                    return false;
                }
                inputs.add(flow.get());
            }
        }
        List<Flow> results = applied(use.layer(), inputs, call);
        for (int i = 0; i < results.size(); i++) {
            made.put(new Layer.Ref(use.layer().name(), use.node(), i), results.get(i));
        }
        return true;
    }

    /** Tensors that are given by name go behind the others, in the order of the layer's arguments. */
    private static List<Layer.Argument> ordered(Layer layer, Layer.Call call) {
        var all = new ArrayList<>(call.inputs());
        if (layer.kind().equals("MultiHeadAttention")) {
            for (String name : List.of("value", "key")) {
                if (call.named().containsKey(name)) {
                    all.add(call.named().get(name));
                }
            }
        } else {
            all.addAll(call.named().values());
        }
        return all;
    }

    private List<Flow> applied(Layer layer, List<Flow> inputs, Layer.Call call) {
        try {
            if (layer.inner().isPresent()) {
                return run(shared, store.inside(layer), layer.inner().get(), inputs);
            }
            LayerRule rule = KerasLayers.find(layer.kind())
                    .orElseThrow(() -> new KerasProblem(
                            "this class of layers is not supported",
                            "`nnd import --layers` lists those that are; `--weights` writes the weights alone"));
            if (inputs.isEmpty()) {
                throw new KerasProblem("it has no input");
            }
            return List.of(rule.apply(new LayerCall(shared, layer, store, inputs, call)));
        } catch (KerasProblem problem) {
            throw problem.message().startsWith("layer `")
                    ? problem
                    : new KerasProblem(layer.described() + ": " + problem.message(), problem.help());
        } catch (OnnxProblem problem) {
            throw new KerasProblem(layer.described() + ": " + problem.message(), problem);
        }
    }

    /** A layer that is applied to every step of a sequence. */
    static Flow everyStep(LayerCall c) {
        Config packed = c.config().inner("layer");
        String kind = packed.text("class_name", "");
        if (!ROWS.contains(kind)) {
            throw c.refused("the layer in it is a `" + KerasProblem.shown(kind) + "`; Dense, Activation, Dropout, ReLU"
                    + " and LayerNormalization are supported");
        }
        Layer outer = c.layer();
        var inner = new Layer(outer.name(), kind, packed.inner("config"), outer.key(), List.of(), outer.inner());
        if (LayerSlots.of(kind).isPresent()) {
            c.shared().weights().put(inner, LayerWeights.of(inner, c.store(), "layer", ""));
        }
        return KerasLayers.find(kind)
                .orElseThrow()
                .apply(new LayerCall(c.shared(), inner, c.store(), c.inputs(), c.call()));
    }
}
