package dev.nnd.compiler.emit.kernel;

import dev.nnd.compiler.emit.JavaNames;
import dev.nnd.compiler.ir.Graph;
import dev.nnd.compiler.ir.Node;
import dev.nnd.compiler.ir.Op;
import dev.nnd.compiler.ir.Port;
import dev.nnd.compiler.ir.Value;
import dev.nnd.compiler.type.DType;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** What a kernel computes, as a formula for its comment: {@code dx = y > 0 ? dy : 0}. */
final class Formula {

    /** Longer parts get an equation of their own. */
    private static final int LONGEST = 60;

    private final Map<Integer, Code> known = new HashMap<>();
    private final List<String> equations = new ArrayList<>();
    private final JavaNames names = new JavaNames();

    private Formula() {}

    /** One equation for each output, after those for parts that would be too long. */
    static List<String> of(KernelBody body) {
        var formula = new Formula();
        Graph graph = body.graph();
        for (Port port : graph.inputs()) {
            formula.names.unique(body.parameter(port));
            formula.known.put(port.value().id(), Code.atom(body.parameter(port)));
        }
        graph.outputs().forEach(p -> formula.names.unique(body.parameter(p)));
        graph.nodes().forEach(formula::add);
        graph.outputs().forEach(p -> formula.equation(body, p));
        return List.copyOf(formula.equations);
    }

    private void equation(KernelBody body, Port port) {
        Code value = code(port.value());
        if (!value.text().equals(body.parameter(port))) {
            equations.add(body.parameter(port) + " = " + value.text());
        }
    }

    private void add(Node node) {
        List<Code> in = node.inputs().stream().map(this::code).toList();
        Code code = code(node, in);
        if (code.text().length() > LONGEST) {
            String name = names.unique(node.output().name());
            equations.add(name + " = " + code.text());
            code = Code.atom(name);
        }
        known.put(node.output().id(), code);
        if (node.op() instanceof Op.SoftmaxCrossEntropy) {
            known.put(node.outputs().get(1).id(), Code.call("softmax", in.getFirst()));
        }
    }

    private Code code(Value value) {
        return known.getOrDefault(value.id(), Code.atom(value.name()));
    }

    private static Code code(Node node, List<Code> in) {
        return switch (node.op()) {
            case Op.Constant o -> number(o.value());
            case Op.Size o -> {
                String text = o.dim().toString().toLowerCase(Locale.ROOT);
                yield new Code(text, text.contains(" ") ? Code.SUM : Code.ATOM);
            }
            case Op.Unary o -> unary(o.function(), in.getFirst());
            case Op.Binary o -> binary(o.function(), in.get(0), in.get(1));
            case Op.Compare o -> ScalarCode.compare(o.comparison(), in.get(0), in.get(1));
            case Op.Select _ -> Code.choice(in.get(0), in.get(1), in.get(2));
            case Op.Cast _, Op.Broadcast _, Op.Reshape _ -> in.getFirst();
            case Op.Reduce o -> Code.call(o.function().name().toLowerCase(Locale.ROOT), in.getFirst());
            case Op.Transpose o -> Code.call("transpose" + o.permutation(), in.toArray(Code[]::new));
            case Op.Softmax _ -> Code.call("softmax", in.getFirst());
            case Op.LogSoftmax _ -> Code.call("log_softmax", in.getFirst());
            case Op.Pick _ ->
                Code.atom(in.get(0).in(Code.ATOM) + "[" + in.get(1).text() + "]");
            case Op.OneHot _ -> Code.call("one_hot", in.getFirst());
            case Op.ArgMax _ -> Code.call("argmax", in.getFirst());
            case Op.SoftmaxCrossEntropy _ ->
                Code.atom("-log softmax(" + in.get(0).text() + ")[" + in.get(1).text() + "]");
            case Op.SoftmaxCrossEntropyBackward _ -> {
                Code hot = Code.call("one_hot", in.get(1));
                yield Code.infix(Code.infix(in.get(0), "-", hot, Code.SUM), "*", in.get(2), Code.PRODUCT);
            }
            case Op.Indexing o -> Code.call(word(o), in.toArray(Code[]::new));
            case Op.Provided _, Op.Call _, Op.Scan _ -> throw new IllegalArgumentException(node.op() + " is no kernel");
        };
    }

    private static String word(Op.Indexing op) {
        return switch (op) {
            case Op.Iota _ -> "range";
            case Op.Slice _ -> "slice";
            case Op.Pad _ -> "pad";
            case Op.Concat _ -> "concat";
            case Op.Gather _ -> "gather";
            case Op.Scatter o -> "scatter_" + o.mode().name().toLowerCase(Locale.ROOT);
            case Op.Cumulate o -> "cumulative_" + o.function().name().toLowerCase(Locale.ROOT);
            case Op.Recurrence _ -> "recurrence";
            case Op.Sort _ -> "sort";
            case Op.Random o -> "random_" + o.distribution().name().toLowerCase(Locale.ROOT);
        };
    }

    private static Code number(double value) {
        // Constants are computed in f64 and used in f32: 1 - 0.9 is 0.1 to the reader.
        boolean rounded = Math.abs((float) value - value) <= 1e-7 * Math.abs(value);
        String text = rounded
                ? Float.toString((float) value).replace("E", "e")
                : Literals.constant(value, DType.F64).text();
        String shorter = text.endsWith(".0") ? text.substring(0, text.length() - 2) : text;
        return new Code(shorter, shorter.startsWith("-") ? Code.UNARY : Code.ATOM);
    }

    private static Code unary(Op.UnaryFunction function, Code x) {
        return switch (function) {
            case NEGATE -> Code.prefix("-", x);
            case SQUARE -> Code.atom(x.in(Code.ATOM) + "^2");
            case RECIPROCAL -> Code.infix(Code.atom("1"), "/", x, Code.PRODUCT);
            case NOT -> Code.prefix("!", x);
            case STOP_GRADIENT -> x;
            case ABS,
                    SIGN,
                    SQRT,
                    RSQRT,
                    EXP,
                    EXPM1,
                    LOG,
                    LOG1P,
                    SIN,
                    COS,
                    TANH,
                    SIGMOID,
                    RELU,
                    ERF,
                    SOFTPLUS,
                    FLOOR,
                    CEIL,
                    ROUND,
                    ASIN,
                    ACOS,
                    ATAN -> Code.call(function.name().toLowerCase(Locale.ROOT), x);
        };
    }

    private static Code binary(Op.BinaryFunction function, Code a, Code b) {
        return switch (function) {
            case POWER -> Code.atom(a.in(Code.ATOM) + "^" + b.in(Code.ATOM));
            case MINIMUM -> Code.call("min", a, b);
            case MAXIMUM -> Code.call("max", a, b);
            case FLOOR_DIVIDE -> Code.call("floor_div", a, b);
            case REMAINDER -> Code.call("remainder", a, b);
            case ADD, SUBTRACT, MULTIPLY, DIVIDE, AND, OR -> ScalarCode.binary(function, DType.F64, a, b);
        };
    }
}
