package dev.nnd.compiler.onnx;

import dev.nnd.compiler.type.DType;
import dev.nnd.compiler.type.Dim;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Attention with all of its options, and rotary positions. */
final class AttentionOps {

    private static final String LOWEST = "1e30";

    private AttentionOps() {}

    static void add(Map<String, Rule> table) {
        table.put("Attention", AttentionOps::attention);
        table.put("FlexAttention", AttentionOps::flexible);
        Rule.one(table, "RotaryEmbedding", AttentionOps::rotary);
    }

    /** [N, T, heads * d] as [N, heads, T, d]; four dims stay. */
    private static Value heads(NodeCall c, Value x, String attribute) {
        if (x.type().rank() == 4) {
            return x;
        }
        List<Dim> d = x.type().dims();
        Dim heads = Dim.of(c.integer(attribute, 1));
        Value split = c.reshape(x, d.get(0), d.get(1), heads, d.get(2).floorDivide(heads));
        return c.transpose(split, List.of(0, 2, 1, 3));
    }

    /** Heads of keys and values serve several heads of queries each. */
    private static Value grouped(NodeCall c, Value x, Dim queries) {
        Dim heads = x.type().dim(1);
        return heads.equals(queries) ? x : c.emit("repeat({}, {}, axis: 1)", x, queries.floorDivide(heads));
    }

    private static List<Value> attention(NodeCall c) {
        boolean flat = c.rank(0) == 3;
        Value q = heads(c, c.in(0), "q_num_heads");
        Value newKey = heads(c, c.in(1), "kv_num_heads");
        Value newValue = heads(c, c.in(2), "kv_num_heads");
        Value key = c.has(4) ? c.emit("concat({}, {}, axis: 2)", c.in(4), newKey) : newKey;
        Value value = c.has(5) ? c.emit("concat({}, {}, axis: 2)", c.in(5), newValue) : newValue;
        Dim past = c.has(4) ? c.type(4).dim(2) : Dim.ZERO;
        Optional<Value> mask = masked(c, q, key, past);
        boolean plain = !c.wants(3) && c.number("softcap", 0) == 0 && mask.isEmpty();
        Value y;
        Optional<Value> shown = Optional.empty();
        if (plain) {
            boolean causal = c.integer("is_causal", 0) == 1;
            String options = (causal ? ", causal: true" : "") + scale(c);
            y = c.emit("attention({}, {}, {}{})", q, key, value, options);
        } else {
            List<Value> made = written(c, q, key, value, mask);
            y = made.get(0);
            shown = Optional.of(made.get(1));
        }
        var results = new ArrayList<Value>();
        results.add(flat ? joined(c, y) : y);
        results.add(key);
        results.add(value);
        results.add(shown.orElse(y));
        return results;
    }

    private static String scale(NodeCall c) {
        return c.hasAttribute("scale") ? ", scale: " + Literals.of(c.number("scale", 1)) : "";
    }

    /** [N, heads, T, d] as [N, T, heads * d]. */
    private static Value joined(NodeCall c, Value x) {
        List<Dim> d = x.type().dims();
        return c.reshape(
                c.transpose(x, List.of(0, 2, 1, 3)),
                d.get(0),
                d.get(2),
                d.get(1).times(d.get(3)));
    }

    /**
     * What is added to the scores, or nothing. Where attention is forbidden it is a number far below all scores; the rows
     * in which everything is forbidden are found by it.
     */
    private static Optional<Value> masked(NodeCall c, Value q, Value key, Dim past) {
        Dim rows = q.type().dim(2);
        Dim columns = key.type().dim(2);
        boolean causal = c.integer("is_causal", 0) == 1;
        boolean plainCausal = causal && past.is(0) && rows.equals(columns) && !c.has(3) && !c.has(6);
        Optional<Value> sum = Optional.empty();
        if (c.has(3)) {
            sum = Optional.of(given(c, columns));
        }
        if (causal && !plainCausal || causal && (c.wants(3) || c.number("softcap", 0) != 0)) {
            Value row = c.emit("range({})[:, none] + {}", rows, past);
            if (c.has(6)) {
                Value offset = c.emit(
                        "({} -> cast[i32]) - {} -> reshape[{}, 1, 1, 1]",
                        c.in(6),
                        rows,
                        q.type().dim(0));
                row = c.emit("range({})[:, none] + {}", rows, offset);
            }
            Value allowed = c.emit("{} >= range({})", row, columns);
            sum = Optional.of(plus(c, sum, c.emit("select({}, 0.0, -{})", allowed, LOWEST)));
        }
        if (c.has(6)) {
            Value allowed = c.emit(
                    "range({}) < ({} -> cast[i32] -> reshape[{}, 1, 1, 1])",
                    columns,
                    c.in(6),
                    q.type().dim(0));
            sum = Optional.of(plus(c, sum, c.emit("select({}, 0.0, -{})", allowed, LOWEST)));
        }
        return sum;
    }

    private static Value plus(NodeCall c, Optional<Value> a, Value b) {
        return a.isEmpty() ? b : c.emit("{} + {}", a.get(), b);
    }

    /** The mask of the node as numbers to add, as wide as the keys. */
    private static Value given(NodeCall c, Dim columns) {
        Value mask = c.in(3);
        Value bias = mask.type().dtype() == DType.BOOL
                ? c.emit("select({}, 0.0, -{})", mask, LOWEST)
                : c.emit("maximum({}, -{})", mask, LOWEST);
        Dim width = mask.type().dim(-1);
        if (width.equals(columns)) {
            return bias;
        }
        int rank = bias.type().rank();
        String none = "[0, 0], ".repeat(rank - 1);
        return c.emit("pad({}, [{}[0, {}]], value: -{})", bias, none, columns.minus(width), LOWEST);
    }

    /** Attention in its parts; gives the result and the scores that the node may show. */
    private static List<Value> written(NodeCall c, Value q, Value key, Value value, Optional<Value> mask) {
        Dim heads = q.type().dim(1);
        float softcap = c.number("softcap", 0);
        Value k = grouped(c, key, heads);
        Value v = grouped(c, value, heads);
        String scale = c.hasAttribute("scale")
                ? Literals.of(c.number("scale", 1))
                : "1.0 / sqrt(" + q.type().dim(3) + ")";
        Value scores = c.emit("matmul({}, {} -> transpose) * ({})", q, k, scale);
        Value capped = softcap == 0
                ? scores
                : c.emit("{} * tanh({} / {})", Literals.of(softcap), scores, Literals.of(softcap));
        Value biased = mask.isPresent() ? c.emit("{} + {}", capped, mask.get()) : capped;
        Value weights = c.emit("{} -> softmax", biased);
        if (mask.isPresent()) {
            Value some = c.emit("max({}, axis: -1, keep_dims: true) > -{}", mask.get(), "0.5e30");
            weights = c.emit("select({}, {}, 0.0)", some, weights);
        }
        Value y = c.emit("matmul({}, {})", weights, v);
        int shown = (int) c.integer("qk_matmul_output_mode", 0);
        Value shownScores = shown == 0 ? scores : shown == 1 ? capped : shown == 2 ? biased : weights;
        return List.of(y, shownScores);
    }

    /** Attention whose scores and weights are changed by graphs of the node. */
    private static List<Value> flexible(NodeCall c) {
        Value q = c.in(0);
        Dim heads = q.type().dim(1);
        Value k = grouped(c, c.in(1), heads);
        Value v = grouped(c, c.in(2), heads);
        String scale = c.hasAttribute("scale")
                ? Literals.of(c.number("scale", 1))
                : "1.0 / sqrt(" + q.type().dim(3) + ")";
        Value scores = c.emit("matmul({}, {} -> transpose) * ({})", q, k, scale);
        if (c.hasAttribute("score_mod")) {
            scores = c.walk()
                    .subgraph(c.attribute("score_mod").getG(), List.of(scores))
                    .getFirst();
        }
        Value weights = c.emit("{} -> softmax", scores);
        if (c.hasAttribute("prob_mod")) {
            weights = c.walk()
                    .subgraph(c.attribute("prob_mod").getG(), List.of(weights))
                    .getFirst();
        }
        return List.of(c.emit("matmul({}, {})", weights, v));
    }

    private static Value rotary(NodeCall c) {
        Value x = c.in(0);
        boolean flat = x.type().rank() == 3;
        Value h = heads(c, x, "num_heads");
        List<Dim> d = h.type().dims();
        long turned = c.integer("rotary_embedding_dim", 0);
        Dim width = turned == 0 ? d.get(3) : Dim.of(turned);
        Dim half = width.floorDivide(Dim.of(2));
        Value cos = angles(c, c.in(1));
        Value sin = angles(c, c.in(2));
        boolean pairs = c.integer("interleaved", 0) == 1;
        Value a = pairs ? c.emit("{}[..., 0:{}:2]", h, width) : c.emit("{}[..., 0:{}]", h, half);
        Value b = pairs ? c.emit("{}[..., 1:{}:2]", h, width) : c.emit("{}[..., {}:{}]", h, half, width);
        Value real = c.emit("{} * {} - {} * {}", a, cos, b, sin);
        Value imaginary = c.emit("{} * {} + {} * {}", a, sin, b, cos);
        Value made = pairs
                ? c.reshape(c.emit("stack({}, {}, axis: 4)", real, imaginary), d.get(0), d.get(1), d.get(2), width)
                : c.emit("concat({}, {}, axis: 3)", real, imaginary);
        if (!width.equals(d.get(3))) {
            made = c.emit("concat({}, {}[..., {}:], axis: 3)", made, h, width);
        }
        return flat ? joined(c, made) : made;
    }

    /** Cosines or sines as [N, 1, T, d / 2], chosen by the positions if there are any. */
    private static Value angles(NodeCall c, Value cache) {
        Value chosen = c.has(3) ? c.emit("take({}, {}, axis: 0)", cache, c.in(3)) : cache;
        return chosen.type().rank() == 2 ? chosen : c.emit("{} -> unsqueeze[1]", chosen);
    }
}
