package dev.nnd.compiler.check;

import dev.nnd.compiler.type.Constant;
import dev.nnd.compiler.type.Dim;
import dev.nnd.compiler.type.Initializer;
import dev.nnd.compiler.typed.Primitive;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.DoubleUnaryOperator;
import java.util.function.Function;

/** The table of built-in functions: primitives, initializers, and what is computed at compile time. */
final class Builtins {

    private static final Map<String, Builtin> ALL = all();

    private Builtins() {}

    static Optional<Builtin> named(String name) {
        return Optional.ofNullable(ALL.get(name));
    }

    static Set<String> names() {
        return ALL.keySet();
    }

    private static Map<String, Builtin> all() {
        var table = new LinkedHashMap<String, Builtin>();
        unary(table);
        binary(table);
        shapes(table);
        brackets(table);
        initializers(table);
        compileTime(table);
        return table;
    }

    private static void add(Map<String, Builtin> table, String name, String slots, Function<BuiltinCall, Val> rule) {
        List<Arguments.Slot> list = slots.isEmpty()
                ? List.of()
                : List.of(slots.split(" ")).stream()
                        .map(s -> new Arguments.Slot(s.replace("?", ""), !s.endsWith("?")))
                        .toList();
        table.put(name, new Builtin(name, list, false, name + "(...)", rule));
    }

    private static void unary(Map<String, Builtin> table) {
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
    }

    private static void unary(Map<String, Builtin> table, Primitive primitive, DoubleUnaryOperator onConstants) {
        add(table, primitive.text(), "x", call -> {
            boolean constant = call.value("x") instanceof Val.Const(Constant k)
                    && ConstantFolding.number(k).isPresent();
            if (constant) {
                double value = onConstants.applyAsDouble(call.number("x").orElseThrow());
                return Val.Const.of(value);
            }
            return call.tensor("x")
                    .map(x -> call.c().arithmetic().elementwise(primitive, x, call.at()))
                    .orElse(Val.POISON);
        });
    }

    private static void tensorOnly(Map<String, Builtin> table, Primitive primitive) {
        add(
                table,
                primitive.text(),
                "x",
                call -> call.tensor("x")
                        .map(x -> call.c().arithmetic().elementwise(primitive, x, call.at()))
                        .orElse(Val.POISON));
    }

    private static void binary(Map<String, Builtin> table) {
        add(table, "minimum", "a b", call -> ElementwiseRules.two(Primitive.MINIMUM, call));
        add(table, "maximum", "a b", call -> ElementwiseRules.two(Primitive.MAXIMUM, call));
        add(table, "select", "condition a b", ElementwiseRules::select);
    }

    private static void shapes(Map<String, Builtin> table) {
        add(table, "flatten", "x", ShapeRules::flatten);
        add(table, "transpose", "x", ShapeRules::swapLast);
        add(table, "matmul", "a b", MatmulRule::apply);
        add(table, "sum", "x axis? keep_dims?", call -> ReduceRules.reduce(Primitive.SUM, call));
        add(table, "mean", "x axis? keep_dims?", call -> ReduceRules.reduce(Primitive.MEAN, call));
        add(table, "max", "x axis? keep_dims?", call -> ReduceRules.reduce(Primitive.MAX, call));
        add(table, "min", "x axis? keep_dims?", call -> ReduceRules.reduce(Primitive.MIN, call));
        add(table, "conv2d", "x weight stride? padding? dilation? groups?", WindowRules::conv2d);
        add(table, "max_pool2d", "x kernel stride? padding?", WindowRules::maxPool2d);
        add(table, "softmax", "x", call -> ReduceRules.lastAxis(Primitive.SOFTMAX, call));
        add(table, "log_softmax", "x", call -> ReduceRules.lastAxis(Primitive.LOG_SOFTMAX, call));
        add(table, "pick", "x index", ReduceRules::pick);
        add(table, "argmax", "x", ReduceRules::argmax);
        add(table, "one_hot", "index depth", ReduceRules::oneHot);
    }

    private static void brackets(Map<String, Builtin> table) {
        bracket(table, "reshape", "x -> reshape[N, 128]");
        bracket(table, "squeeze", "x -> squeeze[-1]");
        bracket(table, "unsqueeze", "x -> unsqueeze[1]");
        bracket(table, "cast", "x -> cast[f32]");
    }

    private static void bracket(Map<String, Builtin> table, String name, String example) {
        table.put(name, new Builtin(name, List.of(new Arguments.Slot("x", true)), true, example, call -> Val.POISON));
    }

    private static void initializers(Map<String, Builtin> table) {
        add(table, "zeros", "", call -> init(new Initializer.Fill(0)));
        add(table, "ones", "", call -> init(new Initializer.Fill(1)));
        add(table, "fill", "value", InitializerRules::fill);
        add(table, "normal", "mean? std?", InitializerRules::normal);
        add(table, "uniform", "low? high?", InitializerRules::uniform);
        add(table, "fan_uniform", "gain? fan?", call -> InitializerRules.fan(call, true, 1));
        add(table, "fan_normal", "gain? fan?", call -> InitializerRules.fan(call, false, 1));
        add(table, "kaiming_uniform", "", call -> InitializerRules.fan(call, true, Math.sqrt(6)));
        add(table, "kaiming_normal", "", call -> InitializerRules.fan(call, false, Math.sqrt(2)));
        add(table, "with_fan", "initializer fan", InitializerRules::withFan);
    }

    private static Val init(Initializer initializer) {
        return new Val.Const(new Constant.Init(initializer));
    }

    private static void compileTime(Map<String, Builtin> table) {
        add(
                table,
                "rank",
                "x",
                call -> call.tensor("x")
                        .<Val>map(x -> Val.Const.of((long) x.type().rank()))
                        .orElse(Val.POISON));
        add(table, "dim", "x axis", ShapeRules::dim);
        add(
                table,
                "shape",
                "x",
                call -> call.tensor("x")
                        .<Val>map(x -> new Val.Const(new Constant.ListOf(x.type().dims().stream()
                                .map(d -> (Constant) new Constant.Int(d))
                                .toList())))
                        .orElse(Val.POISON));
        add(
                table,
                "len",
                "list",
                call -> call.value("list") instanceof Val.Const(Constant.ListOf(List<Constant> items))
                        ? Val.Const.of((long) items.size())
                        : call.fail(
                                call.error("NND0205", "`len` takes a list, got " + Val.describe(call.value("list")))));
    }

    /** The product of dims, for messages. */
    static String product(List<Dim> dims) {
        return dims.isEmpty()
                ? "1"
                : String.join(" * ", dims.stream().map(Dim::toString).toList());
    }
}
