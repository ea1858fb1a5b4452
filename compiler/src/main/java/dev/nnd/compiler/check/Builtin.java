package dev.nnd.compiler.check;

import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * A function that is built in.
 *
 * @param name as written
 * @param slots its parameters
 * @param variadic true if the first parameter takes any number of values
 * @param example how it is written
 * @param rule what it makes of its arguments; absent if it is always written with brackets
 * @param bracket what it makes of what stands in brackets, for {@code reshape[...]} and the like
 */
record Builtin(
        String name,
        List<Arguments.Slot> slots,
        boolean variadic,
        String example,
        Optional<Function<BuiltinCall, Val>> rule,
        Optional<Function<BracketCall, Val>> bracket) {

    /** True if it can be written with brackets. */
    boolean brackets() {
        return bracket.isPresent();
    }
}
