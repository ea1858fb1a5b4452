package dev.nnd.compiler.typed;

import java.util.List;
import java.util.Map;

/**
 * An optimizer with its arguments, defaults filled in.
 *
 * @param kind the rule
 * @param arguments by the language's names, which with defaults and formulas are in
 *     {@code nnd/std/training/optimizers.nnd}; a bool is 0 or 1; {@code clip_norm} and {@code clip_value} are absent if
 *     they were not given
 * @param noDecay the weights that {@code weight_decay} leaves alone, each as the model's name in the section, a dot and
 *     the weight's name
 * @param rateScales what the rate is multiplied by for some weights, named in the same way
 */
public record OptimizerSpec(
        Kind kind, Map<String, ScalarExpr> arguments, List<String> noDecay, Map<String, ScalarExpr> rateScales) {

    /** The arguments that are rates. */
    public static final List<String> RATES = List.of("lr", "adam_lr");

    /** An optimizer that treats all weights alike. */
    public OptimizerSpec(Kind kind, Map<String, ScalarExpr> arguments) {
        this(kind, arguments, List.of(), Map.of());
    }

    /** The update rules. */
    public enum Kind {
        SGD,
        ADAM,
        ADAMW,
        ADAGRAD,
        RMSPROP,
        ADAMAX,
        NADAM,
        RADAM,
        LION,
        LAMB,
        MUON,
        ADAFACTOR
    }

    /** A number that the training loop computes before each step. */
    public sealed interface ScalarExpr {

        /** A constant. */
        record Number(double value) implements ScalarExpr {}

        /** A {@code float} parameter of the train section. */
        record Setting(String name) implements ScalarExpr {}

        /** ADD, SUBTRACT, MULTIPLY or DIVIDE of two. */
        record Binary(Primitive function, ScalarExpr left, ScalarExpr right) implements ScalarExpr {}

        /** A number that changes over the run. */
        record Scheduled(Schedule schedule) implements ScalarExpr {}
    }
}
