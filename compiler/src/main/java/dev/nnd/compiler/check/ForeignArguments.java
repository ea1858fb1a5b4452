package dev.nnd.compiler.check;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What PyTorch, Keras and NumPy call the arguments of layers and functions, and what they are called here. */
final class ForeignArguments {

    /** By the foreign name: names here, of which the first that the layer has is meant. */
    private static final Map<String, List<String>> NAMES = names();

    private ForeignArguments() {}

    /** The argument here, among those that there are. */
    static Optional<String> name(String foreign, List<String> known) {
        return NAMES.getOrDefault(foreign, List.of()).stream()
                .filter(known::contains)
                .findFirst();
    }

    /** Why an argument is not needed here, if it is one that other libraries ask for. */
    static Optional<String> needless(String foreign) {
        return Optional.ofNullable(
                switch (foreign) {
                    case "in_features", "in_channels", "input_size", "num_features", "normalized_shape" ->
                        "the size of the input is known from the value before it";
                    case "num_channels", "embed_dim", "d_model", "input_shape", "input_dim", "in_dim", "key_dim" ->
                        "the size of the input is known from the value before it";
                    case "batch_first" -> "the batch is always the first dim";
                    case "data_format" -> "the channels are always the second dim";
                    case "inplace" -> "the compiler decides which buffers are used again";
                    case "device", "dtype" -> "the types of the inputs decide";
                    case "track_running_stats" -> "the running statistics are always kept";
                    case "need_weights", "average_attn_weights" -> "attention gives its result only";
                    case "training" -> "the compiler knows what runs in training";
                    case "name" -> "name an instance with `as name` after it";
                    case "num_layers" -> "to stack layers repeat the stage, such as `-> LSTM(64, sequences: true) * 2`";
                    case "bidirectional" -> "wrap the layer: `Bidirectional(LSTM(64))`";
                    default -> null;
                });
    }

    private static Map<String, List<String>> names() {
        var table = new HashMap<String, List<String>>();
        alias(table, "kernel", "kernel_size size pool_size filter_size window");
        alias(table, "out", "out_features out_channels filters features output_size num_filters");
        alias(table, "hidden", "hidden_size hidden_dim state_size");
        alias(table, "out hidden", "units");
        alias(table, "stride", "strides");
        alias(table, "padding", "pad");
        alias(table, "dilation", "dilation_rate");
        alias(table, "groups", "n_groups num_groups group");
        alias(table, "multiplier", "depth_multiplier");
        alias(table, "bias", "use_bias add_bias");
        alias(table, "init", "kernel_initializer weight_init embeddings_initializer initializer weight_initializer");
        alias(table, "bias_init", "bias_initializer");
        alias(table, "affine", "elementwise_affine scale center");
        alias(table, "lr", "learning_rate");
        alias(table, "rate lr", "rate");
        alias(table, "rate dropout", "p drop drop_rate dropout_rate prob probability drop_prob");
        alias(table, "dropout rate", "dropout_p attn_dropout attention_dropout");
        alias(table, "eps", "epsilon");
        alias(table, "weight_decay", "l2 decay");
        alias(table, "axis", "dim dims axes");
        alias(table, "keep_dims", "keepdim keepdims");
        alias(table, "smoothing", "label_smoothing");
        alias(table, "sequences", "return_sequences");
        alias(table, "rows", "num_embeddings vocab vocab_size input_dim num_rows max_length");
        alias(table, "width", "embedding_dim output_dim embed_dim dim embed_size");
        alias(table, "padding_index", "padding_idx pad_index");
        alias(table, "heads", "num_heads nhead n_heads n_head");
        alias(table, "kv_heads", "num_kv_heads num_query_groups n_kv_heads");
        alias(table, "ffn", "dim_feedforward d_ff intermediate_size intermediate_dim mlp_dim ffn_dim hidden_dim");
        alias(table, "causal", "is_causal use_causal_mask");
        alias(table, "mask", "attn_mask attention_mask key_padding_mask");
        alias(table, "activation", "nonlinearity act hidden_act");
        alias(table, "pre_norm", "norm_first");
        alias(table, "slope", "negative_slope");
        alias(table, "slope alpha", "alpha");
        alias(table, "delta", "beta");
        alias(table, "size", "output_size");
        alias(table, "rank", "r lora_rank");
        alias(table, "alpha", "lora_alpha");
        alias(table, "std", "stddev sigma scale");
        alias(table, "mean", "mu loc");
        alias(table, "low", "minval a");
        alias(table, "high", "maxval b");
        alias(table, "top", "k top_k num_selects");
        alias(table, "experts", "num_experts n_experts");
        alias(table, "depth", "num_layers n_layers layers");
        alias(table, "patch", "patch_size");
        alias(table, "reduction", "squeeze_factor ratio");
        alias(table, "weights", "weight class_weight class_weights pos_weight");
        alias(table, "ignore", "ignore_index");
        alias(table, "threshold", "cutoff");
        return Map.copyOf(table);
    }

    private static void alias(Map<String, List<String>> table, String here, String foreign) {
        List<String> meant = List.of(here.split(" "));
        for (String word : foreign.split(" ")) {
            table.merge(word, meant, ForeignArguments::both);
        }
    }

    private static List<String> both(List<String> a, List<String> b) {
        var all = new java.util.ArrayList<>(a);
        all.addAll(b);
        return List.copyOf(all);
    }
}
