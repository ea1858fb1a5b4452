package dev.nnd.compiler.rewrite;

import dev.nnd.compiler.ir.Node;
import dev.nnd.compiler.ir.Op;
import dev.nnd.compiler.ir.Value;
import dev.nnd.compiler.type.Dim;
import java.util.ArrayList;
import java.util.Optional;

/**
 * Arithmetic on single elements is arithmetic on scalars, which costs no loop.
 *
 * <pre>
 * before  reshape(a) to [1] / b                  a and b are scalars
 * after   reshape(a / b) to [1]
 * </pre>
 */
record ScalarBeforeReshape() implements Rule {
    @Override
    public Optional<Replacement> apply(Node node, Neighbourhood graph) {
        boolean elementwise = node.op() instanceof Op.Unary
                || node.op() instanceof Op.Binary
                || node.op() instanceof Op.Compare
                || node.op() instanceof Op.Select
                || node.op() instanceof Op.Cast;
        boolean single = !node.output().type().dims().isEmpty()
                && node.output().type().dims().stream().allMatch(d -> d.equals(Dim.ONE));
        if (!elementwise || !single) {
            return Optional.empty();
        }
        var operands = new ArrayList<Value>();
        for (Value input : node.inputs()) {
            Value scalar = graph.producer(input, Op.Reshape.class)
                    .map(n -> n.inputs().getFirst())
                    .orElse(input);
            if (scalar.type().rank() > 0) {
                return Optional.empty();
            }
            operands.add(scalar);
        }
        Draft draft = graph.replace(node);
        Value result = draft.add(node.output().name(), node.op(), operands);
        return draft.by(draft.reshape(result, node.output().type().dims()));
    }
}
