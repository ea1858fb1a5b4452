package dev.nnd.compiler.check;

import dev.nnd.grammar.Diagnostic;
import dev.nnd.grammar.Span;
import java.util.Optional;

/**
 * Where a value got its shape, for messages.
 *
 * @param span the place in a user's file
 * @param remark what happened there, such as {@code makes f32[N, 16, 4, 4]}
 * @param derivation how a dim came about, such as {@code (12 - 5) / 2 + 1 = 4}
 * @param before the value it was made from
 */
record Trace(Span span, String remark, Optional<String> derivation, Optional<Trace> before) {

    static Trace at(Span span, String remark) {
        return new Trace(span, remark, Optional.empty(), Optional.empty());
    }

    private static final int MOST_PLACES = 3;

    /** Adds this place, and those before it, to a diagnostic: the last one, or more while they tell how a dim came about. */
    Diagnostic mark(Diagnostic diagnostic) {
        return mark(diagnostic, MOST_PLACES);
    }

    private Diagnostic mark(Diagnostic diagnostic, int places) {
        boolean tells = before.isPresent()
                && (places == MOST_PLACES
                        || (places > 1 && before.get().derivation().isPresent()));
        return markOne(tells ? before.get().mark(diagnostic, places - 1) : diagnostic);
    }

    private Diagnostic markOne(Diagnostic diagnostic) {
        boolean same = span.equals(diagnostic.span())
                || diagnostic.labels().stream().anyMatch(l -> l.span().equals(span));
        return same
                ? diagnostic
                : diagnostic.label(
                        span, remark + derivation.map(d -> ", since " + d).orElse(""));
    }
}
