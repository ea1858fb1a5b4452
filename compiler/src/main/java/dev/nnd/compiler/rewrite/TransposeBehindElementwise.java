package dev.nnd.compiler.rewrite;

import dev.nnd.compiler.ir.Node;
import dev.nnd.compiler.ir.Op;
import dev.nnd.compiler.ir.Value;
import java.util.ArrayList;
import java.util.Optional;

/**
 * A transpose moves behind elementwise ops, towards a product that reads its operand transposed at no cost, or another
 * transpose that undoes it.
 *
 * <pre>
 * before  f(transpose(x)), transpose(a) + transpose(b), transpose(a) * 2.0
 * after   transpose(f(x)), transpose(a + b),            transpose(a * 2.0)
 *         one permutation; the other operands are single numbers; nothing else uses the transposes
 * </pre>
 */
record TransposeBehindElementwise() implements Rule {
    @Override
    public Optional<Replacement> apply(Node node, Neighbourhood graph) {
        boolean elementwise = node.op() instanceof Op.Unary
                || node.op() instanceof Op.Binary
                || node.op() instanceof Op.Compare
                || node.op() instanceof Op.Select
                || node.op() instanceof Op.Cast;
        if (!elementwise) {
            return Optional.empty();
        }
        Op permutation = null;
        var operands = new ArrayList<Value>();
        for (Value input : node.inputs()) {
            Optional<Node> transpose = graph.producer(input, Op.Transpose.class)
                    .filter(n ->
                            graph.users(input).size() == 1 && graph.users(input).contains(node));
            boolean fits = transpose.isPresent()
                    && input.type().dims().equals(node.output().type().dims())
                    && (permutation == null
                            || permutation.equals(transpose.get().op()));
            if (!fits && input.type().rank() > 0) {
                return Optional.empty();
            }
            permutation = fits ? transpose.get().op() : permutation;
            operands.add(fits ? transpose.get().inputs().getFirst() : input);
        }
        if (permutation == null) {
            return Optional.empty();
        }
        Draft draft = graph.replace(node);
        Value result = draft.add(node.output().name(), node.op(), operands);
        return draft.by(draft.add(node.output().name(), permutation, result));
    }
}
