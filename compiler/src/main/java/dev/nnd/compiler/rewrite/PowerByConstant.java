package dev.nnd.compiler.rewrite;

import dev.nnd.compiler.ir.Node;
import dev.nnd.compiler.ir.Op;
import dev.nnd.compiler.ir.Op.BinaryFunction;
import dev.nnd.compiler.ir.Op.UnaryFunction;
import dev.nnd.compiler.ir.Value;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * Powers that have functions of their own.
 *
 * <pre>
 * before  x ** 2      x ** 3          x ** 0.5   x ** -0.5   x ** -1
 * after   square(x)   x * square(x)   sqrt(x)    rsqrt(x)    reciprocal(x)
 *         floats; a root of minus infinity is NaN and no longer infinity, as in PyTorch
 * </pre>
 */
record PowerByConstant() implements Rule {
    @Override
    public Optional<Replacement> apply(Node node, Neighbourhood graph) {
        if (!Match.is(node, BinaryFunction.POWER) || !Match.isFloat(node)) {
            return Optional.empty();
        }
        Value x = node.inputs().get(0);
        OptionalDouble exponent = graph.constant(node.inputs().get(1));
        if (exponent.isEmpty() || !x.type().dims().equals(node.output().type().dims())) {
            return Optional.empty();
        }
        Draft draft = graph.replace(node);
        String name = node.output().name();
        double power = exponent.getAsDouble();
        if (power == 3) {
            Value square = draft.add("square", new Op.Unary(UnaryFunction.SQUARE), x);
            return draft.by(draft.add(name, new Op.Binary(BinaryFunction.MULTIPLY), x, square));
        }
        return function(power).flatMap(f -> draft.by(draft.add(name, new Op.Unary(f), x)));
    }

    private static Optional<UnaryFunction> function(double power) {
        if (power == 2) {
            return Optional.of(UnaryFunction.SQUARE);
        }
        if (power == 0.5) {
            return Optional.of(UnaryFunction.SQRT);
        }
        if (power == -0.5) {
            return Optional.of(UnaryFunction.RSQRT);
        }
        return power == -1 ? Optional.of(UnaryFunction.RECIPROCAL) : Optional.empty();
    }
}
