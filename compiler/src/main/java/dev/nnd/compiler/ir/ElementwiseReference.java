package dev.nnd.compiler.ir;

import dev.nnd.compiler.type.DType;
import dev.nnd.compiler.type.TensorType;

/** Elementwise ops in plain loops. */
final class ElementwiseReference {

    private ElementwiseReference() {}

    static Ndarray unary(Op.UnaryFunction function, Ndarray x) {
        double[] y = new double[x.elements().length];
        for (int i = 0; i < y.length; i++) {
            y[i] = unary(function, x.elements()[i]);
        }
        return new Ndarray(x.dims(), y);
    }

    private static double unary(Op.UnaryFunction function, double x) {
        return switch (function) {
            case NEGATE -> -x;
            case ABS -> Math.abs(x);
            case SIGN -> Math.signum(x);
            case SQUARE -> x * x;
            case SQRT -> Math.sqrt(x);
            case RSQRT -> 1 / Math.sqrt(x);
            case RECIPROCAL -> 1 / x;
            case EXP -> Math.exp(x);
            case EXPM1 -> Math.expm1(x);
            case LOG -> Math.log(x);
            case LOG1P -> Math.log1p(x);
            case SIN -> Math.sin(x);
            case COS -> Math.cos(x);
            case TANH -> Math.tanh(x);
            case SIGMOID -> 1 / (1 + Math.exp(-x));
            case RELU -> Math.max(x, 0);
            case ERF -> erf(x);
            case SOFTPLUS -> Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));
            case FLOOR -> Math.floor(x);
            case CEIL -> Math.ceil(x);
            case ROUND -> Math.rint(x); // halves to even, as in PyTorch
            case ASIN -> Math.asin(x);
            case ACOS -> Math.acos(x);
            case ATAN -> Math.atan(x);
            case STOP_GRADIENT -> x;
            case NOT -> x == 0 ? 1 : 0;
        };
    }

    /**
     * {@code erf(x) = 2 / sqrt(pi) * exp(-x^2) * sum(2^n x^(2n+1) / (1 * 3 * ... * (2n+1)))}, Abramowitz and Stegun
     * 7.1.6: all terms have one sign, so nothing cancels. From 6 on the difference from 1 is below the precision of a
     * double.
     */
    private static double erf(double x) {
        if (Math.abs(x) >= 6) {
            return Math.signum(x);
        }
        double term = x;
        double sum = x;
        for (int n = 1; Math.abs(term) > Math.abs(sum) * 1e-17; n++) {
            term *= 2 * x * x / (2 * n + 1);
            sum += term;
        }
        return 2 / Math.sqrt(Math.PI) * Math.exp(-x * x) * sum;
    }

    static Ndarray binary(Op.BinaryFunction function, Ndarray a, Ndarray b, int[] shape, TensorType type) {
        Ndarray y = Ndarray.zeros(shape);
        int[] left = Ndarray.broadcastIndex(a.dims(), shape);
        int[] right = Ndarray.broadcastIndex(b.dims(), shape);
        // Integers divide and take powers as in Java: towards zero.
        boolean whole = type.dtype().kind() == DType.Kind.INTEGER;
        for (int i = 0; i < left.length; i++) {
            double value = binary(function, a.elements()[left[i]], b.elements()[right[i]]);
            y.elements()[i] = whole ? (double) (long) value : value;
        }
        return y;
    }

    private static double binary(Op.BinaryFunction function, double a, double b) {
        return switch (function) {
            case ADD -> a + b;
            case SUBTRACT -> a - b;
            case MULTIPLY -> a * b;
            case DIVIDE -> a / b;
            case POWER -> Math.pow(a, b);
            case MINIMUM -> Math.min(a, b);
            case MAXIMUM -> Math.max(a, b);
            case FLOOR_DIVIDE -> Math.floor(a / b);
            case REMAINDER -> remainder(a, b);
            case AND -> a != 0 && b != 0 ? 1 : 0;
            case OR -> a != 0 || b != 0 ? 1 : 0;
        };
    }

    /** The sign is that of b. */
    private static double remainder(double a, double b) {
        double rest = a % b;
        return rest != 0 && rest < 0 != b < 0 ? rest + b : rest;
    }

    static Ndarray compare(Op.Comparison comparison, Ndarray a, Ndarray b, int[] shape) {
        Ndarray y = Ndarray.zeros(shape);
        int[] left = Ndarray.broadcastIndex(a.dims(), shape);
        int[] right = Ndarray.broadcastIndex(b.dims(), shape);
        for (int i = 0; i < left.length; i++) {
            y.elements()[i] = holds(comparison, a.elements()[left[i]], b.elements()[right[i]]) ? 1 : 0;
        }
        return y;
    }

    private static boolean holds(Op.Comparison comparison, double a, double b) {
        return switch (comparison) {
            case EQUAL -> a == b;
            case NOT_EQUAL -> a != b;
            case LESS -> a < b;
            case LESS_EQUAL -> a <= b;
            case GREATER -> a > b;
            case GREATER_EQUAL -> a >= b;
        };
    }

    static Ndarray select(Ndarray condition, Ndarray a, Ndarray b, int[] shape) {
        Ndarray y = Ndarray.zeros(shape);
        int[] test = Ndarray.broadcastIndex(condition.dims(), shape);
        int[] left = Ndarray.broadcastIndex(a.dims(), shape);
        int[] right = Ndarray.broadcastIndex(b.dims(), shape);
        for (int i = 0; i < test.length; i++) {
            y.elements()[i] = condition.elements()[test[i]] != 0 ? a.elements()[left[i]] : b.elements()[right[i]];
        }
        return y;
    }

    static Ndarray cast(DType to, Ndarray x) {
        double[] y = new double[x.elements().length];
        for (int i = 0; i < y.length; i++) {
            double value = x.elements()[i];
            y[i] = switch (to.kind()) {
                case FLOAT -> value;
                case INTEGER -> (double) (long) value;
                case BOOL -> value == 0 ? 0 : 1;
            };
        }
        return new Ndarray(x.dims(), y);
    }
}
