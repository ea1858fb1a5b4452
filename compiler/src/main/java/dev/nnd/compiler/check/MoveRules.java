package dev.nnd.compiler.check;

import dev.nnd.compiler.ast.Expr;
import dev.nnd.compiler.type.Constant;
import dev.nnd.compiler.type.Dim;
import dev.nnd.compiler.type.TensorType;
import dev.nnd.compiler.typed.Primitive;
import dev.nnd.grammar.Diagnostic;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/** Shape rules of what copies or moves elements: {@code flip}, {@code roll}, {@code tile}, {@code broadcast_to} and the like. */
final class MoveRules {

    private MoveRules() {}

    /** {@code flip(x, axis: 1)} or of several axes. */
    static Val flip(BuiltinCall call) {
        Optional<Val.Tensor> x = call.tensor("x");
        Optional<List<Integer>> axes = x.flatMap(t ->
                call.has("axis") ? Axes.several(call, t) : Axes.needed(call, t).map(List::of));
        return axes.isEmpty()
                ? Val.POISON
                : call.c()
                        .apply(
                                Primitive.FLIP,
                                List.of(x.get()),
                                List.of(TensorIndex.ints(axes.get().stream()
                                        .map(a -> Dim.of((long) a))
                                        .toList())),
                                x.get().type(),
                                call.at());
    }

    /** {@code roll(x, 1, axis: 1)}: what leaves at the end comes in at the start. */
    static Val roll(BuiltinCall call) {
        Optional<Val.Tensor> x = call.tensor("x");
        Optional<Dim> shift = call.dim("shift");
        Optional<Integer> axis = x.flatMap(t -> Axes.needed(call, t));
        return axis.isEmpty() || shift.isEmpty()
                ? Val.POISON
                : call.c()
                        .apply(
                                Primitive.ROLL,
                                List.of(x.get()),
                                List.of(new Constant.Int(shift.get()), Axes.constant(axis.get())),
                                x.get().type(),
                                call.at());
    }

    /** {@code tile(x, 3, axis: 1)}: the whole axis again and again. */
    static Val tile(BuiltinCall call) {
        return copies(call, 0);
    }

    /** {@code repeat(x, 3, axis: 1)}: each entry again and again. */
    static Val repeat(BuiltinCall call) {
        return copies(call, 1);
    }

    /** Copies along a new axis before or behind the one that is named, joined with it. */
    private static Val copies(BuiltinCall call, int behind) {
        Optional<Val.Tensor> x = call.tensor("x");
        Optional<Dim> count = call.dim("count");
        Optional<Integer> axis = x.flatMap(t -> Axes.needed(call, t));
        if (axis.isEmpty() || count.isEmpty()) {
            return Val.POISON;
        }
        if (count.get().constant().orElse(1) < 1) {
            return call.fail(Diagnostic.error(
                    "NND0320",
                    call.span("count"),
                    "`count` of `" + call.name() + "` is at least 1, got " + count.get()));
        }
        Checking c = call.c();
        var dims = new ArrayList<>(x.get().type().dims());
        int at = axis.get() + behind;
        dims.add(at, Dim.ONE);
        Val.Tensor raised = Reshaping.to(c, x.get(), dims, call.at());
        dims.set(at, count.get());
        Val.Tensor wide = broadcast(c, raised, dims, call.at());
        TensorType type = Axes.with(
                x.get().type(), axis.get(), x.get().type().dim(axis.get()).times(count.get()));
        Val.Tensor made = Reshaping.to(c, wide, type.dims(), call.at());
        return made.with(c.trace(x.get(), type, call.at().span(), Optional.empty()));
    }

    /** {@link Primitive#BROADCAST} to dims that are known to fit. */
    static Val.Tensor broadcast(Checking c, Val.Tensor x, List<Dim> dims, At at) {
        if (x.type().dims().equals(dims)) {
            return x;
        }
        return c.apply(
                Primitive.BROADCAST,
                List.of(x),
                List.of(TensorIndex.ints(dims)),
                x.type().withDims(dims),
                at);
    }

    /** {@code broadcast_to[N, 3, 8]}: dims of 1 are stretched, missing ones are put in front. */
    static Val broadcastTo(BracketCall call) {
        Optional<List<Expr>> items = call.items();
        Optional<Val.Tensor> x = call.tensor();
        Optional<List<Dim>> dims =
                items.flatMap(i -> call.c().types().dims(i, call.at().env()));
        if (x.isEmpty() || dims.isEmpty()) {
            return Val.POISON;
        }
        TensorType type = x.get().type();
        int more = dims.get().size() - type.rank();
        boolean fits = more >= 0;
        for (int i = 0; fits && i < type.rank(); i++) {
            Dim have = type.dim(i);
            fits = have.is(1) || new Bounds(call.c()).equal(have, dims.get().get(i + more));
        }
        if (!fits) {
            return call.c()
                    .fail(x.get()
                            .trace()
                            .mark(call.error(
                                    "NND0363",
                                    "`broadcast_to` cannot make " + type.withDims(dims.get()) + " of " + type))
                            .note("dims are compared from the last one; each is equal or 1, and missing ones are put in"
                                    + " front"));
        }
        return broadcast(call.c(), x.get(), dims.get(), call.at());
    }

    /** {@code permute[0, 2, 1]}: the axes in that order. */
    static Val permute(BracketCall call) {
        Optional<List<Expr>> items = call.items();
        Optional<Val.Tensor> x = call.tensor();
        if (x.isEmpty() || items.isEmpty()) {
            return Val.POISON;
        }
        var axes = new ArrayList<Integer>();
        for (Expr item : items.get()) {
            Optional<Dim> written = call.c().types().integer(item, call.at().env(), "an axis");
            Optional<Integer> axis = written.flatMap(w -> ShapeRules.axis(call.c(), w, x.get(), item.span()));
            if (axis.isEmpty()) {
                return Val.POISON;
            }
            axes.add(axis.get());
        }
        int rank = x.get().type().rank();
        boolean all = axes.size() == rank && IntStream.range(0, rank).allMatch(axes::contains);
        if (!all) {
            return call.c()
                    .fail(x.get()
                            .trace()
                            .mark(call.error(
                                    "NND0363",
                                    "`permute` names each axis once: " + x.get().type() + " has the axes 0 to "
                                            + (rank - 1) + ", got "
                                            + String.join(
                                                    ", ",
                                                    axes.stream()
                                                            .map(String::valueOf)
                                                            .toList())))
                            .help("`rearrange[n, t, d -> n, d, t]` says it with names"));
        }
        return Rearranging.permuted(call.c(), x.get(), axes, call.at());
    }

    /** {@code swap_axes(x, 1, 2)}. */
    static Val swapAxes(BuiltinCall call) {
        Optional<Val.Tensor> x = call.tensor("x");
        Optional<Dim> a = call.dim("a");
        Optional<Dim> b = call.dim("b");
        if (x.isEmpty() || a.isEmpty() || b.isEmpty()) {
            return Val.POISON;
        }
        Optional<Integer> first = ShapeRules.axis(call.c(), a.get(), x.get(), call.span("a"));
        Optional<Integer> second = ShapeRules.axis(call.c(), b.get(), x.get(), call.span("b"));
        if (first.isEmpty() || second.isEmpty()) {
            return Val.POISON;
        }
        var axes = new ArrayList<>(
                IntStream.range(0, x.get().type().rank()).boxed().toList());
        Collections.swap(axes, first.get(), second.get());
        return Rearranging.permuted(call.c(), x.get(), axes, call.at());
    }

    /** {@code resize(image, [64, 64], mode: "bilinear")}: the last two dims of a picture. */
    static Val resize(BuiltinCall call) {
        Optional<Val.Tensor> x = call.tensor("x");
        Optional<String> mode = call.word("mode", "nearest", List.of("nearest", "bilinear"));
        Optional<Boolean> corners = call.has("align_corners") ? call.bool("align_corners") : Optional.of(false);
        Optional<List<Constant>> size = call.ints("size");
        if (x.isEmpty() || mode.isEmpty() || corners.isEmpty() || size.isEmpty()) {
            return Val.POISON;
        }
        TensorType type = x.get().type();
        if (type.rank() < 2 || !type.dtype().isFloat()) {
            return call.fail(x.get()
                    .trace()
                    .mark(call.error("NND0301", "`resize` takes floats [..., height, width], got " + type)));
        }
        List<Dim> sizes =
                size.get().stream().map(k -> ((Constant.Int) k).value()).toList();
        if (sizes.size() > 2 || sizes.stream().anyMatch(s -> s.constant().orElse(1) < 1)) {
            return call.fail(Diagnostic.error(
                    "NND0320", call.span("size"), "`size` of `resize` is a height and a width of at least 1"));
        }
        var dims = new ArrayList<>(type.dims());
        dims.set(type.rank() - 2, sizes.getFirst());
        dims.set(type.rank() - 1, sizes.getLast());
        List<Constant> attributes = List.of(new Constant.Text(mode.get()), new Constant.Bool(corners.get()));
        return call.c().apply(Primitive.RESIZE, List.of(x.get()), attributes, type.withDims(dims), call.at());
    }
}
