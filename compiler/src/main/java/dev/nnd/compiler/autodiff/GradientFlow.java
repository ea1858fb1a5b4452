package dev.nnd.compiler.autodiff;

import dev.nnd.compiler.ir.Op;

/** Which operands of an op get a gradient; what {@link GradientRules} has rules for. */
final class GradientFlow {

    private GradientFlow() {}

    /**
     * False where the derivative by that operand is zero wherever it is defined, or the operand is an integer or a
     * bool.
     */
    static boolean passes(Op op, int input) {
        return switch (op) {
            case Op.Constant _, Op.Size _ -> false;
            case Op.Unary o -> passes(o.function());
            case Op.Binary o -> passes(o.function());
            case Op.Compare _, Op.OneHot _, Op.ArgMax _ -> false;
            case Op.Select _ -> input > 0;
            case Op.Cast o -> o.to().isFloat();
            case Op.Reshape _, Op.Transpose _, Op.Broadcast _ -> true;
            case Op.Reduce o -> o.function() != Op.ReduceFunction.ANY && o.function() != Op.ReduceFunction.ALL;
            case Op.MatMul _, Op.InnerProduct _, Op.Convolution _ -> true;
            case Op.Pool _, Op.Softmax _, Op.LogSoftmax _ -> true;
            case Op.BatchNorm _, Op.BatchNormTraining _ -> true;
            case Op.Pick _, Op.SoftmaxCrossEntropy _ -> input == 0;
            // These would be second derivatives: they pass, so that asking for them is an error and not a zero.
            case Op.InnerProductBackwardData o -> input < o.reads();
            case Op.ConvolutionBackwardData o -> input < o.reads();
            case Op.InnerProductBackwardWeights _, Op.ConvolutionBackwardWeights _, Op.BatchNormBackward _ -> true;
            case Op.PoolBackward _ -> input == 0;
            case Op.Call o -> o.function().operands().get(input).dtype().isFloat();
            case Op.Scan o -> o.body().operands().get(input).dtype().isFloat();
            case Op.SoftmaxCrossEntropyBackward _ -> input != 1;
            case Op.Iota _, Op.Random _ -> false;
            case Op.Slice _, Op.Pad _, Op.Concat _, Op.Cumulate _, Op.Recurrence _, Op.Sort _ -> true;
            case Op.Gather _, Op.Scatter _ -> input != 1;
        };
    }

    private static boolean passes(Op.UnaryFunction function) {
        return switch (function) {
            case SIGN, FLOOR, CEIL, ROUND, STOP_GRADIENT, NOT -> false;
            case NEGATE, ABS, SQUARE, SQRT, RSQRT, RECIPROCAL, EXP, EXPM1, LOG, LOG1P -> true;
            case SIN, COS, TANH, SIGMOID, RELU, ERF, SOFTPLUS, ASIN, ACOS, ATAN -> true;
        };
    }

    private static boolean passes(Op.BinaryFunction function) {
        return switch (function) {
            case FLOOR_DIVIDE, AND, OR -> false;
            case ADD, SUBTRACT, MULTIPLY, DIVIDE, POWER, MINIMUM, MAXIMUM, REMAINDER -> true;
        };
    }
}
