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

/** Shape rules of what goes along an axis in order: sums so far, sorting, the largest entries. */
final class OrderRules {

    private OrderRules() {}

    /** {@code cumsum(x, axis: 1)} and the like. */
    static Val running(Primitive primitive, BuiltinCall call) {
        Optional<Val.Tensor> x = numbers(call);
        Optional<Integer> axis = x.flatMap(t -> Axes.needed(call, t));
        return axis.isEmpty()
                ? Val.POISON
                : call.c()
                        .apply(
                                primitive,
                                List.of(x.get()),
                                List.of(Axes.constant(axis.get())),
                                x.get().type(),
                                call.at());
    }

    private static Optional<Val.Tensor> numbers(BuiltinCall call) {
        Optional<Val.Tensor> x = call.tensor("x");
        if (x.isPresent() && x.get().type().dtype() == DType.BOOL) {
            call.fail(x.get()
                    .trace()
                    .mark(call.error(
                            "NND0305",
                            "`" + call.name() + "` does not work on " + x.get().type()))
                    .help("convert it with `cast[i32](...)`"));
            return Optional.empty();
        }
        return x;
    }

    /** {@code sort(x)} and {@code argsort(x)}: along the last axis unless another is named. */
    static Val sort(Primitive primitive, BuiltinCall call) {
        Optional<Val.Tensor> x = numbers(call);
        Optional<Integer> axis = x.flatMap(t -> Axes.last(call, t));
        Optional<Boolean> descending = call.has("descending") ? call.bool("descending") : Optional.of(false);
        if (axis.isEmpty() || descending.isEmpty()) {
            return Val.POISON;
        }
        TensorType type = x.get().type();
        List<Constant> attributes = List.of(Axes.constant(axis.get()), new Constant.Bool(descending.get()));
        return call.c()
                .apply(
                        primitive,
                        List.of(x.get()),
                        attributes,
                        primitive == Primitive.ARGSORT ? type.as(DType.I32) : type,
                        call.at());
    }

    /** {@code top_k(x, 5)}: outputs {@code values} and {@code indices}, the largest first. */
    static Val topK(BuiltinCall call) {
        Optional<Val.Tensor> x = numbers(call);
        Optional<Dim> k = call.dim("k");
        Optional<Integer> axis = x.flatMap(t -> Axes.last(call, t));
        if (axis.isEmpty() || k.isEmpty()) {
            return Val.POISON;
        }
        Dim size = x.get().type().dim(axis.get());
        String what = "`top_k` of " + k.get() + " along axis " + axis.get() + ", which is " + size + ",";
        Diagnostic few = Diagnostic.error(
                "NND0367",
                call.span("k"),
                "`top_k` cannot take " + k.get() + " entries of dim " + axis.get() + " of "
                        + x.get().type());
        var bounds = new Bounds(call.c());
        boolean fits = bounds.atMost(Dim.ONE, k.get(), what, call.span("k"), x.get(), few)
                && bounds.atMost(k.get(), size, what, call.span("k"), x.get(), few);
        if (!fits) {
            return Val.POISON;
        }
        Val.Tensor shared = x.get()
                .with(call.at().env().body().share(Optional.empty(), x.get().expr()));
        TensorType type = Axes.with(x.get().type(), axis.get(), k.get());
        List<Constant> attributes = List.of(new Constant.Int(k.get()), Axes.constant(axis.get()));
        Val.Tensor values = call.c().apply(Primitive.TOP_K, List.of(shared), attributes, type, call.at());
        Val.Tensor indices =
                call.c().apply(Primitive.ARG_TOP_K, List.of(shared), attributes, type.as(DType.I32), call.at());
        return new Val.Outputs("top_k", List.of("values", "indices"), List.of(values, indices));
    }

    /** The value with the axis put last, and the way back; for functions that know the last axis only. */
    static Val.Tensor lastAxis(Checking c, Val.Tensor x, int axis, At at) {
        return Rearranging.permuted(c, x, order(x.type().rank(), axis), at);
    }

    /** All axes but one, then that one. */
    private static List<Integer> order(int rank, int axis) {
        var order = new ArrayList<Integer>();
        for (int i = 0; i < rank; i++) {
            if (i != axis) {
                order.add(i);
            }
        }
        order.add(axis);
        return order;
    }

    /** Undoes {@link #lastAxis}. */
    static Val.Tensor back(Checking c, Val.Tensor x, int axis, At at) {
        List<Integer> order = order(x.type().rank(), axis);
        var back = new ArrayList<Integer>();
        for (int i = 0; i < order.size(); i++) {
            back.add(order.indexOf(i));
        }
        return Rearranging.permuted(c, x, back, at);
    }
}
