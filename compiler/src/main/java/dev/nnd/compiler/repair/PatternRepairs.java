package dev.nnd.compiler.repair;

import dev.nnd.compiler.ast.Expr;
import dev.nnd.grammar.Diagnostic;
import dev.nnd.grammar.Span;
import java.util.List;
import java.util.stream.Collectors;

/** Axes of {@code rearrange}, {@code reshape} and indices in another order; a tuple before a stage. */
final class PatternRepairs {

    private static final int MOST_AXES = 5;

    private PatternRepairs() {}

    static void propose(Focus focus, Proposals proposals) {
        for (Syntax.Place place : focus.places()) {
            int distance = focus.distance(place);
            if (distance > 2) {
                continue;
            }
            switch (place.expr()) {
                case Expr.Rearrange r -> {
                    swaps(spans(r.to()), r.span(), 20 + 8 * distance, proposals);
                    swaps(spans(r.from()), r.span(), 24 + 8 * distance, proposals);
                    groups(r, 28 + 8 * distance, proposals);
                    regrouped(r, 30 + 8 * distance, proposals);
                }
                case Expr.Index i -> {
                    List<Span> items =
                            i.items().stream().map(Expr.IndexItem::span).toList();
                    swaps(items, i.span(), 26 + 8 * distance, proposals);
                    if (distance == 0) {
                        signs(i, proposals);
                    }
                }
                case Expr.Pipe p -> inputs(p, place, focus, proposals);
                case Expr other -> {}
            }
        }
    }

    private static List<Span> spans(List<Expr.Axis> axes) {
        return axes.stream().map(Expr.Axis::span).toList();
    }

    private static void swaps(List<Span> items, Span shown, int cost, Proposals proposals) {
        for (int i = 0; i < items.size() && i < 6; i++) {
            for (int j = i + 1; j < items.size() && j < 6; j++) {
                proposals.propose(
                        cost + 2 * (j - i - 1),
                        shown,
                        List.of(
                                new Diagnostic.Edit(items.get(i), items.get(j).text()),
                                new Diagnostic.Edit(items.get(j), items.get(i).text())));
            }
        }
    }

    /** {@code heads, d} for {@code (heads d)} and the other way round, and two names of a group exchanged. */
    private static void groups(Expr.Rearrange pattern, int cost, Proposals proposals) {
        for (List<Expr.Axis> side : List.of(pattern.from(), pattern.to())) {
            for (int i = 0; i < side.size(); i++) {
                Expr.Axis axis = side.get(i);
                String inside = axis.span().text().replaceAll("[()]", " ").strip();
                if (axis.group()) {
                    proposals.replace(cost, pattern.span(), axis.span(), inside.replaceAll("\\s+", ", "));
                    swaps(axis.parts().stream().map(Expr::span).toList(), pattern.span(), cost, proposals);
                } else if (i + 1 < side.size() && !side.get(i + 1).group()) {
                    Span both = axis.span().to(side.get(i + 1).span());
                    proposals.replace(
                            cost + 4,
                            pattern.span(),
                            both,
                            "(" + axis.span().text() + " "
                                    + side.get(i + 1).span().text() + ")");
                }
            }
        }
    }

    /** {@code N, T, (heads d)} for {@code N, (heads T), d}: another two axes in the only group, which comes last. */
    private static void regrouped(Expr.Rearrange pattern, int cost, Proposals proposals) {
        List<Expr.Axis> groups = pattern.to().stream().filter(Expr.Axis::group).toList();
        boolean plain = pattern.from().stream().noneMatch(Expr.Axis::group)
                && pattern.from().size() <= MOST_AXES;
        if (groups.size() != 1 || groups.getFirst().parts().size() != 2 || !plain) {
            return;
        }
        List<String> names = pattern.from().stream().map(a -> a.span().text()).toList();
        Span all = pattern.to().getFirst().span().to(pattern.to().getLast().span());
        for (String first : names) {
            for (String second : names) {
                String rest = names.stream()
                        .filter(n -> !n.equals(first) && !n.equals(second))
                        .collect(Collectors.joining(", "));
                if (!first.equals(second)) {
                    int order = names.indexOf(first) < names.indexOf(second) ? 0 : 6;
                    proposals.replace(cost + order, pattern.span(), all, rest + ", (" + first + " " + second + ")");
                }
            }
        }
    }

    private static void signs(Expr.Index index, Proposals proposals) {
        for (Expr.IndexItem item : index.items()) {
            for (String axis : List.of("-1", "0", "1")) {
                if (!item.span().text().equals(axis) && item.span().text().matches("-?\\d+")) {
                    proposals.replace(40, index.span(), item.span(), axis);
                }
            }
        }
    }

    /** {@code (h, mask) -> Layer()} for {@code h -> Layer()}. */
    private static void inputs(Expr.Pipe pipe, Syntax.Place place, Focus focus, Proposals proposals) {
        boolean count = focus.found().code().equals("NND0210");
        boolean first =
                Focus.overlap(pipe.stages().getFirst().span(), focus.found().span());
        if (!count || !first || pipe.value() instanceof Expr.Tuple) {
            return;
        }
        Span value = pipe.value().span();
        int order = 0;
        for (String tuple : CallRepairs.tuples(value.text(), place.scope().inputs())) {
            int cost = focus.words().stream().anyMatch(w -> tuple.endsWith(", " + w + ")")) ? 18 : 30 + order++;
            proposals.replace(cost, value.to(pipe.stages().getFirst().span()), value, tuple);
        }
    }
}
