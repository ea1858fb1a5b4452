package dev.nnd.compiler.rewrite;

import dev.nnd.compiler.ir.Node;
import java.util.Optional;

/**
 * A rewrite of one node and what is around it. A rule has no state; it looks at a node, and at its neighbourhood
 * through the graph, and says what should stand in the node's place. The driver does the rest.
 */
public interface Rule {

    /** What replaces the node, or empty if the rule does not apply to it. */
    Optional<Replacement> apply(Node node, Neighbourhood graph);

    /** The name in traces: the class's. */
    default String name() {
        return getClass().getSimpleName();
    }
}
