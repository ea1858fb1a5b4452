package dev.nnd.compiler.rewrite;

import dev.nnd.compiler.ir.Node;
import dev.nnd.compiler.ir.Value;
import java.util.List;

/**
 * What stands in a node's place.
 *
 * @param nodes new nodes, in order; they may use whatever was made before the replaced node
 * @param outputs for each output of the replaced node the value that is used instead, of the same type; empty to drop a
 *     node that nothing uses
 */
public record Replacement(List<Node> nodes, List<Value> outputs) {

    public Replacement {
        nodes = List.copyOf(nodes);
        outputs = List.copyOf(outputs);
    }
}
