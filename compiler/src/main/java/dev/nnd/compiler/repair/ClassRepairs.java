package dev.nnd.compiler.repair;

import dev.nnd.compiler.ast.Expr;
import dev.nnd.compiler.ast.TypeExpr;
import dev.nnd.grammar.Diagnostic;
import dev.nnd.grammar.Span;
import java.util.List;

/** A list of classes with one name too many, or too short: a name less, or the count alone. */
final class ClassRepairs {

    private ClassRepairs() {}

    static void propose(Focus focus, Proposals proposals) {
        for (TypeExpr.Classes label : focus.syntax().classes()) {
            long size = label.items().size();
            boolean named = !label.items().isEmpty()
                    && label.items().stream().allMatch(i -> i instanceof Expr.StringLiteral);
            if (!named || !focus.numbers().contains(size)) {
                continue;
            }
            if (focus.numbers().contains(size - 1) && size > 2) {
                fewer(label, proposals);
            }
            for (long count : focus.numbers()) {
                if (count > size) {
                    proposals.replace(50, label.span(), label.span(), "class[" + count + "]");
                }
            }
        }
    }

    private static void fewer(TypeExpr.Classes label, Proposals proposals) {
        List<Expr> items = label.items();
        for (int i = items.size() - 1; i >= 0; i--) {
            Span own = items.get(i).span();
            Span gone = i == 0
                    ? new Span(own.file(), own.start(), items.get(1).span().start())
                    : new Span(own.file(), items.get(i - 1).span().end(), own.end());
            proposals.propose(35, label.span(), List.of(new Diagnostic.Edit(gone, "")));
        }
    }
}
