package dev.nnd.compiler.check;

import dev.nnd.compiler.type.Constant;
import dev.nnd.compiler.type.DType;
import dev.nnd.compiler.type.Dim;
import dev.nnd.compiler.type.TensorType;
import dev.nnd.compiler.typed.Primitive;
import dev.nnd.compiler.typed.TypedExpr;
import dev.nnd.grammar.Diagnostic;
import java.util.List;
import java.util.Optional;

/** Shape rules of what makes a tensor from nothing; its elements are f32 unless it is like another tensor. */
final class CreationRules {

    private static final List<Arguments.Slot> NONE = List.of();

    private CreationRules() {}

    /** {@code zeros[N, 3]}. */
    static Val filled(BracketCall call, double value) {
        Optional<TensorType> type = type(call);
        return type.isPresent() && call.parameters(NONE).ok()
                ? fill(number(value, DType.F32, call.c(), call.at()), type.get(), call.c(), call.at())
                : Val.POISON;
    }

    /** {@code full[N, 3](0.5)}. */
    static Val full(BracketCall call) {
        Optional<TensorType> type = type(call);
        Optional<Val.Tensor> value = number(call, "value", Double.NaN);
        return type.isPresent() && value.isPresent() ? fill(value.get(), type.get(), call.c(), call.at()) : Val.POISON;
    }

    private static Val fill(Val.Tensor value, TensorType type, Checking c, At at) {
        Val.Tensor made = MoveRules.broadcast(c, value, type.dims(), at);
        return made.with(Trace.at(c.problems().place(at.span()), "is " + made.type()));
    }

    private static Optional<TensorType> type(BracketCall call) {
        return call.items()
                .flatMap(i -> call.c().types().dims(i, call.at().env()))
                .map(dims -> new TensorType(DType.F32, dims));
    }

    private static Val.Tensor number(double value, DType dtype, Checking c, At at) {
        var expr = new TypedExpr.Number(
                value, dtype, c.problems().place(at.span(), at.env().body().file()));
        return new Val.Tensor(expr, Trace.at(c.problems().place(at.span()), "is " + dtype.text()));
    }

    /** The one number in parentheses; without a default it has to be there. */
    private static Optional<Val.Tensor> number(BracketCall call, String slot, double otherwise) {
        var matched = call.parameters(List.of(new Arguments.Slot(slot, Double.isNaN(otherwise))));
        return matched.ok() ? scalar(call, matched, slot, otherwise) : Optional.empty();
    }

    /** A number or a scalar tensor. */
    private static Optional<Val.Tensor> scalar(
            BracketCall call, Arguments.Matched matched, String slot, double otherwise) {
        Optional<Arguments.Given> given = matched.get(slot);
        if (given.isEmpty()) {
            return Optional.of(number(otherwise, DType.F32, call.c(), call.at()));
        }
        return switch (given.get().value()) {
            case Val.Const(Constant k) ->
                call.c()
                        .arithmetic()
                        .number(
                                k,
                                DType.F32,
                                new At(given.get().span(), call.at().env()));
            case Val.Tensor t when t.type().equals(TensorType.scalar(DType.F32)) -> Optional.of(t);
            case Val.Poison p -> Optional.empty();
            case Val other -> {
                call.c()
                        .report(Diagnostic.error(
                                "NND0205",
                                given.get().span(),
                                "`" + slot + "` of `" + call.builtin().name() + "[...]` takes a number, got "
                                        + Val.describe(other)));
                yield Optional.empty();
            }
        };
    }

    /** {@code normal[N, 3]}, {@code normal[N, 3](mean: 1.0, std: 0.1)}: new numbers each time. */
    static Val normal(BracketCall call) {
        return shifted(call, Primitive.RANDOM_NORMAL, "mean", "std", false);
    }

    /** {@code uniform[N, 3]} from 0 to 1, {@code uniform[N, 3](-1.0, 1.0)}. */
    static Val uniform(BracketCall call) {
        return shifted(call, Primitive.RANDOM_UNIFORM, "low", "high", true);
    }

    /** Numbers of a standard range, times a width plus an offset. */
    private static Val shifted(BracketCall call, Primitive primitive, String offset, String end, boolean range) {
        Optional<TensorType> type = type(call);
        var matched = call.parameters(List.of(new Arguments.Slot(offset, false), new Arguments.Slot(end, false)));
        Optional<Val.Tensor> from = scalar(call, matched, offset, 0);
        Optional<Val.Tensor> to = scalar(call, matched, end, 1);
        if (type.isEmpty() || from.isEmpty() || to.isEmpty() || !matched.ok()) {
            return Val.POISON;
        }
        Checking c = call.c();
        Val.Tensor drawn = random(primitive, type.get(), c, call.at());
        if (matched.get(offset).isEmpty() && matched.get(end).isEmpty()) {
            return drawn;
        }
        TensorType scalar = TensorType.scalar(DType.F32);
        Val.Tensor width = range
                ? c.apply(Primitive.SUBTRACT, List.of(to.get(), from.get()), List.of(), scalar, call.at())
                : to.get();
        Val.Tensor wide = c.apply(Primitive.MULTIPLY, List.of(drawn, width), List.of(), type.get(), call.at());
        return c.apply(Primitive.ADD, List.of(wide, from.get()), List.of(), type.get(), call.at());
    }

    private static Val.Tensor random(Primitive primitive, TensorType type, Checking c, At at) {
        return c.apply(primitive, List.of(), List.of(), type, at);
    }

    /** {@code bernoulli[N, 3](0.5)}: true with that probability. */
    static Val bernoulli(BracketCall call) {
        Optional<TensorType> type = type(call);
        Optional<Val.Tensor> p = number(call, "p", Double.NaN);
        if (type.isEmpty() || p.isEmpty()) {
            return Val.POISON;
        }
        if (p.get().expr() instanceof TypedExpr.Number n && (n.value() < 0 || n.value() > 1)) {
            return call.c().fail(call.error("NND0320", "a probability is from 0 to 1, got " + n.value()));
        }
        Val.Tensor drawn = random(Primitive.RANDOM_UNIFORM, type.get(), call.c(), call.at());
        return call.c()
                .apply(
                        Primitive.LESS,
                        List.of(drawn, p.get()),
                        List.of(),
                        type.get().as(DType.BOOL),
                        call.at());
    }

    /** {@code zeros_like(x)}. */
    static Val like(BuiltinCall call, double value) {
        Optional<Val.Tensor> x = call.tensor("x");
        if (x.isEmpty()) {
            return Val.POISON;
        }
        TensorType type = x.get().type();
        return fill(number(value, type.dtype(), call.c(), call.at()), type, call.c(), call.at());
    }

    /** {@code normal_like(x)}. */
    static Val randomLike(Primitive primitive, BuiltinCall call) {
        Optional<Val.Tensor> x = call.tensor("x");
        if (x.isEmpty()) {
            return Val.POISON;
        }
        TensorType type = x.get().type();
        return type.dtype().isFloat()
                ? random(primitive, type, call.c(), call.at())
                : call.fail(
                        x.get().trace().mark(call.error("NND0305", "`" + call.name() + "` draws floats, got " + type)));
    }

    /** {@code range(n)}, {@code range(from, to)}, {@code range(from, to, step)}: i32. */
    static Val range(BuiltinCall call) {
        Optional<Dim> a = call.dim("a");
        Optional<Dim> b = call.has("b") ? call.dim("b") : Optional.of(Dim.ZERO);
        Optional<Long> step = call.has("step") ? call.integer("step", 1) : Optional.of(1L);
        if (a.isEmpty() || b.isEmpty() || step.isEmpty()) {
            return Val.POISON;
        }
        Dim from = call.has("b") ? a.get() : Dim.ZERO;
        Dim to = call.has("b") ? b.get() : a.get();
        Dim count = to.minus(from).plus(Dim.of(step.get() - 1)).floorDivide(Dim.of(step.get()));
        if (call.c().assumptions().atMost(Dim.ONE, count).refuted()) {
            return call.fail(call.error("NND0352", "`range` from " + from + " to " + to + " has no numbers"));
        }
        return numbers(from, step.get(), count, call);
    }

    private static Val.Tensor numbers(Dim from, long step, Dim count, BuiltinCall call) {
        List<Constant> attributes = List.of(new Constant.Int(from), new Constant.Int(Dim.of(step)));
        return call.c().apply(Primitive.RANGE, List.of(), attributes, TensorType.of(DType.I32, count), call.at());
    }

    /** {@code linspace(0.0, 1.0, 11)}: both ends are there. */
    static Val linspace(BuiltinCall call) {
        Optional<Double> low = call.number("low");
        Optional<Double> high = call.number("high");
        Optional<Long> count = call.integer("count", 2);
        if (low.isEmpty() || high.isEmpty() || count.isEmpty()) {
            return Val.POISON;
        }
        Checking c = call.c();
        Val.Tensor steps =
                CompileTimeBuiltins.to(numbers(Dim.ZERO, 1, Dim.of(count.get()), call), DType.F32, c, call.at());
        Val.Tensor width = number((high.get() - low.get()) / (count.get() - 1), DType.F32, c, call.at());
        Val.Tensor offset = number(low.get(), DType.F32, c, call.at());
        Val.Tensor scaled = c.apply(Primitive.MULTIPLY, List.of(steps, width), List.of(), steps.type(), call.at());
        return c.apply(Primitive.ADD, List.of(scaled, offset), List.of(), steps.type(), call.at());
    }
}
