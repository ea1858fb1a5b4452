package dev.nnd.compiler.check;

import dev.nnd.compiler.type.Constant;
import dev.nnd.compiler.type.Dim;
import dev.nnd.compiler.type.TensorType;
import dev.nnd.compiler.typed.Primitive;
import dev.nnd.grammar.Diagnostic;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Shape rules of {@code concat}, {@code stack}, {@code split} and {@code chunk}. */
final class JoinRules {

    private static final int MOST_PARTS = 10_000;

    private JoinRules() {}

    /** {@code concat(a, b, axis: 1)}, or of a list: equal dims but for the axis. */
    static Val concat(BuiltinCall call) {
        Optional<List<Val.Tensor>> values = tensors(call);
        Optional<Integer> axis = values.flatMap(v -> Axes.needed(call, v.getFirst()));
        return axis.isPresent() ? concat(values.get(), axis.get(), call) : Val.POISON;
    }

    private static Val concat(List<Val.Tensor> values, int axis, BuiltinCall call) {
        Val.Tensor first = values.getFirst();
        Dim size = Dim.ZERO;
        for (Val.Tensor value : values) {
            if (!alike(first, value, axis, call)) {
                return Val.POISON;
            }
            size = size.plus(value.type().dim(axis));
        }
        return values.size() == 1 ? first : joined(call.c(), values, axis, size, call.at());
    }

    /** {@link Primitive#CONCAT} of values that are known to fit. */
    static Val.Tensor joined(Checking c, List<Val.Tensor> values, int axis, Dim size, At at) {
        TensorType type = Axes.with(values.getFirst().type(), axis, size);
        Val.Tensor made = c.apply(Primitive.CONCAT, values, List.of(Axes.constant(axis)), type, at);
        List<String> sizes =
                values.stream().map(v -> v.type().dim(axis).toString()).toList();
        Optional<String> derivation =
                values.size() <= 8 ? Optional.of(String.join(" + ", sizes) + " = " + size) : Optional.empty();
        return made.with(c.trace(values.getFirst(), type, at.span(), derivation));
    }

    /** True if two values can be joined along an axis; with -1 for none, if they are of one type. */
    private static boolean alike(Val.Tensor first, Val.Tensor other, int axis, BuiltinCall call) {
        TensorType a = first.type();
        TensorType b = other.type();
        String what = "`" + call.name() + "`";
        if (a.dtype() != b.dtype()) {
            call.fail(other.trace()
                    .mark(first.trace().mark(call.error("NND0305", what + " needs one dtype, got " + a + " and " + b)))
                    .help("convert one, such as `cast[" + a.dtype().text() + "](...)`"));
            return false;
        }
        for (int i = 0; i < Math.max(a.rank(), b.rank()); i++) {
            boolean differ = a.rank() != b.rank() || (i != axis && !new Bounds(call.c()).equal(a.dim(i), b.dim(i)));
            if (differ) {
                String where = a.rank() != b.rank()
                        ? "their ranks differ"
                        : "dim " + i + " is " + a.dim(i) + " and " + b.dim(i);
                Diagnostic error = call.error(
                        "NND0360",
                        what + (axis < 0 ? "" : " along axis " + axis) + " cannot join " + a + " and " + b + ": "
                                + where);
                Diagnostic marked = other.trace().mark(first.trace().mark(error));
                call.fail(a.rank() == b.rank() ? call.c().dims().unequal(marked, a.dim(i), b.dim(i)) : marked);
                return false;
            }
        }
        return true;
    }

    /** {@code stack(a, b, axis: 0)}: values of one type side by side along a new axis. */
    static Val stack(BuiltinCall call) {
        Optional<List<Val.Tensor>> values = tensors(call);
        Optional<Dim> written = call.has("axis") ? call.dim("axis") : Optional.of(Dim.ZERO);
        if (values.isEmpty() || written.isEmpty() || written.get().constant().isEmpty()) {
            return Val.POISON;
        }
        Val.Tensor first = values.get().getFirst();
        int rank = first.type().rank() + 1;
        long axis = written.get().constant().getAsLong();
        if (axis < -rank || axis >= rank) {
            return call.fail(first.trace()
                    .mark(Diagnostic.error(
                            "NND0311",
                            call.span("axis"),
                            "there is no axis " + axis + " in a result of " + rank + " dims")));
        }
        int at = (int) (axis < 0 ? axis + rank : axis);
        var raised = new ArrayList<Val.Tensor>();
        for (Val.Tensor value : values.get()) {
            if (!alike(first, value, -1, call)) {
                return Val.POISON;
            }
            var dims = new ArrayList<>(value.type().dims());
            dims.add(at, Dim.ONE);
            raised.add(Reshaping.to(call.c(), value, dims, call.at()));
        }
        return raised.size() == 1 ? raised.getFirst() : joined(call.c(), raised, at, Dim.of(raised.size()), call.at());
    }

    private static Optional<List<Val.Tensor>> tensors(BuiltinCall call) {
        Optional<List<Val>> items = call.value("values") instanceof Val.Tensor t
                ? Optional.of(List.of(t))
                : Lists.items(call.value("values"), call.c());
        var tensors = new ArrayList<Val.Tensor>();
        for (Val item : items.orElse(List.of(call.value("values")))) {
            if (!(item instanceof Val.Tensor t)) {
                notTensor(call, item, items.map(List::size).orElse(1));
                return Optional.empty();
            }
            tensors.add(t);
        }
        if (tensors.isEmpty()) {
            call.fail(call.error("NND0360", "`" + call.name() + "` has nothing to join"));
            return Optional.empty();
        }
        return Optional.of(tensors);
    }

    private static void notTensor(BuiltinCall call, Val item, int count) {
        Diagnostic error = call.error("NND0205", "`" + call.name() + "` joins tensors, got " + Val.describe(item));
        boolean axis = item instanceof Val.Const(Constant.Int i) && count > 1 && !call.has("axis");
        call.fail(
                item instanceof Val.Outputs o
                        ? Arithmetic.several(error, o)
                        : axis ? error.help("the axis is given by name: `" + call.name() + "(a, b, axis: 1)`") : error);
    }

    /** {@code chunk(x, 3, axis: -1)}: equal parts. */
    static Val chunk(BuiltinCall call) {
        Optional<Val.Tensor> x = call.tensor("x");
        Optional<Long> parts = call.integer("parts", 1);
        Optional<Integer> axis = x.flatMap(t -> Axes.needed(call, t));
        if (axis.isEmpty() || parts.isEmpty()) {
            return Val.POISON;
        }
        Dim dim = x.get().type().dim(axis.get());
        Dim size = dim.floorDivide(Dim.of(parts.get()));
        if (parts.get() > MOST_PARTS || !new Bounds(call.c()).equal(size.times(Dim.of(parts.get())), dim)) {
            return call.fail(x.get()
                    .trace()
                    .mark(call.error(
                            "NND0361",
                            "dim " + axis.get() + " of " + x.get().type() + " does not divide into " + parts.get()
                                    + " equal parts"))
                    .help("`split(x, [a, b], axis: " + axis.get() + ")` takes the size of each part"));
        }
        var sizes = new ArrayList<Dim>();
        for (long i = 0; i < parts.get(); i++) {
            sizes.add(size);
        }
        return parts(x.get(), sizes, axis.get(), call);
    }

    /** {@code split(x, [10, 22], axis: -1)}: parts of these sizes. */
    static Val split(BuiltinCall call) {
        Optional<Val.Tensor> x = call.tensor("x");
        if (call.value("sizes") instanceof Val.Const(Constant.Int(Dim n))) {
            return call.fail(
                    Diagnostic.error("NND0205", call.span("sizes"), "`split` takes the size of each part in a list")
                            .help("for " + n + " equal parts write `chunk(x, " + n + ", axis: ...)`"));
        }
        Optional<List<Constant>> written = call.ints("sizes");
        Optional<Integer> axis = x.flatMap(t -> Axes.needed(call, t));
        if (axis.isEmpty() || written.isEmpty()) {
            return Val.POISON;
        }
        List<Dim> sizes =
                written.get().stream().map(k -> ((Constant.Int) k).value()).toList();
        Dim sum = sizes.stream().reduce(Dim.ZERO, Dim::plus);
        Dim dim = x.get().type().dim(axis.get());
        boolean positive = sizes.stream().allMatch(s -> s.constant().orElse(1) >= 1);
        if (!positive || !new Bounds(call.c()).equal(sum, dim)) {
            String texts = String.join(" + ", sizes.stream().map(Dim::toString).toList());
            return call.fail(x.get()
                    .trace()
                    .mark(Diagnostic.error(
                            "NND0361",
                            call.span("sizes"),
                            positive
                                    ? "the sizes add up to " + texts + " = " + sum + ", but dim " + axis.get() + " of "
                                            + x.get().type() + " is " + dim
                                    : "every part has at least 1, got " + texts)));
        }
        return parts(x.get(), sizes, axis.get(), call);
    }

    private static Val parts(Val.Tensor x, List<Dim> sizes, int axis, BuiltinCall call) {
        Val.Tensor shared = x.with(call.at().env().body().share(Optional.empty(), x.expr()));
        var parts = new ArrayList<Val>();
        Dim start = Dim.ZERO;
        for (Dim size : sizes) {
            parts.add(slice(call.c(), shared, axis, start, size, call.at()));
            start = start.plus(size);
        }
        return new Val.Tuple(parts);
    }

    /** What lies between two places of one axis, known to be inside. */
    static Val.Tensor slice(Checking c, Val.Tensor x, int axis, Dim start, Dim size, At at) {
        var starts = new ArrayList<Dim>();
        var steps = new ArrayList<Dim>();
        for (int i = 0; i < x.type().rank(); i++) {
            starts.add(i == axis ? start : Dim.ZERO);
            steps.add(Dim.ONE);
        }
        Val.Tensor made =
                TensorIndex.slice(c, x, starts, Axes.with(x.type(), axis, size).dims(), steps, at);
        return made.with(c.trace(x, made.type(), at.span(), Optional.empty()));
    }
}
