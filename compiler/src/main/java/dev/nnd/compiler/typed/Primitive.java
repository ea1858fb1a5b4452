package dev.nnd.compiler.typed;

import java.util.Locale;

/** The functions that the language has built in; all else in the library is .nnd source over these. */
public enum Primitive {
    // Elementwise: one operand.
    NEGATE,
    ABS,
    SIGN,
    SQUARE,
    SQRT,
    RSQRT,
    RECIPROCAL,
    EXP,
    EXPM1,
    LOG,
    LOG1P,
    SIN,
    COS,
    TANH,
    SIGMOID,
    RELU,
    ERF,
    SOFTPLUS,
    FLOOR,
    CEIL,
    ROUND,
    NOT,
    // Elementwise: two operands, with broadcasting.
    ADD,
    SUBTRACT,
    MULTIPLY,
    DIVIDE,
    POWER,
    MINIMUM,
    MAXIMUM,
    EQUAL,
    NOT_EQUAL,
    LESS,
    LESS_EQUAL,
    GREATER,
    GREATER_EQUAL,
    AND,
    OR,
    /** (condition, a, b). */
    SELECT,
    /** Attribute: the dtype as text. */
    CAST,
    /** Attribute: the target dims as a list of ints; the type has them too. */
    RESHAPE,
    /** Keeps the first axis and joins the rest. */
    FLATTEN,
    /** Swaps the last two axes, or permutes by the attribute, a list of ints. */
    TRANSPOSE,
    /** Attributes: axes as a list (empty means all), keep_dims as a bool. */
    SUM,
    MEAN,
    MAX,
    MIN,
    MATMUL,
    /** (x, w); attributes: stride, padding, dilation as lists of two ints, groups as an int. */
    CONV2D,
    /** (x); attributes: kernel, stride, padding as lists of two ints. */
    MAX_POOL2D,
    SOFTMAX,
    LOG_SOFTMAX,
    /** (x [..., C], index [...]). */
    PICK,
    /** Attribute: the depth. */
    ONE_HOT,
    ARGMAX,
    /** Attributes: starts and steps, each a list of ints with one for every axis; the type has the sizes. */
    SLICE;

    /** The name in the language: {@code max_pool2d}. */
    public String text() {
        return name().toLowerCase(Locale.ROOT);
    }
}
