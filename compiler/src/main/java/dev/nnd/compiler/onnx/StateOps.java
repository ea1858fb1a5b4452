package dev.nnd.compiler.onnx;

import dev.nnd.compiler.type.Dim;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Layers that carry a state from call to call: linear attention, causal convolution. */
final class StateOps {

    private static final long MOST_STEPS = 1024;

    private StateOps() {}

    static void add(Map<String, Rule> table) {
        table.put("LinearAttention", StateOps::linearAttention);
        table.put("CausalConvWithState", StateOps::causalConvolution);
    }

    private static List<Value> causalConvolution(NodeCall c) {
        Value x = c.in(0);
        Dim before = c.type(1).dim(2).minus(Dim.ONE);
        List<Dim> d = x.type().dims();
        if (before.is(0)) {
            Value y = finished(c, c.emit("conv1d({}, {}, groups: {})", x, c.in(1), d.get(1)));
            return List.of(
                    y,
                    c.known(TensorData.empty(
                            x.type().dtype(), GraphWalk.constants(List.of(d.get(0), d.get(1), before)))));
        }
        Value padded = c.has(3)
                ? c.emit("concat({}, {}, axis: 2)", c.in(3), x)
                : c.emit("pad({}, [[0, 0], [0, 0], [{}, 0]])", x, before);
        Value y = finished(c, c.emit("conv1d({}, {}, groups: {})", padded, c.in(1), d.get(1)));
        return List.of(y, c.slice(padded, 2, d.get(2), d.get(2).plus(before)));
    }

    private static Value finished(NodeCall c, Value y) {
        Value biased = c.has(2) ? ElementwiseOps.operator(c, "+", y, ConvolutionOps.perChannel(c, c.in(2), 1)) : y;
        String activation = c.word("activation", "none");
        return activation.equals("none") || activation.isEmpty() ? biased : c.emit("{} -> silu", biased);
    }

    /** {@code state = exp(decay) * state + k (beta * (v - k state))}, {@code y = scale * q state}, step by step. */
    private static List<Value> linearAttention(NodeCall c) {
        long queries = c.integer("q_num_heads", 1);
        long keys = c.integer("kv_num_heads", 1);
        List<Dim> d = c.type(0).dims();
        Dim n = d.get(0);
        long time = GraphWalk.constants(List.of(d.get(1))).getFirst();
        if (time > MOST_STEPS) {
            throw new OnnxProblem("it is written out step by step, and " + time + " steps are too many");
        }
        Dim width = d.get(2).floorDivide(Dim.of(queries));
        Dim depth = c.type(2).dim(2).floorDivide(Dim.of(keys));
        String rule = c.word("update_rule", "gated_delta");
        float given = c.number("scale", 0);
        String scale = given == 0 ? "1.0 / sqrt(" + width + ")" : Literals.of(given);
        Value q = c.reshape(c.in(0), n, d.get(1), Dim.of(queries), Dim.ONE, width);
        Value k = c.reshape(c.in(1), n, d.get(1), Dim.of(keys), width, Dim.ONE);
        Value v = c.reshape(c.in(2), n, d.get(1), Dim.of(keys), Dim.ONE, depth);
        boolean decays = rule.startsWith("gated") && c.has(4);
        boolean delta = rule.endsWith("delta");
        Value decay = decays ? c.emit("{} -> exp", c.reshape(c.in(4), split(c, 4, n, d.get(1), keys))) : q;
        Value beta = delta && c.has(5) ? c.reshape(c.in(5), split(c, 5, n, d.get(1), keys)) : q;
        List<Dim> stateDims = List.of(n, Dim.of(keys), width, depth);
        Value state = c.has(3) ? c.in(3) : c.body().filled(c.type(0).withDims(stateDims), "0.0", 0);
        var all = new ArrayList<Value>();
        for (long t = 0; t < time; t++) {
            Value key = c.emit("{}[:, {}]", k, t);
            Value value = c.emit("{}[:, {}]", v, t);
            Value kept = decays ? c.emit("{} * {}[:, {}]", state, decay, t) : state;
            Value write = delta ? c.emit("{} - matmul({} -> transpose, {})", value, key, kept) : value;
            if (delta && c.has(5)) {
                write = c.emit("{}[:, {}] * {}", beta, t, write);
            }
            state = c.emit("{} + matmul({}, {})", kept, key, write);
            Value read = queries == keys ? state : c.emit("repeat({}, {}, axis: 1)", state, queries / keys);
            all.add(c.emit(
                    "({}) * matmul({}[:, {}], {}) -> reshape[{}, 1, {}]",
                    scale,
                    q,
                    t,
                    read,
                    n,
                    Dim.of(queries).times(depth)));
        }
        return List.of(MoveOps.concat(c, all, 1), state);
    }

    /** Decay and beta come for each head, or for each number of it. */
    private static List<Dim> split(NodeCall c, int input, Dim n, Dim time, long heads) {
        return List.of(n, time, Dim.of(heads), c.type(input).dim(2).floorDivide(Dim.of(heads)), Dim.ONE);
    }
}
