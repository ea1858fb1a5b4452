package dev.nnd.compiler.repair;

import dev.nnd.compiler.ast.Expr;
import dev.nnd.compiler.ast.TypeExpr;
import dev.nnd.grammar.Diagnostic;
import dev.nnd.grammar.Span;
import java.util.ArrayList;
import java.util.List;

/** A stage more, a stage less, or two stages in the other order; another type for what a statement declares. */
final class PipeRepairs {

    /** What may be missing before a stage or at an end, with the cost of the guess. */
    private record Missing(String stage, int cost) {}

    private static final List<Missing> MISSING = List.of(
            new Missing("flatten", 10),
            new Missing("squeeze[-1]", 12),
            new Missing("unsqueeze[-1]", 30),
            new Missing("GlobalAvgPool2d()", 34),
            new Missing("mean(axis: 1)", 48),
            new Missing("transpose", 40),
            new Missing("cast[f32]", 36),
            new Missing("cast[i32]", 38),
            new Missing("sigmoid", 90),
            new Missing("unsqueeze[1]", 44));

    private final Focus focus;
    private final Proposals proposals;

    private PipeRepairs(Focus focus, Proposals proposals) {
        this.focus = focus;
        this.proposals = proposals;
    }

    static void propose(Focus focus, Proposals proposals) {
        var repairs = new PipeRepairs(focus, proposals);
        for (Syntax.Place place : focus.places()) {
            int distance = focus.distance(place);
            if (place.expr() instanceof Expr.Pipe p && distance <= 2) {
                repairs.stages(p, place, distance);
            }
            if (distance == 0 && atValue(place, focus.found().span())) {
                repairs.wrap(place);
            }
        }
        repairs.ends();
        focus.syntax().types().stream().filter(w -> focus.distance(w) <= 2).forEach(repairs::dtype);
    }

    private static boolean atValue(Syntax.Place place, Span found) {
        return place.span().equals(found)
                && !(place.expr() instanceof Expr.Pipe)
                && place.type().isEmpty();
    }

    private boolean shapes() {
        return focus.found().code().startsWith("NND03") || focus.found().code().startsWith("NND05");
    }

    private void stages(Expr.Pipe pipe, Syntax.Place place, int distance) {
        List<Expr.Stage> stages = pipe.stages();
        Span found = focus.found().span();
        for (int i = 0; i < stages.size(); i++) {
            Expr.Stage stage = stages.get(i);
            boolean here = Focus.overlap(stage.span(), found);
            boolean labelled = focus.found().labels().stream().anyMatch(l -> Focus.overlap(l.span(), stage.span()));
            Span before = i == 0 ? pipe.value().span() : stages.get(i - 1).span();
            if (here && shapes()) {
                for (Missing m : MISSING) {
                    insert(m, before.to(stage.span()), before.end());
                }
                List<String> numbers = place.scope().numbers();
                if (i == 0 && numbers.size() > 1) {
                    String layer = "Embedding(" + numbers.get(0) + ", " + numbers.get(1) + ")";
                    insert(new Missing(layer, 13), before.to(stage.span()), before.end());
                }
            }
            if ((here || labelled)
                    && stages.size() > 1
                    && !stage.function().span().text().matches("[A-Z].*\\d.*")) {
                proposals.told(
                        (here ? 56 : 64) + distance,
                        "leave `-> " + brief(stage.span()) + "` out" + line(stage.span()),
                        List.of(new Diagnostic.Edit(
                                new Span(
                                        before.file(),
                                        before.end(),
                                        stage.span().end()),
                                "")));
            }
            if (i > 0 && (here || labelled)) {
                exchange(
                        70,
                        stages.get(i - 1).span(),
                        stage.span(),
                        stages.get(i - 1).span().to(stage.span()));
            }
        }
        if (stages.stream().noneMatch(s -> Focus.overlap(s.span(), found))
                && Focus.overlap(pipe.value().span(), found)) {
            MISSING.forEach(
                    m -> insert(m, pipe.value().span(), pipe.value().span().end()));
        }
    }

    private String line(Span span) {
        return span.line() == focus.found().span().line() ? "" : " on line " + span.line();
    }

    private static String brief(Span span) {
        return span.text().strip().replaceAll("\\s+", " ");
    }

    private void insert(Missing missing, Span shown, int at) {
        proposals.told(
                missing.cost(),
                "write `-> " + missing.stage() + "` " + (shown.end() == at ? "behind" : "before") + " `"
                        + brief(shown.end() == at ? shown : last(shown, at)) + "`",
                List.of(new Diagnostic.Edit(new Span(shown.file(), at, at), " -> " + missing.stage())));
    }

    private static Span last(Span shown, int from) {
        String rest = shown.file().text().substring(from, shown.end());
        int arrow = rest.indexOf("->");
        int start = from + Math.max(0, arrow + 2);
        while (start < shown.end() && Character.isWhitespace(shown.file().text().charAt(start))) {
            start++;
        }
        return new Span(shown.file(), start, shown.end());
    }

    private void exchange(int cost, Span a, Span b, Span shown) {
        proposals.propose(cost, shown, List.of(new Diagnostic.Edit(a, b.text()), new Diagnostic.Edit(b, a.text())));
    }

    /** A value that stands alone: {@code cast[f32](x)}, or {@code (x -> flatten)} behind it. */
    private void wrap(Syntax.Place place) {
        if (!shapes()) {
            return;
        }
        Span span = place.span();
        boolean simple = place.expr() instanceof Expr.Name
                || place.expr() instanceof Expr.Call
                || place.expr() instanceof Expr.Index
                || place.expr() instanceof Expr.Member;
        String text = span.text();
        for (Missing m : MISSING) {
            String made = "(" + (simple ? text : "(" + text + ")") + " -> " + m.stage() + ")";
            proposals.replace(m.cost() + 6, span, span, made);
        }
    }

    /** The value of the statement whose declared type does not fit: what may be missing at its end. */
    private void ends() {
        Span found = focus.found().span();
        for (Syntax.Written written : focus.syntax().types()) {
            if (!Focus.contains(written.type().span(), found)) {
                continue;
            }
            focus.syntax().places().stream()
                    .filter(p -> p.statement().equals(written.statement())
                            && p.above().isEmpty()
                            && p.type().isEmpty())
                    .findFirst()
                    .ifPresent(this::end);
        }
    }

    private void end(Syntax.Place value) {
        boolean needsParentheses = value.expr() instanceof Expr.If;
        if (!needsParentheses) {
            Span span =
                    value.expr() instanceof Expr.Pipe p ? p.stages().getLast().span() : value.span();
            MISSING.forEach(m -> insert(m, span, span.end()));
        }
        var stages = new ArrayList<Expr.Stage>();
        if (value.expr() instanceof Expr.Pipe p) {
            stages.addAll(p.stages());
        }
        for (int i = 0; i < stages.size(); i++) {
            Expr.Stage stage = stages.get(i);
            boolean dense = stage.function().span().text().startsWith("Dense");
            if (dense) {
                Span before = i == 0
                        ? ((Expr.Pipe) value.expr()).value().span()
                        : stages.get(i - 1).span();
                insert(new Missing("flatten", 9 + stages.size() - i), before.to(stage.span()), before.end());
            }
        }
    }

    private void dtype(Syntax.Written written) {
        for (String other : List.of("f32", "i32", "bool")) {
            if (!written.type().dtype().name().equals(other) && shapes()) {
                TypeExpr.Tensor type = written.type();
                int cost = 50 + 8 * focus.distance(written);
                proposals.declare(
                        cost, written.statement(), type.span(), type.dtype().span(), other);
            }
        }
    }
}
