package dev.nnd.compiler.check;

import dev.nnd.compiler.type.Constant;
import dev.nnd.compiler.type.DType;
import dev.nnd.compiler.type.Dim;
import dev.nnd.compiler.type.TensorType;
import dev.nnd.compiler.typed.Primitive;
import dev.nnd.grammar.Diagnostic;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Shape rules of what reads or writes at computed indices. */
final class GatherRules {

    private GatherRules() {}

    /** {@code take(x, index, axis: 1)}: the axis is replaced by the dims of the index. */
    static Val take(BuiltinCall call) {
        Optional<Val.Tensor> x = call.tensor("x");
        Optional<Integer> axis = x.flatMap(t -> Axes.needed(call, t));
        if (axis.isEmpty()) {
            return Val.POISON;
        }
        if (call.value("index") instanceof Val.Const(Constant k)) {
            return entries(x.get(), axis.get(), k, call);
        }
        Optional<Val.Tensor> index = index(call);
        if (index.isEmpty()) {
            return Val.POISON;
        }
        TensorType type = x.get().type();
        var dims = new ArrayList<>(type.dims().subList(0, axis.get()));
        dims.addAll(index.get().type().dims());
        dims.addAll(type.dims().subList(axis.get() + 1, type.rank()));
        List<Val.Tensor> operands = List.of(x.get(), index.get());
        return call.c()
                .apply(Primitive.TAKE, operands, List.of(Axes.constant(axis.get())), type.withDims(dims), call.at());
    }

    /** Indices known at compile time: slices side by side. */
    private static Val entries(Val.Tensor x, int axis, Constant index, BuiltinCall call) {
        Optional<List<Constant>> written = call.ints("index");
        if (written.isEmpty()) {
            return Val.POISON;
        }
        Dim size = x.type().dim(axis);
        Val.Tensor shared = x.with(call.at().env().body().share(Optional.empty(), x.expr()));
        var parts = new ArrayList<Val.Tensor>();
        for (Constant item : written.get()) {
            Dim number = ((Constant.Int) item).value();
            Dim from = number.constant().orElse(0) < 0 ? number.plus(size) : number;
            String what = "index " + number + " of dim " + axis + ", which is " + size + ",";
            Diagnostic outside = Diagnostic.error(
                    "NND0350",
                    call.span("index"),
                    "there is no index " + number + " in dim " + axis + " of " + x.type());
            var bounds = new Bounds(call.c());
            boolean inside = bounds.atMost(Dim.ZERO, from, what, call.span("index"), x, outside)
                    && bounds.atMost(from.plus(Dim.ONE), size, what, call.span("index"), x, outside);
            if (!inside) {
                return Val.POISON;
            }
            parts.add(JoinRules.slice(call.c(), shared, axis, from, Dim.ONE, call.at()));
        }
        if (parts.isEmpty()) {
            return call.fail(Diagnostic.error("NND0352", call.span("index"), "`take` takes nothing"));
        }
        Val.Tensor all = parts.size() == 1
                ? parts.getFirst()
                : JoinRules.joined(call.c(), parts, axis, Dim.of(parts.size()), call.at());
        if (index instanceof Constant.Int) {
            var dims = new ArrayList<>(all.type().dims());
            dims.remove(axis);
            return Reshaping.to(call.c(), all, dims, call.at());
        }
        return all;
    }

    private static Optional<Val.Tensor> index(BuiltinCall call) {
        Optional<Val.Tensor> index = call.tensor("index");
        if (index.isPresent() && index.get().type().dtype().kind() != DType.Kind.INTEGER) {
            call.fail(index.get()
                    .trace()
                    .mark(Diagnostic.error(
                            "NND0305",
                            call.span("index"),
                            "`index` of `" + call.name() + "` takes whole numbers, got "
                                    + index.get().type()))
                    .help("convert it with `cast[i32](...)`"));
            return Optional.empty();
        }
        return index;
    }

    /** {@code gather(x, index, axis: 1)}: for every place of the index the entry at that index of the axis. */
    static Val gather(BuiltinCall call) {
        Optional<Val.Tensor> x = call.tensor("x");
        Optional<Val.Tensor> index = index(call);
        Optional<Integer> axis = x.flatMap(t -> Axes.needed(call, t));
        if (axis.isEmpty() || index.isEmpty() || !aligned(x.get(), index.get(), "index", axis.get(), call)) {
            return Val.POISON;
        }
        TensorType type = index.get().type().as(x.get().type().dtype());
        List<Val.Tensor> operands = List.of(x.get(), index.get());
        return call.c().apply(Primitive.GATHER, operands, List.of(Axes.constant(axis.get())), type, call.at());
    }

    /** {@code scatter(x, index, source, axis: 1)}: x with entries of the source put in, or added, at the indices. */
    static Val scatter(Primitive primitive, BuiltinCall call) {
        Optional<Val.Tensor> x = call.tensor("x");
        Optional<Val.Tensor> index = index(call);
        Optional<Val.Tensor> source = call.tensor("source");
        Optional<Integer> axis = x.flatMap(t -> Axes.needed(call, t));
        boolean fits = axis.isPresent()
                && index.isPresent()
                && source.isPresent()
                && aligned(x.get(), index.get(), "index", axis.get(), call)
                && aligned(index.get(), source.get(), "source", -1, call);
        if (!fits) {
            return Val.POISON;
        }
        if (source.get().type().dtype() != x.get().type().dtype()) {
            return call.fail(source.get()
                    .trace()
                    .mark(call.error(
                            "NND0305",
                            "`" + call.name() + "` needs one dtype, got "
                                    + x.get().type() + " and " + source.get().type())));
        }
        List<Val.Tensor> operands = List.of(x.get(), index.get(), source.get());
        return call.c()
                .apply(
                        primitive,
                        operands,
                        List.of(Axes.constant(axis.get())),
                        x.get().type(),
                        call.at());
    }

    private static boolean aligned(Val.Tensor x, Val.Tensor other, String slot, int axis, BuiltinCall call) {
        TensorType a = x.type();
        TensorType b = other.type();
        boolean same = a.rank() == b.rank();
        for (int i = 0; same && i < a.rank(); i++) {
            same = i == axis || new Bounds(call.c()).equal(a.dim(i), b.dim(i));
        }
        if (!same) {
            Diagnostic error = Diagnostic.error(
                    "NND0364",
                    call.span(slot),
                    "`" + slot + "` of `" + call.name() + "` has the dims " + a.dims()
                            + (axis < 0 ? "" : " but for axis " + axis) + ", got " + b);
            call.fail(other.trace()
                    .mark(x.trace().mark(error))
                    .help(
                            call.name().equals("gather")
                                    ? "`take(x, index, axis: " + axis + ")` takes whole entries"
                                    : "the source has one entry for each index"));
        }
        return same;
    }
}
