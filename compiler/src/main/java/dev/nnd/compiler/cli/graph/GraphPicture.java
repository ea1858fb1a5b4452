package dev.nnd.compiler.cli.graph;

import dev.nnd.compiler.ir.Function;
import dev.nnd.compiler.ir.Functions;
import dev.nnd.compiler.ir.Graph;
import dev.nnd.compiler.ir.Node;
import dev.nnd.compiler.ir.Op;
import dev.nnd.compiler.ir.OpText;
import dev.nnd.compiler.ir.Port;
import dev.nnd.compiler.ir.Value;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A graph as boxes and arrows, with one picture for each function that it calls.
 *
 * @param title the graph's name
 * @param boxes in execution order: inputs, nodes, outputs
 * @param arrows between them
 */
public record GraphPicture(String title, List<Box> boxes, List<Arrow> arrows) {

    /** What a box stands for. */
    enum Kind {
        INPUT,
        PARAMETER,
        NODE,
        CALL,
        OUTPUT
    }

    /** One box: what it is, and the value that it makes. */
    record Box(Kind kind, String label, String detail) {}

    /** From a box to a later one, by their indexes. */
    record Arrow(int from, int to) {}

    /** The pictures of the functions that a graph calls, then its own. */
    public static List<GraphPicture> of(Graph graph) {
        var pictures = new ArrayList<GraphPicture>();
        for (Function function : Functions.of(graph)) {
            pictures.add(new Drawing(function.graph()).picture());
        }
        pictures.add(new Drawing(graph).picture());
        return List.copyOf(pictures);
    }

    private static final class Drawing {
        private final Graph graph;
        private final List<Box> boxes = new ArrayList<>();
        private final List<Arrow> arrows = new ArrayList<>();
        private final Map<Value, Integer> makers = new HashMap<>();

        Drawing(Graph graph) {
            this.graph = graph;
        }

        GraphPicture picture() {
            graph.inputs().forEach(this::input);
            graph.nodes().forEach(this::node);
            for (Port port : graph.outputs()) {
                arrow(port.value(), boxes.size());
                boxes.add(new Box(Kind.OUTPUT, port.name(), port.value().type().toString()));
            }
            return new GraphPicture(graph.name(), List.copyOf(boxes), List.copyOf(arrows));
        }

        private void input(Port port) {
            boolean weight = port.role() == Port.Role.PARAMETER || port.role() == Port.Role.BUFFER;
            makers.put(port.value(), boxes.size());
            boxes.add(new Box(
                    weight ? Kind.PARAMETER : Kind.INPUT,
                    port.name(),
                    port.value().type().toString()));
        }

        private void node(Node node) {
            int index = boxes.size();
            node.inputs().stream().distinct().forEach(v -> arrow(v, index));
            boolean call = node.op() instanceof Op.Call || node.op() instanceof Op.Scan;
            Value made = node.outputs().getFirst();
            String instance = node.origin().instance();
            String detail = (instance.isEmpty() ? made.name() : instance) + ": " + made.type();
            boxes.add(new Box(call ? Kind.CALL : Kind.NODE, OpText.of(node.op()), detail));
            node.outputs().forEach(v -> makers.put(v, index));
        }

        private void arrow(Value value, int to) {
            Integer from = makers.get(value);
            if (from != null) {
                arrows.add(new Arrow(from, to));
            }
        }
    }
}
