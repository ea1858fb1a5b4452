package dev.nnd.compiler.typed;

import java.util.Map;

/**
 * An optimizer with its arguments, defaults filled in.
 *
 * @param kind the rule
 * @param arguments by the language's names: {@code lr}, {@code momentum}, {@code nesterov} (0 or 1), {@code weight_decay},
 *     {@code beta1}, {@code beta2}, {@code eps}
 */
public record OptimizerSpec(Kind kind, Map<String, ScalarExpr> arguments) {

    /** The update rules. */
    public enum Kind {
        SGD,
        ADAM
    }

    /** A number that the training loop computes before each step. */
    public sealed interface ScalarExpr {

        /** A constant. */
        record Number(double value) implements ScalarExpr {}

        /** A {@code float} parameter of the train section. */
        record Setting(String name) implements ScalarExpr {}

        /** ADD, SUBTRACT, MULTIPLY or DIVIDE of two. */
        record Binary(Primitive function, ScalarExpr left, ScalarExpr right) implements ScalarExpr {}
    }
}
