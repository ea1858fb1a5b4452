package dev.nnd.compiler.ast;

import dev.nnd.grammar.Span;
import java.util.List;
import java.util.Optional;

/** A statement of a {@code data} declaration. */
public sealed interface DataItem {

    Span span();

    /** {@code source train = csv("train.csv")}. */
    record Source(Ident name, Expr value, Span span) implements DataItem {}

    /** {@code split train into train 80%, validation 20% stratified by label, seed 42} or {@code ... in order}. */
    record Split(
            Ident source,
            List<Part> parts,
            Optional<Expr> folds,
            boolean inOrder,
            Optional<Ident> stratifiedBy,
            Optional<Ident> groupedBy,
            Optional<Expr> seed,
            Span span)
            implements DataItem {}

    /** {@code validation 20%}. */
    record Part(Ident name, Expr share, Span span) {}

    /** {@code field image: f32[1, 28, 28] = images / 255}. */
    record Field(String doc, Ident name, TypeExpr type, Expr value, Span span) implements DataItem {}

    /** {@code augment image -> random_crop(32) -> random_flip()}. */
    record Augment(Expr pipe, Span span) implements DataItem {}

    /** {@code on_error fail} or {@code on_error skip(100)}; a colon may follow the word. */
    record OnError(Expr policy, Span span) implements DataItem {}
}
