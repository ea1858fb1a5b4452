package dev.nnd.compiler.check;

import java.util.List;
import java.util.function.Function;

/**
 * A function that is built in.
 *
 * @param name as written
 * @param slots its parameters
 * @param brackets true for {@code reshape[...]} and the like, which take their argument in brackets
 * @param example how it is written
 * @param rule what it makes of its arguments
 */
record Builtin(
        String name, List<Arguments.Slot> slots, boolean brackets, String example, Function<BuiltinCall, Val> rule) {}
