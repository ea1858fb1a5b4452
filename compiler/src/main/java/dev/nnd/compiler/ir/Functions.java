package dev.nnd.compiler.ir;

import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
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
            if (node.op() instanceof Op.Call(var function) && !found.contains(function)) {
                collect(function.graph(), found);
                found.add(function);
            }
        }
    }

    /** The graph with the graph of every function it calls changed, each once, those that a function calls before it. */
    public static Graph map(Graph graph, UnaryOperator<Graph> change) {
        var changed = new IdentityHashMap<Function, Function>();
        for (Function function : of(graph)) {
            changed.put(function, new Function(change.apply(calling(function.graph(), changed))));
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
        if (!(node.op() instanceof Op.Call(var function))) {
            return node;
        }
        return new Node(
                new Op.Call(changed.getOrDefault(function, function)), node.inputs(), node.outputs(), node.origin());
    }
}
