package dev.nnd.compiler.rewrite;

import dev.nnd.compiler.ir.Node;
import dev.nnd.compiler.ir.Op;
import dev.nnd.compiler.ir.Op.UnaryFunction;
import dev.nnd.compiler.ir.Value;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * A choice that is made already.
 *
 * <pre>
 * before  select(true, a, b)   select(false, a, b)   select(c, a, a)   select(not c, a, b)
 * after   a                    b                     a                 select(c, b, a)
 *         spread to the dims of the choice
 * </pre>
 */
record ConstantChoice() implements Rule {
    @Override
    public Optional<Replacement> apply(Node node, Neighbourhood graph) {
        if (!(node.op() instanceof Op.Select)) {
            return Optional.empty();
        }
        Value condition = node.inputs().get(0);
        Value a = node.inputs().get(1);
        Value b = node.inputs().get(2);
        OptionalDouble known = graph.constant(condition);
        Draft draft = graph.replace(node);
        if (a.equals(b) || known.isPresent()) {
            Value chosen = known.isPresent() && known.getAsDouble() == 0 ? b : a;
            return draft.by(draft.broadcast(chosen, node.output().type().dims()));
        }
        return Match.unary(condition, UnaryFunction.NOT, graph)
                .flatMap(c -> draft.by(draft.add(node.output().name(), node.op(), c, b, a)));
    }
}
