package dev.nnd.compiler.keras;

import dev.nnd.compiler.onnx.TensorData;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * One use of a layer while it is written.
 *
 * @param shared what all uses of all layers share
 * @param inputs tensors in the order in which Keras gives them
 */
record LayerCall(Shared shared, Layer layer, Store store, List<Flow> inputs, Layer.Call call) {

    /**
     * What the whole import has once.
     *
     * @param version the major version of the Keras that wrote the file
     * @param weights the arrays of layers, by the layer itself
     * @param names the names of weights in the graph, so that each is there once
     * @param moved tensors in the other order of axes
     */
    record Shared(
            KerasGraph graph,
            int version,
            Map<Layer, Map<String, TensorData>> weights,
            Map<Layer, Map<String, String>> names,
            Map<String, String> moved,
            List<String> notes) {

        static Shared of(int version) {
            return new Shared(
                    new KerasGraph(),
                    version,
                    new IdentityHashMap<>(),
                    new IdentityHashMap<>(),
                    new HashMap<>(),
                    new ArrayList<>());
        }
    }

    Config config() {
        return layer.config();
    }

    KerasGraph graph() {
        return shared.graph();
    }

    int version() {
        return shared.version();
    }

    Flow in() {
        return inputs.getFirst();
    }

    /** A tensor with its axes in Keras' order. */
    static String last(Shared shared, Flow flow, String name) {
        if (!flow.first()) {
            return flow.value();
        }
        var order = new ArrayList<Integer>(List.of(0));
        IntStream.range(2, flow.rank()).forEach(order::add);
        order.add(1);
        return moved(shared, flow, order, name);
    }

    String last(Flow flow) {
        return last(shared, flow, layer.name());
    }

    /** A tensor with its channels, the last axis of Keras' order, behind the batch. */
    String first(Flow flow) {
        if (flow.first() || flow.rank() < 3) {
            return flow.value();
        }
        var order = new ArrayList<Integer>(List.of(0, flow.rank() - 1));
        IntStream.range(1, flow.rank() - 1).forEach(order::add);
        return moved(shared, flow, order, layer.name());
    }

    private static String moved(Shared shared, Flow flow, List<Integer> order, String name) {
        return shared.moved()
                .computeIfAbsent(
                        flow.value(),
                        v -> shared.graph().node(name + "_in", "Transpose", List.of(v), Map.of("perm", order)));
    }

    // Weights.

    private Map<String, TensorData> weights() {
        return shared.weights().computeIfAbsent(layer, l -> LayerWeights.of(l, store, "", ""));
    }

    boolean has(String weight) {
        return weights().containsKey(weight);
    }

    TensorData data(String weight) {
        @Nullable TensorData data = weights().get(weight);
        if (data == null) {
            throw new KerasProblem("it has no array `" + weight + "`");
        }
        return data;
    }

    /** The name of a weight in the graph, by which its layer in the text is called. */
    String weight(String name) {
        return weight(name, data(name));
    }

    String weight(String name, TensorData data) {
        return shared.names()
                .computeIfAbsent(layer, l -> new HashMap<>())
                .computeIfAbsent(name, n -> graph().weight(layer.name() + "." + n, data));
    }

    // Nodes.

    String node(String op, List<String> inputs, Map<String, ?> attributes) {
        return graph().node(layer.name(), op, inputs, attributes);
    }

    /** A node that treats all elements alike. */
    Flow each(String op, Flow in, Map<String, ?> attributes) {
        return in.with(node(op, List.of(in.value()), attributes));
    }

    /** What the layer's own activation makes of it. */
    Flow activated(Flow flow) {
        return Activations.of(this, config().get("activation"), flow);
    }

    KerasProblem refused(String why) {
        return new KerasProblem(why);
    }
}
