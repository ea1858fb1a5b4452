package dev.nnd.compiler.type;

import java.util.Map;
import java.util.stream.Collectors;

/** What is known about a statement over dims, each variable being at least 1 and all assumptions true. */
public sealed interface DimAnswer {

    /** It holds for all values. */
    record Proved() implements DimAnswer {}

    /** It holds for no value. */
    record Refuted() implements DimAnswer {}

    /** It fails at least for these values, and may hold for others. */
    record CanFail(Map<String, Long> counterexample) implements DimAnswer {

        /** {@code N = 1, T = 3}. */
        public String text() {
            return counterexample.entrySet().stream()
                    .map(e -> e.getKey() + " = " + e.getValue())
                    .collect(Collectors.joining(", "));
        }
    }

    /** Neither a proof nor a counterexample was found. */
    record Undecided() implements DimAnswer {}

    /** True if it holds for all values. */
    default boolean proved() {
        return this instanceof Proved;
    }

    /** True if it holds for no value. */
    default boolean refuted() {
        return this instanceof Refuted;
    }

    /** The answer for the opposite statement. */
    default DimAnswer not() {
        return switch (this) {
            case Proved p -> new Refuted();
            case Refuted r -> new Proved();
            case CanFail c -> new Undecided();
            case Undecided u -> u;
        };
    }
}
