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

/** {@code variance}, {@code std}, {@code norm} and {@code logsumexp}, made of sums. */
final class MomentRules {

    /** What is reduced: floats, over these axes. */
    private record Work(Checking c, Val.Tensor x, List<Integer> axes, boolean keep, At at) {

        Val.Tensor shared(Val.Tensor value) {
            return value.with(at.env().body().share(Optional.empty(), value.expr()));
        }

        Val.Tensor unary(Primitive primitive, Val.Tensor value) {
            return c.apply(primitive, List.of(value), List.of(), value.type(), at);
        }

        Val.Tensor binary(Primitive primitive, Val.Tensor a, Val.Tensor b) {
            return c.apply(primitive, List.of(a, b), List.of(), a.type(), at);
        }

        Val.Tensor reduce(Primitive primitive, Val.Tensor value, boolean keepDims) {
            var dims = new ArrayList<Dim>();
            for (int i = 0; i < value.type().rank(); i++) {
                if (!axes.contains(i)) {
                    dims.add(value.type().dim(i));
                } else if (keepDims) {
                    dims.add(Dim.ONE);
                }
            }
            List<Constant> attributes = List.of(
                    TensorIndex.ints(axes.stream().map(i -> Dim.of((long) i)).toList()), new Constant.Bool(keepDims));
            return c.apply(primitive, List.of(value), attributes, value.type().withDims(dims), at);
        }

        Dim count() {
            return Dim.product(axes.stream().map(i -> x.type().dim(i)).toList());
        }
    }

    private MomentRules() {}

    private static Optional<Work> work(BuiltinCall call) {
        Optional<Val.Tensor> x = ReduceRules.floats(call);
        Optional<Boolean> keep = call.has("keep_dims") ? call.bool("keep_dims") : Optional.of(false);
        Optional<TreeSet<Integer>> axes = x.flatMap(t -> ReduceRules.axes(call, t));
        if (axes.isEmpty() || keep.isEmpty()) {
            return Optional.empty();
        }
        var over = new ArrayList<>(axes.get());
        for (int i = 0; axes.get().isEmpty() && i < x.get().type().rank(); i++) {
            over.add(i);
        }
        Val.Tensor shared = x.get()
                .with(call.at().env().body().share(Optional.empty(), x.get().expr()));
        return Optional.of(new Work(call.c(), shared, over, keep.get(), call.at()));
    }

    /** The mean of the squared distance from the mean; {@code correction: 1} divides by one less. */
    static Val variance(BuiltinCall call) {
        Optional<Work> work = work(call);
        Optional<Long> correction = call.has("correction") ? call.integer("correction", 0) : Optional.of(0L);
        return work.isPresent() && correction.isPresent() ? variance(work.get(), correction.get(), call) : Val.POISON;
    }

    private static Val variance(Work work, long correction, BuiltinCall call) {
        Val.Tensor mean = work.reduce(Primitive.MEAN, work.x(), true);
        Val.Tensor squares = work.unary(Primitive.SQUARE, work.binary(Primitive.SUBTRACT, work.x(), mean));
        if (correction == 0) {
            return work.reduce(Primitive.MEAN, squares, work.keep());
        }
        Dim divisor = work.count().minus(Dim.of(correction));
        Diagnostic few = call.error(
                "NND0320",
                "`correction` of `" + call.name() + "` is below the number of elements, which is " + work.count());
        if (!new Bounds(work.c())
                .atMost(
                        Dim.ONE,
                        divisor,
                        "`correction` " + correction,
                        call.at().span(),
                        work.x(),
                        few)) {
            return Val.POISON;
        }
        Val.Tensor sum = work.reduce(Primitive.SUM, squares, work.keep());
        DType dtype = work.x().type().dtype();
        return work.binary(Primitive.DIVIDE, sum, work.c().arithmetic().size(divisor, dtype, work.at()));
    }

    /** The root of the variance. */
    static Val std(BuiltinCall call) {
        Val variance = variance(call);
        return variance instanceof Val.Tensor v
                ? call.c().apply(Primitive.SQRT, List.of(v), List.of(), v.type(), call.at())
                : variance;
    }

    /** The p-norm for p = 1 or 2, by default 2. */
    static Val norm(BuiltinCall call) {
        Optional<Work> work = work(call);
        Optional<Double> p = call.has("p") ? call.number("p") : Optional.of(2.0);
        if (work.isEmpty() || p.isEmpty()) {
            return Val.POISON;
        }
        Work w = work.get();
        if (p.get() == 1.0) {
            return w.reduce(Primitive.SUM, w.unary(Primitive.ABS, w.x()), w.keep());
        }
        if (p.get() != 2.0) {
            return call.fail(Diagnostic.error("NND0320", call.span("p"), "`p` of `norm` is 1 or 2, got " + p.get())
                    .help("the largest distance is `max(abs(x))`"));
        }
        Val.Tensor sum = w.reduce(Primitive.SUM, w.unary(Primitive.SQUARE, w.x()), w.keep());
        return w.unary(Primitive.SQRT, sum);
    }

    /** {@code log(sum(exp(x)))} without overflow. */
    static Val logsumexp(BuiltinCall call) {
        Optional<Work> work = work(call);
        if (work.isEmpty()) {
            return Val.POISON;
        }
        Work w = work.get();
        Val.Tensor most = w.shared(w.reduce(Primitive.MAX, w.x(), true));
        Val.Tensor shifted = w.unary(Primitive.EXP, w.binary(Primitive.SUBTRACT, w.x(), most));
        Val.Tensor sum = w.unary(Primitive.LOG, w.reduce(Primitive.SUM, shifted, true));
        Val.Tensor made = w.binary(Primitive.ADD, sum, most);
        TensorType type = w.reduce(Primitive.SUM, w.x(), w.keep()).type();
        return Reshaping.to(w.c(), made, type.dims(), w.at());
    }
}
