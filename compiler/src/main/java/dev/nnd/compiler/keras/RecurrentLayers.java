package dev.nnd.compiler.keras;

import dev.nnd.compiler.onnx.TensorData;
import dev.nnd.compiler.type.DType;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/** Recurrent layers, in one direction and in both. */
final class RecurrentLayers {

    static final Set<String> KINDS = Set.of("LSTM", "GRU", "SimpleRNN");

    private RecurrentLayers() {}

    static void add(Map<String, LayerRule> table) {
        KINDS.forEach(kind -> table.put(kind, RecurrentLayers::single));
        table.put("Bidirectional", RecurrentLayers::both);
    }

    /**
     * One direction.
     *
     * @param part empty, {@code forward} or {@code backward}
     */
    private record Direction(LayerCall c, Layer layer, String part, Map<String, TensorData> weights) {

        Config config() {
            return layer.config();
        }

        boolean sequences() {
            return config().flag("return_sequences", false);
        }

        boolean plain() {
            String activation = Activations.name(config().get("activation"));
            String gate = Activations.name(config().get("recurrent_activation"));
            boolean usual = layer.kind().equals("SimpleRNN")
                    ? activation.equals("tanh") || activation.equals("relu")
                    : activation.equals("tanh") && gate.equals("sigmoid");
            return usual && !(layer.kind().equals("GRU") && !config().flag("reset_after", c.version() >= 3));
        }

        String prefix() {
            return part.isEmpty() ? "" : part + ".";
        }

        long hidden() {
            return weightOf("weight_hh").dims().get(1);
        }

        TensorData weightOf(String name) {
            TensorData data = weights.get(name);
            if (data == null) {
                throw new KerasProblem("it has no array `" + name + "`");
            }
            return data;
        }
    }

    private static Direction direction(LayerCall c, Layer layer, String part) {
        for (String flag : List.of("stateful", "return_state")) {
            if (layer.config().flag(flag, false)) {
                throw c.refused("`" + flag + "` is not supported");
            }
        }
        if (c.inputs().size() != 1 || c.in().rank() != 3) {
            throw c.refused("it needs one input of three dims; an initial state is not supported");
        }
        var placed = new Layer(
                c.layer().name(),
                layer.kind(),
                layer.config(),
                c.layer().key(),
                List.of(),
                c.layer().inner());
        return new Direction(
                c,
                layer,
                part,
                LayerWeights.of(placed, c.store(), part.isEmpty() ? "" : part + "_layer", hint(c.layer(), part)));
    }

    /** What the arrays of one direction have in their names: the direction, or the name of a layer of its own. */
    static String hint(Layer pair, String part) {
        Config own = pair.config().inner(part + "_layer").inner("config");
        return own.has("name") ? part + "|" + own.text("name", "") : part;
    }

    private static Flow single(LayerCall c) {
        Direction d = direction(c, c.layer(), "");
        boolean backwards = c.config().flag("go_backwards", false);
        String x = c.last(c.in());
        if (d.plain() && !backwards) {
            return made(d, layer(c, x, List.of(d), d.sequences()));
        }
        return made(d, steps(d, x, backwards, backwards && d.sequences()));
    }

    private static Flow made(Direction d, String y) {
        return Flow.of(y, d.sequences() ? 3 : 2);
    }

    private static Flow both(LayerCall c) {
        Layer forward = inner(c, "layer");
        Layer backward = c.config().has("backward_layer") ? inner(c, "backward_layer") : forward;
        Direction there = direction(c, forward, "forward");
        Direction back = direction(c, backward, "backward");
        if (there.sequences() != back.sequences() || !forward.kind().equals(backward.kind())) {
            throw c.refused("its two layers are of different kinds");
        }
        String merge = c.config().text("merge_mode", "none");
        String x = c.last(c.in());
        if (merge.equals("concat") && there.plain() && back.plain()) {
            return made(there, layer(c, x, List.of(there, back), there.sequences()));
        }
        String a = steps(there, x, false, false);
        String b = steps(back, x, true, false);
        return made(
                there,
                switch (merge) {
                    case "concat" -> c.node("Concat", List.of(a, b), Map.of("axis", -1));
                    case "sum" -> c.node("Add", List.of(a, b), Map.of());
                    case "mul" -> c.node("Mul", List.of(a, b), Map.of());
                    case "ave" ->
                        c.node(
                                "Mul",
                                List.of(
                                        c.node("Add", List.of(a, b), Map.of()),
                                        c.graph().number(c.layer().name() + ".half", 0.5)),
                                Map.of());
                    default ->
                        throw c.refused("`merge_mode` is `" + KerasProblem.shown(merge)
                                + "`; concat, sum, mul and ave are supported");
                });
    }

    private static Layer inner(LayerCall c, String name) {
        Config packed = c.config().inner(name);
        String kind = packed.text("class_name", "");
        if (!KINDS.contains(kind)) {
            throw c.refused(
                    "the layer in it is a `" + KerasProblem.shown(kind) + "`; LSTM, GRU and SimpleRNN are supported");
        }
        return new Layer(
                c.layer().name(),
                kind,
                packed.inner("config"),
                "",
                List.of(),
                c.layer().inner());
    }

    /** As a layer of the library. */
    private static String layer(LayerCall c, String x, List<Direction> directions, boolean sequences) {
        Direction d = directions.getFirst();
        var inputs = new ArrayList<String>(List.of(x));
        for (Direction one : directions) {
            for (String array : List.of("weight_ih", "weight_hh", "bias_ih", "bias_hh")) {
                if (one.weights().containsKey(array)) {
                    inputs.add(c.weight(one.prefix() + array, one.weightOf(array)));
                }
            }
        }
        var attributes = new HashMap<String, Object>();
        attributes.put("hidden", d.hidden());
        attributes.put("sequences", sequences ? 1 : 0);
        attributes.put("bidirectional", directions.size() == 2 ? 1 : 0);
        attributes.put("name", c.layer().name());
        if (d.layer().kind().equals("SimpleRNN")) {
            attributes.put("activation", Activations.name(d.config().get("activation")));
        }
        String op = d.layer().kind().equals("SimpleRNN") ? "RNN" : d.layer().kind();
        return c.graph().layer(c.layer().name(), op, inputs, attributes);
    }

    /** As an operator of ONNX, which has more activations, with its gates in the order i o f c and z r h. */
    private static String steps(Direction d, String x, boolean reverse, boolean turned) {
        LayerCall c = d.c();
        int gates = switch (d.layer().kind()) {
            case "LSTM" -> 4;
            case "GRU" -> 3;
            default -> 1;
        };
        var inputs = new ArrayList<String>(List.of(x));
        inputs.add(weight(d, "W", ordered(d.weightOf("weight_ih"), gates), true));
        inputs.add(weight(d, "R", ordered(d.weightOf("weight_hh"), gates), true));
        if (d.weights().containsKey("bias_ih")) {
            inputs.add(weight(d, "B", bias(d, gates), false));
        }
        var attributes = new HashMap<String, Object>();
        attributes.put("hidden_size", d.hidden());
        attributes.put("layout", 1);
        attributes.put("direction", reverse ? "reverse" : "forward");
        attributes.put("activations", activations(d, gates));
        if (gates == 3) {
            attributes.put("linear_before_reset", d.config().flag("reset_after", c.version() >= 3) ? 1 : 0);
        }
        if (activations(d, gates).contains("HardSigmoid")) {
            attributes.put(
                    "activation_alpha",
                    List.of(Activations.hardSigmoid(c.version()).get("alpha")));
            attributes.put("activation_beta", List.of(0.5));
        }
        String op = gates == 4 ? "LSTM" : gates == 3 ? "GRU" : "RNN";
        String made = c.graph().output(c.layer().name(), op, inputs, attributes, d.sequences() ? 0 : 1);
        String axes = c.graph().integers(c.layer().name() + ".directions", List.of(d.sequences() ? 2L : 1L));
        String y = c.node("Squeeze", List.of(made, axes), Map.of());
        return turned ? reversed(c, y) : y;
    }

    /** Keras gives what a layer over the sequence from its end made in the order in which it was made. */
    private static String reversed(LayerCall c, String y) {
        KerasGraph g = c.graph();
        String name = c.layer().name();
        return c.node(
                "Slice",
                List.of(
                        y,
                        g.integers(name + ".from", List.of(-1L)),
                        g.integers(name + ".to", List.of(Long.MIN_VALUE)),
                        g.integers(name + ".axis", List.of(1L)),
                        g.integers(name + ".step", List.of(-1L))),
                Map.of());
    }

    private static List<String> activations(Direction d, int gates) {
        String own = onnx(d, Activations.name(d.config().get("activation")));
        if (own.equals("HardSigmoid")) {
            throw d.c().refused("`activation` is `hard_sigmoid`, which is supported as `recurrent_activation` only");
        }
        if (gates == 1) {
            return List.of(own);
        }
        String gate = onnx(d, Activations.name(d.config().get("recurrent_activation")));
        return gates == 3 ? List.of(gate, own) : List.of(gate, own, own);
    }

    private static String onnx(Direction d, String activation) {
        return switch (activation) {
            case "sigmoid", "tanh", "relu", "softsign", "softplus", "elu" ->
                activation.substring(0, 1).toUpperCase(Locale.ROOT) + activation.substring(1);
            case "hard_sigmoid" -> "HardSigmoid";
            case "linear" -> "Affine";
            default ->
                throw d.c().refused("the activation `" + KerasProblem.shown(activation)
                        + "` of a recurrent layer is not supported; sigmoid, tanh, relu, hard_sigmoid, softsign,"
                        + " softplus, elu and linear are");
        };
    }

    private static String weight(Direction d, String name, TensorData data, boolean matrix) {
        var dims = new ArrayList<Long>(List.of(1L));
        dims.addAll(matrix ? data.dims() : List.of((long) data.size()));
        return d.c().weight(d.prefix() + name, data.reshaped(dims));
    }

    private static TensorData bias(Direction d, int gates) {
        TensorData in = ordered(d.weightOf("bias_ih"), gates);
        TensorData back = ordered(d.weightOf("bias_hh"), gates);
        ByteBuffer made =
                ByteBuffer.allocate(in.bytes().capacity() + back.bytes().capacity());
        made.put(0, in.bytes(), 0, in.bytes().capacity());
        made.put(in.bytes().capacity(), back.bytes(), 0, back.bytes().capacity());
        return new TensorData(DType.F32, List.of((long) in.size() + back.size()), made);
    }

    /** From the language's order i f c o and r z h. */
    private static TensorData ordered(TensorData rows, int gates) {
        return gates == 4 ? Gates.ordered(rows, 0, 3, 1, 2) : gates == 3 ? Gates.ordered(rows, 1, 0, 2) : rows;
    }
}
