package dev.nnd.compiler.check;

import dev.nnd.compiler.typed.DataExpr;
import dev.nnd.compiler.typed.TypedData;
import java.util.List;

/** The numbers under which a section keeps what it learns. */
final class LearnedNumbers {

    private LearnedNumbers() {}

    /** The first number that none of these fields has. */
    static int next(List<TypedData.Field> fields) {
        return fields.stream().mapToInt(f -> next(f.value())).max().orElse(0);
    }

    private static int next(DataExpr value) {
        int own = switch (value) {
            case DataExpr.Standardize s -> s.id() + 1;
            case DataExpr.Apply a -> a.learned().orElse(-1) + 1;
            case DataExpr other -> 0;
        };
        return Math.max(
                own,
                value.operands().stream().mapToInt(LearnedNumbers::next).max().orElse(0));
    }
}
