package dev.nnd.compiler.lower;

import dev.nnd.compiler.ir.Function;
import dev.nnd.compiler.ir.GraphBuilder;
import dev.nnd.compiler.ir.Op;
import dev.nnd.compiler.ir.Op.UnaryFunction;
import dev.nnd.compiler.ir.Origin;
import dev.nnd.compiler.ir.Port;
import dev.nnd.compiler.ir.Value;
import dev.nnd.compiler.type.DType;
import dev.nnd.compiler.type.Dim;
import dev.nnd.compiler.type.TensorType;
import dev.nnd.compiler.typed.Primitive;
import dev.nnd.compiler.typed.TypedExpr;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * LSTM, GRU and plain recurrence as scans, with PyTorch's gates: what does not depend on the state, x weight_ih^T + bias_ih,
 * is one product over all steps before the scan.
 */
final class RecurrentLowering {

    private static final List<Integer> TIME_FIRST = List.of(1, 0, 2);

    private final GraphBuilder to;
    /** The results of a recurrence, of which each is an expression of its own. */
    private final Map<List<Object>, List<Value>> known = new HashMap<>();

    RecurrentLowering(GraphBuilder to) {
        this.to = to;
    }

    /** The result that the first attribute names: all states [N, T, H], or the last one [N, H]. */
    Value apply(TypedExpr.Apply e, List<Value> in, Origin origin) {
        Attributes attributes = Attributes.of(e);
        List<Object> key = List.of(
                e.primitive(), in, e.attributes().subList(1, e.attributes().size()));
        List<Value> results = known.get(key);
        if (results == null) {
            results = scan(e, attributes, in, origin);
            known.put(key, results);
        }
        return switch (attributes.text(0)) {
            case "states" -> results.getLast();
            case "cell" -> results.get(1);
            default -> results.get(0);
        };
    }

    /** The last states, then all hidden states with the batch first. */
    private List<Value> scan(TypedExpr.Apply e, Attributes attributes, List<Value> in, Origin origin) {
        boolean biased = attributes.flag(1);
        Value x = in.get(0);
        Value recurrent = in.get(2);
        Dim batch = x.type().dim(0);
        Dim hidden = recurrent.type().dim(1);
        DType dtype = x.type().dtype();
        int states = e.primitive() == Primitive.LSTM ? 2 : 1;
        var state = new TensorType(dtype, List.of(batch, hidden));
        var operands = new ArrayList<Value>();
        int first = biased ? 5 : 3;
        for (int i = 0; i < states; i++) {
            operands.add(attributes.flag(2) ? in.get(first + i) : to.broadcast(to.constant(0, dtype), state.dims()));
        }
        Value byTime = to.transpose(x, TIME_FIRST);
        Value gates = to.matMul(byTime, in.get(1), false, true);
        operands.add(biased ? to.add(gates, in.get(3)) : gates);
        operands.add(recurrent);
        if (biased) {
            operands.add(in.get(4));
        }
        Function body = body(e, attributes, operands, states, origin);
        List<Value> results = to.applyAll(
                e.primitive().text(), new Op.Scan(body, states, 1, x.type().dim(1), false), operands);
        var all = new ArrayList<>(results.subList(0, states));
        all.add(to.transpose(results.getLast(), TIME_FIRST));
        return all;
    }

    private Function body(TypedExpr.Apply e, Attributes attributes, List<Value> operands, int states, Origin origin) {
        var step = new GraphBuilder(e.primitive().text() + "_step").at(origin);
        List<Value> state = new ArrayList<>();
        for (int i = 0; i < states; i++) {
            state.add(step.input(
                    Port.Role.INPUT, i == 0 ? "hidden" : "cell", operands.get(i).type()));
        }
        TensorType sequence = operands.get(states).type();
        Value gates = step.input(
                Port.Role.INPUT, "gates", sequence.withDims(sequence.dims().subList(1, sequence.rank())));
        Value weight = weight(step, "weight_hh", operands.get(states + 1));
        Value product = step.matMul(state.getFirst(), weight, false, true);
        boolean biased = operands.size() > states + 2;
        Value recurrent = biased ? step.add(product, weight(step, "bias_hh", operands.get(states + 2))) : product;
        Dim hidden = state.getFirst().type().dim(1);
        switch (e.primitive()) {
            case LSTM -> lstm(step, step.add(gates, recurrent), state.get(1), hidden);
            case GRU -> gru(step, gates, recurrent, state.getFirst(), hidden);
            case RNN -> {
                UnaryFunction activation = attributes.text(3).equals("relu") ? UnaryFunction.RELU : UnaryFunction.TANH;
                output(step, step.unary(activation, step.add(gates, recurrent)), List.of());
            }
            default -> throw new IllegalArgumentException("no recurrence: " + e.primitive());
        }
        return new Function(step.build());
    }

    /** A weight keeps its role, so that an op of the provider may keep it in a layout of its own. */
    private Value weight(GraphBuilder step, String name, Value operand) {
        return step.input(to.role(operand).orElse(Port.Role.INPUT), name, operand.type());
    }

    /** i, f, g, o; c = sigmoid(f) c + sigmoid(i) tanh(g); h = sigmoid(o) tanh(c). */
    private static void lstm(GraphBuilder step, Value gates, Value cell, Dim hidden) {
        Value input = step.unary(UnaryFunction.SIGMOID, part(step, gates, 0, hidden));
        Value forget = step.unary(UnaryFunction.SIGMOID, part(step, gates, 1, hidden));
        Value candidate = step.unary(UnaryFunction.TANH, part(step, gates, 2, hidden));
        Value output = step.unary(UnaryFunction.SIGMOID, part(step, gates, 3, hidden));
        Value next = step.add(step.multiply(forget, cell), step.multiply(input, candidate));
        output(step, step.multiply(output, step.unary(UnaryFunction.TANH, next)), List.of(next));
    }

    /** r, z, n; n = tanh(x_n + r h_n); h = (1 - z) n + z h. */
    private static void gru(GraphBuilder step, Value gates, Value recurrent, Value before, Dim hidden) {
        Value reset = step.unary(
                UnaryFunction.SIGMOID, step.add(part(step, gates, 0, hidden), part(step, recurrent, 0, hidden)));
        Value update = step.unary(
                UnaryFunction.SIGMOID, step.add(part(step, gates, 1, hidden), part(step, recurrent, 1, hidden)));
        Value candidate = step.unary(
                UnaryFunction.TANH,
                step.add(part(step, gates, 2, hidden), step.multiply(reset, part(step, recurrent, 2, hidden))));
        Value kept = step.multiply(update, step.subtract(before, candidate));
        output(step, step.add(candidate, kept), List.of());
    }

    private static Value part(GraphBuilder step, Value gates, int index, Dim hidden) {
        List<Dim> start = List.of(Dim.ZERO, hidden.times(Dim.of(index)));
        return step.apply(
                new Op.Slice(start, List.of(1, 1), List.of(gates.type().dim(0), hidden)), gates);
    }

    /** The next states, the hidden one first, which is also collected. */
    private static void output(GraphBuilder step, Value hidden, List<Value> others) {
        step.output(Port.Role.OUTPUT, "hidden", hidden);
        others.forEach(v -> step.output(Port.Role.OUTPUT, "cell", v));
        step.output(Port.Role.OUTPUT, "states", hidden);
    }
}
