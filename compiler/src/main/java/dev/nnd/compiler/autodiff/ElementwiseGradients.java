package dev.nnd.compiler.autodiff;

import dev.nnd.compiler.ir.GraphBuilder;
import dev.nnd.compiler.ir.Op.BinaryFunction;
import dev.nnd.compiler.ir.Op.Comparison;
import dev.nnd.compiler.ir.Op.UnaryFunction;
import dev.nnd.compiler.ir.Value;

/**
 * Gradients of functions of one and two numbers. Where the result of a function gives its derivative, the rule uses
 * that and not the operand, so that the operand need not be kept and the function can be fused into what makes it.
 */
final class ElementwiseGradients {

    private ElementwiseGradients() {}

    static void unary(UnaryFunction function, BackwardStep step) {
        switch (function) {
            case SIGN, FLOOR, CEIL, ROUND, STOP_GRADIENT, NOT -> {} // zero wherever the derivative is defined
            case NEGATE -> step.give(0, step.to.negate(step.dy()));
            case RELU -> relu(step);
            case SQRT -> step.give(0, step.to.divide(step.dy(), step.to.multiply(step.constant(2), step.out(0))));
            case LOG -> step.give(0, step.to.divide(step.dy(), step.in(0)));
            case LOG1P -> step.give(0, step.to.divide(step.dy(), step.to.add(step.in(0), step.constant(1))));
            case ABS, SQUARE, RSQRT, RECIPROCAL, EXP, EXPM1, SIN, COS, TANH, SIGMOID, ERF, SOFTPLUS, ASIN, ACOS, ATAN ->
                step.give(0, step.to.multiply(step.dy(), derivative(function, step)));
        }
    }

    private static void relu(BackwardStep step) {
        step.give(0, ProductGradients.throughRelu(step, step.dy()));
    }

    /** f'(x) of the functions whose rule is dx = dy f'(x). */
    private static Value derivative(UnaryFunction function, BackwardStep step) {
        GraphBuilder to = step.to;
        Value x = step.in(0);
        Value y = step.out(0);
        return switch (function) {
            case ABS -> to.unary(UnaryFunction.SIGN, x);
            case SQUARE -> to.multiply(step.constant(2), x);
            case RSQRT -> to.multiply(step.constant(-0.5), to.multiply(y, to.unary(UnaryFunction.SQUARE, y)));
            case RECIPROCAL -> to.negate(to.unary(UnaryFunction.SQUARE, y));
            case EXP -> y;
            case EXPM1 -> to.add(y, step.constant(1));
            case SIN -> to.unary(UnaryFunction.COS, x);
            case COS -> to.negate(to.unary(UnaryFunction.SIN, x));
            case TANH -> to.subtract(step.constant(1), to.unary(UnaryFunction.SQUARE, y));
            case SIGMOID -> to.multiply(y, to.subtract(step.constant(1), y));
            case ERF -> {
                Value bell = to.unary(UnaryFunction.EXP, to.negate(to.unary(UnaryFunction.SQUARE, x)));
                yield to.multiply(step.constant(2 / Math.sqrt(Math.PI)), bell);
            }
            case SOFTPLUS -> to.unary(UnaryFunction.SIGMOID, x);
            case ASIN -> arc(step);
            case ACOS -> to.negate(arc(step));
            case ATAN ->
                to.unary(UnaryFunction.RECIPROCAL, to.add(to.unary(UnaryFunction.SQUARE, x), step.constant(1)));
            case NEGATE, SIGN, SQRT, LOG, LOG1P, RELU, FLOOR, CEIL, ROUND, STOP_GRADIENT, NOT ->
                throw step.undefined("its rule is not a product with a derivative");
        };
    }

    /** 1 / sqrt(1 - x^2). */
    private static Value arc(BackwardStep step) {
        Value square = step.to.unary(UnaryFunction.SQUARE, step.in(0));
        return step.to.unary(UnaryFunction.RSQRT, step.to.subtract(step.constant(1), square));
    }

    static void binary(BinaryFunction function, BackwardStep step) {
        if (step.wants(0)) {
            left(function, step);
        }
        if (step.wants(1)) {
            right(function, step);
        }
    }

    private static void left(BinaryFunction function, BackwardStep step) {
        GraphBuilder to = step.to;
        Value dy = step.dy();
        switch (function) {
            case ADD, SUBTRACT -> step.give(0, dy);
            case MULTIPLY -> step.give(0, to.multiply(dy, step.in(1)));
            case DIVIDE -> step.give(0, to.divide(dy, step.in(1)));
            case POWER -> step.give(0, to.multiply(dy, powerByBase(step)));
            case MINIMUM -> step.give(0, where(Comparison.LESS, step));
            case MAXIMUM -> step.give(0, where(Comparison.GREATER, step));
            case REMAINDER -> step.give(0, dy);
            case FLOOR_DIVIDE, AND, OR -> {} // zero where it is defined; of bools
        }
    }

    private static void right(BinaryFunction function, BackwardStep step) {
        GraphBuilder to = step.to;
        Value dy = step.dy();
        switch (function) {
            case ADD -> step.give(1, dy);
            case SUBTRACT -> step.give(1, to.negate(dy));
            case MULTIPLY -> step.give(1, to.multiply(dy, step.in(0)));
            case DIVIDE -> step.give(1, to.negate(to.multiply(dy, to.divide(step.out(0), step.in(1)))));
            case POWER -> step.give(1, to.multiply(dy, powerByExponent(step)));
            case MINIMUM -> step.give(1, where(Comparison.GREATER, step));
            case MAXIMUM -> step.give(1, where(Comparison.LESS, step));
            case REMAINDER -> {
                Value times = to.binary(BinaryFunction.FLOOR_DIVIDE, step.in(0), step.in(1));
                step.give(1, to.negate(to.multiply(dy, times)));
            }
            case FLOOR_DIVIDE, AND, OR -> {} // zero where it is defined; of bools
        }
    }

    /** b a^(b - 1), but 0 for b = 0, where 0^-1 would make it NaN. */
    private static Value powerByBase(BackwardStep step) {
        GraphBuilder to = step.to;
        Value exponent = step.in(1);
        Value less = to.subtract(exponent, step.constant(1));
        Value slope = to.multiply(exponent, to.binary(BinaryFunction.POWER, step.in(0), less));
        Value flat = to.compare(Comparison.EQUAL, exponent, step.constant(0));
        return to.select(flat, step.constant(0), slope);
    }

    /** y log(a), but 0 for a = 0, as in PyTorch; NaN for a below 0, where the function of b has no derivative. */
    private static Value powerByExponent(BackwardStep step) {
        GraphBuilder to = step.to;
        Value none = to.compare(Comparison.EQUAL, step.in(0), step.constant(0));
        Value safe = to.select(none, step.constant(1), step.in(0));
        return to.multiply(step.out(0), to.unary(UnaryFunction.LOG, safe));
    }

    /** dy where {@code a ? b} holds, half of it where both are equal, as in PyTorch, and else 0. */
    private static Value where(Comparison comparison, BackwardStep step) {
        GraphBuilder to = step.to;
        Value wins = to.compare(comparison, step.in(0), step.in(1));
        Value ties = to.compare(Comparison.EQUAL, step.in(0), step.in(1));
        Value half = to.multiply(step.dy(), step.constant(0.5));
        return to.select(wins, step.dy(), to.select(ties, half, step.constant(0)));
    }
}
