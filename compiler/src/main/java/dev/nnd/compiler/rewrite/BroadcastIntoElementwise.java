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
 * before  x [N, C] + broadcast(b [C]) to [N, C]
 * after   x [N, C] + b [C]                       where the result has the same dims
 * </pre>
 */
record BroadcastIntoElementwise() implements Rule {
    @Override
    public Optional<Replacement> apply(Node node, Neighbourhood graph) {
        boolean broadcasts =
                node.op() instanceof Op.Binary || node.op() instanceof Op.Compare || node.op() instanceof Op.Select;
        if (!broadcasts) {
            return Optional.empty();
        }
        for (int i = 0; i < node.inputs().size(); i++) {
            Optional<Node> broadcast = graph.producer(node.inputs().get(i), Op.Broadcast.class);
            if (broadcast.isPresent()) {
                var operands = new ArrayList<>(node.inputs());
                operands.set(i, broadcast.get().inputs().getFirst());
                if (dims(operands).equals(node.output().type().dims())) {
                    Draft draft = graph.replace(node);
                    return draft.by(draft.addAll(node.output().name(), node.op(), operands)
                            .getFirst());
                }
            }
        }
        return Optional.empty();
    }

    private static List<Dim> dims(List<Value> operands) {
        List<Dim> dims = List.of();
        for (Value operand : operands) {
            dims = ShapeRules.broadcast(dims, operand.type().dims());
        }
        return dims;
    }
}
