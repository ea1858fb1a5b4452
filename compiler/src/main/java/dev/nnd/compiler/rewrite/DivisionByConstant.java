package dev.nnd.compiler.rewrite;

import dev.nnd.compiler.ir.Node;
import dev.nnd.compiler.ir.Op;
import dev.nnd.compiler.ir.Op.BinaryFunction;
import dev.nnd.compiler.ir.Op.UnaryFunction;
import dev.nnd.compiler.ir.Value;
import dev.nnd.compiler.type.DType;
import java.util.ArrayDeque;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * A product takes a vector less time than a quotient, and formulas written either way become equal.
 *
 * <pre>
 * before  x / 8.0         x / 1.4142135
 * after   x * 0.125       x * 0.70710678
 *         floats; but for powers of two, only where no step function (floor, a comparison, ...) reads the result, since
 *         the product may differ from the quotient in its last bit
 * </pre>
 */
record DivisionByConstant() implements Rule {

    private static final int MOST_USERS = 16;

    @Override
    public Optional<Replacement> apply(Node node, Neighbourhood graph) {
        if (!Match.is(node, BinaryFunction.DIVIDE) || !Match.isFloat(node)) {
            return Optional.empty();
        }
        Value x = node.inputs().get(0);
        OptionalDouble divisor = graph.constant(node.inputs().get(1));
        boolean spreads = !x.type().dims().equals(node.output().type().dims());
        if (divisor.isEmpty() || spreads || graph.constant(x).isPresent()) {
            return Optional.empty();
        }
        double by = divisor.getAsDouble();
        double factor = 1 / by;
        boolean usual = Math.abs(by) > 1e-30 && Math.abs(by) < 1e30;
        if (!usual || !(isPowerOfTwo(by) || isSmooth(node.output(), graph))) {
            return Optional.empty();
        }
        Draft draft = graph.replace(node);
        Value scale = draft.add("factor", new Op.Constant(factor, x.type().dtype()));
        return draft.by(draft.add(node.output().name(), new Op.Binary(BinaryFunction.MULTIPLY), x, scale));
    }

    private static boolean isPowerOfTwo(double number) {
        return Math.abs(number) == Double.longBitsToDouble(Double.doubleToLongBits(number) & 0x7FF0000000000000L);
    }

    /** True if no step function reads the value, nor what sums, products and moves make of it. */
    private static boolean isSmooth(Value value, Neighbourhood graph) {
        var seen = new HashSet<Value>();
        var open = new ArrayDeque<>(List.of(value));
        while (!open.isEmpty()) {
            Value next = open.pop();
            for (Node user : graph.users(next)) {
                if (steps(user) || seen.size() > MOST_USERS) {
                    return false;
                }
                if (keepsSteps(user) && seen.add(user.output())) {
                    open.push(user.output());
                }
            }
        }
        return true;
    }

    private static boolean steps(Node node) {
        return switch (node.op()) {
            case Op.Unary(UnaryFunction f) ->
                f == UnaryFunction.FLOOR
                        || f == UnaryFunction.CEIL
                        || f == UnaryFunction.ROUND
                        || f == UnaryFunction.SIGN;
            case Op.Binary(BinaryFunction f) -> f == BinaryFunction.FLOOR_DIVIDE || f == BinaryFunction.REMAINDER;
            case Op.Cast(DType to) -> !to.isFloat();
            case Op.Compare _, Op.ArgMax _, Op.Sort _, Op.Call _, Op.Scan _ -> true;
            default -> false;
        };
    }

    private static boolean keepsSteps(Node node) {
        return switch (node.op()) {
            case Op.Binary _, Op.Cast _, Op.Reshape _, Op.Broadcast _, Op.Transpose _, Op.Select _ -> true;
            case Op.Unary(UnaryFunction f) -> f == UnaryFunction.NEGATE || f == UnaryFunction.ABS;
            case Op.Indexing _ -> node.outputs().size() == 1;
            default -> false;
        };
    }
}
