package dev.nnd.compiler.rewrite;

import dev.nnd.compiler.ir.Node;
import java.util.Optional;

/**
 * What nothing uses is not computed.
 *
 * <pre>
 * before  a = exp(x), never used
 * after   nothing
 * </pre>
 */
record DeadCode() implements Rule {
    @Override
    public Optional<Replacement> apply(Node node, Neighbourhood graph) {
        return node.outputs().stream().allMatch(v -> graph.uses(v) == 0)
                ? graph.replace(node).byNothing()
                : Optional.empty();
    }
}
