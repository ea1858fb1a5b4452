package dev.nnd.compiler.rewrite;

import dev.nnd.compiler.ir.Node;
import dev.nnd.compiler.ir.Value;
import java.util.Optional;

/**
 * The same op on the same operands is computed once.
 *
 * <pre>
 * before  a = exp(x); ...; b = exp(x)
 * after   a = exp(x); ...; a instead of b
 * </pre>
 */
record CommonSubexpression() implements Rule {
    @Override
    public Optional<Replacement> apply(Node node, Neighbourhood graph) {
        return graph.twin(node)
                .flatMap(twin -> graph.replace(node).by(twin.outputs().toArray(Value[]::new)));
    }
}
