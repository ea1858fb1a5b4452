package dev.nnd.compiler.ir;

import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedSet;
import java.util.function.UnaryOperator;

/** The functions that a graph calls, directly or through others. */
public final class Functions {

    private Functions() {}

    /** All of them, each after those that it calls. */
    public static SequencedSet<Function> of(Graph graph) {
        var found = new LinkedHashSet<Function>();
        collect(graph, found);
        return Collections.unmodifiableSequencedSet(found);
    }

    private static void collect(Graph graph, SequencedSet<Function> found) {
        for (Node node : graph.nodes()) {
            called(node.op()).filter(f -> !found.contains(f)).ifPresent(f -> {
                collect(f.graph(), found);
                found.add(f);
            });
        }
    }

    /** The function that an op calls. */
    public static Optional<Function> called(Op op) {
        return switch (op) {
            case Op.Call(var function) -> Optional.of(function);
            case Op.Scan scan -> Optional.of(scan.body());
            default -> Optional.empty();
        };
    }

    /** The same op with another function. */
    static Op calling(Op op, Function instead) {
        return switch (op) {
            case Op.Call _ -> new Op.Call(instead);
            case Op.Scan o -> new Op.Scan(instead, o.states(), o.sequences(), o.steps(), o.reverse());
            default -> throw new IllegalArgumentException(OpText.of(op) + " calls no function");
        };
    }

    /** The graph with the graph of every function it calls changed, each once, those that a function calls before it. */
    public static Graph map(Graph graph, UnaryOperator<Graph> change) {
        var changed = new IdentityHashMap<Function, Function>();
        for (Function function : of(graph)) {
            changed.put(function, function.with(change.apply(calling(function.graph(), changed))));
        }
        return calling(graph, changed);
    }

    private static Graph calling(Graph graph, Map<Function, Function> changed) {
        if (changed.isEmpty()) {
            return graph;
        }
        return new Graph(
                graph.name(),
                graph.inputs(),
                graph.nodes().stream().map(n -> calling(n, changed)).toList(),
                graph.outputs());
    }

    private static Node calling(Node node, Map<Function, Function> changed) {
        return called(node.op())
                .map(f -> new Node(
                        calling(node.op(), changed.getOrDefault(f, f)), node.inputs(), node.outputs(), node.origin()))
                .orElse(node);
    }
}
