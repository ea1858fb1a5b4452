package dev.nnd.compiler.ir;

import dev.nnd.compiler.type.TensorType;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/** Checks that a graph is well made; run after lowering and after every rewrite. */
public final class Verifier {

    private final Graph graph;
    private final Map<Integer, Value> made = new HashMap<>();

    private Verifier(Graph graph) {
        this.graph = graph;
    }

    /**
     * Checks that every value is made once and before its use, that types are what the shape rules say, that no two
     * ports have one role and name, and that outputs exist.
     *
     * @return the same graph
     * @throws GraphException if it is not so
     */
    public static Graph verify(Graph graph) {
        var verifier = new Verifier(graph);
        Functions.of(graph).forEach(f -> new Verifier(f.graph()).run());
        return verifier.run();
    }

    private Graph run() {
        ports(graph.inputs());
        graph.inputs().forEach(port -> make(port.value()));
        graph.nodes().forEach(this::node);
        ports(graph.outputs());
        for (Port port : graph.outputs()) {
            require(isMade(port.value()), () -> "nothing makes the output " + port.name() + ", " + port.value());
        }
        return graph;
    }

    private void node(Node node) {
        for (Value input : node.inputs()) {
            if (!isMade(input)) {
                throw new GraphException(node.op(), node.origin(), "the operand " + input + " is not made before");
            }
        }
        List<TensorType> expected = ShapeRules.outputs(
                node.op(), node.inputs().stream().map(Value::type).toList(), node.origin());
        List<TensorType> actual = node.outputs().stream().map(Value::type).toList();
        if (!expected.equals(actual)) {
            throw new GraphException(node.op(), node.origin(), "should make " + expected + ", not " + node.outputs());
        }
        node.outputs().forEach(this::make);
    }

    private void make(Value value) {
        Value earlier = made.putIfAbsent(value.id(), value);
        require(earlier == null, () -> "two values have one id: " + earlier + " and " + value);
    }

    private boolean isMade(Value value) {
        return value.equals(made.get(value.id()));
    }

    private void ports(List<Port> ports) {
        var seen = new HashSet<List<Object>>();
        for (Port port : ports) {
            require(
                    seen.add(List.of(port.role(), port.name())),
                    () -> "two ports are the " + port.role() + " " + port.name());
        }
    }

    private void require(boolean condition, Supplier<String> problem) {
        if (!condition) {
            throw new GraphException(graph.name(), problem.get());
        }
    }
}
