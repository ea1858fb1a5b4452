package dev.nnd.compiler.check;

import dev.nnd.compiler.ast.Expr;
import dev.nnd.compiler.type.Constant;
import dev.nnd.compiler.type.Dim;
import dev.nnd.compiler.type.DimCondition;
import dev.nnd.compiler.typed.Primitive;
import dev.nnd.grammar.Diagnostic;
import dev.nnd.grammar.Span;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * {@code rearrange[N, T, (heads d) -> N, heads, T, d]}: axes are named on the left and put in another order, split and
 * joined on the right. A name that is an int in scope has its size; one unknown size in a group follows by division.
 */
final class Rearranging {

    /** An axis of the pattern: what it is called, its size once known, and where it is written. */
    private static final class Atom {
        private final String key;
        private final Span span;
        private final Optional<Dim> given;
        private Optional<Dim> size;
        private boolean used;

        Atom(String key, Span span, Optional<Dim> given) {
            this.key = key;
            this.span = span;
            this.given = given;
            this.size = given;
        }

        String text() {
            return key.substring(key.indexOf('#') + 1);
        }
    }

    private final Checking c;
    private final Bounds bounds;
    private final Map<String, Atom> atoms = new LinkedHashMap<>();
    private final Map<String, Integer> literals = new HashMap<>();
    private int rest = -1;
    private int restRank;

    Rearranging(Checking c) {
        this.c = c;
        this.bounds = new Bounds(c);
    }

    Val rearrange(Expr.Rearrange pattern, List<Arguments.Given> values, Env env) {
        if (values.size() != 1) {
            return c.fail(Diagnostic.error(
                            "NND0205", pattern.span(), "`rearrange[...]` works on one value, got " + values.size())
                    .help("write `x -> rearrange[n, t, d -> t, n, d]`"));
        }
        Val value = values.getFirst().value();
        if (value instanceof Val.Tensor x) {
            var at = new At(pattern.span(), env);
            Optional<List<List<Atom>>> left = left(pattern.from(), x, env);
            Optional<List<List<Atom>>> right = left.isEmpty() ? Optional.empty() : right(pattern.to(), env);
            return right.isPresent() ? build(x, left.get(), right.get(), at) : Val.POISON;
        }
        if (value instanceof Val.Poison) {
            return value;
        }
        Diagnostic error = Diagnostic.error(
                "NND0205", pattern.span(), "`rearrange[...]` takes a tensor, got " + Val.describe(value));
        return c.fail(value instanceof Val.Outputs o ? Arithmetic.several(error, o) : error);
    }

    // The left side

    private Optional<List<List<Atom>>> left(List<Expr.Axis> pattern, Val.Tensor x, Env env) {
        var groups = new ArrayList<List<Atom>>();
        for (Expr.Axis axis : pattern) {
            if (isRest(axis)) {
                if (rest >= 0 || axis.group()) {
                    return empty(Diagnostic.error(
                            "NND0355",
                            axis.span(),
                            rest >= 0
                                    ? "a pattern has one `...`"
                                    : "`...` stands alone on the left; there is nothing to split it by"));
                }
                rest = groups.size();
                continue;
            }
            Optional<List<Atom>> group = group(axis, env);
            if (group.isEmpty()) {
                return Optional.empty();
            }
            groups.add(group.get());
        }
        if (!ranks(pattern, groups.size(), x)) {
            return Optional.empty();
        }
        for (int i = 0; i < restRank; i++) {
            var atom = new Atom(
                    "..." + i, pattern.getFirst().span(), Optional.of(x.type().dim(rest + i)));
            atoms.put(atom.key, atom);
            groups.add(rest + i, List.of(atom));
        }
        return sizes(groups, x) ? Optional.of(groups) : Optional.empty();
    }

    private static boolean isRest(Expr.Axis axis) {
        return axis.parts().stream().anyMatch(p -> p instanceof Expr.Ellipsis);
    }

    private <T> Optional<T> empty(Diagnostic found) {
        c.report(found);
        return Optional.empty();
    }

    private Optional<List<Atom>> group(Expr.Axis axis, Env env) {
        var group = new ArrayList<Atom>();
        for (Expr part : axis.parts()) {
            String key = key(part);
            Atom before = atoms.get(key);
            if (before != null) {
                return empty(Diagnostic.error(
                                "NND0356", part.span(), "the axis `" + before.text() + "` is named twice on the left")
                        .label(before.span, "the first is here"));
            }
            var atom = new Atom(key, part.span(), size(part, env));
            atoms.put(key, atom);
            group.add(atom);
        }
        return Optional.of(group);
    }

    /** A literal is known by its value and how often it came before. */
    private String key(Expr part) {
        return switch (part) {
            case Expr.Name n -> n.name();
            case Expr.IntLiteral i -> literals.merge(i.value().toString(), 1, Integer::sum) + "#" + i.value();
            case Expr other -> other.span().text();
        };
    }

    /** The size that a name or literal has of itself. */
    private static Optional<Dim> size(Expr part, Env env) {
        return switch (part) {
            case Expr.Name n ->
                env.scope()
                        .find(n.name())
                        .map(Scope.Entry::value)
                        .flatMap(v -> v instanceof Val.Const(Constant.Int(Dim d)) ? Optional.of(d) : Optional.empty());
            case Expr.IntLiteral i -> Optional.of(Dim.of(i.value().longValueExact()));
            case Expr other -> Optional.empty();
        };
    }

    private boolean ranks(List<Expr.Axis> pattern, int named, Val.Tensor x) {
        int rank = x.type().rank();
        restRank = rest >= 0 ? rank - named : 0;
        if (rest >= 0 ? restRank >= 0 : rank == named) {
            return true;
        }
        Span span = pattern.getFirst().span().to(pattern.getLast().span());
        Diagnostic error = x.trace()
                .mark(Diagnostic.error(
                        "NND0355",
                        span,
                        "the pattern has " + named + (named == 1 ? " axis" : " axes") + ", but the value is " + x.type()
                                + " with " + rank));
        c.report(rank > named ? error.help("`...` stands for axes that the pattern leaves alone") : error);
        return false;
    }

    private boolean sizes(List<List<Atom>> groups, Val.Tensor x) {
        boolean ok = true;
        for (int i = 0; i < groups.size() && ok; i++) {
            if (groups.get(i).size() == 1) {
                ok = single(groups.get(i).getFirst(), x, i);
            }
        }
        for (int i = 0; i < groups.size() && ok; i++) {
            if (groups.get(i).size() > 1) {
                ok &= group(groups.get(i), x, i);
            }
        }
        return ok;
    }

    private boolean single(Atom atom, Val.Tensor x, int axis) {
        Dim dim = x.type().dim(axis);
        if (atom.given.isEmpty() || bounds.equal(atom.given.get(), dim)) {
            atom.size = Optional.of(dim);
            return true;
        }
        Diagnostic error = Diagnostic.error(
                "NND0358",
                atom.span,
                "the axis `" + atom.text() + "` is " + atom.given.get() + " here, but dim " + axis + " of " + x.type()
                        + " is " + dim);
        c.report(c.dims()
                .unequal(x.trace().mark(error), atom.given.get(), dim)
                .help("a name that is no dim or int in scope takes any size"));
        return false;
    }

    private boolean group(List<Atom> group, Val.Tensor x, int axis) {
        List<Atom> open = group.stream().filter(a -> a.size.isEmpty()).toList();
        Dim dim = x.type().dim(axis);
        Dim known = Dim.product(group.stream().flatMap(a -> a.size.stream()).toList());
        String text = group.stream().map(Atom::text).collect(Collectors.joining(" ", "(", ")"));
        if (open.size() > 1) {
            String names = open.stream().map(a -> "`" + a.text() + "`").collect(Collectors.joining(" and "));
            c.report(Diagnostic.error(
                            "NND0358", open.getFirst().span, "the sizes of " + names + " do not follow from " + dim)
                    .help("name all but one by an int parameter, a `let` or a number"));
            return false;
        }
        Dim quotient = dim.floorDivide(known);
        if (!bounds.equal(open.isEmpty() ? known : known.times(quotient), dim)) {
            c.report(uneven(text, dim, known, open, group, x, axis));
            return false;
        }
        open.forEach(a -> a.size = Optional.of(quotient));
        return true;
    }

    private Diagnostic uneven(
            String text, Dim dim, Dim known, List<Atom> open, List<Atom> group, Val.Tensor x, int axis) {
        Span span = group.getFirst().span.to(group.getLast().span);
        String sizes = group.stream()
                .filter(a -> a.size.isPresent() && !a.text().equals(a.size.get().toString()))
                .map(a -> "`" + a.text() + "` is " + a.size.get())
                .collect(Collectors.joining(", "));
        if (open.isEmpty()) {
            Diagnostic error = Diagnostic.error(
                    "NND0358", span, text + " makes " + known + ", but dim " + axis + " of " + x.type() + " is " + dim);
            return noted(c.dims().unequal(x.trace().mark(error), known, dim), sizes);
        }
        Diagnostic error = Diagnostic.error(
                "NND0358",
                span,
                dim + " does not divide by " + known + ", so `"
                        + open.getFirst().text() + "` in " + text + " has no size");
        return c.dims().unless(noted(x.trace().mark(error), sizes), DimCondition.divisible(dim, known));
    }

    private static Diagnostic noted(Diagnostic error, String note) {
        return note.isEmpty() ? error : error.note(note);
    }

    // The right side

    private Optional<List<List<Atom>>> right(List<Expr.Axis> pattern, Env env) {
        literals.clear();
        var groups = new ArrayList<List<Atom>>();
        boolean ok = true;
        for (Expr.Axis axis : pattern) {
            var group = new ArrayList<Atom>();
            for (Expr part : axis.parts()) {
                ok &= part(part, group, env);
            }
            if (!axis.group() && isRest(axis)) {
                group.forEach(a -> groups.add(List.of(a)));
            } else {
                groups.add(group);
            }
        }
        return ok && complete(pattern) ? Optional.of(groups) : Optional.empty();
    }

    private boolean part(Expr part, List<Atom> group, Env env) {
        if (part instanceof Expr.Ellipsis) {
            return restOnTheRight(part, group);
        }
        Atom atom = atoms.get(key(part));
        if (atom == null) {
            return fresh(part, env);
        }
        if (atom.used) {
            c.report(Diagnostic.error(
                            "NND0356", part.span(), "the axis `" + atom.text() + "` is named twice on the right")
                    .help("`tile` and `repeat` make copies"));
            return false;
        }
        atom.used = true;
        group.add(atom);
        return true;
    }

    private boolean restOnTheRight(Expr part, List<Atom> group) {
        List<Atom> all =
                atoms.values().stream().filter(a -> a.key.startsWith("...")).toList();
        boolean again = all.stream().anyMatch(a -> a.used);
        if (rest < 0 || again) {
            c.report(Diagnostic.error(
                    "NND0357",
                    part.span(),
                    again ? "`...` is there twice on the right" : "there is no `...` on the left"));
            return false;
        }
        all.forEach(a -> a.used = true);
        group.addAll(all);
        return true;
    }

    /** An axis that the left side does not have: only 1 can be new. */
    private boolean fresh(Expr part, Env env) {
        Optional<Dim> size = size(part, env);
        if (size.isPresent() && size.get().is(1)) {
            return true;
        }
        List<String> names =
                atoms.values().stream().filter(a -> !a.used).map(Atom::text).toList();
        Diagnostic error = Diagnostic.error(
                "NND0357", part.span(), "there is no axis `" + part.span().text() + "` on the left");
        Optional<String> near = part instanceof Expr.Name n ? Nearest.to(n.name(), names) : Optional.empty();
        c.report(
                near.isEmpty() && size.isPresent()
                        ? error.help(
                                "`rearrange` makes no copies; a new axis of `1` can be stretched with `broadcast_to`")
                        : Expressions.suggest(error, part.span(), near));
        return false;
    }

    private boolean complete(List<Expr.Axis> pattern) {
        List<Atom> missing = atoms.values().stream()
                .filter(a -> !a.used && !(a.size.isPresent() && a.size.get().is(1)))
                .toList();
        if (missing.isEmpty()) {
            return true;
        }
        String names = missing.stream()
                .map(a -> a.key.startsWith("...") ? "`...`" : "`" + a.text() + "`")
                .distinct()
                .collect(Collectors.joining(" and "));
        Span span = pattern.getFirst().span().to(pattern.getLast().span());
        c.report(Diagnostic.error("NND0356", span, "the right side leaves out " + names)
                .label(missing.getFirst().span, "named here")
                .help("every axis goes somewhere; to sum one away use `sum(x, axis: ...)` or `einsum[...]`"));
        return false;
    }

    private Val build(Val.Tensor x, List<List<Atom>> left, List<List<Atom>> right, At at) {
        List<Atom> from = left.stream()
                .flatMap(List::stream)
                .filter(a -> a.used || !a.size.orElseThrow().is(1))
                .toList();
        List<Atom> to = right.stream().flatMap(List::stream).toList();
        Val.Tensor split =
                Reshaping.to(c, x, from.stream().map(a -> a.size.orElseThrow()).toList(), at);
        List<Integer> permutation = to.stream().map(from::indexOf).toList();
        Val.Tensor moved = permuted(c, split, permutation, at);
        List<Dim> dims = right.stream()
                .map(g -> Dim.product(g.stream().map(a -> a.size.orElseThrow()).toList()))
                .toList();
        Val.Tensor made = Reshaping.to(c, moved, dims, at);
        return made.with(c.trace(x, made.type(), at.span(), Optional.empty()));
    }

    /** The axes in another order. */
    static Val.Tensor permuted(Checking c, Val.Tensor x, List<Integer> permutation, At at) {
        boolean same = true;
        var dims = new ArrayList<Dim>();
        for (int i = 0; i < permutation.size(); i++) {
            same &= permutation.get(i) == i;
            dims.add(x.type().dim(permutation.get(i)));
        }
        if (same) {
            return x;
        }
        List<Constant> attributes = List.of(
                TensorIndex.ints(permutation.stream().map(i -> Dim.of((long) i)).toList()));
        Val.Tensor made =
                c.apply(Primitive.TRANSPOSE, List.of(x), attributes, x.type().withDims(dims), at);
        return new Val.Tensor(made.expr(), made.trace(), x.classes());
    }
}
