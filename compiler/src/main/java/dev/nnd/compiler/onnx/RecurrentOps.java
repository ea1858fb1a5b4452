package dev.nnd.compiler.onnx;

import dev.nnd.compiler.type.Dim;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Recurrence over time. The plain forms are the language's {@code lstm}, {@code gru} and {@code rnn}, with the gates in their
 * order; what those lack (lengths, peepholes, other activations, clipping) is written out step by step.
 */
final class RecurrentOps {

    private static final long MOST_STEPS = 512;

    private static final Set<String> WITH_ALPHA =
            Set.of("Affine", "LeakyRelu", "ThresholdedRelu", "ScaledTanh", "HardSigmoid", "Elu");

    private static final Set<String> WITH_BETA = Set.of("Affine", "ScaledTanh", "HardSigmoid");

    private RecurrentOps() {}

    static void add(Map<String, Rule> table) {
        table.put("LSTM", c -> new Layer(c, 4).results());
        table.put("GRU", c -> new Layer(c, 3).results());
        table.put("RNN", c -> new Layer(c, 1).results());
    }

    /** The states of one direction [T, N, H], the last one and the last cell. */
    private record Run(Value states, Value hidden, @Nullable Value cell) {}

    /** One node while it is written. */
    private static final class Layer {
        private final NodeCall c;
        private final int gates;
        private final boolean batchFirst;
        private final String direction;
        private final Dim hidden;
        private final Value x;

        Layer(NodeCall c, int gates) {
            this.c = c;
            this.gates = gates;
            this.batchFirst = c.integer("layout", 0) == 1;
            this.direction = c.word("direction", "forward");
            this.hidden = c.type(2).dim(2);
            this.x = batchFirst ? c.in(0) : c.transpose(c.in(0), List.of(1, 0, 2));
        }

        List<Value> results() {
            int directions = direction.equals("bidirectional") ? 2 : 1;
            var runs = new ArrayList<Run>();
            for (int d = 0; d < directions; d++) {
                runs.add(run(d, d == 1 || direction.equals("reverse")));
            }
            var results = new ArrayList<Value>();
            results.add(states(runs));
            results.add(last(runs.stream().map(Run::hidden).toList()));
            if (gates == 4) {
                results.add(last(runs.stream()
                        .map(r -> r.cell() == null ? r.hidden() : r.cell())
                        .toList()));
            }
            return results;
        }

        /** From [N, T, H] for each direction to [T, directions, N, H], or with the batch first [N, T, directions, H]. */
        private Value states(List<Run> runs) {
            List<Value> parts = runs.stream()
                    .map(r -> batchFirst
                            ? c.emit("{}[:, :, none]", r.states())
                            : c.emit("{} -> permute[1, 0, 2] -> unsqueeze[1]", r.states()))
                    .map(Value.class::cast)
                    .toList();
            return MoveOps.concat(c, parts, batchFirst ? 2 : 1);
        }

        private Value last(List<Value> states) {
            int axis = batchFirst ? 1 : 0;
            List<Value> parts = states.stream()
                    .map(s -> c.emit("{} -> unsqueeze[" + axis + "]", s))
                    .toList();
            return MoveOps.concat(c, parts, axis);
        }

        /** The part of a tensor that belongs to a direction. */
        private Value part(int input, int d) {
            Value whole = c.in(input);
            if (whole instanceof Value.Known k) {
                List<Long> rest = k.data().dims().subList(1, k.data().rank());
                int size = (int) TensorData.elements(rest);
                return new Value.Known(k.hint(), k.data().moved(rest, i -> d * size + i), false);
            }
            return c.emit("{}[{}]", whole, d);
        }

        private @Nullable Value state(int input, int d) {
            if (!c.has(input)) {
                return null;
            }
            if (batchFirst) {
                return c.emit("{}[:, {}]", c.in(input), d);
            }
            return part(input, d);
        }

        private List<String> activations(int d) {
            List<String> given = c.words("activations");
            int each = gates == 4 ? 3 : gates == 3 ? 2 : 1;
            return given.size() >= each * (d + 1) ? given.subList(each * d, each * (d + 1)) : List.of();
        }

        private Run run(int d, boolean reverse) {
            boolean usual = activations(d).isEmpty()
                    || activations(d)
                            .equals(
                                    gates == 4
                                            ? List.of("Sigmoid", "Tanh", "Tanh")
                                            : gates == 3 ? List.of("Sigmoid", "Tanh") : List.of("Tanh"))
                    || gates == 1 && activations(d).equals(List.of("Relu"));
            boolean plain = usual
                    && !lengths()
                    && !c.hasAttribute("clip")
                    && !(gates == 4 && (c.has(7) || c.integer("input_forget", 0) == 1))
                    && !(gates == 3 && c.integer("linear_before_reset", 0) == 0);
            return plain ? builtIn(d, reverse) : steps(d, reverse);
        }

        /** True if examples may be shorter than the whole; lengths that are all the whole are none. */
        private boolean lengths() {
            return c.has(4)
                    && !(c.in(4) instanceof Value.Known k
                            && k.data().longs().stream()
                                    .allMatch(l -> x.type().dim(1).is(l)));
        }

        private Run builtIn(int d, boolean reverse) {
            Value input = reverse ? c.emit("flip({}, axis: 1)", x) : x;
            var arguments = new ArrayList<Value>(List.of(input, gated(part(1, d), 0), gated(part(2, d), 0)));
            if (c.has(3)) {
                Value bias = part(3, d);
                Dim rows = hidden.times(gates);
                arguments.add(gated(c.slice(bias, 0, Dim.ZERO, rows), 0));
                arguments.add(gated(c.slice(bias, 0, rows, rows.times(2)), 0));
            }
            Value first = state(5, d);
            Value cell = gates == 4 ? state(6, d) : null;
            var text = new StringBuilder();
            if (first != null || cell != null) {
                text.append(", hidden: {}");
                arguments.add(first == null ? zeros() : first);
            }
            if (gates == 4 && (first != null || cell != null)) {
                text.append(", cell: {}");
                arguments.add(cell == null ? zeros() : cell);
            }
            if (gates == 1 && activations(d).equals(List.of("Relu"))) {
                text.append(", activation: \"relu\"");
            }
            String name = gates == 4 ? "lstm" : gates == 3 ? "gru" : "rnn";
            int positional = c.has(3) ? 5 : 3;
            String call = name + "("
                    + String.join(
                            ", ",
                            IntStream.range(0, positional).mapToObj(i -> "{}").toList()) + text + ")";
            Value states = c.emit(call + ".states", arguments.toArray());
            return new Run(
                    reverse ? c.emit("flip({}, axis: 1)", states) : states,
                    c.emit(call + ".hidden", arguments.toArray()),
                    gates == 4 ? c.emit(call + ".cell", arguments.toArray()) : null);
        }

        private Value zeros() {
            return c.body().filled(x.type().withDims(List.of(x.type().dim(0), hidden)), "0.0", 0);
        }

        /** From ONNX' order of gates (i o f c, z r h) to PyTorch's (i f c o, r z h). */
        private Value gated(Value rows, int axis) {
            int[] order = gates == 4 ? new int[] {0, 2, 3, 1} : gates == 3 ? new int[] {1, 0, 2} : new int[] {0};
            if (gates == 1) {
                return rows;
            }
            if (rows instanceof Value.Known k) {
                TensorData data = k.data();
                int block = data.size() / gates;
                return new Value.Known(
                        k.hint(), data.moved(data.dims(), i -> order[i / block] * block + i % block), false);
            }
            var parts = new ArrayList<Value>();
            for (int gate : order) {
                parts.add(gate(rows, gate));
            }
            return MoveOps.concat(c, parts, axis);
        }

        private Value gate(Value rows, int gate) {
            return c.slice(rows, 0, hidden.times(gate), hidden.times(gate + 1L));
        }

        // Step by step.

        private Run steps(int d, boolean reverse) {
            long time = GraphWalk.constants(List.of(x.type().dim(1))).getFirst();
            if (time > MOST_STEPS) {
                throw new OnnxProblem(
                        "with these options it is written out step by step, and " + time + " steps are too many");
            }
            boolean lengths = lengths();
            Value input =
                    !reverse ? x : lengths ? MoveOps.reversed(c, x, c.in(4), 0, 1) : c.emit("flip({}, axis: 1)", x);
            Value w = part(1, d);
            Value bias = c.has(3) ? part(3, d) : null;
            Value projected = c.emit("matmul({}, {} -> transpose)", input, w);
            if (bias != null) {
                projected = c.emit("{} + {}[:{}]", projected, bias, hidden.times(gates));
            }
            Value r = part(2, d);
            Value first = state(5, d);
            Value h = first == null ? zeros() : first;
            Value firstCell = gates == 4 ? state(6, d) : null;
            Value cell = firstCell == null ? zeros() : firstCell;
            var all = new ArrayList<Value>();
            for (int t = 0; t < time; t++) {
                Value now = c.emit("{}[:, {}]", projected, t);
                Value nextCell = cell;
                Value next;
                if (gates == 4) {
                    Value[] made = lstm(d, now, h, cell, r, bias);
                    next = made[0];
                    nextCell = made[1];
                } else {
                    next = gates == 3 ? gru(d, now, h, r, bias) : rnn(d, now, h, r, bias);
                }
                if (lengths) {
                    Value running = c.emit("{}[:, none] > {}", c.in(4), t);
                    h = c.emit("select({}, {}, {})", running, next, h);
                    cell = gates == 4 ? c.emit("select({}, {}, {})", running, nextCell, cell) : cell;
                    next = c.emit("select({}, {}, 0.0)", running, next);
                } else {
                    h = next;
                    cell = nextCell;
                }
                all.add(c.emit("{} -> unsqueeze[1]", next));
            }
            Value states = MoveOps.concat(c, all, 1);
            Value ordered = !reverse
                    ? states
                    : lengths ? MoveOps.reversed(c, states, c.in(4), 0, 1) : c.emit("flip({}, axis: 1)", states);
            return new Run(ordered, h, gates == 4 ? cell : null);
        }

        private Value recurrent(Value h, Value r, @Nullable Value bias) {
            Value y = c.emit("matmul({}, {} -> transpose)", h, r);
            return bias == null ? y : c.emit("{} + {}[{}:]", y, bias, hidden.times(gates));
        }

        private Value rnn(int d, Value now, Value h, Value r, @Nullable Value bias) {
            return activated(d, 0, "Tanh", c.emit("{} + {}", now, recurrent(h, r, bias)));
        }

        private Value column(Value x, int gate) {
            return c.emit("{}[:, {}:{}]", x, hidden.times(gate), hidden.times(gate + 1L));
        }

        private Value gru(int d, Value now, Value h, Value r, @Nullable Value bias) {
            boolean before = c.integer("linear_before_reset", 0) != 0;
            Value back = recurrent(h, r, bias);
            Value z = activated(d, 0, "Sigmoid", c.emit("{} + {}", column(now, 0), column(back, 0)));
            Value reset = activated(d, 0, "Sigmoid", c.emit("{} + {}", column(now, 1), column(back, 1)));
            Value inner;
            if (before) {
                inner = c.emit("{} * {}", reset, column(back, 2));
            } else {
                Value rows = c.emit("{}[{}:]", r, hidden.times(2));
                inner = c.emit("matmul({} * {}, {} -> transpose)", reset, h, rows);
                inner = bias == null ? inner : c.emit("{} + {}[{}:]", inner, bias, hidden.times(5));
            }
            Value made = activated(d, 1, "Tanh", c.emit("{} + {}", column(now, 2), inner));
            return c.emit("(1.0 - {}) * {} + {} * {}", z, made, z, h);
        }

        private Value[] lstm(int d, Value now, Value h, Value cell, Value r, @Nullable Value bias) {
            Value sum = c.emit("{} + {}", now, recurrent(h, r, bias));
            Value holes = c.has(7) ? part(7, d) : null;
            Value in = activated(d, 0, "Sigmoid", peeping(column(sum, 0), holes, 0, cell));
            Value forget = c.integer("input_forget", 0) == 1
                    ? c.emit("1.0 - {}", in)
                    : activated(d, 0, "Sigmoid", peeping(column(sum, 2), holes, 2, cell));
            Value made = activated(d, 1, "Tanh", column(sum, 3));
            Value next = c.emit("{} * {} + {} * {}", forget, cell, in, made);
            Value out = activated(d, 0, "Sigmoid", peeping(column(sum, 1), holes, 1, next));
            return new Value[] {c.emit("{} * {}", out, activated(d, 2, "Tanh", next, false)), next};
        }

        /** The cell looks into the gates; the weights come in the order i o f. */
        private Value peeping(Value sum, @Nullable Value holes, int gate, Value cell) {
            return holes == null
                    ? sum
                    : c.emit("{} + {}[{}:{}] * {}", sum, holes, hidden.times(gate), hidden.times(gate + 1L), cell);
        }

        private Value activated(int d, int which, String otherwise, Value x) {
            return activated(d, which, otherwise, x, true);
        }

        private Value activated(int d, int which, String otherwise, Value x, boolean clips) {
            Value in = x;
            if (clips && c.hasAttribute("clip")) {
                String clip = Literals.of(c.number("clip", 0));
                in = c.emit("minimum(maximum({}, -{}), {})", x, clip, clip);
            }
            List<String> given = activations(d);
            String name = given.isEmpty() ? otherwise : given.get(which);
            int place = d * given.size() + which;
            return ActivationOps.named(
                    c,
                    name,
                    in,
                    number("activation_alpha", WITH_ALPHA, place),
                    number("activation_beta", WITH_BETA, place));
        }

        /** The numbers are those of the activations that have one, in their order; NaN stands for the default. */
        private double number(String attribute, Set<String> having, int place) {
            List<String> all = c.words("activations");
            if (place >= all.size() || !having.contains(all.get(place))) {
                return Double.NaN;
            }
            int at = (int)
                    all.subList(0, place).stream().filter(having::contains).count();
            List<Float> numbers = c.numbers(attribute);
            return at < numbers.size() ? numbers.get(at) : Double.NaN;
        }
    }
}
