package dev.nnd.compiler.check;

import dev.nnd.compiler.ast.Expr;
import dev.nnd.compiler.type.Constant;
import dev.nnd.compiler.type.DType;
import dev.nnd.compiler.type.Dim;
import dev.nnd.compiler.type.TensorType;
import dev.nnd.compiler.typed.Primitive;
import dev.nnd.grammar.Diagnostic;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Parts of a tensor: {@code x[:, 0]}, {@code x[..., -1]}, {@code x[:, 1:T:2]}, {@code x[:, none]}. An int drops its axis,
 * a slice keeps it, {@code none} adds one of 1; axes that are not named are whole. Unlike in NumPy a bound outside of the
 * axis is an error, and so is a slice of nothing; where that depends on a free dim, every call is checked.
 */
final class TensorIndex {

    /** What is taken of one axis; no size drops it. */
    private record Part(Dim start, Dim size, long step, boolean dropped) {}

    private final Checking c;
    private final Bounds bounds;

    TensorIndex(Checking c) {
        this.c = c;
        this.bounds = new Bounds(c);
    }

    Val index(Val.Tensor x, Expr.Index index, Env env) {
        Optional<List<Part>> parts = parts(x, index, env);
        if (parts.isEmpty()) {
            return Val.POISON;
        }
        var at = new At(index.span(), env);
        Val.Tensor sliced = slice(x, parts.get(), at);
        Val.Tensor made = Reshaping.to(c, sliced, dims(index, parts.get()), at);
        return made.expr().equals(x.expr())
                ? x
                : made.with(c.trace(x, made.type(), at.span(), derivation(x, parts.get())));
    }

    private static Optional<String> derivation(Val.Tensor x, List<Part> parts) {
        for (int i = 0; i < parts.size(); i++) {
            Part part = parts.get(i);
            if (!part.dropped() && part.step() != 1) {
                Dim dim = x.type().dim(i).minus(part.start());
                return Optional.of("every " + part.step() + " of " + dim + " is " + part.size());
            }
        }
        return Optional.empty();
    }

    /** One part for every axis of the tensor. */
    private Optional<List<Part>> parts(Val.Tensor x, Expr.Index index, Env env) {
        TensorType type = x.type();
        int named = (int)
                index.items().stream().filter(i -> !isNone(i) && !isEllipsis(i)).count();
        var parts = new ArrayList<Part>();
        boolean rest = false;
        boolean ok = true;
        for (Expr.IndexItem item : index.items()) {
            if (isEllipsis(item)) {
                if (rest) {
                    c.report(Diagnostic.error(
                            "NND0355", item.span(), "an index has one `...`, which stands for all axes left"));
                    return Optional.empty();
                }
                rest = true;
                for (int left = type.rank() - named; left > 0; left--) {
                    parts.add(whole(type.dim(parts.size())));
                }
            } else if (!isNone(item)) {
                if (parts.size() >= type.rank()) {
                    c.report(x.trace()
                            .mark(Diagnostic.error(
                                    "NND0311", item.span(), "there are more indices than dims of " + type)));
                    return Optional.empty();
                }
                Optional<Part> part = part(x, parts.size(), item, env);
                ok &= part.isPresent();
                parts.add(part.orElse(whole(type.dim(parts.size()))));
            }
        }
        while (parts.size() < type.rank()) {
            parts.add(whole(type.dim(parts.size())));
        }
        return ok ? Optional.of(parts) : Optional.empty();
    }

    private static boolean isNone(Expr.IndexItem item) {
        return item instanceof Expr.IndexItem.At(Expr.NoneLiteral n, var s);
    }

    private static boolean isEllipsis(Expr.IndexItem item) {
        return item instanceof Expr.IndexItem.At(Expr.Ellipsis e, var s);
    }

    private static Part whole(Dim size) {
        return new Part(Dim.ZERO, size, 1, false);
    }

    private Optional<Part> part(Val.Tensor x, int axis, Expr.IndexItem item, Env env) {
        return switch (item) {
            case Expr.IndexItem.At a -> single(x, axis, a, env);
            case Expr.IndexItem.Slice s -> slice(x, axis, s, env);
        };
    }

    private Optional<Part> single(Val.Tensor x, int axis, Expr.IndexItem.At item, Env env) {
        Val value = c.expressions().eval(item.value(), env);
        if (!(value instanceof Val.Const(Constant.Int(Dim written)))) {
            noIndex(x, axis, item, value);
            return Optional.empty();
        }
        Dim size = x.type().dim(axis);
        Dim from = fromEnd(written) ? written.plus(size) : written;
        String what = "index " + written + " of dim " + axis + ", which is " + size + ",";
        Diagnostic outside = Diagnostic.error(
                        "NND0350", item.span(), "there is no index " + written + " in dim " + axis + " of " + x.type())
                .help("the indices are 0 to " + size.minus(Dim.ONE) + ", or -1 to " + Dim.ZERO.minus(size)
                        + " from the end");
        boolean inside = bounds.atMost(Dim.ZERO, from, what, item.span(), x, outside)
                && bounds.atMost(from.plus(Dim.ONE), size, what, item.span(), x, outside);
        return inside ? Optional.of(new Part(from, Dim.ONE, 1, true)) : Optional.empty();
    }

    /** A negative number counts from the end. */
    private boolean fromEnd(Dim written) {
        return c.assumptions().atMost(written, Dim.of(-1)).proved();
    }

    private void noIndex(Val.Tensor x, int axis, Expr.IndexItem.At item, Val value) {
        if (value instanceof Val.Poison) {
            return;
        }
        boolean mask = value instanceof Val.Tensor t && t.type().dtype() == DType.BOOL;
        boolean indices = value instanceof Val.Tensor t && !t.type().dtype().isFloat()
                || value instanceof Val.Const(Constant.ListOf l);
        Diagnostic error = Diagnostic.error(
                "NND0354", item.span(), "an index is an int known at compile time, got " + Val.describe(value));
        String of = item.span().text();
        if (mask) {
            error = error.note("how many elements a mask takes is not known before the program runs, so it has no type")
                    .help("keep the shape and replace what is masked out: `select(" + of + ", x, 0.0)`");
        } else if (indices) {
            error = error.help("take entries at indices with `take(x, " + of + ", axis: " + axis
                    + ")`, or one per entry with `gather(x, indices, axis: " + axis + ")`");
        }
        c.report(x.trace().mark(error));
    }

    private Optional<Part> slice(Val.Tensor x, int axis, Expr.IndexItem.Slice slice, Env env) {
        Dim size = x.type().dim(axis);
        Optional<Long> step = slice.step().isEmpty()
                ? Optional.of(1L)
                : c.expressions().constant(slice.step().get(), env, "the step of a slice");
        if (step.isPresent() && step.get() < 1) {
            c.report(Diagnostic.error("NND0353", slice.span(), "the step of a slice is at least 1, got " + step.get())
                    .help("`flip(x, axis: " + axis + ")` turns an axis around"));
            return Optional.empty();
        }
        Optional<Dim> from = bound(x, axis, slice.from(), Dim.ZERO, slice, env);
        Optional<Dim> to = bound(x, axis, slice.to(), size, slice, env);
        if (step.isEmpty() || from.isEmpty() || to.isEmpty()) {
            return Optional.empty();
        }
        Dim length = to.get().minus(from.get());
        Diagnostic empty = Diagnostic.error(
                "NND0352",
                slice.span(),
                "the slice takes nothing of dim " + axis + ", which is " + size + ": it goes from " + from.get()
                        + " to " + to.get());
        if (c.assumptions().atMost(Dim.ONE, length).refuted()) {
            c.report(x.trace().mark(empty));
            return Optional.empty();
        }
        Dim taken = length.plus(Dim.of(step.get() - 1)).floorDivide(Dim.of(step.get()));
        return Optional.of(new Part(from.get(), taken, step.get(), false));
    }

    private Optional<Dim> bound(
            Val.Tensor x, int axis, Optional<Expr> written, Dim otherwise, Expr.IndexItem.Slice slice, Env env) {
        if (written.isEmpty()) {
            return Optional.of(otherwise);
        }
        Val value = c.expressions().eval(written.get(), env);
        if (!(value instanceof Val.Const(Constant.Int(Dim number)))) {
            noBound(value, x, axis, written.get());
            return Optional.empty();
        }
        Dim size = x.type().dim(axis);
        Dim from = fromEnd(number) ? number.plus(size) : number;
        String what = "the bound " + number + " in dim " + axis + ", which is " + size + ",";
        Diagnostic outside = Diagnostic.error(
                        "NND0350",
                        written.get().span(),
                        "the bound " + number + " is outside of dim " + axis + " of " + x.type() + ", which is " + size)
                .help("leave a bound out to reach the end, as in `x[" + ":, ".repeat(Math.min(axis, 4)) + "2:]`");
        boolean inside = bounds.atMost(Dim.ZERO, from, what, slice.span(), x, outside)
                && bounds.atMost(from, size, what, slice.span(), x, outside);
        return inside ? Optional.of(from) : Optional.empty();
    }

    private void noBound(Val value, Val.Tensor x, int axis, Expr written) {
        if (!(value instanceof Val.Poison)) {
            c.report(x.trace()
                    .mark(Diagnostic.error(
                            "NND0354",
                            written.span(),
                            "a bound of dim " + axis + " is an int known at compile time, got "
                                    + Val.describe(value))));
        }
    }

    /** The parts, with every axis kept. */
    private Val.Tensor slice(Val.Tensor x, List<Part> parts, At at) {
        List<Dim> sizes = parts.stream().map(Part::size).toList();
        List<Dim> starts = parts.stream().map(Part::start).toList();
        boolean all = sizes.equals(x.type().dims()) && starts.stream().allMatch(d -> d.equals(Dim.ZERO));
        return all
                ? x
                : slice(
                        c,
                        x,
                        starts,
                        sizes,
                        parts.stream().map(p -> Dim.of(p.step())).toList(),
                        at);
    }

    /** {@link Primitive#SLICE} applied. */
    static Val.Tensor slice(Checking c, Val.Tensor x, List<Dim> starts, List<Dim> sizes, List<Dim> steps, At at) {
        List<Constant> attributes = List.of(ints(starts), ints(steps));
        Val.Tensor made =
                c.apply(Primitive.SLICE, List.of(x), attributes, x.type().withDims(sizes), at);
        return new Val.Tensor(made.expr(), made.trace(), x.classes());
    }

    /** Dims as a list among constants. */
    static Constant ints(List<Dim> dims) {
        return new Constant.ListOf(
                dims.stream().map(d -> (Constant) new Constant.Int(d)).toList());
    }

    /** The dims of the result: dropped axes left out, new ones put in. */
    private static List<Dim> dims(Expr.Index index, List<Part> parts) {
        var dims = new ArrayList<Dim>();
        int next = 0;
        int named = (int)
                index.items().stream().filter(i -> !isNone(i) && !isEllipsis(i)).count();
        for (Expr.IndexItem item : index.items()) {
            int axes = isNone(item) ? 0 : isEllipsis(item) ? Math.max(0, parts.size() - named) : 1;
            if (isNone(item)) {
                dims.add(Dim.ONE);
            }
            for (int i = 0; i < axes; i++) {
                Part part = parts.get(next++);
                if (!part.dropped()) {
                    dims.add(part.size());
                }
            }
        }
        while (next < parts.size()) {
            dims.add(parts.get(next++).size());
        }
        return dims;
    }
}
