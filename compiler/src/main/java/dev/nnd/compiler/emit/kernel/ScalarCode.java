package dev.nnd.compiler.emit.kernel;

import dev.nnd.compiler.ir.Op;
import dev.nnd.compiler.type.DType;
import java.util.Locale;

/** Elementwise ops on one number each, as Java expressions in the op's own dtype. */
final class ScalarCode {

    private ScalarCode() {}

    /** f(x). Functions that name their operand twice need it to be a variable: see {@link #uses}. */
    static Code unary(Op.UnaryFunction function, DType dtype, Code x) {
        Code one = dtype == DType.BOOL ? x : Literals.constant(1, dtype);
        return switch (function) {
            case NEGATE -> Code.prefix("-", x);
            case ABS -> Code.call("Math.abs", x);
            case SIGN ->
                dtype.isFloat()
                        ? Code.call("Math.signum", x)
                        : Code.call(dtype == DType.I64 ? "Long.signum" : "Integer.signum", x);
            case SQUARE -> Code.infix(x, "*", x, Code.PRODUCT);
            case SQRT -> math("sqrt", dtype, x);
            case RSQRT -> Code.infix(one, "/", math("sqrt", dtype, x), Code.PRODUCT);
            case RECIPROCAL -> Code.infix(one, "/", x, Code.PRODUCT);
            case EXP, EXPM1, LOG, LOG1P, SIN, COS, TANH, ASIN, ACOS, ATAN ->
                function(function.name().toLowerCase(Locale.ROOT), dtype, x);
            case SIGMOID -> {
                Code exp = Code.call("Math.exp", Code.prefix("-", x));
                yield dtype == DType.F32
                        ? function("sigmoid", dtype, x)
                        : Code.infix(one, "/", Code.infix(one, "+", exp, Code.SUM), Code.PRODUCT);
            }
            case RELU -> Code.call("Math.max", x, Literals.constant(0, dtype));
            case ERF -> Code.call(dtype == DType.F64 ? "Arithmetic.erf" : "Floats.erf", x);
            case SOFTPLUS -> {
                Code exp = Code.call("Math.exp", Code.prefix("-", Code.call("Math.abs", x)));
                Code largest = Code.call("Math.max", x, Literals.constant(0, dtype));
                yield dtype == DType.F32
                        ? function("softplus", dtype, x)
                        : Code.infix(largest, "+", Code.call("Math.log1p", exp), Code.SUM);
            }
            case FLOOR -> math("floor", dtype, x);
            case CEIL -> math("ceil", dtype, x);
            case ROUND -> math("rint", dtype, x);
            case STOP_GRADIENT -> x;
            case NOT -> Code.prefix("!", x);
        };
    }

    /** How often the expression of an op names its operand. */
    static int uses(Op op) {
        return op instanceof Op.Unary(Op.UnaryFunction f)
                        && (f == Op.UnaryFunction.SQUARE || f == Op.UnaryFunction.SOFTPLUS)
                ? 2
                : 1;
    }

    /** f(a, b). */
    static Code binary(Op.BinaryFunction function, DType dtype, Code a, Code b) {
        return switch (function) {
            case ADD -> Code.infix(a, "+", b, Code.SUM);
            case SUBTRACT -> Code.infix(a, "-", b, Code.SUM);
            case MULTIPLY -> Code.infix(a, "*", b, Code.PRODUCT);
            case DIVIDE -> Code.infix(a, "/", b, Code.PRODUCT);
            case POWER -> power(dtype, a, b);
            case MINIMUM -> Code.call("Math.min", a, b);
            case MAXIMUM -> Code.call("Math.max", a, b);
            case FLOOR_DIVIDE ->
                dtype.isFloat()
                        ? math("floor", dtype, Code.infix(a, "/", b, Code.PRODUCT))
                        : Code.call("Math.floorDiv", a, b);
            case REMAINDER -> Code.call(dtype.isFloat() ? "Arithmetic.remainder" : "Math.floorMod", a, b);
            case AND -> Code.infix(a, "&", b, Code.AND);
            case OR -> Code.infix(a, "|", b, Code.OR);
        };
    }

    /** a ? b. */
    static Code compare(Op.Comparison comparison, Code a, Code b) {
        return switch (comparison) {
            case EQUAL -> Code.infix(a, "==", b, Code.EQUALITY);
            case NOT_EQUAL -> Code.infix(a, "!=", b, Code.EQUALITY);
            case LESS -> Code.infix(a, "<", b, Code.RELATION);
            case LESS_EQUAL -> Code.infix(a, "<=", b, Code.RELATION);
            case GREATER -> Code.infix(a, ">", b, Code.RELATION);
            case GREATER_EQUAL -> Code.infix(a, ">=", b, Code.RELATION);
        };
    }

    /** x in another dtype: bool becomes 0 and 1, a float is truncated to an integer, all but 0 is true. */
    static Code cast(DType from, DType to, Code x) {
        if (from == to) {
            return x;
        }
        if (from == DType.BOOL) {
            return Code.choice(x, Literals.constant(1, to), Literals.constant(0, to));
        }
        if (to == DType.BOOL) {
            return compare(Op.Comparison.NOT_EQUAL, x, Literals.constant(0, from));
        }
        if (to == DType.U8) {
            return Code.infix(cast(from, DType.I32, x), "&", Code.atom("0xFF"), Code.AND);
        }
        if (to == DType.I8) {
            return Code.prefix("(byte) ", x);
        }
        String java = Literals.javaType(to);
        return java.equals(Literals.javaType(from)) ? x : Code.prefix("(" + java + ") ", x);
    }

    private static Code power(DType dtype, Code a, Code b) {
        if (dtype == DType.F32) {
            return Code.call("Floats.pow", a, b);
        }
        Code power = Code.call("Math.pow", a, b);
        return dtype == DType.F64 ? power : Code.prefix("(" + Literals.javaType(dtype) + ") ", power);
    }

    /** A function that the runtime has for floats and Java for doubles. */
    private static Code function(String name, DType dtype, Code x) {
        return Code.call((dtype == DType.F32 ? "Floats." : "Math.") + name, x);
    }

    private static Code math(String function, DType dtype, Code x) {
        if (!dtype.isFloat()) {
            return x; // rounding leaves whole numbers as they are
        }
        Code call = Code.call("Math." + function, x);
        return dtype == DType.F64 ? call : Code.prefix("(float) ", call);
    }
}
