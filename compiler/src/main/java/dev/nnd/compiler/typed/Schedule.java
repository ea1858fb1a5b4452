package dev.nnd.compiler.typed;

import dev.nnd.compiler.typed.OptimizerSpec.ScalarExpr;
import java.util.List;
import java.util.Map;

/**
 * How a rate changes over a run. The names of the arguments, their defaults and the formulas are in
 * {@code nnd/std/training/schedules.nnd}; an argument whose default is {@code none} is absent if it was not given.
 *
 * @param numbers arguments that are one number, such as {@code peak} and {@code end}
 * @param times arguments that are a length of time, such as {@code warmup}
 * @param values the list {@code values} of a piecewise schedule
 * @param boundaries the list {@code at} of a piecewise schedule
 */
public record Schedule(
        Kind kind,
        Map<String, ScalarExpr> numbers,
        Map<String, Duration> times,
        List<ScalarExpr> values,
        List<Duration> boundaries) {

    /** The curves. */
    public enum Kind {
        CONSTANT,
        LINEAR,
        COSINE,
        STEP,
        EXPONENTIAL,
        POLYNOMIAL,
        ONE_CYCLE,
        PIECEWISE,
        INVERSE_SQRT,
        INVERSE_TIME
    }
}
