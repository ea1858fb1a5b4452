package dev.nnd.compiler.onnx;

import dev.nnd.compiler.type.DType;
import dev.nnd.compiler.type.Dim;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Attention as the transformers that ONNX Runtime optimizes have it: with its projection, its mask and its cache. */
final class FusedAttentionOps {

    private static final String DOMAIN = "com.microsoft:";

    /** What is added to a score so that nothing is left of it. */
    private static final float LOWEST = -1e30f;

    private FusedAttentionOps() {}

    static void add(Map<String, Rule> table) {
        table.put(DOMAIN + "Attention", FusedAttentionOps::projected);
        table.put(DOMAIN + "MultiHeadAttention", FusedAttentionOps::multiHead);
        table.put(DOMAIN + "GroupQueryAttention", FusedAttentionOps::grouped);
        Rule.one(table, DOMAIN + "RotaryEmbedding", FusedAttentionOps::rotary);
    }

    /** [N, T, heads * d] as [N, heads, T, d]. */
    private static Value heads(NodeCall c, Value x, long heads) {
        List<Dim> d = x.type().dims();
        Dim count = Dim.of(heads);
        return c.transpose(c.reshape(x, d.get(0), d.get(1), count, d.get(2).floorDivide(count)), List.of(0, 2, 1, 3));
    }

    private static Value joined(NodeCall c, Value x) {
        List<Dim> d = x.type().dims();
        return c.reshape(
                c.transpose(x, List.of(0, 2, 1, 3)),
                d.get(0),
                d.get(2),
                d.get(1).times(d.get(3)));
    }

    private static float filter(NodeCall c, double otherwise) {
        return Math.max(c.number("mask_filter_value", otherwise), LOWEST);
    }

    private static Value scores(NodeCall c, Value q, Value k) {
        float given = c.number("scale", 0);
        String scale = given == 0 ? "1.0 / sqrt(" + q.type().dim(3) + ")" : Literals.of(given);
        return c.emit("matmul({}, {} -> transpose) * ({})", q, k, scale);
    }

    private static Value add(NodeCall c, Value scores, Optional<Value> bias) {
        return bias.isPresent() ? c.emit("{} + {}", scores, bias.get()) : scores;
    }

    /** Each place sees itself and what is before it; {@code past} places are before the first. */
    private static Value causal(NodeCall c, Dim rows, Dim columns) {
        Value allowed = c.emit("range({})[:, none] + ({}) >= range({})", rows, columns.minus(rows), columns);
        return c.emit("select({}, 0.0, {})", allowed, bracketed(LOWEST));
    }

    private static String bracketed(float number) {
        return "(" + Literals.of(number) + ")";
    }

    private static List<Value> projected(NodeCall c) {
        if (c.integer("do_rotary", 0) == 1 || c.has(6)) {
            throw new OnnxProblem("rotary positions and a cache of fixed size in this operator are not supported");
        }
        long count = c.integer("num_heads", 1);
        Value x = c.in(0);
        Value all = MatrixOps.product(c, x, c.in(1));
        all = c.has(2) ? ElementwiseOps.operator(c, "+", all, c.in(2)) : all;
        Dim width = all.type().dim(2);
        List<Long> given = c.integers("qkv_hidden_sizes").orElse(List.of());
        Dim query = given.isEmpty() ? width.floorDivide(Dim.of(3)) : Dim.of(given.getFirst());
        Value q = heads(c, c.slice(all, 2, Dim.ZERO, query), count);
        Value k = heads(c, c.slice(all, 2, query, query.times(2)), count);
        Value v = heads(c, c.slice(all, 2, query.times(2), width), count);
        if (c.has(4)) {
            k = behind(c, half(c, c.in(4), 0), k);
            v = behind(c, half(c, c.in(4), 1), v);
        }
        Value scores = add(c, scores(c, q, k), Optional.ofNullable(c.has(5) ? c.in(5) : null));
        Dim columns = k.type().dim(2);
        if (c.has(3)) {
            scores = c.emit("{} + {}", scores, padding(c, c.in(3), columns, filter(c, -10000)));
        }
        if (c.integer("unidirectional", 0) == 1) {
            scores = c.emit("{} + {}", scores, causal(c, q.type().dim(2), columns));
        }
        Value y = joined(c, c.emit("matmul({} -> softmax, {})", scores, v));
        return c.wants(1) ? List.of(y, c.emit("stack({}, {}, axis: 0)", k, v)) : List.of(y);
    }

    /** Keys or values of a cache; there is none if it is empty. */
    private static Value half(NodeCall c, Value cache, int which) {
        return empty(cache) ? cache : c.emit("{}[{}]", cache, which);
    }

    private static boolean empty(Value x) {
        return x.type().dims().stream().anyMatch(d -> d.is(0));
    }

    /** New entries behind those of the cache. */
    private static Value behind(NodeCall c, Value cache, Value now) {
        return empty(cache) ? now : c.emit("concat({}, {}, axis: 2)", cache, now);
    }

    /** Which keys count, as numbers to add: from lengths [N], flags [N, T], or flags for each query [N, S, T]. */
    private static Value padding(NodeCall c, Value mask, Dim columns, float filter) {
        List<Dim> d = mask.type().dims();
        if (d.size() > 1) {
            NodeCall.same(d.getLast(), columns);
        }
        Value some = switch (d.size()) {
            case 1 -> c.emit("range({}) < ({} -> cast[i32] -> reshape[{}, 1, 1, 1])", columns, mask, d.get(0));
            case 2 -> c.emit("{}[:, none, none] > 0", mask);
            case 3 -> c.emit("{}[:, none] > 0", mask);
            default -> throw new OnnxProblem("a mask of 1 to 3 dims is supported, it is " + mask.type());
        };
        return c.emit("select({}, 0.0, {})", some, bracketed(filter));
    }

    private static List<Value> multiHead(NodeCall c) {
        long count = c.integer("num_heads", 1);
        if (!c.has(1) || !c.has(2) || c.rank(0) != 3 || c.rank(1) != c.rank(2)) {
            throw new OnnxProblem("packed queries, keys and values are not supported, separate ones are");
        }
        boolean ready = c.rank(1) == 4;
        Dim query = c.type(0).dim(2);
        Value q = heads(c, shifted(c, c.in(0), Dim.ZERO, query), count);
        Value k = ready ? c.in(1) : heads(c, shifted(c, c.in(1), query, query.times(2)), count);
        Value v = ready
                ? c.in(2)
                : heads(
                        c,
                        shifted(
                                c,
                                c.in(2),
                                query.times(2),
                                query.times(2).plus(c.type(2).dim(2))),
                        count);
        if (c.has(6)) {
            k = behind(c, c.in(6), k);
            v = behind(c, c.in(7), v);
        }
        Dim columns = k.type().dim(2);
        Value scores = add(c, scores(c, q, k), Optional.ofNullable(c.has(5) ? c.in(5) : null));
        if (c.has(4)) {
            scores = c.emit("{} + {}", scores, padding(c, c.in(4), columns, filter(c, -10000)));
        }
        if (c.integer("unidirectional", 0) == 1) {
            scores = c.emit("{} + {}", scores, causal(c, q.type().dim(2), columns));
        }
        return List.of(joined(c, c.emit("matmul({} -> softmax, {})", scores, v)), k, v);
    }

    /** One bias holds those of queries, keys and values. */
    private static Value shifted(NodeCall c, Value x, Dim from, Dim to) {
        return c.has(3) ? ElementwiseOps.operator(c, "+", x, c.slice(c.in(3), 0, from, to)) : x;
    }

    /** Heads of keys serve several heads of queries; all examples have the same number of entries in the cache. */
    private static List<Value> grouped(NodeCall c) {
        if (!c.has(1) || c.integer("local_window_size", -1) > 0 || c.integer("smooth_softmax", 0) == 1) {
            throw new OnnxProblem("packed inputs, windows and a smooth softmax are not supported");
        }
        long queries = c.integer("num_heads", 1);
        long keys = c.integer("kv_num_heads", 1);
        Value q = heads(c, c.in(0), queries);
        Value k = heads(c, c.in(1), keys);
        Value v = heads(c, c.in(2), keys);
        Dim rows = q.type().dim(2);
        Dim past = c.has(3) ? c.type(3).dim(2) : Dim.ZERO;
        if (c.integer("do_rotary", 0) == 1) {
            Value places = c.emit("range({}) + ({})", rows, past);
            boolean pairs = c.integer("rotary_interleaved", 0) == 1;
            q = turned(c, q, places, 7, pairs);
            k = turned(c, k, places, 7, pairs);
        }
        if (c.has(3)) {
            k = behind(c, c.in(3), k);
            v = behind(c, c.in(4), v);
        }
        Value allKeys = queries == keys ? k : c.emit("repeat({}, {}, axis: 1)", k, queries / keys);
        Value allValues = queries == keys ? v : c.emit("repeat({}, {}, axis: 1)", v, queries / keys);
        Value scores = scores(c, q, allKeys);
        float cap = c.number("softcap", 0);
        scores = cap == 0 ? scores : c.emit("{} * tanh({} / {})", Literals.of(cap), scores, Literals.of(cap));
        scores = c.emit("{} + {}", scores, causal(c, rows, k.type().dim(2)));
        return List.of(joined(c, c.emit("matmul({} -> softmax, {})", scores, allValues)), k, v);
    }

    private static Value rotary(NodeCall c) {
        Value x = c.in(0);
        boolean flat = x.type().rank() == 3;
        long dims = c.integer("rotary_embedding_dim", 0);
        Dim width = c.type(2).dim(1).times(2);
        long count = c.integer("num_heads", 0);
        if (count == 0 && flat) {
            count = dims > 0
                    ? 0
                    : GraphWalk.constants(List.of(x.type().dim(2).floorDivide(width)))
                            .getFirst();
        }
        if (flat && count == 0) {
            throw new OnnxProblem("`num_heads` is missing");
        }
        Value h = flat ? heads(c, x, count) : x;
        Value places = c.in(1);
        if (places.type().elements().is(1)) {
            Value first = c.reshape(c.cast(places, DType.I32), List.of());
            places = c.emit("range({}) + {}", h.type().dim(2), first);
        }
        Value y = turned(c, h, places, 2, c.integer("interleaved", 0) == 1);
        return flat ? joined(c, y) : y;
    }

    /** Turns pairs of numbers by the angles of their places, [T] or [N, T]; cosines and sines are two inputs. */
    private static Value turned(NodeCall c, Value x, Value places, int cosines, boolean pairs) {
        Value cos = angles(c, c.in(cosines), places);
        Value sin = angles(c, c.in(cosines + 1), places);
        List<Dim> d = x.type().dims();
        Dim width = c.type(cosines).dim(1).times(2);
        Dim half = width.floorDivide(Dim.of(2));
        Value a = pairs ? c.emit("{}[..., 0:{}:2]", x, width) : c.emit("{}[..., 0:{}]", x, half);
        Value b = pairs ? c.emit("{}[..., 1:{}:2]", x, width) : c.emit("{}[..., {}:{}]", x, half, width);
        Value real = c.emit("{} * {} - {} * {}", a, cos, b, sin);
        Value imaginary = c.emit("{} * {} + {} * {}", a, sin, b, cos);
        Value made = pairs
                ? c.reshape(c.emit("stack({}, {}, axis: 4)", real, imaginary), d.get(0), d.get(1), d.get(2), width)
                : c.emit("concat({}, {}, axis: 3)", real, imaginary);
        return width.equals(d.get(3)) ? made : c.emit("concat({}, {}[..., {}:], axis: 3)", made, x, width);
    }

    private static Value angles(NodeCall c, Value cache, Value places) {
        Value taken = c.emit("take({}, {}, axis: 0)", cache, places);
        return taken.type().rank() == 2 ? taken : c.emit("{} -> unsqueeze[1]", taken);
    }
}
