package dev.nnd.compiler.plan;

import dev.nnd.compiler.ir.Graph;
import dev.nnd.compiler.ir.Node;
import dev.nnd.compiler.ir.Port;
import dev.nnd.compiler.ir.Value;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Finds the forward half of a joint graph: all that its outputs other than gradients need. */
final class ForwardHalf {

    private ForwardHalf() {}

    /** Which of the graph's nodes, by index, are of the forward half; all of them if there are no gradients. */
    static List<Boolean> of(Graph graph) {
        List<Node> nodes = graph.nodes();
        boolean gradients = graph.outputs().stream().anyMatch(p -> p.role() == Port.Role.GRADIENT);
        Set<Value> needed = new HashSet<>();
        for (Port port : graph.outputs()) {
            if (port.role() != Port.Role.GRADIENT) {
                needed.add(port.value());
            }
        }
        var forward = new ArrayList<Boolean>();
        for (Node node : nodes.reversed()) {
            boolean isForward = !gradients || node.outputs().stream().anyMatch(needed::contains);
            if (isForward) {
                needed.addAll(node.inputs());
            }
            forward.add(isForward);
        }
        return List.copyOf(forward.reversed());
    }
}
