package dev.nnd.compiler.onnx;

import ai.onnx.proto.OnnxMl.GraphProto;
import dev.nnd.compiler.type.DType;
import dev.nnd.compiler.type.Dim;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Branches and loops. The language decides them at compile time: loops are unrolled, and of two branches a value is chosen. */
final class ControlOps {

    private static final long MOST_TURNS = 4096;

    private ControlOps() {}

    static void add(Map<String, Rule> table) {
        table.put("If", ControlOps::branch);
        table.put("Loop", ControlOps::loop);
        table.put("Scan", ControlOps::scan);
    }

    private static GraphProto graph(NodeCall c, String name) {
        if (!c.attribute(name).hasG()) {
            throw new OnnxProblem("the attribute `" + name + "` is no graph");
        }
        return c.attribute(name).getG();
    }

    private static List<Value> branch(NodeCall c) {
        if (c.in(0) instanceof Value.Known k) {
            return c.walk().subgraph(graph(c, k.data().integer(0) != 0 ? "then_branch" : "else_branch"), List.of());
        }
        List<Value> then = c.walk().subgraph(graph(c, "then_branch"), List.of());
        List<Value> otherwise = c.walk().subgraph(graph(c, "else_branch"), List.of());
        var results = new ArrayList<Value>();
        for (int i = 0; i < then.size(); i++) {
            Value a = then.get(i);
            Value b = otherwise.get(i);
            if (!a.type().equals(b.type())) {
                throw c.walk().unknown((Value.Computed) c.in(0), "its branches give " + a.type() + " and " + b.type());
            }
            Value condition = c.reshape(c.in(0), List.of());
            results.add(ElementwiseOps.select(c, condition, a, b));
        }
        return results;
    }

    private static List<Value> loop(NodeCall c) {
        GraphProto body = graph(c, "body");
        long turns = c.has(0) ? c.longs(0).getFirst() : Long.MAX_VALUE;
        boolean going = !c.has(1) || c.data(1).integer(0) != 0;
        int carried = c.inputs().size() - 2;
        List<Value> state = new ArrayList<>();
        for (int i = 0; i < carried; i++) {
            state.add(c.in(i + 2));
        }
        int scanned = body.getOutputCount() - 1 - carried;
        var collected = new ArrayList<List<Value>>();
        for (int i = 0; i < scanned; i++) {
            collected.add(new ArrayList<>());
        }
        for (long turn = 0; turn < turns && going; turn++) {
            if (turn == MOST_TURNS) {
                throw new OnnxProblem("loops are unrolled, and it runs more than " + MOST_TURNS + " times");
            }
            long number = turn;
            var inputs = new ArrayList<Value>();
            inputs.add(c.known(TensorData.integers(DType.I64, List.of(), i -> number)));
            inputs.add(c.known(TensorData.integers(DType.BOOL, List.of(), i -> 1)));
            inputs.addAll(state);
            List<Value> made = c.walk().subgraph(body, inputs);
            going = c.data(made.getFirst()).integer(0) != 0;
            state = new ArrayList<>(made.subList(1, 1 + carried));
            for (int i = 0; i < scanned; i++) {
                collected.get(i).add(made.get(1 + carried + i));
            }
        }
        var results = new ArrayList<>(state);
        collected.forEach(list -> results.add(stacked(c, list, 0)));
        return results;
    }

    private static Value stacked(NodeCall c, List<Value> values, int axis) {
        if (values.isEmpty()) {
            throw new OnnxProblem("the loop never runs, and its result has no element");
        }
        List<Value> parts = values.stream()
                .map(v -> {
                    var dims = new ArrayList<>(v.type().dims());
                    dims.add(axis, Dim.ONE);
                    return c.reshape(ElementwiseOps.tensor(c, v), dims);
                })
                .toList();
        return MoveOps.concat(c, parts, axis);
    }

    private static List<Value> scan(NodeCall c) {
        GraphProto body = graph(c, "body");
        boolean old = c.opset() < 9;
        int first = old ? 1 : 0;
        int sequences = (int) c.integer("num_scan_inputs", 1);
        int states = c.inputs().size() - first - sequences;
        List<Value> inputs = c.inputs().subList(first, c.inputs().size()).stream()
                .map(v -> v == null ? missing() : v)
                .toList();
        if (!old) {
            return scan(c, body, inputs, states);
        }
        // In operator set 8 everything has a batch in front.
        long batch = GraphWalk.constants(inputs.getFirst().type().dims()).getFirst();
        var all = new ArrayList<List<Value>>();
        for (long n = 0; n < batch; n++) {
            long number = n;
            List<Value> one =
                    inputs.stream().map(v -> c.emit("{}[{}]", v, number)).toList();
            all.add(scan(c, body, one, states));
        }
        var results = new ArrayList<Value>();
        for (int i = 0; i < all.getFirst().size(); i++) {
            int at = i;
            results.add(stacked(c, all.stream().map(r -> r.get(at)).toList(), 0));
        }
        return results;
    }

    private static Value missing() {
        throw new OnnxProblem("an input is missing");
    }

    private static List<Value> scan(NodeCall c, GraphProto body, List<Value> inputs, int states) {
        List<Value> state = inputs.subList(0, states);
        List<Value> sequences = inputs.subList(states, inputs.size());
        List<Long> axes = c.integers("scan_input_axes").orElseGet(() -> Windows.all(0, sequences.size()));
        List<Long> turned = c.integers(c.opset() < 9 ? "directions" : "scan_input_directions")
                .orElseGet(() -> Windows.all(0, sequences.size()));
        int scanned = body.getOutputCount() - states;
        long time = GraphWalk.constants(List.of(sequences
                        .getFirst()
                        .type()
                        .dim(NodeCall.axis(
                                axes.getFirst(), sequences.getFirst().type().rank()))))
                .getFirst();
        if (time > MOST_TURNS) {
            throw new OnnxProblem("loops are unrolled, and it runs more than " + MOST_TURNS + " times");
        }
        var collected = new ArrayList<List<Value>>();
        for (int i = 0; i < scanned; i++) {
            collected.add(new ArrayList<>());
        }
        for (long t = 0; t < time; t++) {
            var now = new ArrayList<>(state);
            for (int i = 0; i < sequences.size(); i++) {
                int axis = NodeCall.axis(axes.get(i), sequences.get(i).type().rank());
                long place = turned.get(i) == 1 ? time - 1 - t : t;
                now.add(c.emit("{}[{}{}]", sequences.get(i), ":, ".repeat(axis), place));
            }
            List<Value> made = c.walk().subgraph(body, now);
            state = made.subList(0, states);
            for (int i = 0; i < scanned; i++) {
                collected.get(i).add(made.get(states + i));
            }
        }
        var results = new ArrayList<>(state);
        List<Long> outAxes = c.integers("scan_output_axes").orElseGet(() -> Windows.all(0, scanned));
        List<Long> outTurned = c.integers("scan_output_directions").orElseGet(() -> Windows.all(0, scanned));
        for (int i = 0; i < scanned; i++) {
            List<Value> list = outTurned.get(i) == 1 ? collected.get(i).reversed() : collected.get(i);
            int axis = NodeCall.axis(outAxes.get(i), list.getFirst().type().rank() + 1);
            results.add(stacked(c, list, axis));
        }
        return results;
    }
}
