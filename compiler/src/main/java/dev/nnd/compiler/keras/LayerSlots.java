package dev.nnd.compiler.keras;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Which arrays the layers of a class have, in the order in which Keras keeps them. */
final class LayerSlots {

    private static final List<Slot> KERNEL = List.of(Slot.of("kernel"), Slot.of("bias", "use_bias"));

    private static final List<Slot> DEPTHWISE =
            List.of(Slot.of("kernel|depthwise_kernel"), Slot.of("bias", "use_bias"));

    private static final List<Slot> SEPARABLE =
            List.of(Slot.of("depthwise_kernel"), Slot.of("pointwise_kernel"), Slot.of("bias", "use_bias"));

    private static final List<Slot> NORMAL = List.of(Slot.of("gamma", "scale"), Slot.of("beta", "center"));

    private static final List<Slot> RECURRENT =
            List.of(Slot.of("kernel"), Slot.of("recurrent_kernel"), Slot.of("bias", "use_bias")).stream()
                    .map(s -> s.in("cell", ""))
                    .toList();

    private static final Map<String, List<Slot>> TABLE = Map.ofEntries(
            Map.entry("Dense", KERNEL),
            Map.entry("Conv1D", KERNEL),
            Map.entry("Conv2D", KERNEL),
            Map.entry("Conv3D", KERNEL),
            Map.entry("Conv1DTranspose", KERNEL),
            Map.entry("Conv2DTranspose", KERNEL),
            Map.entry("Conv3DTranspose", KERNEL),
            Map.entry("DepthwiseConv1D", DEPTHWISE),
            Map.entry("DepthwiseConv2D", DEPTHWISE),
            Map.entry("SeparableConv1D", SEPARABLE),
            Map.entry("SeparableConv2D", SEPARABLE),
            Map.entry("BatchNormalization", normal(Slot.of("moving_mean"), Slot.of("moving_variance"))),
            Map.entry("LayerNormalization", NORMAL),
            Map.entry("GroupNormalization", NORMAL),
            Map.entry("RMSNormalization", List.of(Slot.of("scale"))),
            Map.entry("Embedding", List.of(Slot.of("embeddings"))),
            Map.entry("PReLU", List.of(Slot.of("alpha"))),
            Map.entry("LSTM", RECURRENT),
            Map.entry("GRU", RECURRENT),
            Map.entry("SimpleRNN", RECURRENT),
            Map.entry("MultiHeadAttention", attention()));

    private LayerSlots() {}

    /** The classes with arrays of their own. */
    static List<String> kinds() {
        return TABLE.keySet().stream().sorted().toList();
    }

    static Optional<List<Slot>> of(String kind) {
        return Optional.ofNullable(TABLE.get(kind));
    }

    private static List<Slot> normal(Slot... more) {
        var all = new ArrayList<>(NORMAL);
        all.addAll(List.of(more));
        return List.copyOf(all);
    }

    private static List<Slot> attention() {
        var all = new ArrayList<Slot>();
        for (String part : List.of("query", "key", "value", "output")) {
            String groups = part + "_dense|_" + part + "_dense";
            KERNEL.forEach(s -> all.add(s.in(groups, part.equals("output") ? "attention_output" : part)));
        }
        return List.copyOf(all);
    }
}
