package dev.nnd.compiler.ast;

import dev.nnd.grammar.Span;

/** A statement of a {@code tune} declaration. */
public sealed interface TuneItem {

    Span span();

    /** {@code train MnistTraining}. */
    record Train(Ident name, Span span) implements TuneItem {}

    /** {@code search lr in log_uniform(1e-5, 1e-1)}. */
    record Search(Ident name, Expr space, Span span) implements TuneItem {}

    /** {@code maximize validation.accuracy} or {@code minimize validation.loss}. */
    record Objective(boolean maximize, Expr metric, Span span) implements TuneItem {}

    /** {@code trials 20}, {@code strategy random}, {@code seed 1}. */
    record Setting(Ident name, Expr value, Span span) implements TuneItem {}
}
