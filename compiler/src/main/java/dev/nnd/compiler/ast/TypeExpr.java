package dev.nnd.compiler.ast;

import dev.nnd.grammar.Span;
import java.util.List;
import java.util.Optional;

/** A type as written. */
public sealed interface TypeExpr {

    Span span();

    /** A name alone: {@code f32}, {@code int}, {@code string}, {@code initializer}. */
    record Named(Ident name, Span span) implements TypeExpr {}

    /** {@code f32[N, 3, H, W]}; a dim is an expression, and {@code ...} is {@link Expr.Ellipsis}. */
    record Tensor(Ident dtype, List<Expr> dims, Span span) implements TypeExpr {}

    /** {@code class[10]} or {@code class["cat", "dog"]}. */
    record Classes(List<Expr> items, Span span) implements TypeExpr {}

    /** {@code [int]}: a list of a type. */
    record ListOf(TypeExpr element, Span span) implements TypeExpr {}

    /** {@code fn(f32[...]) -> f32[...]}: a function, with its result if one is written. */
    record Function(List<TypeExpr> parameters, Optional<TypeExpr> result, Span span) implements TypeExpr {}

    /** {@code (f32[N, 4], state: f32[N, 8])}: what a function with several outputs gives. */
    record Tuple(List<Part> parts, Span span) implements TypeExpr {}

    /** One of several outputs, with its name if one is written. */
    record Part(Optional<Ident> name, TypeExpr type) {}
}
