package dev.nnd.compiler.typed;

import dev.nnd.compiler.type.Dim;
import dev.nnd.compiler.type.TensorType;
import java.util.List;

/**
 * What one primitive costs in a forward pass. A multiply-add counts as two floating-point operations, as in vendors' peak
 * numbers (tools that count "MACs" show half); products with padding count, as in PyTorch's {@code FlopCounterMode};
 * another arithmetic step, comparison or transcendental function counts as one; moving and finding elements counts as
 * none. Its activation is its result, unless that is a view of its operand.
 */
final class PrimitiveCost {

    private PrimitiveCost() {}

    static Dim flops(TypedExpr.Apply apply) {
        return switch (family(apply.primitive())) {
            case VIEW, MOVE -> Dim.ZERO;
            case ELEMENTWISE -> apply.type().elements();
            case REDUCTION -> first(apply).elements();
            case SOFTMAX -> first(apply).elements().times(5);
            case NORMALIZATION -> first(apply).elements().times(8);
            case MATMUL -> apply.type().elements().times(first(apply).dim(-1)).times(2);
            case CONVOLUTION -> filters(apply).times(apply.type().elements()).times(2);
            case TRANSPOSED_CONVOLUTION ->
                filters(apply).times(first(apply).elements()).times(2);
            case POOL -> apply.type().elements().times(window(apply));
            case ATTENTION -> attention(apply);
            case RECURRENCE -> recurrence(apply);
        };
    }

    static Dim bytes(TypedExpr.Apply apply) {
        return family(apply.primitive()) == Family.VIEW
                ? Dim.ZERO
                : apply.type().elements().times(apply.type().dtype().bytes());
    }

    private enum Family {
        VIEW,
        MOVE,
        ELEMENTWISE,
        REDUCTION,
        SOFTMAX,
        NORMALIZATION,
        MATMUL,
        CONVOLUTION,
        TRANSPOSED_CONVOLUTION,
        POOL,
        ATTENTION,
        RECURRENCE
    }

    /** By name, so that a primitive which is new is what most are: elementwise. */
    private static Family family(Primitive primitive) {
        String name = primitive.name();
        return switch (name) {
            case "RESHAPE", "FLATTEN", "SQUEEZE", "UNSQUEEZE", "TRANSPOSE", "STOP_GRADIENT" -> Family.VIEW;
            // What the cell makes is counted where it makes it, once a step; these only place it.
            case "SCAN_STEP", "SCAN_STATE", "SCAN_COLLECT", "SCAN_LAST" -> Family.VIEW;
            case "CAST",
                    "SELECT",
                    "PICK",
                    "ONE_HOT",
                    "SLICE",
                    "CONCAT",
                    "STACK",
                    "PAD",
                    "TILE",
                    "FLIP",
                    "GATHER",
                    "SCATTER",
                    "EMBEDDING",
                    "RANGE",
                    "BROADCAST",
                    "ROLL",
                    "REARRANGE",
                    "TAKE",
                    "SCATTER_ADD",
                    "SCATTER_MULTIPLY",
                    "SCATTER_MAX",
                    "SCATTER_MIN",
                    "SIZE",
                    "RANDOM_NORMAL",
                    "RANDOM_UNIFORM" -> Family.MOVE;
            case "SUM",
                    "MEAN",
                    "MAX",
                    "MIN",
                    "PRODUCT",
                    "ARGMAX",
                    "ARGMIN",
                    "CUMSUM",
                    "CUMPROD",
                    "CUMMAX",
                    "CUMMIN",
                    "LOGSUMEXP",
                    "VAR",
                    "STD",
                    "SORT",
                    "ARGSORT",
                    "TOP_K",
                    "ARG_TOP_K",
                    "ANY",
                    "ALL" -> Family.REDUCTION;
            case "SOFTMAX", "LOG_SOFTMAX" -> Family.SOFTMAX;
            case "MATMUL" -> Family.MATMUL;
            case "LSTM", "GRU", "RNN" -> Family.RECURRENCE;
            default -> {
                if (name.startsWith("CONV_TRANSPOSE")) {
                    yield Family.TRANSPOSED_CONVOLUTION;
                }
                if (name.startsWith("CONV")) {
                    yield Family.CONVOLUTION;
                }
                if (name.contains("_POOL")) {
                    yield Family.POOL;
                }
                if (name.contains("NORM")) {
                    yield Family.NORMALIZATION;
                }
                yield name.contains("ATTENTION") ? Family.ATTENTION : Family.ELEMENTWISE;
            }
        };
    }

    private static TensorType first(TypedExpr.Apply apply) {
        return apply.operands().isEmpty()
                ? apply.type()
                : apply.operands().getFirst().type();
    }

    /** Elements of one filter: the weight's dims but the first. */
    private static Dim filters(TypedExpr.Apply apply) {
        List<Dim> weight = apply.operands().get(1).type().dims();
        return Dim.product(weight.subList(1, weight.size()));
    }

    /** Elements of a window; one if the primitive has no kernel. */
    private static Dim window(TypedExpr.Apply apply) {
        return !apply.attributes().isEmpty()
                        && apply.attributes().getFirst() instanceof dev.nnd.compiler.type.Constant.ListOf(var sizes)
                ? Dim.product(sizes.stream()
                        .filter(s -> s instanceof dev.nnd.compiler.type.Constant.Int)
                        .map(s -> ((dev.nnd.compiler.type.Constant.Int) s).value())
                        .toList())
                : Dim.ONE;
    }

    /** Scores and their softmax, then the mix of values; masked places count. */
    private static Dim attention(TypedExpr.Apply apply) {
        if (apply.operands().size() < 3
                || apply.operands().get(0).type().rank() < 2
                || apply.operands().get(1).type().rank() < 2) {
            return apply.type().elements();
        }
        TensorType q = apply.operands().get(0).type();
        Dim keys = apply.operands().get(1).type().dim(-2);
        Dim rows = Dim.product(q.dims().subList(0, q.rank() - 1));
        Dim scores = rows.times(keys);
        return scores.times(q.dim(-1))
                .times(2)
                .plus(scores.times(5))
                .plus(apply.type().elements().times(keys).times(2));
    }

    /** Every matrix is used once a step and example; gates are counted with them. */
    private static Dim recurrence(TypedExpr.Apply apply) {
        TensorType x = first(apply);
        if (x.rank() == 0) {
            return apply.type().elements();
        }
        Dim steps = Dim.product(x.dims().subList(0, x.rank() - 1));
        Dim weights = Dim.ZERO;
        for (TypedExpr operand : apply.operands().subList(1, apply.operands().size())) {
            weights = operand.type().rank() == 2 ? weights.plus(operand.type().elements()) : weights;
        }
        return steps.times(weights).times(2);
    }
}
