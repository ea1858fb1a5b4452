package dev.nnd.compiler.rewrite;

import dev.nnd.compiler.ir.Node;
import dev.nnd.compiler.ir.Op;
import dev.nnd.compiler.ir.ShapeRules;
import dev.nnd.compiler.ir.Value;
import dev.nnd.compiler.type.Dim;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Elementwise ops broadcast their operands themselves.
 *
 * <pre>
 * before  x [N, C] + broadcast(b [C]) to [N, C], x [N, C] + reshape(s) to [1, 1], broadcast(reshape(s) to [1])
 * after   x [N, C] + b [C],                      x [N, C] + s,                    broadcast(s)
 *         where the result has the same dims; s is a scalar
 * </pre>
 */
record BroadcastIntoElementwise() implements Rule {
    @Override
    public Optional<Replacement> apply(Node node, Neighbourhood graph) {
        boolean broadcasts =
                node.op() instanceof Op.Binary || node.op() instanceof Op.Compare || node.op() instanceof Op.Select;
        if (!broadcasts && !(node.op() instanceof Op.Broadcast)) {
            return Optional.empty();
        }
        for (int i = 0; i < node.inputs().size(); i++) {
            Optional<Value> narrow = narrow(node.inputs().get(i), graph);
            if (narrow.isPresent()) {
                var operands = new ArrayList<>(node.inputs());
                operands.set(i, narrow.get());
                if (!broadcasts || dims(operands).equals(node.output().type().dims())) {
                    Draft draft = graph.replace(node);
                    return draft.by(draft.add(node.output().name(), node.op(), operands));
                }
            }
        }
        return Optional.empty();
    }

    private static Optional<Value> narrow(Value value, Neighbourhood graph) {
        Optional<Value> scalar = graph.producer(value, Op.Reshape.class)
                .map(n -> n.inputs().getFirst())
                .filter(v -> v.type().rank() == 0);
        return scalar.or(() ->
                graph.producer(value, Op.Broadcast.class).map(n -> n.inputs().getFirst()));
    }

    private static List<Dim> dims(List<Value> operands) {
        List<Dim> dims = List.of();
        for (Value operand : operands) {
            dims = ShapeRules.broadcast(dims, operand.type().dims());
        }
        return dims;
    }
}
