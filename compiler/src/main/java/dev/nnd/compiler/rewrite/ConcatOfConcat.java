package dev.nnd.compiler.rewrite;

import dev.nnd.compiler.ir.Node;
import dev.nnd.compiler.ir.Op;
import dev.nnd.compiler.ir.Value;
import java.util.ArrayList;
import java.util.Optional;

/**
 * What is joined in steps is joined at once.
 *
 * <pre>
 * before  concat(concat(a, b), c)
 * after   concat(a, b, c)
 *         along the same axis; nothing else uses concat(a, b)
 * </pre>
 */
record ConcatOfConcat() implements Rule {
    @Override
    public Optional<Replacement> apply(Node node, Neighbourhood graph) {
        if (!(node.op() instanceof Op.Concat)) {
            return Optional.empty();
        }
        var parts = new ArrayList<Value>();
        for (Value part : node.inputs()) {
            Optional<Node> inner = graph.soleProducer(part, Op.Concat.class).filter(n -> n.op().equals(node.op()));
            inner.ifPresentOrElse(n -> parts.addAll(n.inputs()), () -> parts.add(part));
        }
        if (parts.size() == node.inputs().size()) {
            return Optional.empty();
        }
        Draft draft = graph.replace(node);
        return draft.by(draft.add(node.output().name(), node.op(), parts));
    }
}
