package dev.nnd.compiler.ast;

import dev.nnd.grammar.Span;
import java.util.List;
import java.util.Optional;

/** A declaration at the top of a file. */
public sealed interface Decl {

    /** The {@code ///} text above it, joined by line breaks; empty if none. */
    String doc();

    Ident name();

    Span span();

    /**
     * {@code block} or {@code model}: the two have one form.
     *
     * @param checkpoint whether training keeps only its inputs and computes it again for the gradients
     */
    record Block(
            String doc,
            boolean checkpoint,
            boolean model,
            Ident name,
            List<Parameter> parameters,
            List<Stmt> body,
            Span span)
            implements Decl {}

    /**
     * {@code fn name(x: f32[...], alpha: float = 0.01) -> f32[...] = expr}, or with a body in braces that ends in an output;
     * the result of one with several outputs is a {@link TypeExpr.Tuple}.
     */
    record Function(
            String doc, Ident name, List<Parameter> parameters, Optional<TypeExpr> result, List<Stmt> body, Span span)
            implements Decl {}

    /** {@code data Name from Parent { ... }}. */
    record Data(String doc, Ident name, Optional<Ident> parent, List<DataItem> items, Span span) implements Decl {}

    /** {@code train Name(lr: float = 1e-3) { ... }}. */
    record Train(String doc, Ident name, List<Parameter> parameters, List<TrainItem> items, Span span)
            implements Decl {}

    /** {@code tune Name { ... }}. */
    record Tune(String doc, Ident name, List<TuneItem> items, Span span) implements Decl {}

    /** {@code kernel: int = 3}. */
    record Parameter(Ident name, TypeExpr type, Optional<Expr> defaultValue, Span span) {}
}
