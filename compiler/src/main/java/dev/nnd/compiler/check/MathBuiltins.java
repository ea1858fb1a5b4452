package dev.nnd.compiler.check;

import dev.nnd.compiler.type.Constant;
import dev.nnd.compiler.type.DType;
import dev.nnd.compiler.type.Dim;
import dev.nnd.compiler.typed.Primitive;
import java.util.Map;
import java.util.function.DoubleUnaryOperator;

/** Functions that work element by element. */
final class MathBuiltins {

    private MathBuiltins() {}

    static void add(Map<String, Builtin> table) {
        unary(table, Primitive.ABS, Math::abs);
        unary(table, Primitive.SIGN, Math::signum);
        unary(table, Primitive.SQUARE, x -> x * x);
        unary(table, Primitive.SQRT, Math::sqrt);
        unary(table, Primitive.RSQRT, x -> 1 / Math.sqrt(x));
        unary(table, Primitive.RECIPROCAL, x -> 1 / x);
        unary(table, Primitive.EXP, Math::exp);
        unary(table, Primitive.EXPM1, Math::expm1);
        unary(table, Primitive.LOG, Math::log);
        unary(table, Primitive.LOG1P, Math::log1p);
        unary(table, Primitive.SIN, Math::sin);
        unary(table, Primitive.COS, Math::cos);
        unary(table, Primitive.TANH, Math::tanh);
        unary(table, Primitive.SIGMOID, x -> 1 / (1 + Math.exp(-x)));
        unary(table, Primitive.RELU, x -> Math.max(x, 0));
        tensorOnly(table, Primitive.ERF);
        tensorOnly(table, Primitive.SOFTPLUS);
        unary(table, Primitive.FLOOR, Math::floor);
        unary(table, Primitive.CEIL, Math::ceil);
        unary(table, Primitive.ROUND, Math::rint);
        unary(table, Primitive.ASIN, Math::asin);
        unary(table, Primitive.ACOS, Math::acos);
        unary(table, Primitive.ATAN, Math::atan);
        Builtins.add(table, "floor_div", "a b", call -> ElementwiseRules.two(Primitive.FLOOR_DIVIDE, call));
        Builtins.add(table, "remainder", "a b", call -> ElementwiseRules.two(Primitive.REMAINDER, call));
        Builtins.add(table, "stop_gradient", "x", call -> onTensor(Primitive.STOP_GRADIENT, call));
        Builtins.add(table, "minimum", "a b", call -> ElementwiseRules.two(Primitive.MINIMUM, call));
        Builtins.add(table, "maximum", "a b", call -> ElementwiseRules.two(Primitive.MAXIMUM, call));
        Builtins.add(table, "select", "condition a b", ElementwiseRules::select);
    }

    private static void unary(Map<String, Builtin> table, Primitive primitive, DoubleUnaryOperator onConstants) {
        Builtins.add(table, primitive.text(), "x", call -> {
            boolean constant = call.value("x") instanceof Val.Const(Constant k)
                    && ConstantFolding.number(k).isPresent();
            if (constant) {
                double value = onConstants.applyAsDouble(call.number("x").orElseThrow());
                return Val.Const.of(value);
            }
            if (call.value("x") instanceof Val.Const(Constant.Int(Dim d))) {
                Val.Tensor size = call.c().arithmetic().size(d, DType.F32, call.at());
                return call.c().arithmetic().elementwise(primitive, size, call.at());
            }
            return onTensor(primitive, call);
        });
    }

    private static void tensorOnly(Map<String, Builtin> table, Primitive primitive) {
        Builtins.add(table, primitive.text(), "x", call -> onTensor(primitive, call));
    }

    private static Val onTensor(Primitive primitive, BuiltinCall call) {
        return call.tensor("x")
                .map(x -> call.c().arithmetic().elementwise(primitive, x, call.at()))
                .orElse(Val.POISON);
    }
}
