package dev.nnd.compiler.incremental;

import dev.nnd.compiler.incremental.Known.Linear;
import dev.nnd.compiler.incremental.Known.Pair;
import dev.nnd.compiler.ir.Graph;
import dev.nnd.compiler.ir.Node;
import dev.nnd.compiler.ir.Op;
import dev.nnd.compiler.ir.Port;
import dev.nnd.compiler.ir.Value;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What is known of all values of a graph, found from the inputs on. */
final class KnownValues {

    private final Axes axes;
    private final Map<Value, Known> known = new HashMap<>();
    private final Map<Value, Node> producers = new HashMap<>();

    /** Of a graph whose inputs are known. */
    KnownValues(Graph graph, List<Known> inputs, Axes axes) {
        this.axes = axes;
        List<Port> ports = graph.inputs();
        for (int i = 0; i < ports.size(); i++) {
            known.put(ports.get(i).value(), inputs.get(i));
        }
        graph.nodes().forEach(this::node);
    }

    Known of(Value value) {
        Known found = known.get(value);
        if (found == null) {
            throw new IllegalStateException(value + " is not of this graph");
        }
        return found;
    }

    /** The node that makes a value; null for inputs. */
    @Nullable
    Node producer(Value value) {
        return producers.get(value);
    }

    AxisMap map(Node node, int operand) {
        return AxisMap.of(node, operand, of(node.inputs().get(operand)), axes);
    }

    private void node(Node node) {
        node.outputs().forEach(v -> producers.put(v, node));
        boolean tokens = node.inputs().stream().anyMatch(v -> of(v).tokens());
        boolean opaque = node.op() instanceof Op.Call || node.op() instanceof Op.Scan;
        if (opaque || axes.timeAxes(node.output()).isEmpty()) {
            Linear number = opaque || node.output().type().rank() > 0 ? null : number(node);
            node.outputs().forEach(v -> known.put(v, new Known(tokens, Map.of(), number, Map.of())));
            return;
        }
        List<Known> in = new ArrayList<>();
        var inner = new HashMap<Integer, Long>();
        for (int i = 0; i < node.inputs().size(); i++) {
            AxisMap map = map(node, i);
            inner.putAll(map.inner());
            in.add(moved(of(node.inputs().get(i)), map));
        }
        Linear linear = linear(node, in);
        Map<Pair, Double> later = later(node, in);
        node.outputs().forEach(v -> known.put(v, new Known(tokens, inner, linear, later)));
    }

    /** A scalar that is computed of constants. */
    private @Nullable Linear number(Node node) {
        var in = new double[node.inputs().size()];
        for (int i = 0; i < in.length; i++) {
            Linear linear = of(node.inputs().get(i)).linear();
            if (linear == null || !linear.isConstant()) {
                return null;
            }
            in[i] = linear.constant();
        }
        Double value = switch (node.op()) {
            case Op.Constant o -> (Double) o.value();
            case Op.Cast _, Op.Reshape _ -> (Double) in[0];
            case Op.Unary(var function) -> Numbers.unary(function, in[0]);
            case Op.Binary(var function) -> Numbers.binary(function, in[0], in[1]);
            default -> null;
        };
        return value == null ? null : new Linear(Map.of(), value);
    }

    /** The same along the axes of a node's result. */
    private static Known moved(Known operand, AxisMap map) {
        Linear linear = operand.linear();
        if (linear != null) {
            var factors = new HashMap<Integer, Double>();
            linear.factors().forEach((axis, factor) -> factors.put(map.to(axis), factor));
            linear = factors.containsKey(-1) ? null : new Linear(factors, linear.constant());
        }
        var later = new HashMap<Pair, Double>();
        operand.later().forEach((pair, value) -> {
            int row = map.to(pair.row());
            int column = map.to(pair.column());
            if (row >= 0 && column >= 0) {
                later.put(new Pair(row, column), value);
            }
        });
        return new Known(operand.tokens(), map.inner(), linear, later);
    }

    private @Nullable Linear linear(Node node, List<Known> in) {
        Linear first = in.isEmpty() ? null : in.getFirst().linear();
        return switch (node.op()) {
            case Op.Iota o when o.dims().get(o.axis()).equals(axes.timeDim()) -> new Linear(Map.of(o.axis(), 1.0), 0);
            case Op.Cast _, Op.Transpose _, Op.Broadcast _, Op.Reshape _ -> first;
            case Op.Unary(Op.UnaryFunction f) when f == Op.UnaryFunction.STOP_GRADIENT -> first;
            case Op.Unary(Op.UnaryFunction f) when f == Op.UnaryFunction.NEGATE && first != null -> scaled(first, -1);
            case Op.Binary(var f)
            when first != null && in.get(1).linear() != null ->
                binary(f, first, in.get(1).linear());
            default -> null;
        };
    }

    private static @Nullable Linear binary(Op.BinaryFunction function, Linear a, @Nullable Linear b) {
        if (b == null) {
            return null;
        }
        return switch (function) {
            case ADD -> sum(a, b, 1);
            case SUBTRACT -> sum(a, b, -1);
            case MULTIPLY -> a.isConstant() ? scaled(b, a.constant()) : b.isConstant() ? scaled(a, b.constant()) : null;
            default -> null;
        };
    }

    static Linear sum(Linear a, Linear b, double sign) {
        var factors = new HashMap<>(a.factors());
        b.factors().forEach((axis, factor) -> factors.merge(axis, sign * factor, Double::sum));
        factors.values().removeIf(f -> f == 0);
        return new Linear(factors, a.constant() + sign * b.constant());
    }

    private static Linear scaled(Linear a, double by) {
        var factors = new HashMap<Integer, Double>();
        a.factors().forEach((axis, factor) -> factors.put(axis, factor * by));
        factors.values().removeIf(f -> f == 0);
        return new Linear(factors, a.constant() * by);
    }

    private Map<Pair, Double> later(Node node, List<Known> in) {
        if (node.op() instanceof Op.Compare(var comparison)
                && in.get(0).linear() != null
                && in.get(1).linear() != null) {
            return LaterValues.compared(
                    comparison, sum(in.get(0).linear(), in.get(1).linear(), -1));
        }
        Set<Pair> pairs = new LinkedHashSet<>();
        in.forEach(k -> pairs.addAll(k.later().keySet()));
        var later = new HashMap<Pair, Double>();
        for (Pair pair : pairs) {
            List<@Nullable Double> operands = new ArrayList<>();
            in.forEach(k -> operands.add(k.at(pair)));
            boolean lastAxis = pair.column() == node.output().type().rank() - 1;
            Double value = LaterValues.of(node.op(), operands, lastAxis);
            if (value != null) {
                later.put(pair, value);
            }
        }
        return later;
    }
}
