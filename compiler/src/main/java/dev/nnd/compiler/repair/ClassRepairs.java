package dev.nnd.compiler.repair;

import dev.nnd.compiler.ast.Expr;
import dev.nnd.compiler.ast.TypeExpr;
import dev.nnd.grammar.Diagnostic;
import dev.nnd.grammar.Span;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** A list of classes with one name too many, or too short: a name less, or the count alone. */
final class ClassRepairs {

    /** As many scores as classes. */
    private static final String WIDTH = "NND0319";

    private static final int FEW = 4;

    private ClassRepairs() {}

    static void propose(Focus focus, Proposals proposals) {
        if (focus.found().code().equals(WIDTH) && focus.numbers().size() > 1) {
            List<Long> numbers = List.copyOf(focus.numbers());
            head(focus.syntax(), numbers.get(0), numbers.get(1), proposals);
        }
        for (TypeExpr.Classes label : focus.syntax().classes()) {
            long size = label.items().size();
            boolean named =
                    !label.items().isEmpty() && label.items().stream().allMatch(i -> i instanceof Expr.StringLiteral);
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

    /** The width of the head, in its layer and its type, where the declaration has that number for nothing else. */
    private static void head(Syntax syntax, long from, long to, Proposals proposals) {
        Map<Span, List<Span>> byDeclaration = new LinkedHashMap<>();
        for (Syntax.Place place : syntax.places()) {
            boolean same =
                    place.expr() instanceof Expr.IntLiteral i && i.value().equals(BigInteger.valueOf(from));
            if (same && place.scope().span().text().matches("(?s)(model|block)\\b.*")) {
                byDeclaration
                        .computeIfAbsent(place.scope().span(), k -> new ArrayList<>())
                        .add(place.span());
            }
        }
        for (List<Span> spans : byDeclaration.values()) {
            List<Span> sorted = spans.stream()
                    .distinct()
                    .sorted(Comparator.comparingInt(Span::start))
                    .toList();
            if (sorted.size() <= FEW) {
                String lines = sorted.stream()
                        .map(s -> Integer.toString(s.line()))
                        .distinct()
                        .collect(Collectors.joining(" and "));
                proposals.told(
                        12,
                        "write " + to + " for " + from + " on line " + lines,
                        sorted.stream()
                                .map(s -> new Diagnostic.Edit(s, Long.toString(to)))
                                .toList());
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
