package dev.nnd.compiler.ir;

import java.util.Locale;
import java.util.stream.Collectors;

/** Prints a graph for a person: one line a port and a node, the same text for the same graph. */
public final class GraphPrinter {

    private GraphPrinter() {}

    /** The functions that it calls, then the graph; ends with a line break. */
    public static String print(Graph graph) {
        var text = new StringBuilder();
        Functions.of(graph).forEach(f -> text.append(print("function ", f.graph())));
        return text.append(print("graph ", graph)).toString();
    }

    private static String print(String what, Graph graph) {
        var text = new StringBuilder(what + graph.name() + "\n");
        for (Port port : graph.inputs()) {
            text.append("  ")
                    .append(port.value())
                    .append(" = ")
                    .append(port(port))
                    .append('\n');
        }
        for (Node node : graph.nodes()) {
            text.append("  ").append(node(node)).append('\n');
        }
        for (Port port : graph.outputs()) {
            text.append("  ")
                    .append(port(port))
                    .append(" = %")
                    .append(port.value().id())
                    .append('\n');
        }
        return text.toString();
    }

    /** {@code %4 relu: f32[N, 10] = relu(%3)  // net.nnd:8 dense}. */
    public static String node(Node node) {
        String outputs = node.outputs().stream().map(Value::toString).collect(Collectors.joining("; "));
        String inputs = node.inputs().stream().map(v -> "%" + v.id()).collect(Collectors.joining(", ", "(", ")"));
        Origin origin = node.origin();
        String instance = origin.instance().isEmpty() ? "" : " " + origin.instance();
        return outputs + " = " + OpText.of(node.op()) + inputs + "  // "
                + origin.span().file().name() + ":" + origin.span().line() + instance;
    }

    private static String port(Port port) {
        return port.role().name().toLowerCase(Locale.ROOT) + " " + port.name();
    }
}
