package dev.nnd.compiler.rewrite;

import dev.nnd.compiler.ir.Node;
import dev.nnd.compiler.ir.Op;
import dev.nnd.compiler.ir.Op.UnaryFunction;
import dev.nnd.compiler.ir.Value;
import java.util.Optional;

/**
 * Softplus, written out: exp(x) overflows where softplus(x) is about x.
 *
 * <pre>
 * before  log(1 + exp(x)), log1p(exp(x))      -log(sigmoid(x)), through log(sigmoid(x))
 * after   softplus(x)                         -softplus(-x)
 *         nothing else uses the parts
 * </pre>
 */
record SoftplusOfParts() implements Rule {

    private static final Op NEGATE = new Op.Unary(UnaryFunction.NEGATE);
    private static final Op SOFTPLUS = new Op.Unary(UnaryFunction.SOFTPLUS);

    @Override
    public Optional<Replacement> apply(Node node, Neighbourhood graph) {
        boolean log = Match.is(node, UnaryFunction.LOG);
        if (!log && !Match.is(node, UnaryFunction.LOG1P)) {
            return Optional.empty();
        }
        Value operand = node.inputs().getFirst();
        if (graph.uses(operand) != 1) {
            return Optional.empty();
        }
        Draft draft = graph.replace(node);
        String name = node.output().name();
        Optional<Value> logit = log ? Match.unary(operand, UnaryFunction.SIGMOID, graph) : Optional.empty();
        if (logit.isPresent()) {
            Value negative = draft.add(logit.get().name(), NEGATE, logit.get());
            return draft.by(draft.add(name, NEGATE, draft.add("softplus", SOFTPLUS, negative)));
        }
        Optional<Value> power = log ? Match.plus(operand, 1, graph) : Optional.of(operand);
        return power.filter(e -> graph.uses(e) == 1)
                .flatMap(e -> Match.unary(e, UnaryFunction.EXP, graph))
                .flatMap(x -> draft.by(draft.add(name, SOFTPLUS, x)));
    }
}
