package dev.nnd.compiler.autodiff;

import dev.nnd.compiler.ir.Graph;
import dev.nnd.compiler.ir.Node;
import dev.nnd.compiler.ir.Port;
import dev.nnd.compiler.ir.Value;
import java.util.List;
import java.util.Map;

/** Gives backward values the names by which a reader knows them: {@code conv2dWeightGradient}. */
final class Renaming {

    private final Map<Integer, String> names;

    private Renaming(Map<Integer, String> names) {
        this.names = names;
    }

    /** The same graph with other names for the values of these ids. */
    static Graph apply(Graph graph, Map<Integer, String> names) {
        var renaming = new Renaming(names);
        return new Graph(
                graph.name(),
                graph.inputs().stream().map(renaming::port).toList(),
                graph.nodes().stream().map(renaming::node).toList(),
                graph.outputs().stream().map(renaming::port).toList());
    }

    private Node node(Node node) {
        return new Node(node.op(), values(node.inputs()), values(node.outputs()), node.origin());
    }

    private Port port(Port port) {
        return new Port(port.role(), port.name(), value(port.value()));
    }

    private List<Value> values(List<Value> values) {
        return values.stream().map(this::value).toList();
    }

    private Value value(Value value) {
        return new Value(value.id(), names.getOrDefault(value.id(), value.name()), value.type());
    }
}
