package dev.nnd.compiler.check;

import dev.nnd.compiler.typed.Duration;
import dev.nnd.grammar.Diagnostic;
import dev.nnd.grammar.Span;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * How long a run is, as far as it is known: how many steps an epoch has is known only with the data.
 *
 * @param span where the length is written
 */
record Length(OptionalLong epochs, OptionalLong steps, Optional<Span> span) {

    /** The run in the unit of a time, if it is given in that unit. */
    OptionalLong in(Duration.Unit unit) {
        return switch (unit) {
            case EPOCHS -> epochs;
            case STEPS -> steps;
            case PERCENT -> OptionalLong.empty();
        };
    }

    /** True if the time is known to be longer than the run, or if {@code whole} as long. */
    boolean isShorterThan(Duration time, boolean whole) {
        OptionalLong run = in(time.unit());
        return run.isPresent() && (whole ? time.amount() >= run.getAsLong() : time.amount() > run.getAsLong());
    }

    /** The run in words. */
    String text() {
        return epochs.isPresent()
                ? new Duration(epochs.getAsLong(), Duration.Unit.EPOCHS).text()
                : new Duration(steps.orElse(0), Duration.Unit.STEPS).text();
    }

    /** Marks where the length is written. */
    Diagnostic mark(Diagnostic error) {
        return span.isPresent() ? error.label(span.get(), "the run is " + text() + " long") : error;
    }
}
