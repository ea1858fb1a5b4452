package dev.nnd.compiler.check;

import dev.nnd.compiler.ast.Expr;
import dev.nnd.compiler.type.Constant;
import dev.nnd.compiler.type.Dim;
import dev.nnd.compiler.type.DimCondition;
import dev.nnd.compiler.typed.Primitive;
import dev.nnd.grammar.Diagnostic;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;

/** Shape rules of {@code reshape[...]}, {@code squeeze[...]} and {@code unsqueeze[...]}. */
final class Reshaping {

    private Reshaping() {}

    /** {@code reshape[N, 128, -1]}: one dim may be -1, which stands for what is left. */
    static Val reshape(BracketCall call) {
        Optional<List<Expr>> items = call.items();
        Optional<Val.Tensor> x = call.tensor();
        return items.isPresent() && x.isPresent() ? reshape(x.get(), items.get(), call.c(), call.at()) : Val.POISON;
    }

    private static Val reshape(Val.Tensor x, List<Expr> items, Checking c, At at) {
        var dims = new ArrayList<Dim>();
        int open = -1;
        for (Expr item : items) {
            if (isMinusOne(item)) {
                if (open >= 0) {
                    return c.fail(Diagnostic.error("NND0310", item.span(), "only one dim of `reshape` can be -1"));
                }
                open = dims.size();
                dims.add(Dim.ONE);
                continue;
            }
            Optional<List<Dim>> some = c.types().dims(List.of(item), at.env());
            if (some.isEmpty()) {
                return Val.POISON;
            }
            dims.addAll(some.get());
        }
        Dim have = x.type().elements();
        Dim want = Dim.product(dims);
        if (open >= 0) {
            Dim left = have.floorDivide(want);
            if (!c.same(left.times(want), have)) {
                return mismatch(x, dims, open, have, want, c, at);
            }
            dims.set(open, left);
        } else if (!c.same(have, want)) {
            return mismatch(x, dims, open, have, want, c, at);
        }
        return to(c, x, dims, at);
    }

    private static boolean isMinusOne(Expr item) {
        return item instanceof Expr.Unary(Expr.UnaryOperator operator, Expr.IntLiteral one, var span)
                && operator == Expr.UnaryOperator.NEGATE
                && one.value().equals(java.math.BigInteger.ONE);
    }

    private static Val mismatch(Val.Tensor x, List<Dim> dims, int open, Dim have, Dim want, Checking c, At at) {
        Diagnostic error = Diagnostic.error(
                "NND0310",
                at.span(),
                open >= 0
                        ? "`reshape` cannot divide " + have + " elements by " + want
                        : "`reshape` needs the same number of elements: " + x.type() + " has " + have + ", "
                                + x.type().withDims(dims) + " has " + want);
        Diagnostic marked = x.trace().mark(error);
        return c.fail(
                open < 0
                        ? c.dims().unequal(marked, have, want)
                        : c.dims().unless(marked, DimCondition.divisible(have, want)));
    }

    /** {@code squeeze[-1]}: drops axes of length 1. */
    static Val squeeze(BracketCall call) {
        Optional<List<Expr>> items = call.items();
        Optional<Val.Tensor> x = call.tensor();
        return items.isPresent() && x.isPresent() ? squeeze(x.get(), items.get(), call.c(), call.at()) : Val.POISON;
    }

    private static Val squeeze(Val.Tensor x, List<Expr> items, Checking c, At at) {
        Optional<TreeSet<Integer>> axes = axes(x, items, c, at.env());
        if (axes.isEmpty()) {
            return Val.POISON;
        }
        var dims = new ArrayList<Dim>();
        for (int i = 0; i < x.type().rank(); i++) {
            if (!axes.get().contains(i)) {
                dims.add(x.type().dim(i));
            } else if (!x.type().dim(i).is(1)) {
                return c.fail(x.trace()
                        .mark(Diagnostic.error(
                                "NND0312",
                                at.span(),
                                "`squeeze` drops a dim of 1, and dim " + i + " of " + x.type() + " is "
                                        + x.type().dim(i))));
            }
        }
        return to(c, x, dims, at);
    }

    private static Optional<TreeSet<Integer>> axes(Val.Tensor x, List<Expr> items, Checking c, Env env) {
        var axes = new TreeSet<Integer>();
        for (Expr item : items) {
            Optional<Dim> written = c.types().integer(item, env, "an axis");
            Optional<Integer> axis =
                    written.isEmpty() ? Optional.empty() : ShapeRules.axis(c, written.get(), x, item.span());
            if (axis.isEmpty()) {
                return Optional.empty();
            }
            axes.add(axis.get());
        }
        return Optional.of(axes);
    }

    /** {@code unsqueeze[1]}: a new axis of length 1 before that axis of the result. */
    static Val unsqueeze(BracketCall call) {
        Optional<List<Expr>> items = call.items();
        Optional<Val.Tensor> x = call.tensor();
        return items.isPresent() && x.isPresent() ? unsqueeze(x.get(), items.get(), call.c(), call.at()) : Val.POISON;
    }

    private static Val unsqueeze(Val.Tensor x, List<Expr> items, Checking c, At at) {
        int rank = x.type().rank() + items.size();
        var places = new TreeSet<Integer>();
        for (Expr item : items) {
            Optional<Long> axis = c.expressions().constant(item, at.env(), "an axis");
            if (axis.isEmpty()) {
                return Val.POISON;
            }
            long from = axis.get() < 0 ? axis.get() + rank : axis.get();
            if (from < 0 || from >= rank) {
                return c.fail(x.trace()
                        .mark(Diagnostic.error(
                                "NND0311",
                                item.span(),
                                "there is no axis " + axis.get() + " in a result of " + rank + " dims")));
            }
            places.add((int) from);
        }
        var dims = new ArrayList<Dim>();
        int next = 0;
        for (int i = 0; i < x.type().rank() + places.size(); i++) {
            dims.add(places.contains(i) ? Dim.ONE : x.type().dim(next++));
        }
        return to(c, x, dims, at);
    }

    /** The same elements under other dims. */
    static Val.Tensor to(Checking c, Val.Tensor x, List<Dim> dims, At at) {
        if (dims.equals(x.type().dims())) {
            return x;
        }
        List<Constant> attributes = List.of(new Constant.ListOf(
                dims.stream().map(d -> (Constant) new Constant.Int(d)).toList()));
        Val.Tensor made =
                c.apply(Primitive.RESHAPE, List.of(x), attributes, x.type().withDims(dims), at);
        return new Val.Tensor(made.expr(), made.trace(), x.classes());
    }
}
