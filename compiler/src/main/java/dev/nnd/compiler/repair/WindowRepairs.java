package dev.nnd.compiler.repair;

import dev.nnd.compiler.ast.Expr;
import dev.nnd.grammar.Span;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.regex.Pattern;

/** Another kernel, stride or padding for a convolution or a pool. */
final class WindowRepairs {

    private static final Pattern WINDOW = Pattern.compile("(?i)(conv|max_?pool|avg_?pool).*");
    private static final List<Long> KERNELS = List.of(3L, 5L, 1L, 2L, 4L, 7L);

    private final Expr.Call call;
    private final Proposals proposals;
    private final int cost;

    /** Numbers of the declaration, by name. */
    private final List<String> names;

    private WindowRepairs(Expr.Call call, Proposals proposals, int cost, List<String> names) {
        this.call = call;
        this.proposals = proposals;
        this.cost = cost;
        this.names = names;
    }

    static void propose(Focus focus, Proposals proposals) {
        for (Syntax.Place place : focus.places()) {
            if (place.expr() instanceof Expr.Call call
                    && call.callee() instanceof Expr.Name n
                    && WINDOW.matcher(n.name()).matches()
                    && focus.distance(place) <= 2) {
                boolean window = focus.found().code().startsWith("NND03");
                int cost = (window ? 32 : 60) + 8 * focus.distance(place);
                new WindowRepairs(call, proposals, cost, place.scope().numbers()).all(n.name());
            }
        }
    }

    private void all(String name) {
        boolean pool = name.toLowerCase(java.util.Locale.ROOT).contains("pool");
        Optional<Expr.Argument> kernel = argument("kernel", pool ? 0 : 1);
        OptionalLong size = number(kernel);
        long half = size.isPresent() ? (size.getAsLong() - 1) / 2 : 1;
        set("padding", -1, List.of(half, 1L, 0L, 2L, 3L), pool ? 10 : 0);
        kernel.ifPresent(k -> set("kernel", pool ? 0 : 1, KERNELS, 12));
        set("stride", pool ? 1 : 2, List.of(1L, 2L), 14);
        for (String option : List.of("stride", "padding", "dilation", "groups")) {
            if (names.contains(option)
                    && argument(option, option.equals("stride") && pool ? 1 : -1)
                            .isEmpty()) {
                add(cost - 12, option, option);
            }
        }
    }

    private Optional<Expr.Argument> argument(String name, int position) {
        Optional<Expr.Argument> named = call.arguments().stream()
                .filter(a -> a.name().filter(n -> n.name().equals(name)).isPresent())
                .findFirst();
        boolean inOrder = position >= 0
                && position < call.arguments().size()
                && call.arguments().get(position).name().isEmpty();
        return named.or(() -> inOrder ? Optional.of(call.arguments().get(position)) : Optional.empty());
    }

    private static OptionalLong number(Optional<Expr.Argument> argument) {
        return argument.isPresent()
                        && argument.get().value() instanceof Expr.IntLiteral i
                        && i.value().bitLength() < 32
                ? OptionalLong.of(i.value().longValue())
                : OptionalLong.empty();
    }

    private void set(String name, int position, List<Long> values, int more) {
        Optional<Expr.Argument> given = argument(name, position);
        OptionalLong now = number(given);
        int order = 0;
        for (long value : values) {
            boolean same = now.isPresent() && now.getAsLong() == value;
            if (same || (given.isEmpty() && value == (name.equals("stride") ? 1 : 0))) {
                continue;
            }
            int price = cost + more + order++;
            if (given.isPresent()) {
                proposals.replace(price, call.span(), given.get().value().span(), Long.toString(value));
            } else {
                add(price, name, Long.toString(value));
            }
        }
    }

    private void add(int price, String option, String value) {
        String first = call.arguments().isEmpty() ? "" : ", ";
        Span end =
                new Span(call.span().file(), call.span().end() - 1, call.span().end() - 1);
        proposals.replace(price, call.span(), end, first + option + ": " + value);
    }
}
