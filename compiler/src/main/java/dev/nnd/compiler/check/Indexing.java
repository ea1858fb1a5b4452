package dev.nnd.compiler.check;

import dev.nnd.compiler.ast.Expr;
import dev.nnd.compiler.type.Constant;
import dev.nnd.grammar.Diagnostic;
import dev.nnd.grammar.Span;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** What stands before brackets: {@code reshape[...]} and the like, or a value of which a part is taken. */
final class Indexing {

    private final Checking c;

    Indexing(Checking c) {
        this.c = c;
    }

    /** True for {@code rearrange[...]}, {@code einsum[...]} and a built-in function with its brackets. */
    boolean isPattern(Expr expr, Env env) {
        return switch (expr) {
            case Expr.Rearrange r -> true;
            case Expr.Einsum e -> true;
            case Expr.Index i -> bracket(i, env).isPresent();
            default -> false;
        };
    }

    private static Optional<Builtin> bracket(Expr.Index index, Env env) {
        return index.target() instanceof Expr.Name n
                        && env.scope().find(n.name()).isEmpty()
                        && env.home().find(n.name()).isEmpty()
                ? Builtins.named(n.name()).filter(Builtin::brackets)
                : Optional.empty();
    }

    /** What {@link #isPattern} is true for, applied to the values before {@code ->} and in parentheses. */
    Val pattern(Expr expr, List<Arguments.Given> piped, List<Expr.Argument> arguments, At at) {
        return switch (expr) {
            case Expr.Rearrange r ->
                new Rearranging(c).rearrange(r, c.calls().inputs(piped, arguments, at.env()), at.env());
            case Expr.Einsum e -> new Contraction(c).einsum(e, c.calls().inputs(piped, arguments, at.env()), at.env());
            case Expr.Index i -> {
                Builtin builtin = bracket(i, at.env()).orElseThrow();
                yield builtin.bracket().orElseThrow().apply(new BracketCall(c, builtin, i, piped, arguments, at));
            }
            default -> throw new IllegalStateException("no pattern: " + expr);
        };
    }

    /** A stage with brackets: only a function can stand there. */
    Val stage(Expr.Index index, List<Arguments.Given> piped, Env env) {
        if (isPattern(index, env)) {
            return pattern(index, piped, List.of(), new At(index.span(), env));
        }
        Val value = index(index, env);
        return switch (value) {
            case Val.Poison p -> p;
            case Val.Function f -> c.calls().function(f.ref(), piped, List.of(), new At(index.span(), env));
            case Val other ->
                c.fail(Diagnostic.error(
                        "NND0207",
                        index.span(),
                        "`->` leads to a layer or a function, and this is " + Val.describe(other)));
        };
    }

    /** An index as written. */
    Val index(Expr.Index index, Env env) {
        if (isPattern(index, env)) {
            return pattern(index, List.of(), List.of(), new At(index.span(), env));
        }
        Val target = c.expressions().eval(index.target(), env);
        return switch (target) {
            case Val.Const(Constant.ListOf(List<Constant> items)) ->
                items(items.stream().map(c::value).toList(), "the list has", index, env);
            case Val.Tuple t -> items(t.items(), "there are", index, env);
            case Val.Outputs o -> items(List.copyOf(o.values()), "`" + o.of() + "` has", index, env);
            case Val.Tensor t -> new TensorIndex(c).index(t, index, env);
            case Val.Poison p -> p;
            case Val.Function f -> notBracketed(f, index);
            case Val other ->
                c.fail(Diagnostic.error("NND0205", index.span(), Val.describe(other) + " cannot be indexed"));
        };
    }

    private Val notBracketed(Val.Function f, Expr.Index index) {
        String name = f.ref().name();
        return c.fail(Diagnostic.error(
                        "NND0205", index.span(), "`" + name + "` takes its arguments in parentheses, not in brackets")
                .help("write `" + inParentheses(index, name) + "`")
                .fix(index.span(), inParentheses(index, name)));
    }

    private static String inParentheses(Expr.Index index, String name) {
        return name + index.items().stream().map(i -> i.span().text()).collect(Collectors.joining(", ", "(", ")"));
    }

    /** One item by its number, or several as a slice. */
    private Val items(List<Val> items, String has, Expr.Index index, Env env) {
        if (index.items().size() != 1) {
            return c.fail(Diagnostic.error(
                            "NND0205",
                            index.span(),
                            has + " one index, got " + index.items().size())
                    .help("write `[a][b]` for an item of an item"));
        }
        return switch (index.items().getFirst()) {
            case Expr.IndexItem.At a -> item(items, has, a, env);
            case Expr.IndexItem.Slice s -> slice(items, has, s, env);
        };
    }

    private Val item(List<Val> items, String has, Expr.IndexItem.At at, Env env) {
        Optional<Long> number = c.expressions().constant(at.value(), env, "an index");
        if (number.isEmpty()) {
            return Val.POISON;
        }
        long from = number.get() < 0 ? number.get() + items.size() : number.get();
        return from < 0 || from >= items.size()
                ? outside(items, has, number.get(), at.value().span())
                : items.get((int) from);
    }

    private Val outside(List<Val> items, String has, long number, Span span) {
        return c.fail(Diagnostic.error(
                "NND0221",
                span,
                has + " " + items.size() + (items.size() == 1 ? " item" : " items") + ", there is no item " + number
                        + (items.isEmpty() ? "" : "; the first is 0")));
    }

    private Val slice(List<Val> items, String has, Expr.IndexItem.Slice slice, Env env) {
        Optional<Long> from = bound(slice.from(), 0, env);
        Optional<Long> to = bound(slice.to(), items.size(), env);
        Optional<Long> step = bound(slice.step(), 1, env);
        if (from.isEmpty() || to.isEmpty() || step.isEmpty()) {
            return Val.POISON;
        }
        long first = from.get() < 0 ? from.get() + items.size() : from.get();
        long last = to.get() < 0 ? to.get() + items.size() : to.get();
        if (first < 0 || first > items.size() || last < 0 || last > items.size()) {
            return outside(items, has, first < 0 || first > items.size() ? from.get() : to.get(), slice.span());
        }
        if (step.get() < 1) {
            return c.fail(
                    Diagnostic.error("NND0353", slice.span(), "the step of a slice is at least 1, got " + step.get())
                            .help("`reverse(list)` turns a list around"));
        }
        var taken = new ArrayList<Val>();
        for (long i = first; i < last; i += step.get()) {
            taken.add(items.get((int) i));
        }
        return Lists.of(taken);
    }

    private Optional<Long> bound(Optional<Expr> written, long otherwise, Env env) {
        return written.isEmpty() ? Optional.of(otherwise) : c.expressions().constant(written.get(), env, "an index");
    }
}
