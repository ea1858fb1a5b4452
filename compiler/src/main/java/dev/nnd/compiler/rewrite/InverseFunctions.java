package dev.nnd.compiler.rewrite;

import dev.nnd.compiler.ir.Node;
import dev.nnd.compiler.ir.Op;
import dev.nnd.compiler.ir.Op.UnaryFunction;
import dev.nnd.compiler.ir.Value;
import java.util.List;
import java.util.Optional;

/**
 * Functions that undo each other, where they do so for every number but those that overflow between.
 *
 * <pre>
 * before  log(exp(x)), sqrt(square(x)), relu(relu(x)), abs(abs(x)), square(abs(x))
 * after   x,           abs(x),          relu(x),       abs(x),      square(x)
 *         exp(log(x)) and square(sqrt(x)) stay: they are NaN below 0
 * </pre>
 */
record InverseFunctions() implements Rule {
    @Override
    public Optional<Replacement> apply(Node node, Neighbourhood graph) {
        if (!(node.op() instanceof Op.Unary(UnaryFunction outer)) || !Match.isFloat(node)) {
            return Optional.empty();
        }
        Value between = node.inputs().getFirst();
        Optional<Node> inner = graph.producer(between, Op.Unary.class);
        if (inner.isEmpty() || !(inner.get().op() instanceof Op.Unary(UnaryFunction first))) {
            return Optional.empty();
        }
        Value x = inner.get().inputs().getFirst();
        Draft draft = graph.replace(node);
        String name = node.output().name();
        return switch (outer) {
            case LOG -> first == UnaryFunction.EXP ? draft.by(x) : Optional.empty();
            case LOG1P -> first == UnaryFunction.EXPM1 ? draft.by(x) : Optional.empty();
            case SQRT ->
                first == UnaryFunction.SQUARE
                        ? draft.by(draft.add(name, new Op.Unary(UnaryFunction.ABS), x))
                        : Optional.empty();
            case SQUARE ->
                first == UnaryFunction.ABS || first == UnaryFunction.NEGATE
                        ? draft.by(draft.add(name, node.op(), x))
                        : Optional.empty();
            case ABS -> first == UnaryFunction.NEGATE ? draft.by(draft.add(name, node.op(), x)) : kept(between, first);
            case RELU -> kept(between, first);
            default -> Optional.empty();
        };
    }

    /** The operand itself, if no value of its function is below 0. */
    private static Optional<Replacement> kept(Value value, UnaryFunction made) {
        boolean positive = switch (made) {
            case ABS, SQUARE, SQRT, EXP, SIGMOID, RELU, SOFTPLUS -> true;
            default -> false;
        };
        return positive ? Optional.of(new Replacement(List.of(), List.of(value))) : Optional.empty();
    }
}
