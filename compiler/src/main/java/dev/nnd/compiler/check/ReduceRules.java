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
import java.util.TreeSet;

/** Shape rules of reductions and of what works along the last axis. */
final class ReduceRules {

    private ReduceRules() {}

    static Val reduce(Primitive primitive, BuiltinCall call) {
        if (call.value("x") instanceof Val.Const(Constant.ListOf(List<Constant> items)) && !call.has("axis")) {
            return overList(primitive, items, call);
        }
        if (call.value("x") instanceof Val.Const(Constant k)
                && (primitive == Primitive.MAX || primitive == Primitive.MIN)) {
            return constants(primitive, k, call);
        }
        Optional<Val.Tensor> x = call.tensor("x");
        Optional<Boolean> keep = call.has("keep_dims") ? call.bool("keep_dims") : Optional.of(false);
        if (x.isEmpty() || keep.isEmpty()) {
            return Val.POISON;
        }
        TensorType type = x.get().type();
        if (!fits(primitive, type.dtype())) {
            return call.fail(x.get()
                    .trace()
                    .mark(call.error("NND0305", "`" + call.name() + "` does not work on " + type))
                    .help(
                            primitive == Primitive.ANY || primitive == Primitive.ALL
                                    ? "compare first, such as `any(x > 0.0)`"
                                    : "convert it with `cast[f32](...)`"));
        }
        Optional<TreeSet<Integer>> axes = axes(call, x.get());
        if (axes.isEmpty()) {
            return Val.POISON;
        }
        var dims = new ArrayList<Dim>();
        for (int i = 0; i < type.rank(); i++) {
            boolean reduced = axes.get().isEmpty() || axes.get().contains(i);
            if (!reduced) {
                dims.add(type.dim(i));
            } else if (keep.get()) {
                dims.add(Dim.ONE);
            }
        }
        List<Constant> attributes = List.of(
                new Constant.ListOf(axes.get().stream()
                        .map(i -> (Constant) new Constant.Int(Dim.of(i)))
                        .toList()),
                new Constant.Bool(keep.get()));
        return call.c().apply(primitive, List.of(x.get()), attributes, type.withDims(dims), call.at());
    }

    private static boolean fits(Primitive primitive, DType dtype) {
        return switch (primitive) {
            case MEAN -> dtype.isFloat();
            case ANY, ALL -> dtype == DType.BOOL;
            default -> dtype != DType.BOOL;
        };
    }

    /** Of a list known at compile time: {@code sum([2, 3])}. */
    private static Val overList(Primitive primitive, List<Constant> items, BuiltinCall call) {
        boolean ints = items.stream().allMatch(i -> i instanceof Constant.Int);
        boolean sum = primitive == Primitive.SUM || primitive == Primitive.PRODUCT;
        boolean known = sum || primitive == Primitive.MAX || primitive == Primitive.MIN;
        if (!ints || !known || (items.isEmpty() && !sum)) {
            return call.fail(call.error(
                    "NND0205",
                    "`" + call.name() + "` takes a tensor" + (known ? " or a list of ints" : "") + ", got "
                            + Val.describe(call.value("x"))));
        }
        Dim total = primitive == Primitive.PRODUCT ? Dim.ONE : Dim.ZERO;
        for (int i = 0; i < items.size(); i++) {
            Dim item = ((Constant.Int) items.get(i)).value();
            total = switch (primitive) {
                case SUM -> total.plus(item);
                case PRODUCT -> total.times(item);
                case MAX -> i == 0 ? item : total.max(item);
                default -> i == 0 ? item : total.min(item);
            };
        }
        return new Val.Const(new Constant.Int(total));
    }

    /** {@code max(a, b)} of two numbers is a common way to write {@code maximum}. */
    private static Val constants(Primitive primitive, Constant x, BuiltinCall call) {
        if (!call.has("axis") || !(call.value("axis") instanceof Val.Const(Constant y))) {
            return call.tensor("x").<Val>map(t -> t).orElse(Val.POISON);
        }
        boolean least = primitive == Primitive.MIN;
        if (x instanceof Constant.Int(Dim a) && y instanceof Constant.Int(Dim b)) {
            return new Val.Const(new Constant.Int(least ? a.min(b) : a.max(b)));
        }
        Optional<Double> a = call.number("x");
        Optional<Double> b = call.number("axis");
        return a.isPresent() && b.isPresent()
                ? Val.Const.of(least ? Math.min(a.get(), b.get()) : Math.max(a.get(), b.get()))
                : Val.POISON;
    }

    static Optional<TreeSet<Integer>> axes(BuiltinCall call, Val.Tensor x) {
        var axes = new TreeSet<Integer>();
        if (!call.has("axis")) {
            return Optional.of(axes);
        }
        Optional<List<Constant>> written = call.ints("axis");
        if (written.isEmpty()) {
            return Optional.empty();
        }
        for (Constant item : written.get()) {
            Optional<Integer> axis = ShapeRules.axis(call.c(), ((Constant.Int) item).value(), x, call.span("axis"));
            if (axis.isEmpty()) {
                return Optional.empty();
            }
            axes.add(axis.get());
        }
        return Optional.of(axes);
    }

    /** {@code softmax} and {@code log_softmax}: along the last axis unless another is named, same shape. */
    static Val softmax(Primitive primitive, BuiltinCall call) {
        Optional<Val.Tensor> x = floats(call);
        Optional<Integer> axis = x.flatMap(t -> Axes.last(call, t));
        if (axis.isEmpty()) {
            return Val.POISON;
        }
        Val.Tensor last = OrderRules.lastAxis(call.c(), x.get(), axis.get(), call.at());
        Val.Tensor made = call.c().apply(primitive, List.of(last), List.of(), last.type(), call.at());
        return OrderRules.back(call.c(), made, axis.get(), call.at())
                .with(x.get().trace());
    }

    static Optional<Val.Tensor> floats(BuiltinCall call) {
        Optional<Val.Tensor> x = call.tensor("x");
        if (x.isPresent()
                && (x.get().type().rank() < 1 || !x.get().type().dtype().isFloat())) {
            call.fail(x.get()
                    .trace()
                    .mark(call.error(
                            x.get().type().rank() < 1 ? "NND0301" : "NND0305",
                            "`" + call.name() + "` takes a float tensor with at least 1 dim, got "
                                    + x.get().type())));
            return Optional.empty();
        }
        return x;
    }

    /** {@code pick(x [..., C], index [...])}: the entry at the index of the last axis. */
    static Val pick(BuiltinCall call) {
        Optional<Val.Tensor> x = floats(call);
        Optional<Val.Tensor> index = call.tensor("index");
        if (x.isEmpty() || index.isEmpty()) {
            return Val.POISON;
        }
        TensorType type = x.get().type();
        List<Dim> rows = type.dims().subList(0, type.rank() - 1);
        if (index.get().type().dtype().isFloat() || !index.get().type().dims().equals(rows)) {
            return call.fail(index.get()
                    .trace()
                    .mark(x.get()
                            .trace()
                            .mark(call.error(
                                    "NND0302",
                                    "one index per row of " + type + " is i32" + (rows.isEmpty() ? "" : rows) + ", got "
                                            + index.get().type()))));
        }
        Optional<Val.Classes> classes = index.get().classes();
        if (classes.isPresent() && classes.get().ids()) {
            if (!idsFit(classes.get().count(), type.dim(-1))) {
                return call.fail(x.get()
                        .trace()
                        .mark(call.error(
                                        "NND0319",
                                        "there are " + type.dim(-1) + " scores per place, but the ids go from 0 to "
                                                + classes.get().count().minus(Dim.ONE))
                                .label(
                                        classes.get().span(),
                                        "ids below " + classes.get().count()))
                        .help("make the last layer " + classes.get().count() + " wide"));
            }
        } else if (classes.isPresent()
                && !fits(call, type.dim(-1), classes.get().count())) {
            return call.fail(x.get()
                    .trace()
                    .mark(call.error(
                                    "NND0319",
                                    "there are " + type.dim(-1) + " scores per example, but the label has "
                                            + classes.get().count() + " classes")
                            .label(classes.get().span(), "has " + classes.get().count() + " classes"))
                    .help("make the last layer " + classes.get().count() + " wide, such as `Dense("
                            + classes.get().count() + ")`"));
        }
        return call.c().apply(Primitive.PICK, List.of(x.get(), index.get()), List.of(), type.withDims(rows), call.at());
    }

    private static boolean fits(BuiltinCall call, Dim scores, Dim classes) {
        return scores.equals(classes) || call.c().same(scores, classes);
    }

    /** What is learned from data is compared once it is read. */
    private static boolean idsFit(Dim ids, Dim scores) {
        return ids.constant().isEmpty()
                || scores.constant().isEmpty()
                || ids.constant().getAsLong() <= scores.constant().getAsLong();
    }

    /** {@code argmax(x [..., C])}: i32 [...], one of C classes; along the last axis unless another is named. */
    static Val argmax(boolean least, BuiltinCall call) {
        Optional<Val.Tensor> x = floats(call);
        Optional<Integer> axis = x.flatMap(t -> Axes.last(call, t));
        Optional<Boolean> keep = call.has("keep_dims") ? call.bool("keep_dims") : Optional.of(false);
        if (axis.isEmpty() || keep.isEmpty()) {
            return Val.POISON;
        }
        Checking c = call.c();
        Val.Tensor last = OrderRules.lastAxis(c, x.get(), axis.get(), call.at());
        TensorType type = last.type();
        Val.Tensor signed = least ? c.apply(Primitive.NEGATE, List.of(last), List.of(), type, call.at()) : last;
        var made = new TensorType(DType.I32, type.dims().subList(0, type.rank() - 1));
        Val.Tensor index = c.apply(Primitive.ARGMAX, List.of(signed), List.of(), made, call.at());
        var classes =
                new Val.Classes(type.dim(-1), c.problems().place(x.get().trace().span()));
        var counted = new Val.Tensor(index.expr(), index.trace(), Optional.of(classes));
        if (!keep.get()) {
            return counted;
        }
        var dims = new ArrayList<>(made.dims());
        dims.add(axis.get(), Dim.ONE);
        return Reshaping.to(c, counted, dims, call.at());
    }

    /** {@code one_hot(index, depth)}: f32 [..., depth]. */
    static Val oneHot(BuiltinCall call) {
        Optional<Val.Tensor> index = call.tensor("index");
        Optional<Dim> size = call.dim("depth");
        boolean open =
                size.isPresent() && size.get().constant().isEmpty() && !call.c().generic();
        Optional<Dim> depth =
                open ? size : size.isEmpty() ? size : call.integer("depth", 1).map(Dim::of);
        if (index.isEmpty() || depth.isEmpty()) {
            return Val.POISON;
        }
        if (index.get().type().dtype().isFloat()) {
            return call.fail(index.get()
                    .trace()
                    .mark(call.error(
                            "NND0305",
                            "`one_hot` takes indices, got " + index.get().type())));
        }
        Optional<Val.Classes> classes = index.get().classes();
        if (classes.isPresent() && !idsFit(classes.get().count(), depth.get())) {
            Dim count = classes.get().count();
            return call.fail(Diagnostic.error(
                            "NND0419",
                            call.span("depth"),
                            "the ids go from 0 to " + count.minus(Dim.ONE) + ", and `one_hot` has room for "
                                    + depth.get() + " of them")
                    .label(classes.get().span(), "ids below " + count)
                    .candidate("write " + count, call.span("depth"), count.toString()));
        }
        var dims = new ArrayList<>(index.get().type().dims());
        dims.add(depth.get());
        return call.c()
                .apply(
                        Primitive.ONE_HOT,
                        List.of(index.get()),
                        List.of(new Constant.Int(depth.get())),
                        new TensorType(DType.F32, dims),
                        call.at());
    }
}
