package dev.nnd.compiler.repair;

import dev.nnd.compiler.ast.Expr;
import dev.nnd.grammar.Diagnostic;
import dev.nnd.grammar.Span;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;

/** Another number or another name for one: {@code Dense(10)}, {@code Dense(classes)}, {@code f32[256, 10]}. */
final class NumberRepairs {

    private static final int MOST_DIVISORS_OF = 1 << 20;

    /** What a finding about a share says: a whole number there may be a percentage. */
    private static final Pattern SHARE =
            Pattern.compile("rate|share|dropout|smoothing|probability|percentage|`p`|from 0 to|between 0 and");

    private final Focus focus;
    private final Proposals proposals;

    private NumberRepairs(Focus focus, Proposals proposals) {
        this.focus = focus;
        this.proposals = proposals;
    }

    static void propose(Focus focus, Proposals proposals) {
        var repairs = new NumberRepairs(focus, proposals);
        focus.syntax().types().stream()
                .filter(w -> focus.distance(w) < Focus.FAR)
                .forEach(repairs::throughout);
        for (Syntax.Place place : focus.places()) {
            switch (place.expr()) {
                case Expr.IntLiteral i -> {
                    repairs.integer(i, place);
                    repairs.bound(i, place);
                }
                case Expr.FloatLiteral f
                when Double.isFinite(f.value()) -> repairs.fraction(BigDecimal.valueOf(f.value()), place);
                case Expr.PercentLiteral p when Double.isFinite(p.percent()) -> repairs.percent(p, place);
                case Expr.Name n -> repairs.name(n, place);
                case Expr.Binary b when argument(place) -> repairs.product(b, place);
                case Expr.Unary u
                when u.operator() == Expr.UnaryOperator.NEGATE && focus.distance(place) == 0 ->
                    repairs.write(25, place, u.operand().span().text());
                case Expr other -> {}
            }
        }
        for (Syntax.Place place : focus.syntax().defaults()) {
            if (place.expr() instanceof Expr.IntLiteral i) {
                repairs.otherwise(i, place);
            }
        }
    }

    /** {@code Dense(D)} for {@code Dense(4 * D)}, or a number that the finding mentions. */
    private void product(Expr.Binary product, Syntax.Place place) {
        int distance = focus.distance(place);
        boolean arithmetic = Set.of(
                        Expr.BinaryOperator.MULTIPLY,
                        Expr.BinaryOperator.DIVIDE,
                        Expr.BinaryOperator.ADD,
                        Expr.BinaryOperator.SUBTRACT)
                .contains(product.operator());
        if (distance > 2 || !arithmetic) {
            return;
        }
        for (Expr part : List.of(product.left(), product.right())) {
            if (part instanceof Expr.Name n && place.scope().numbers().contains(n.name())) {
                write(21 + 8 * distance, place, part.span().text());
            }
        }
        int order = 0;
        for (long other : focus.numbers()) {
            if (other > 1) {
                write(30 + 8 * distance + 2 * order++, place, Long.toString(other));
            }
        }
    }

    /** The default of a parameter, which the finding mentions, far away from it. */
    private void otherwise(Expr.IntLiteral literal, Syntax.Place place) {
        if (literal.value().bitLength() > 62 || focus.distance(place) < Focus.FAR) {
            return;
        }
        long value = literal.value().longValue();
        if (focus.numbers().contains(value)) {
            divisors(value, place, 48);
            focus.numbers().stream().filter(n -> n != value).forEach(n -> write(50, place, n.toString()));
        }
    }

    /** {@code for i in 0..3} for {@code 0..4}, where there are 3 items. */
    private void bound(Expr.IntLiteral literal, Syntax.Place place) {
        boolean inRange = !place.above().isEmpty() && place.above().getFirst() instanceof Expr.Range;
        if (inRange && focus.found().code().equals("NND0221")) {
            focus.numbers().stream()
                    .filter(n -> !literal.value().equals(BigInteger.valueOf(n)))
                    .forEach(n -> proposals.replace(30, place.above().getFirst().span(), place.span(), n.toString()));
        }
    }

    /** {@code f32[N, 1, 32, 32]} for {@code f32[N, 1, 28, 28]}: one number for another in all of a type. */
    private void throughout(Syntax.Written written) {
        for (long from : focus.numbers()) {
            List<Expr> same = written.type().dims().stream()
                    .filter(d -> d instanceof Expr.IntLiteral i && i.value().equals(BigInteger.valueOf(from)))
                    .toList();
            int order = 0;
            for (long to : focus.numbers()) {
                if (same.size() > 1 && to != from) {
                    List<Diagnostic.Edit> edits = same.stream()
                            .map(d -> new Diagnostic.Edit(d.span(), Long.toString(to)))
                            .toList();
                    int cost = 18 + 8 * focus.distance(written) + 3 * order++;
                    proposals.declare(cost, written.statement(), written.type().span(), edits);
                }
            }
        }
    }

    private void integer(Expr.IntLiteral literal, Syntax.Place place) {
        if (literal.value().bitLength() > 62 || ofWindow(place)) {
            return;
        }
        long value = literal.value().longValue();
        if (value == 0 && focus.found().code().equals("NND0224")) {
            // A range that is too long ends too late; where it starts is no mistake.
            return;
        }
        int distance = focus.distance(place);
        boolean mentioned = focus.numbers().contains(value);
        int order = 0;
        for (long other : focus.numbers()) {
            if (other != value && (mentioned || distance == 0)) {
                int one = other == 1 ? (place.type().isPresent() ? 6 : 12) : 0;
                write((mentioned ? 20 : 40) + 8 * distance + one + 3 * order++, place, Long.toString(other));
            }
        }
        if (mentioned || distance <= 1) {
            names(place, 14 + 8 * distance);
        }
        if (mentioned) {
            divisors(value, place, 24 + 8 * distance);
        }
        if (mentioned || distance <= 1) {
            List.of(value / 2, value * 2, value - 1, value + 1, value - 2, value + 2).stream()
                    .filter(v -> v > 0)
                    .forEach(v -> write(62 + 8 * distance, place, v.toString()));
        }
        if (distance == 0 && SHARE.matcher(focus.found().message()).find()) {
            fraction(new BigDecimal(value), place);
        }
    }

    /** What {@link WindowRepairs} looks after. */
    private static boolean ofWindow(Syntax.Place place) {
        return place.above().stream().findFirst().filter(e -> e instanceof Expr.Call).stream()
                .flatMap(e -> ((Expr.Call) e).arguments().stream())
                .filter(a -> a.value().span().equals(place.span()))
                .anyMatch(a -> a.name()
                        .filter(n -> List.of("kernel", "stride", "padding", "dilation")
                                .contains(n.name()))
                        .isPresent());
    }

    /** The nearest numbers that divide another number of the finding. */
    private void divisors(long value, Syntax.Place place, int cost) {
        var near = new TreeSet<Long>((a, b) -> {
            int byDistance = Long.compare(Math.abs(a - value), Math.abs(b - value));
            return byDistance != 0 ? byDistance : Long.compare(a, b);
        });
        for (long of : focus.numbers()) {
            for (long d = 1; d * d <= of && of <= MOST_DIVISORS_OF; d++) {
                if (of % d == 0) {
                    near.add(d);
                    near.add(of / d);
                }
            }
        }
        near.stream().filter(d -> d != value && d > 1).limit(3).forEach(d -> write(cost, place, d.toString()));
    }

    /** A name of a dim in the type that is written in the same statement, or a number of the declaration. */
    private void names(Syntax.Place place, int cost) {
        if (!argument(place)) {
            return;
        }
        for (Syntax.Written written : focus.syntax().types()) {
            if (written.statement().equals(place.statement()) && place.type().isEmpty()) {
                for (Expr dim : written.type().dims()) {
                    if (dim instanceof Expr.Name || dim instanceof Expr.Binary) {
                        write(cost, place, dim.span().text());
                    }
                }
            }
        }
        place.scope().numbers().forEach(n -> write(cost + 24, place, n));
    }

    private static boolean argument(Syntax.Place place) {
        return place.type().isPresent()
                || place.above().stream()
                        .findFirst()
                        .filter(e -> e instanceof Expr.Call || e instanceof Expr.Index)
                        .isPresent();
    }

    private void name(Expr.Name name, Syntax.Place place) {
        boolean number = place.scope().numbers().contains(name.name());
        if (!number || !argument(place)) {
            return;
        }
        int distance = focus.distance(place);
        names(place, 20 + 8 * distance);
        int order = 0;
        for (long other : focus.numbers()) {
            write(36 + 8 * distance + order++, place, Long.toString(other));
        }
    }

    /** A share or a rate that was written as a percentage, or with its point at another place. */
    private void fraction(BigDecimal value, Syntax.Place place) {
        if (focus.distance(place) != 0) {
            return;
        }
        boolean whole = value.stripTrailingZeros().scale() <= 0;
        if (whole && value.signum() > 0) {
            write(26, place, value.toPlainString());
        }
        for (int places = 1; places <= 2; places++) {
            write(28 + places, place, plain(value.movePointLeft(places)));
        }
        if (value.compareTo(BigDecimal.ONE) > 0 && value.compareTo(BigDecimal.TWO) < 0) {
            write(27, place, plain(value.subtract(BigDecimal.ONE)));
        }
    }

    private static String plain(BigDecimal value) {
        return value.stripTrailingZeros().toPlainString();
    }

    private void percent(Expr.PercentLiteral literal, Syntax.Place place) {
        if (focus.distance(place) <= 1) {
            write(22, place, plain(BigDecimal.valueOf(literal.percent()).movePointLeft(2)));
            for (int share = 10; share <= 50; share += 10) {
                write(60, place, share + "%");
            }
        }
    }

    private void write(int cost, Syntax.Place place, String replacement) {
        if (replacement.equals(place.span().text())) {
            return;
        }
        if (place.type().isPresent()) {
            proposals.declare(cost + 4, place.statement(), place.type().get().span(), place.span(), replacement);
        } else {
            proposals.replace(cost, shown(place), place.span(), replacement);
        }
    }

    /** The call around it, or the whole statement if that is short. */
    private static Span shown(Syntax.Place place) {
        return place.above().stream()
                .filter(e -> e instanceof Expr.Call || e instanceof Expr.Index)
                .findFirst()
                .map(Expr::span)
                .orElse(place.statement());
    }
}
