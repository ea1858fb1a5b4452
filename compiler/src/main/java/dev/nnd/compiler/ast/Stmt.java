package dev.nnd.compiler.ast;

import dev.nnd.grammar.Span;
import java.util.List;
import java.util.Optional;

/** A statement in a block, model or function body. */
public sealed interface Stmt {

    Span span();

    /** {@code input image: f32[N, 3, H, W]}; with a default, {@code input mask: bool[N, T] = none}, it may be left out. */
    record Input(String doc, Ident name, TypeExpr type, Optional<Expr> otherwise, Span span) implements Stmt {}

    /** {@code output logits: f32[N, 10] = ...}, {@code output x + y}, or {@code output y}. */
    record Output(String doc, Optional<Ident> name, Optional<TypeExpr> type, Expr value, Span span) implements Stmt {}

    /** {@code let q = ...}; with a type if one is written. */
    record Let(Ident name, Optional<TypeExpr> type, Expr value, Span span) implements Stmt {}

    /** {@code let (a, b) = ...}: a name for each of several values; {@code _} names none. */
    record Unpack(List<Ident> names, Expr value, Span span) implements Stmt {}

    /** {@code var h = ...}. */
    record Var(Ident name, Expr value, Span span) implements Stmt {}

    /** {@code h = ...}: rebinds a var. */
    record Assign(Ident name, Expr value, Span span) implements Stmt {}

    /** {@code layer embed = Embedding(vocab, width)}. */
    record Layer(Ident name, Expr value, Span span) implements Stmt {}

    /**
     * {@code param head: f32[400, 10] = normal(std: 0.02)}, or with {@code trained} false a {@code buffer}, which is saved with
     * the weights and which no optimizer changes.
     */
    record Param(String doc, Ident name, TypeExpr type, Optional<Expr> init, boolean trained, Span span)
            implements Stmt {}

    /** {@code for i in 0..depth { ... }}. */
    record For(Ident variable, Expr range, List<Stmt> body, Span span) implements Stmt {}

    /** {@code if c { ... } else { ... }}; an {@code else if} is an If alone in {@code otherwise}. */
    record If(Expr condition, List<Stmt> then, List<Stmt> otherwise, Span span) implements Stmt {}

    /** {@code require cond, "message with {names}"}. */
    record Require(Expr condition, Optional<Expr> message, Span span) implements Stmt {}
}
