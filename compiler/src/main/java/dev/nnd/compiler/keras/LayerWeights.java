package dev.nnd.compiler.keras;

import dev.nnd.compiler.hdf5.Dataset;
import dev.nnd.compiler.onnx.TensorData;
import dev.nnd.compiler.type.DType;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The arrays of layers, read and turned into the language's layouts, under the names that its library gives them. */
final class LayerWeights {

    private LayerWeights() {}

    /**
     * The weights of a layer, {@code weight} and {@code bias} of a dense one.
     *
     * @param outer where they lie in the layer's group: {@code forward_layer} of a pair; empty if the layer is not inside another
     * @param hint what tells the layer in it from others in files of the old form: {@code forward}; may be empty
     */
    static Map<String, TensorData> of(Layer layer, Store store, String outer, String hint) {
        List<Slot> slots = LayerSlots.of(layer.kind())
                .orElseThrow(() -> new KerasProblem(layer.described() + " is not supported"));
        var arrays = new HashMap<String, TensorData>();
        var places = new HashMap<String, Integer>();
        for (Slot slot : slots) {
            if (!slot.flag().isEmpty() && !layer.config().flag(slot.flag(), true)) {
                continue;
            }
            int index = places.merge(slot.part(), 1, Integer::sum) - 1;
            Slot placed = outer.isEmpty() ? slot : slot.in(outer, hint);
            Dataset array = store.find(layer, placed, index)
                    .orElseThrow(() -> new KerasProblem(layer.described() + ": the file has no array `" + slot.name()
                            + "`" + (slot.hint().isEmpty() ? "" : " of `" + slot.hint() + "`") + " for it"));
            arrays.put((slot.hint().isEmpty() ? "" : slot.hint() + ".") + slot.name(), read(array));
        }
        return turned(layer, arrays);
    }

    private static TensorData read(Dataset array) {
        return new TensorData(DType.F32, array.dims(), array.floats());
    }

    /** From Keras' layouts to the language's. */
    static Map<String, TensorData> turned(Layer layer, Map<String, TensorData> arrays) {
        try {
            return new Turning(layer, arrays).all();
        } catch (IndexOutOfBoundsException | IllegalArgumentException | NullPointerException broken) {
            var shapes = new LinkedHashMap<String, List<Long>>();
            arrays.forEach((name, data) -> shapes.put(name, data.dims()));
            throw new KerasProblem(
                    layer.described() + ": its arrays have sizes that no such layer has, " + shapes, broken);
        }
    }

    private static final class Turning {
        private final Layer layer;
        private final Map<String, TensorData> from;
        private final Map<String, TensorData> made = new LinkedHashMap<>();

        Turning(Layer layer, Map<String, TensorData> from) {
            this.layer = layer;
            this.from = from;
        }

        Map<String, TensorData> all() {
            switch (layer.kind()) {
                case "Dense" -> both(0, array("kernel", 2).transposed(List.of(1, 0)));
                case "Conv1D", "Conv1DTranspose" -> both(0, array("kernel", 3).transposed(List.of(2, 1, 0)));
                case "Conv2D", "Conv2DTranspose" -> both(0, array("kernel", 4).transposed(List.of(3, 2, 0, 1)));
                case "Conv3D", "Conv3DTranspose" -> both(0, array("kernel", 5).transposed(List.of(4, 3, 0, 1, 2)));
                case "DepthwiseConv1D" -> both(0, depthwise(array("kernel", 3)));
                case "DepthwiseConv2D" -> both(0, depthwise(array("kernel", 4)));
                case "SeparableConv1D" -> separable(3, List.of(2, 1, 0));
                case "SeparableConv2D" -> separable(4, List.of(3, 2, 0, 1));
                case "BatchNormalization", "LayerNormalization", "GroupNormalization" -> normal();
                case "RMSNormalization" -> made.put("weight", array("scale", 1));
                case "Embedding" -> made.put("weight", array("embeddings", 2));
                case "PReLU" -> made.put("weight", from.get("alpha"));
                case "LSTM" -> recurrent(4);
                case "GRU" -> recurrent(3);
                case "SimpleRNN" -> recurrent(1);
                case "MultiHeadAttention" -> attention();
                default -> throw new KerasProblem(layer.described() + " is not supported");
            }
            return made;
        }

        private TensorData array(String name, int rank) {
            TensorData data = need(name);
            if (data.dims().size() != rank) {
                throw new KerasProblem(layer.described() + ": its array `" + name + "` has the sizes " + data.dims()
                        + ", and " + rank + " of them are wanted");
            }
            return data;
        }

        private TensorData need(String name) {
            @Nullable TensorData data = from.get(name);
            if (data == null) {
                throw new KerasProblem(layer.described() + ": the array `" + name + "` is missing");
            }
            return data;
        }

        private void both(int axis, TensorData weight) {
            made.put("weight", weight);
            if (from.containsKey("bias")) {
                made.put("bias", array("bias", 1));
                boolean turned = layer.kind().endsWith("Transpose");
                long wanted = weight.dims().get(turned ? 1 : axis);
                if (need("bias").size() != wanted) {
                    throw new KerasProblem(layer.described() + ": its kernel has " + wanted + " outputs and its bias "
                            + need("bias").size());
                }
            }
        }

        /** From [..., channels, multiplier] to [channels * multiplier, 1, ...]. */
        private static TensorData depthwise(TensorData kernel) {
            List<Long> d = kernel.dims();
            return d.size() == 3
                    ? kernel.transposed(List.of(1, 2, 0)).reshaped(List.of(d.get(1) * d.get(2), 1L, d.get(0)))
                    : kernel.transposed(List.of(2, 3, 0, 1))
                            .reshaped(List.of(d.get(2) * d.get(3), 1L, d.get(0), d.get(1)));
        }

        private void separable(int rank, List<Integer> order) {
            TensorData depth = depthwise(array("depthwise_kernel", rank));
            made.put("depthwise.weight", depth);
            if (from.containsKey("bias")) {
                made.put("depthwise.bias", filled(depth.dims().getFirst(), 0));
            }
            made.put("pointwise.weight", array("pointwise_kernel", rank).transposed(order));
            if (from.containsKey("bias")) {
                made.put("pointwise.bias", array("bias", 1));
            }
        }

        private static TensorData filled(long size, double value) {
            return TensorData.floats(DType.F32, List.of(size), i -> value);
        }

        private void normal() {
            Optional<TensorData> known = from.values().stream().findFirst();
            if (known.isEmpty()) {
                return;
            }
            long size = known.get().size();
            made.put("weight", from.containsKey("gamma") ? array("gamma", 1) : filled(size, 1));
            made.put("bias", from.containsKey("beta") ? array("beta", 1) : filled(size, 0));
            if (layer.kind().equals("BatchNormalization")) {
                made.put("running_mean", array("moving_mean", 1));
                made.put("running_var", array("moving_variance", 1));
            }
        }

        private void recurrent(int gates) {
            TensorData in = array("kernel", 2).transposed(List.of(1, 0));
            TensorData back = array("recurrent_kernel", 2).transposed(List.of(1, 0));
            long rows = back.dims().get(1) * gates;
            if (in.dims().getFirst() != rows || back.dims().getFirst() != rows) {
                throw new KerasProblem(layer.described() + ": its kernels are "
                        + need("kernel").dims() + " and "
                        + need("recurrent_kernel").dims() + ", which do not go together");
            }
            made.put("weight_ih", ordered(in, gates));
            made.put("weight_hh", ordered(back, gates));
            if (from.containsKey("bias")) {
                TensorData bias = need("bias");
                boolean two = gates == 3 && bias.dims().size() == 2;
                TensorData row = bias.reshaped(List.of((long) bias.size()));
                if (bias.size() != (two ? 2 : 1) * rows) {
                    throw new KerasProblem(layer.described() + ": its bias has the sizes " + bias.dims());
                }
                made.put("bias_ih", ordered(two ? row.cut(0, 0, rows) : row, gates));
                made.put("bias_hh", two ? ordered(row.cut(0, rows, 2 * rows), gates) : filled(rows, 0));
            }
        }

        /** Keras has a GRU's gates in the order z r h, the language r z h; those of an LSTM are alike. */
        private static TensorData ordered(TensorData rows, int gates) {
            return gates == 3 ? Gates.ordered(rows, 1, 0, 2) : rows;
        }

        /** From [in, heads, size] to [heads * size, in], and back for the last one. */
        private void attention() {
            for (String part : List.of("query", "key", "value")) {
                TensorData kernel = array(part + ".kernel", 3);
                long in = kernel.dims().getFirst();
                made.put(
                        part + ".weight",
                        kernel.reshaped(List.of(in, kernel.size() / in)).transposed(List.of(1, 0)));
                if (from.containsKey(part + ".bias")) {
                    TensorData bias = need(part + ".bias");
                    made.put(part + ".bias", bias.reshaped(List.of((long) bias.size())));
                }
            }
            TensorData kernel = array("attention_output.kernel", 3);
            long out = kernel.dims().getLast();
            made.put(
                    "project.weight",
                    kernel.reshaped(List.of(kernel.size() / out, out)).transposed(List.of(1, 0)));
            if (from.containsKey("attention_output.bias")) {
                made.put("project.bias", array("attention_output.bias", 1));
            }
        }
    }
}
