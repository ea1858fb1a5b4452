package dev.nnd.compiler.incremental;

import dev.nnd.compiler.ir.Op;
import org.jspecify.annotations.Nullable;

/** Functions of constants that the scale of scores is made with. */
final class Numbers {

    private Numbers() {}

    static @Nullable Double unary(Op.UnaryFunction function, double x) {
        return switch (function) {
            case NEGATE -> (Double) (-x);
            case ABS -> (Double) Math.abs(x);
            case SQUARE -> (Double) (x * x);
            case SQRT -> (Double) Math.sqrt(x);
            case RSQRT -> (Double) (1 / Math.sqrt(x));
            case RECIPROCAL -> (Double) (1 / x);
            case EXP -> (Double) Math.exp(x);
            case LOG -> (Double) Math.log(x);
            case STOP_GRADIENT -> (Double) x;
            case SIGN, EXPM1, LOG1P, SIN, COS, TANH, SIGMOID, RELU, ERF, SOFTPLUS -> null;
            case FLOOR, CEIL, ROUND, ASIN, ACOS, ATAN, NOT -> null;
        };
    }

    static @Nullable Double binary(Op.BinaryFunction function, double a, double b) {
        return switch (function) {
            case ADD -> (Double) (a + b);
            case SUBTRACT -> (Double) (a - b);
            case MULTIPLY -> (Double) (a * b);
            case DIVIDE -> (Double) (a / b);
            case POWER -> (Double) Math.pow(a, b);
            case MINIMUM -> (Double) Math.min(a, b);
            case MAXIMUM -> (Double) Math.max(a, b);
            case FLOOR_DIVIDE, REMAINDER, AND, OR -> null;
        };
    }
}
