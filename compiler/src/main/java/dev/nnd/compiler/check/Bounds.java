package dev.nnd.compiler.check;

import dev.nnd.compiler.type.Dim;
import dev.nnd.compiler.type.DimAnswer;
import dev.nnd.compiler.type.DimCondition;
import dev.nnd.grammar.Diagnostic;
import dev.nnd.grammar.Span;

/** What has to hold between dims for an index or a pattern: proved, refuted, or missing a {@code require}. */
final class Bounds {

    private final Checking c;

    Bounds(Checking c) {
        this.c = c;
    }

    /** True if a is at most b. If not, {@code refuted} is reported, or what is missing for a proof. */
    boolean atMost(Dim a, Dim b, String what, Span span, Val.Tensor x, Diagnostic refuted) {
        DimAnswer answer = c.assumptions().atMost(a, b);
        if (answer.proved() || (c.generic() && !answer.refuted())) {
            return true;
        }
        if (answer.refuted()) {
            c.report(x.trace().mark(refuted));
        } else {
            Diagnostic error = Diagnostic.error("NND0351", span, what + " needs " + inequality(a, b));
            c.report(c.dims().unless(x.trace().mark(error), condition(a, b)));
        }
        return false;
    }

    /** True if the two are known to be equal, or may be while nothing is decided. */
    boolean equal(Dim a, Dim b) {
        return c.dims().same(a, b);
    }

    /** {@code a <= b} with the number on the right: {@code T >= 5}. */
    private static DimCondition condition(Dim a, Dim b) {
        Dim difference = b.minus(a);
        Dim rest = difference.minus(Dim.of(constant(difference)));
        boolean positive = rest.terms().stream().allMatch(t -> t.coefficient() > 0);
        return positive ? DimCondition.atMost(Dim.of(-constant(difference)), rest) : DimCondition.atMost(a, b);
    }

    private static long constant(Dim dim) {
        return dim.terms().stream()
                .filter(t -> t.factors().isEmpty())
                .mapToLong(Dim.Term::coefficient)
                .sum();
    }

    /** {@code a <= b} as a person writes it: {@code T >= 5}. */
    private static String inequality(Dim a, Dim b) {
        return condition(a, b).text();
    }
}
