package dev.nnd.compiler.onnx;

import dev.nnd.compiler.type.DType;
import dev.nnd.compiler.type.Dim;
import dev.nnd.compiler.type.TensorType;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.BinaryOperator;

/** Arithmetic, comparison and choice, element by element with broadcasting. */
final class ElementwiseOps {

    private ElementwiseOps() {}

    static void add(Map<String, Rule> table) {
        unary(table);
        for (String[] pair : new String[][] {
            {"Add", "+"},
            {"Sub", "-"},
            {"Mul", "*"},
            {"Less", "<"},
            {"LessOrEqual", "<="},
            {"Greater", ">"},
            {"GreaterOrEqual", ">="},
            {"Equal", "=="},
            {"And", "and"},
            {"Or", "or"},
            {"Xor", "!="}
        }) {
            Rule.one(table, pair[0], c -> operator(c, pair[1], c.in(0), second(c)));
        }
        Rule.one(table, "Div", c -> divide(c, c.in(0), second(c)));
        Rule.one(table, "Pow", c -> power(c, c.in(0), second(c)));
        Rule.one(table, "Mod", ElementwiseOps::modulo);
        Rule.one(table, "Min", c -> joined(c, (a, b) -> function(c, "minimum", a, b)));
        Rule.one(table, "Max", c -> joined(c, (a, b) -> function(c, "maximum", a, b)));
        Rule.one(table, "Sum", c -> joined(c, (a, b) -> operator(c, "+", a, b)));
        Rule.one(
                table,
                "Mean",
                c -> divide(
                        c,
                        joined(c, (a, b) -> operator(c, "+", a, b)),
                        c.literal(c.type(0).dtype(), c.inputs().size())));
        Rule.one(table, "Where", c -> select(c, c.in(0), c.in(1), c.in(2)));
        Rule.one(table, "Clip", ElementwiseOps::clip);
        Rule.one(table, "Cast", ElementwiseOps::cast);
        Rule.one(table, "CastLike", c -> convert(c, c.in(0), c.type(1).dtype()));
        Rule.one(table, "Identity", c -> c.in(0));
        Rule.one(table, "IsNaN", c -> c.emit("{} -> is_nan", c.in(0)));
        Rule.one(table, "IsInf", ElementwiseOps::isInf);
        table.put("Dropout", ElementwiseOps::dropout);
    }

    private static void unary(Map<String, Rule> table) {
        for (String op : List.of(
                "Abs",
                "Sign",
                "Sqrt",
                "Reciprocal",
                "Exp",
                "Log",
                "Sin",
                "Cos",
                "Tan",
                "Asin",
                "Acos",
                "Atan",
                "Sinh",
                "Cosh",
                "Asinh",
                "Acosh",
                "Atanh",
                "Tanh",
                "Sigmoid",
                "Erf",
                "Floor",
                "Ceil",
                "Round")) {
            String name = NodeCall.snake(op);
            Rule.one(table, op, c -> c.emit("{} -> " + name, tensor(c, c.in(0))));
        }
        Rule.one(table, "Neg", c -> c.emit("-{}", tensor(c, c.in(0))));
        Rule.one(table, "Not", c -> c.emit("not {}", tensor(c, c.in(0))));
    }

    /** A value that is no literal. */
    static Value tensor(NodeCall c, Value x) {
        return x instanceof Value.Known k && k.data().rank() == 0 && Literals.has(k.data())
                ? c.emit(
                        "full[1]({}) -> cast[{}] -> squeeze[0]",
                        Literals.of(k.data(), 0),
                        k.data().dtype())
                : x;
    }

    /** The second operand; old operator sets align it by an axis. */
    private static Value second(NodeCall c) {
        Value b = c.in(1);
        if (c.opset() >= 7 || c.integer("broadcast", 0) == 0 || !c.hasAttribute("axis")) {
            return b;
        }
        int missing = c.rank(0)
                - NodeCall.axis(c.integer("axis", 0), c.rank(0))
                - b.type().rank();
        var dims = new ArrayList<>(b.type().dims());
        for (int i = 0; i < missing; i++) {
            dims.add(Dim.ONE);
        }
        return c.reshape(b, dims);
    }

    /** A single known number becomes a scalar where broadcasting makes that the same. */
    private static Value narrowed(NodeCall c, Value x, Value other) {
        return x instanceof Value.Known k
                        && k.data().size() == 1
                        && k.data().rank() > 0
                        && !(other instanceof Value.Known)
                        && k.data().rank() <= other.type().rank()
                ? c.known(k.data().reshaped(List.of()))
                : x;
    }

    static Value operator(NodeCall c, String operator, Value a, Value b) {
        Shapes.meet(a.type().dims(), b.type().dims());
        Value left = narrowed(c, a, b);
        Value right = narrowed(c, b, a);
        return bothLiteral(left, right)
                ? c.emit("{} " + operator + " {}", tensor(c, left), right)
                : c.emit("{} " + operator + " {}", left, right);
    }

    static Value function(NodeCall c, String name, Value a, Value b) {
        Shapes.meet(a.type().dims(), b.type().dims());
        Value left = narrowed(c, a, b);
        Value right = narrowed(c, b, a);
        return c.emit(name + "({}, {})", bothLiteral(left, right) ? tensor(c, left) : left, right);
    }

    private static boolean bothLiteral(Value a, Value b) {
        return a instanceof Value.Known
                && b instanceof Value.Known
                && a.type().rank() == 0
                && b.type().rank() == 0;
    }

    private static Value joined(NodeCall c, BinaryOperator<Value> two) {
        return c.all().stream().reduce(two).orElseThrow(() -> new OnnxProblem("it has no input"));
    }

    /** Quotients of integers are rounded towards zero. */
    static Value divide(NodeCall c, Value a, Value b) {
        if (a.type().dtype().isFloat()) {
            return operator(c, "/", a, b);
        }
        Value whole = function(c, "floor_div", c.emit("abs({})", tensor(c, a)), c.emit("abs({})", tensor(c, b)));
        Value sign = operator(c, "*", c.emit("sign({})", tensor(c, a)), c.emit("sign({})", tensor(c, b)));
        return operator(c, "*", sign, whole);
    }

    static Value power(NodeCall c, Value base, Value exponent) {
        DType dtype = base.type().dtype();
        if (exponent instanceof Value.Known k
                && k.data().size() == 1
                && k.data().rank() <= base.type().rank()) {
            double number = k.data().number(0);
            if (number == 2) {
                return c.emit("{} -> square", base);
            }
        }
        if (dtype.isFloat()) {
            return operator(c, "**", base, convert(c, exponent, dtype));
        }
        Value power = operator(c, "**", convert(c, base, DType.F64), convert(c, exponent, DType.F64));
        return c.emit("{} -> round -> cast[{}]", power, dtype);
    }

    private static Value modulo(NodeCall c) {
        Value a = c.in(0);
        Value b = c.in(1);
        if (c.integer("fmod", 0) == 0) {
            return function(c, "remainder", a, b);
        }
        Value rest = function(c, "remainder", c.emit("abs({})", tensor(c, a)), c.emit("abs({})", tensor(c, b)));
        return operator(c, "*", c.emit("sign({})", a), rest);
    }

    static Value select(NodeCall c, Value condition, Value a, Value b) {
        boolean both = a.type().rank() == 0 && b.type().rank() == 0 && bothLiteral(a, b);
        if (condition instanceof Value.Known k
                && k.data().size() == 1
                && k.data().rank() == 0) {
            List<Dim> dims = Shapes.broadcastDims(a.type().dims(), b.type().dims());
            return expand(c, k.data().integer(0) != 0 ? a : b, dims);
        }
        Value otherwise = narrowed(c, b, condition);
        Value then = both ? tensor(c, a) : narrowed(c, a, condition);
        if (bothLiteral(then, otherwise)) {
            then = tensor(c, then);
        }
        return c.emit("select({}, {}, {})", condition, then, otherwise);
    }

    static Value expand(NodeCall c, Value x, List<Dim> dims) {
        TensorType type = x.type();
        return type.dims().equals(dims) ? x : c.emit("{} -> broadcast_to[{}]", tensor(c, x), Body.dims(dims));
    }

    private static Value clip(NodeCall c) {
        Value x = tensor(c, c.in(0));
        if (c.opset() < 11) {
            x = c.hasAttribute("min")
                    ? function(c, "maximum", x, c.literal(x.type().dtype(), c.number("min", 0)))
                    : x;
            return c.hasAttribute("max")
                    ? function(c, "minimum", x, c.literal(x.type().dtype(), c.number("max", 0)))
                    : x;
        }
        x = c.has(1) ? function(c, "maximum", x, c.in(1)) : x;
        return c.has(2) ? function(c, "minimum", x, c.in(2)) : x;
    }

    private static Value cast(NodeCall c) {
        int to = (int) c.integer("to", 1);
        DType dtype = Tensors.dtype(to)
                .orElseThrow(() -> new OnnxProblem("a cast to " + Tensors.word(to) + " is not supported"));
        return convert(c, c.in(0), dtype);
    }

    static Value convert(NodeCall c, Value x, DType dtype) {
        DType from = x.type().dtype();
        if (from == dtype) {
            return x;
        }
        if (dtype == DType.BOOL && !(x instanceof Value.Known)) {
            return c.emit("{} != {}", x, from.isFloat() ? "0.0" : "0");
        }
        return c.cast(x, dtype);
    }

    private static Value isInf(NodeCall c) {
        boolean negative = c.integer("detect_negative", 1) == 1;
        boolean positive = c.integer("detect_positive", 1) == 1;
        Value x = c.in(0);
        Value any = c.emit("{} -> is_inf", x);
        if (negative && positive) {
            return any;
        }
        return negative || positive
                ? c.emit("{} and {} " + (positive ? ">" : "<") + " 0.0", any, x)
                : c.emit("{} != {}", any, any);
    }

    private static List<Value> dropout(NodeCall c) {
        boolean training =
                c.has(2) && (!(c.in(2) instanceof Value.Known k) || k.data().integer(0) != 0);
        boolean nothing =
                c.has(1) && c.in(1) instanceof Value.Known r && r.data().number(0) == 0;
        if (training && !nothing) {
            throw new OnnxProblem("dropout in training mode draws random numbers, and its result is not determined");
        }
        List<Value> results = new ArrayList<>(List.of(c.in(0)));
        if (c.wants(1)) {
            DType dtype = c.opset() >= 10 ? DType.BOOL : c.type(0).dtype();
            results.add(convert(c, c.body().filled(c.type(0).as(DType.F32), "1.0", 1), dtype));
        }
        return results;
    }
}
