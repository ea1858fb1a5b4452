package dev.nnd.compiler.typed;

import dev.nnd.compiler.ast.Decl;
import dev.nnd.compiler.type.Constant;
import dev.nnd.grammar.Span;
import java.util.List;
import java.util.OptionalLong;

/**
 * A checked search over the parameters of a train section.
 *
 * @param train the section, which may be of another file
 * @param trials the number of runs; absent for a grid without a limit
 */
public record TypedTune(
        Decl.Tune declaration,
        Decl.Train train,
        List<Search> search,
        Objective objective,
        Strategy strategy,
        OptionalLong trials,
        long seed) {

    /** The section's name. */
    public String name() {
        return declaration.name().name();
    }

    /** A parameter and the values it may take. */
    public record Search(String parameter, Space space, Span span) {}

    /** Values to try. */
    public sealed interface Space {

        /** One of a list. */
        record Choice(List<Constant> values) implements Space {}

        /** A whole number from {@code low} to {@code high}, both included; every {@code step}. */
        record Ints(long low, long high, long step) implements Space {}

        /** A number between two; if {@code log}, its logarithm is uniform. */
        record Floats(double low, double high, boolean log) implements Space {}
    }

    /** What is best. */
    public record Objective(boolean maximize, String split, String metric, Span span) {}

    /** How values are chosen. */
    public sealed interface Strategy {

        /** Each trial on its own, by the seed. */
        record Random() implements Strategy {}

        /** Every combination of the lists. */
        record Grid() implements Strategy {}

        /** Many short runs, of which 1 in {@code factor} go on, {@code factor} times longer, from {@code least} epochs or steps. */
        record Halving(long factor, long least) implements Strategy {}

        /** The same without waiting for all of a round. */
        record Asha(long factor, long least) implements Strategy {}

        /** Each trial where earlier ones were good; the first {@code startup} by the seed alone. */
        record Tpe(long startup) implements Strategy {}
    }
}
