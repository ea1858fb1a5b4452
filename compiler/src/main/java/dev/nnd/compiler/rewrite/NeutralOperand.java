package dev.nnd.compiler.rewrite;

import dev.nnd.compiler.ir.Node;
import dev.nnd.compiler.ir.Op;
import dev.nnd.compiler.ir.Value;
import java.util.Optional;

/**
 * Adding 0 or multiplying by 1 does nothing.
 *
 * <pre>
 * before  x + 0, 0 + x, x - 0, x * 1, 1 * x, x / 1, x ** 1
 * after   x
 * </pre>
 */
record NeutralOperand() implements Rule {
    @Override
    public Optional<Replacement> apply(Node node, Neighbourhood graph) {
        if (!(node.op() instanceof Op.Binary op)) {
            return Optional.empty();
        }
        Value a = node.inputs().get(0);
        Value b = node.inputs().get(1);
        Optional<Value> same = switch (op.function()) {
            case ADD -> graph.isConstant(b, 0) ? Optional.of(a) : keep(b, graph.isConstant(a, 0));
            case SUBTRACT -> keep(a, graph.isConstant(b, 0));
            case MULTIPLY -> graph.isConstant(b, 1) ? Optional.of(a) : keep(b, graph.isConstant(a, 1));
            case DIVIDE, POWER -> keep(a, graph.isConstant(b, 1));
            case MINIMUM, MAXIMUM, FLOOR_DIVIDE, REMAINDER, AND, OR -> Optional.empty();
        };
        Draft draft = graph.replace(node);
        return same.flatMap(
                v -> draft.by(draft.broadcast(v, node.output().type().dims())));
    }

    private static Optional<Value> keep(Value value, boolean condition) {
        return condition ? Optional.of(value) : Optional.empty();
    }
}
