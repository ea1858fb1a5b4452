package dev.nnd.compiler.typed;

import dev.nnd.compiler.type.Dim;
import dev.nnd.compiler.type.DimCondition;
import dev.nnd.grammar.Span;
import java.util.Map;

/**
 * A condition on free dims that every call of a model has to fulfil.
 *
 * @param condition over the free dims of the root
 * @param message what is said if it does not hold; {@code {name}} stands for a value that is known per call
 * @param values what the names in the message stand for
 * @param span where it comes from
 * @param kind who states it
 */
public record Requirement(DimCondition condition, String message, Map<String, Dim> values, Span span, Kind kind) {

    /** Who states a requirement. */
    public enum Kind {
        /** A {@code require}. */
        WRITTEN,
        /** A dim of a value that must be at least 1, such as what a window leaves of an image. */
        SIZE,
        /** Two dims, written differently, that are equal by a {@code require}: types rely on it. */
        EQUATION
    }
}
