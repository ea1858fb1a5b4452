package dev.nnd.compiler.check;

import dev.nnd.compiler.type.TensorType;
import dev.nnd.compiler.typed.DataExpr;
import dev.nnd.compiler.typed.TypedData;
import java.util.Optional;

/** What an expression of a field means for one example. */
sealed interface Cell {

    /** What stands for a value after an error. */
    Cell POISON = new Poison();

    /** A column of a table, which is a number or text as its use says. */
    record Raw(DataExpr number, DataExpr text) implements Cell {}

    /** Text. */
    record Text(DataExpr expr) implements Cell {}

    /** Numbers; {@code ids} if they are ids below a count. */
    record Numbers(DataExpr expr, Optional<TypedData.Ids> ids) implements Cell {
        Numbers(DataExpr expr) {
            this(expr, Optional.empty());
        }

        TensorType type() {
            return expr.type();
        }
    }

    /** After an error. */
    record Poison() implements Cell {}

    /** What it is, in words. */
    default String describe() {
        return switch (this) {
            case Raw r -> "a column";
            case Text t -> "text";
            case Numbers n -> n.type().toString();
            case Poison p -> "nothing";
        };
    }
}
