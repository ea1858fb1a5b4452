package dev.nnd.compiler.emit.kernel;

import dev.nnd.compiler.ir.Op;
import dev.nnd.compiler.type.DType;
import java.util.List;

/**
 * Elementwise f32 ops as direct calls of the Vector API; at least one operand is a vector or a mask. Vectors never go
 * through methods of ours: the JIT compiler would put them on the heap.
 */
final class VectorCode {

    /** 2^23: floats from here on are whole numbers, so adding and subtracting it rounds, halves to even. */
    private static final String WHOLE = "8388608f";

    private VectorCode() {}

    /** Where statements go that an expression needs before it. */
    interface Locals {

        /** A local variable of an intermediate result, named as wanted or nearly so, for expressions that would repeat it. */
        Code declare(String wanted, Operand value);

        /** A statement. */
        void add(String statement);

        /** The header of a block. */
        void open(String header);

        /** The end of a block. */
        void close();
    }

    /** f(x). */
    static Operand unary(Op.UnaryFunction function, Operand operand, Locals locals) {
        Code x = operand.code();
        if (function == Op.UnaryFunction.NOT) {
            return Operand.mask(x.then("not"));
        }
        Code zero = Code.atom("0f");
        var functions = new VectorFunctions(locals);
        Code result = switch (function) {
            case NEGATE -> x.then("neg");
            case ABS -> x.then("abs");
            case SIGN -> sign(x, "1f", "-1f");
            case SQUARE -> x.then("mul", x);
            case SQRT -> x.then("sqrt");
            case RSQRT -> spread("1f").then("div", x.then("sqrt"));
            case RECIPROCAL -> spread("1f").then("div", x);
            case EXP -> functions.exp(x);
            case EXPM1 -> functions.expm1(x);
            case LOG -> functions.log(x);
            case LOG1P -> functions.log1p(x);
            case SIN -> functions.wave(x, "sin", 0);
            case COS -> functions.wave(x, "cos", 1);
            case TANH -> functions.tanh(x);
            case ASIN -> functions.oneByOne("asin", x);
            case ACOS -> functions.oneByOne("acos", x);
            case ATAN -> functions.oneByOne("atan", x);
            case STOP_GRADIENT -> x;
            case SIGMOID -> functions.sigmoid(x);
            case RELU -> x.then("max", zero);
            case ERF -> erf(x, locals);
            case SOFTPLUS -> functions.softplus(x);
            case FLOOR -> rounded(x, "GT", "-1f", locals);
            case CEIL -> rounded(x, "LT", "1f", locals);
            case ROUND -> round(x, locals);
            case NOT -> throw new IllegalArgumentException("NOT of numbers");
        };
        return Operand.vector(result);
    }

    /** False for the few functions that only plain loops have. */
    static boolean has(Op op) {
        return !(op instanceof Op.Binary(Op.BinaryFunction f)
                && (f == Op.BinaryFunction.FLOOR_DIVIDE || f == Op.BinaryFunction.REMAINDER));
    }

    /** How often the expression of an op names its operand. */
    static int uses(Op op) {
        if (!(op instanceof Op.Unary(Op.UnaryFunction function))) {
            return 1;
        }
        return switch (function) {
            case SQUARE, SOFTPLUS, SIGN, ERF, FLOOR, CEIL, ROUND, EXP, EXPM1, LOG, LOG1P, SIN, COS, TANH -> 2;
            case NEGATE, ABS, SQRT, RSQRT, RECIPROCAL, ASIN, ACOS, ATAN, STOP_GRADIENT, SIGMOID, RELU, NOT -> 1;
        };
    }

    /** f(a, b). */
    static Operand binary(Op.BinaryFunction function, Operand a, Operand b, Locals locals) {
        return switch (function) {
            case ADD -> commutative("add", a, b);
            case MULTIPLY -> commutative("mul", a, b);
            case MINIMUM -> commutative("min", a, b);
            case MAXIMUM -> commutative("max", a, b);
            case SUBTRACT -> Operand.vector(a.spread().then("sub", b.code()));
            case DIVIDE -> Operand.vector(a.spread().then("div", b.code()));
            case POWER -> Operand.vector(new VectorFunctions(locals).oneByOne("pow", a.spread(), b.spread()));
            case FLOOR_DIVIDE, REMAINDER -> throw new IllegalArgumentException(function + " has no vector form");
            case AND -> Operand.mask(a.code().then("and", b.code()));
            case OR -> Operand.mask(a.code().then("or", b.code()));
        };
    }

    /** a ? b. */
    static Operand compare(Op.Comparison comparison, Operand a, Operand b) {
        if (a.isScalar()) {
            return compare(mirrored(comparison), b, a);
        }
        String operator = switch (comparison) {
            case EQUAL -> "EQ";
            case NOT_EQUAL -> "NE";
            case LESS -> "LT";
            case LESS_EQUAL -> "LE";
            case GREATER -> "GT";
            case GREATER_EQUAL -> "GE";
        };
        return Operand.mask(a.code().then("compare", Code.atom("VectorOperators." + operator), b.code()));
    }

    /** mask ? a : b. */
    static Operand select(Operand mask, Operand a, Operand b) {
        return Operand.vector(b.spread().then("blend", a.code(), mask.code()));
    }

    /** f32 to f32, bool to f32 or f32 to bool. */
    static Operand cast(DType to, Operand x) {
        if (to == DType.BOOL) {
            return x.form() == Operand.Form.MASK
                    ? x
                    : compare(Op.Comparison.NOT_EQUAL, x, Operand.scalar(Code.atom("0f"), DType.F32));
        }
        boolean mask = x.form() == Operand.Form.MASK;
        return mask ? Operand.vector(zeros().then("blend", Code.atom("1f"), x.code())) : x;
    }

    /** A vector of zeros. */
    static Code zeros() {
        return Code.call("FloatVector.zero", Code.atom("SPECIES"));
    }

    private static Op.Comparison mirrored(Op.Comparison comparison) {
        return switch (comparison) {
            case EQUAL, NOT_EQUAL -> comparison;
            case LESS -> Op.Comparison.GREATER;
            case LESS_EQUAL -> Op.Comparison.GREATER_EQUAL;
            case GREATER -> Op.Comparison.LESS;
            case GREATER_EQUAL -> Op.Comparison.LESS_EQUAL;
        };
    }

    private static Operand commutative(String method, Operand a, Operand b) {
        return Operand.vector(
                a.isScalar() ? b.code().then(method, a.code()) : a.code().then(method, b.code()));
    }

    private static Code spread(String value) {
        return Code.call("FloatVector.broadcast", Code.atom("SPECIES"), Code.atom(value));
    }

    /** {@code positive} where x > 0, {@code negative} where x < 0, else x: a zero of its sign, or not a number. */
    private static Code sign(Code x, String positive, String negative) {
        return x.then("blend", Code.atom(positive), compared(x, "GT"))
                .then("blend", Code.atom(negative), compared(x, "LT"));
    }

    /** Gives a zero the sign of x. */
    private static Code signed(Code y, Code x) {
        Code sign = x.then("reinterpretAsInts").then("and", Code.atom("0x80000000"));
        return y.then("reinterpretAsInts").then("or", sign).then("reinterpretAsFloats");
    }

    private static Code compared(Code x, String operator) {
        return x.then("compare", Code.atom("VectorOperators." + operator), Code.atom("0f"));
    }

    /** Adds and subtracts 2^23 with the sign of x; larger numbers are whole already. */
    private static Code round(Code x, Locals locals) {
        Code shift = locals.declare("shift", Operand.vector(sign(x, WHOLE, "-" + WHOLE)));
        Code large = x.then("abs").then("compare", Code.atom("VectorOperators.GE"), Code.atom(WHOLE));
        return signed(x.then("add", shift).then("sub", shift).then("blend", x, large), x);
    }

    /** Rounds to the nearest, then corrects by {@code step} where that went past x in direction {@code past}. */
    private static Code rounded(Code x, String past, String step, Locals locals) {
        Code round = locals.declare("rounded", Operand.vector(round(x, locals)));
        Code wrong = round.then("compare", Code.atom("VectorOperators." + past), x);
        return signed(round.then("blend", round.then("add", Code.atom(step)), wrong), x);
    }

    /** The rational approximation of {@link ErfSource}, by Horner's rule. */
    private static Code erf(Code x, Locals locals) {
        Code clamped = locals.declare(
                "clamped", Operand.vector(x.then("max", Code.atom("-4f")).then("min", Code.atom("4f"))));
        Code square = locals.declare("square", Operand.vector(clamped.then("mul", clamped)));
        Code numerator = locals.declare("numerator", Operand.vector(polynomial(square, ErfSource.NUMERATOR)));
        Code denominator = locals.declare("denominator", Operand.vector(polynomial(square, ErfSource.DENOMINATOR)));
        return clamped.then("mul", numerator).then("div", denominator);
    }

    private static Code polynomial(Code x, List<String> coefficients) {
        Code sum = x.then("mul", Code.atom(coefficients.getFirst())).then("add", Code.atom(coefficients.get(1)));
        for (String coefficient : coefficients.subList(2, coefficients.size())) {
            sum = sum.then("mul", x).then("add", Code.atom(coefficient));
        }
        return sum;
    }
}
