package dev.nnd.compiler.repair;

import dev.nnd.compiler.ast.Expr;
import dev.nnd.grammar.Diagnostic;
import dev.nnd.grammar.Span;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/** An argument more, an argument less, two in the other order, or another function of the same kind. */
final class CallRepairs {

    private static final List<Set<String>> KINDS = List.of(
            Set.of("cross_entropy", "binary_cross_entropy", "mse"),
            Set.of("accuracy", "mae", "mse", "perplexity"),
            Set.of("softmax", "log_softmax", "sigmoid"));

    /** What can be asked of a field. */
    private static final Set<String> PROPERTIES = Set.of("vocab", "classes", "length", "width", "channels", "height");

    private final Focus focus;
    private final Proposals proposals;

    private CallRepairs(Focus focus, Proposals proposals) {
        this.focus = focus;
        this.proposals = proposals;
    }

    static void propose(Focus focus, Proposals proposals) {
        var repairs = new CallRepairs(focus, proposals);
        for (Syntax.Place place : focus.places()) {
            int distance = focus.distance(place);
            if (distance > 2) {
                continue;
            }
            switch (place.expr()) {
                case Expr.Call call -> repairs.call(call, place, distance);
                case Expr.Tuple tuple -> repairs.tuple(tuple, place, distance);
                case Expr.Name name when distance == 0 -> repairs.name(name, place);
                case Expr.Binary b
                when distance == 0 && b.operator() == Expr.BinaryOperator.MULTIPLY -> repairs.matmul(b);
                case Expr other -> {}
            }
        }
    }

    private void call(Expr.Call call, Syntax.Place place, int distance) {
        int more = 8 * distance;
        List<Span> values = call.arguments().stream().map(a -> a.value().span()).toList();
        swaps(values, call.span(), 30 + more);
        if (focus.numbers().isEmpty() && distance > 0) {
            return;
        }
        boolean inputs = call.callee() instanceof Expr.Name n
                && Character.isLowerCase(n.name().charAt(0));
        if (distance == 0 && inputs) {
            longer(values, call.span().end() - 1, place, call.span(), 22);
        }
        if (distance == 0) {
            shorter(call.arguments().stream().map(Expr.Argument::span).toList(), call.span(), 44);
        }
        transposed(call, more);
        if (distance == 0 && call.callee() instanceof Expr.Name n) {
            otherModel(n, call.span());
            missing(call);
        }
        if (call.callee() instanceof Expr.Name n) {
            sameKind(n, call.span(), more);
        }
    }

    /** Another model of a train section. */
    private void otherModel(Expr.Name callee, Span shown) {
        List<String> near = focus.syntax().models();
        if (near.contains(callee.name())) {
            near.stream()
                    .filter(n -> !n.equals(callee.name()))
                    .limit(6)
                    .forEach(n -> proposals.replace(33, shown, callee.span(), n));
        }
    }

    /** A number that a field of the data knows: {@code Gpt(vocab: Shakespeare.tokens.vocab)}. */
    private void missing(Expr.Call call) {
        if (!focus.found().code().equals("NND0202")) {
            return;
        }
        Span end =
                new Span(call.span().file(), call.span().end() - 1, call.span().end() - 1);
        for (String name : focus.words()) {
            if (PROPERTIES.contains(name)) {
                String before = call.arguments().isEmpty() ? "" : ", ";
                focus.syntax()
                        .fields()
                        .forEach(f -> proposals.replace(20, call.span(), end, before + name + ": " + f + "." + name));
            }
        }
    }

    private void sameKind(Expr.Name name, Span shown, int more) {
        for (Set<String> kind : KINDS) {
            if (kind.contains(name.name())) {
                kind.stream()
                        .filter(k -> !k.equals(name.name()))
                        .sorted()
                        .forEach(k -> proposals.replace(34 + more, shown, name.span(), k));
            }
        }
    }

    private void swaps(List<Span> values, Span shown, int cost) {
        for (int i = 0; i < values.size() && i < 4; i++) {
            for (int j = i + 1; j < values.size() && j < 4; j++) {
                proposals.propose(
                        cost + (j - i),
                        shown,
                        List.of(
                                new Diagnostic.Edit(values.get(i), values.get(j).text()),
                                new Diagnostic.Edit(values.get(j), values.get(i).text())));
            }
        }
    }

    /** One more input: a name of the declaration that the call does not use. */
    private void longer(List<Span> values, int end, Syntax.Place place, Span shown, int cost) {
        Set<String> used = Set.copyOf(values.stream().map(Span::text).distinct().toList());
        int order = 0;
        for (String name : place.scope().inputs()) {
            if (used.contains(name) || order > 6) {
                continue;
            }
            Span at = new Span(shown.file(), end, end);
            proposals.replace(cost + order++, shown, at, values.isEmpty() ? name : ", " + name);
            if (!values.isEmpty()) {
                Span first = values.getFirst();
                Span front = new Span(first.file(), first.start(), first.start());
                proposals.replace(cost + 8 + order, shown, front, name + ", ");
            }
        }
    }

    private void shorter(List<Span> arguments, Span shown, int cost) {
        for (int i = 0; i < arguments.size() && i < 8; i++) {
            Span own = arguments.get(i);
            Span from = i > 0
                    ? new Span(own.file(), arguments.get(i - 1).end(), own.end())
                    : i + 1 < arguments.size()
                            ? new Span(own.file(), own.start(), arguments.get(1).start())
                            : own;
            proposals.replace(cost - i, shown, from, "");
        }
    }

    private void transposed(Expr.Call call, int more) {
        if (!(call.callee() instanceof Expr.Name n)) {
            return;
        }
        if (n.name().equals("matmul")) {
            for (Expr.Argument argument : call.arguments().reversed()) {
                Span at = argument.value().span();
                proposals.replace(16 + more, call.span(), at, "transpose(" + at.text() + ")");
            }
        } else if (n.name().equals("transpose") && call.arguments().size() == 1) {
            proposals.replace(
                    18 + more,
                    call.span(),
                    call.span(),
                    call.arguments().getFirst().value().span().text());
        }
    }

    private void tuple(Expr.Tuple tuple, Syntax.Place place, int distance) {
        List<Span> items = tuple.items().stream().map(Expr::span).toList();
        swaps(items, tuple.span(), 26 + 8 * distance);
        longer(items, tuple.span().end() - 1, place, tuple.span(), 24 + 8 * distance);
        if (items.size() == 2) {
            items.forEach(i -> proposals.replace(36 + 8 * distance, tuple.span(), tuple.span(), i.text()));
        } else {
            shorter(items, tuple.span(), 40 + 8 * distance);
        }
    }

    /** Another value of the declaration. */
    private void name(Expr.Name name, Syntax.Place place) {
        if (focus.found().code().equals("NND0205")) {
            place.scope().inputs().stream()
                    .filter(n -> !n.equals(name.name()))
                    .limit(6)
                    .forEach(n -> proposals.replace(20, name.span(), name.span(), name.name() + "(" + n + ")"));
        }
        if (focus.found().code().equals("NND0209")) {
            place.scope().numbers().reversed().forEach(n -> parenthesized(name, n));
            focus.numbers().forEach(n -> parenthesized(name, n.toString()));
        }
        if (!place.scope().inputs().contains(name.name())) {
            return;
        }
        Span shown = place.above().stream()
                .filter(e -> e instanceof Expr.Call || e instanceof Expr.Tuple || e instanceof Expr.Pipe)
                .findFirst()
                .map(Expr::span)
                .orElse(place.statement());
        place.scope().inputs().stream()
                .filter(n -> !n.equals(name.name()) && !isUsed(n, shown.text()))
                .limit(8)
                .forEach(n -> proposals.replace(42, shown, name.span(), n));
    }

    /** What a call uses already is seldom meant twice: a loss compares a prediction with something else than its input. */
    private static boolean isUsed(String name, String text) {
        return Pattern.compile("\\b" + Pattern.quote(name) + "\\b")
                .matcher(text)
                .find();
    }

    private void parenthesized(Expr.Name name, String argument) {
        proposals.replace(10, name.span(), name.span(), name.name() + "(" + argument + ")");
    }

    private void matmul(Expr.Binary product) {
        String text = "matmul(" + product.left().span().text() + ", "
                + product.right().span().text() + ")";
        proposals.replace(46, product.span(), product.span(), text);
    }

    /** Tuples for a stage that takes several inputs. */
    static List<String> tuples(String value, List<String> names) {
        var tuples = new ArrayList<String>();
        names.stream().filter(n -> !n.equals(value)).limit(6).forEach(n -> tuples.add("(" + value + ", " + n + ")"));
        return tuples;
    }
}
