package dev.nnd.compiler.keras;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Attention with several heads. */
final class AttentionLayers {

    private AttentionLayers() {}

    static void add(Map<String, LayerRule> table) {
        table.put("MultiHeadAttention", AttentionLayers::heads);
    }

    /** The inputs are query, value and, if it is another one, key. */
    private static Flow heads(LayerCall c) {
        Config config = c.config();
        Config options = Config.of(c.call().options());
        for (String name : List.of("attention_mask", "query_mask", "value_mask", "key_mask")) {
            if (c.call().named().containsKey(name) || options.has(name)) {
                throw c.refused("`" + name + "` is not supported");
            }
        }
        if (options.flag("return_attention_scores", false) || config.flag("use_gate", false)) {
            throw c.refused("attention scores as an output and gates are not supported");
        }
        if (c.inputs().size() < 2 || c.inputs().stream().anyMatch(i -> i.rank() != 3)) {
            throw c.refused("it needs a query and a value of three dims each");
        }
        Flow query = c.inputs().get(0);
        Flow value = c.inputs().get(1);
        Flow key = c.inputs().size() > 2 ? c.inputs().get(2) : value;
        long heads = config.required("num_heads");
        List<String> parts = List.of(dense(c, "query", query), dense(c, "key", key), dense(c, "value", value));
        Map<String, Object> attributes = Map.of(
                "q_num_heads",
                heads,
                "kv_num_heads",
                heads,
                "is_causal",
                options.flag("use_causal_mask", false) ? 1 : 0);
        String seen = c.node("Attention", parts, attributes);
        return dense(c, "project", seen);
    }

    private static String dense(LayerCall c, String part, Flow x) {
        return dense(c, part, c.last(x)).value();
    }

    private static Flow dense(LayerCall c, String part, String x) {
        var inputs = new ArrayList<String>(List.of(x, c.weight(part + ".weight")));
        if (c.has(part + ".bias")) {
            inputs.add(c.weight(part + ".bias"));
        }
        String name = c.layer().name() + "_" + part;
        return Flow.of(c.graph().layer(name, "Dense", inputs, Map.of()), 3);
    }
}
