package dev.nnd.compiler.check;

import dev.nnd.compiler.type.Constant;
import dev.nnd.compiler.type.DType;
import dev.nnd.compiler.type.Dim;
import dev.nnd.compiler.type.TensorType;
import dev.nnd.compiler.typed.Primitive;
import dev.nnd.grammar.Diagnostic;
import java.util.List;
import java.util.Optional;

/** Shape rules of {@code minimum}, {@code maximum} and {@code select}. */
final class ElementwiseRules {

    private ElementwiseRules() {}

    static Val two(Primitive primitive, BuiltinCall call) {
        if (call.value("a") instanceof Val.Const(Constant a) && call.value("b") instanceof Val.Const(Constant b)) {
            return constants(primitive, a, b, call);
        }
        DType dtype = dtype(call, "a").or(() -> dtype(call, "b")).orElse(DType.F32);
        Optional<Val.Tensor> a = operand(call, "a", dtype);
        Optional<Val.Tensor> b = operand(call, "b", dtype);
        return a.isPresent() && b.isPresent()
                ? call.c().arithmetic().elementwise(primitive, a.get(), b.get(), "`" + call.name() + "`", call.at())
                : Val.POISON;
    }

    private static Val constants(Primitive primitive, Constant a, Constant b, BuiltinCall call) {
        boolean divides = primitive == Primitive.FLOOR_DIVIDE || primitive == Primitive.REMAINDER;
        if (divides && ConstantFolding.number(b).orElse(1) == 0) {
            return call.fail(call.error("NND0214", "division by zero: `b` of `" + call.name() + "` is 0"));
        }
        if (a instanceof Constant.Int(Dim x) && b instanceof Constant.Int(Dim y)) {
            return new Val.Const(new Constant.Int(
                    switch (primitive) {
                        case MINIMUM -> x.min(y);
                        case MAXIMUM -> x.max(y);
                        case FLOOR_DIVIDE -> x.floorDivide(y);
                        default -> x.remainder(y);
                    }));
        }
        Optional<Double> x = call.number("a");
        Optional<Double> y = call.number("b");
        if (x.isEmpty() || y.isEmpty()) {
            return Val.POISON;
        }
        double quotient = Math.floor(x.get() / y.get());
        return Val.Const.of(
                switch (primitive) {
                    case MINIMUM -> Math.min(x.get(), y.get());
                    case MAXIMUM -> Math.max(x.get(), y.get());
                    case FLOOR_DIVIDE -> quotient;
                    default -> x.get() - y.get() * quotient;
                });
    }

    private static Optional<DType> dtype(BuiltinCall call, String slot) {
        return call.value(slot) instanceof Val.Tensor t ? Optional.of(t.type().dtype()) : Optional.empty();
    }

    private static Optional<Val.Tensor> operand(BuiltinCall call, String slot, DType dtype) {
        return call.value(slot) instanceof Val.Const(Constant k)
                ? call.c()
                        .arithmetic()
                        .number(k, dtype, new At(call.span(slot), call.at().env()))
                : call.tensor(slot);
    }

    static Val select(BuiltinCall call) {
        Optional<Val.Tensor> condition = call.tensor("condition");
        DType dtype = dtype(call, "a").or(() -> dtype(call, "b")).orElse(DType.F32);
        Optional<Val.Tensor> a = operand(call, "a", dtype);
        Optional<Val.Tensor> b = operand(call, "b", dtype);
        if (condition.isEmpty() || a.isEmpty() || b.isEmpty()) {
            return Val.POISON;
        }
        if (condition.get().type().dtype() != DType.BOOL
                || a.get().type().dtype() != b.get().type().dtype()) {
            Diagnostic error = call.error(
                    "NND0305",
                    "`select` takes a bool tensor and two of one dtype, got "
                            + condition.get().type() + ", " + a.get().type() + " and "
                            + b.get().type());
            return call.fail(condition.get().trace().mark(error));
        }
        List<Val.Tensor> operands = List.of(condition.get(), a.get(), b.get());
        Optional<List<Dim>> dims = call.c().arithmetic().broadcasting().together(operands, "`select`", call.at());
        if (dims.isEmpty()) {
            return Val.POISON;
        }
        var type = new TensorType(dtype, dims.get());
        Val.Tensor made = call.c().apply(Primitive.SELECT, operands, List.of(), type, call.at());
        return made.with(call.c().trace(a.get(), type, call.at().span(), Optional.empty()));
    }
}
