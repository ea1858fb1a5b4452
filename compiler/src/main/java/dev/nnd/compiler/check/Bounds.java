package dev.nnd.compiler.check;

import dev.nnd.compiler.type.Dim;
import dev.nnd.compiler.type.DimAnswer;
import dev.nnd.compiler.type.DimProver;
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
        DimAnswer answer = DimProver.atMost(a, b);
        return switch (answer) {
            case DimAnswer.Proved p -> true;
            case DimAnswer.Refuted r -> {
                c.report(x.trace().mark(refuted));
                yield false;
            }
            case DimAnswer.CanFail f -> missing(a, b, what, span, x, "for " + f.text() + " it does not hold");
            case DimAnswer.Undecided u -> missing(a, b, what, span, x, "this cannot be decided at compile time");
        };
    }

    private boolean missing(Dim a, Dim b, String what, Span span, Val.Tensor x, String why) {
        if (c.generic()) {
            return true;
        }
        String needed = inequality(a, b);
        c.report(x.trace()
                .mark(Diagnostic.error("NND0351", span, what + " needs " + needed))
                .note(why)
                .help("state it with `require " + needed + "`"));
        return false;
    }

    /** True if the two are known to be equal, or may be while nothing is decided. */
    boolean equal(Dim a, Dim b) {
        DimAnswer answer = DimProver.equal(a, b);
        return answer.proved() || (c.generic() && !(answer instanceof DimAnswer.Refuted));
    }

    /** {@code a <= b} as a person writes it: {@code T >= 5}. */
    static String inequality(Dim a, Dim b) {
        Dim difference = b.minus(a);
        long constant = difference.terms().stream()
                .filter(t -> t.factors().isEmpty())
                .mapToLong(Dim.Term::coefficient)
                .sum();
        Dim rest = difference.minus(Dim.of(constant));
        boolean positive = rest.terms().stream().allMatch(t -> t.coefficient() > 0);
        return positive ? rest + " >= " + Dim.of(-constant) : a + " <= " + b;
    }
}
