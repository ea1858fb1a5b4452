package dev.nnd.compiler.autodiff;

import dev.nnd.compiler.ir.Op;
import dev.nnd.compiler.ir.Op.BinaryFunction;
import dev.nnd.compiler.ir.Op.ReduceFunction;
import dev.nnd.compiler.ir.Op.UnaryFunction;
import dev.nnd.compiler.ir.Port;
import dev.nnd.compiler.ir.Value;
import dev.nnd.compiler.type.DType;
import dev.nnd.compiler.type.Dim;
import dev.nnd.compiler.type.TensorType;
import java.util.ArrayList;
import java.util.List;
import java.util.function.DoubleSupplier;
import java.util.function.Function;
import java.util.stream.IntStream;

/** A differentiable function for each op and each function of one and two numbers, at random shapes and places. */
final class GradientCases {

    /** A function of parameters; {@code build} returns its value. */
    record Case(String name, Function<GradientCheck, Value> build) {
        @Override
        public String toString() {
            return name;
        }
    }

    private GradientCases() {}

    static List<Case> all() {
        var cases = new ArrayList<Case>();
        for (UnaryFunction function : UnaryFunction.values()) {
            if (GradientFlow.passes(new Op.Unary(function), 0)) {
                cases.add(new Case("unary " + function, check -> unary(check, function)));
            }
        }
        for (BinaryFunction function : BinaryFunction.values()) {
            if (GradientFlow.passes(new Op.Binary(function), 0)) {
                cases.add(new Case("binary " + function, check -> binary(check, function)));
            }
        }
        for (ReduceFunction function : ReduceFunction.values()) {
            if (GradientFlow.passes(new Op.Reduce(function, List.of(), false), 0)) {
                cases.add(new Case("reduce " + function, check -> reduce(check, function)));
            }
        }
        cases.add(new Case(
                "power by a constant",
                check -> check.graph.binary(
                        BinaryFunction.POWER,
                        check.parameter(check.awayFromZero(0.5, 2), GradientCheck.dims(5)),
                        check.graph.constant(check.size(4) - 1, DType.F64))));
        cases.add(new Case("select", GradientCases::select));
        cases.add(new Case(
                "cast",
                check -> check.graph.cast(
                        check.parameter(check.between(-1, 1), TensorType.of(DType.F32, Dim.of(4))), DType.F64)));
        cases.add(new Case("reshape, transpose, broadcast", GradientCases::moves));
        for (boolean left : new boolean[] {false, true}) {
            for (boolean right : new boolean[] {false, true}) {
                cases.add(new Case("matmul " + left + " " + right, check -> matMul(check, left, right)));
                cases.add(new Case("batch @ matrix " + left + " " + right, check -> oneMatrix(check, left, right)));
            }
        }
        for (boolean relu : new boolean[] {false, true}) {
            cases.add(new Case("inner product, relu " + relu, check -> innerProduct(check, relu)));
            cases.add(new Case("convolution, relu " + relu, check -> convolution(check, relu)));
        }
        cases.add(new Case("max pool", GradientCases::maxPool));
        cases.addAll(IndexingGradientCases.all());
        cases.add(new Case("softmax", check -> rows(check, new Op.Softmax())));
        cases.add(new Case("log softmax", check -> rows(check, new Op.LogSoftmax())));
        cases.add(new Case("pick", GradientCases::pick));
        cases.add(new Case("cross-entropy", check -> crossEntropy(check, 0)));
        cases.add(new Case("probabilities of cross-entropy", check -> crossEntropy(check, 1)));
        return cases;
    }

    private static Value unary(GradientCheck check, UnaryFunction function) {
        DoubleSupplier domain = switch (function) {
            case ABS, RELU -> check.awayFromZero(0.1, 2);
            case RECIPROCAL -> check.awayFromZero(0.5, 2);
            case SQRT, RSQRT, LOG -> check.between(0.3, 3);
            case LOG1P -> check.between(-0.6, 2);
            case ASIN, ACOS -> check.between(-0.9, 0.9);
            case NEGATE, SQUARE, EXP, EXPM1, SIN, COS, TANH, SIGMOID, ERF, SOFTPLUS, ATAN -> check.between(-2, 2);
            case SIGN, FLOOR, CEIL, ROUND, STOP_GRADIENT, NOT -> throw new IllegalArgumentException(function.name());
        };
        Value x = check.parameter(domain, check.free("N", check.size(4)), Dim.of(3));
        return check.graph.unary(function, x);
    }

    private static Value binary(GradientCheck check, BinaryFunction function) {
        Dim[] full = {check.free("N", check.size(3)), Dim.of(check.size(3)), Dim.of(check.size(3))};
        DoubleSupplier distinct = check.distinct();
        DoubleSupplier left = switch (function) {
            case POWER -> check.between(0.5, 2);
            case MINIMUM, MAXIMUM -> distinct;
            case ADD, SUBTRACT, MULTIPLY, DIVIDE -> check.between(-2, 2);
            case REMAINDER -> check.between(0.1, 0.9);
            case FLOOR_DIVIDE, AND, OR -> throw new IllegalArgumentException(function.name());
        };
        DoubleSupplier right = switch (function) {
            case DIVIDE -> check.awayFromZero(0.5, 2);
            case REMAINDER -> () -> -1.5; // jumps where a is a multiple of b
            default -> left;
        };
        Value a = check.parameter(left, broadcastable(check, full));
        Value b = check.parameter(right, broadcastable(check, full));
        return check.graph.binary(function, a, b);
    }

    /** Dims that broadcast to these: leading ones left out, others 1. */
    private static Dim[] broadcastable(GradientCheck check, Dim... full) {
        int dropped = check.random.nextInt(full.length + 1);
        return IntStream.range(dropped, full.length)
                .mapToObj(i -> check.random.nextInt(3) == 0 ? Dim.ONE : full[i])
                .toArray(Dim[]::new);
    }

    private static Value reduce(GradientCheck check, ReduceFunction function) {
        Dim n = check.free("N", check.size(4));
        Value x = check.parameter(check.distinct(), n, Dim.of(check.size(4)), Dim.of(check.size(3)));
        List<Integer> axes = IntStream.range(0, 3)
                .filter(_ -> check.random.nextBoolean())
                .boxed()
                .toList();
        return check.graph.reduce(function, x, axes, check.random.nextBoolean());
    }

    private static Value select(GradientCheck check) {
        Dim n = check.free("N", check.size(4));
        Value c = check.input("condition", () -> check.random.nextInt(2), TensorType.of(DType.BOOL, n, Dim.ONE));
        Value a = check.parameter(check.between(-1, 1), n, Dim.of(3));
        Value b = check.parameter(check.between(-1, 1), Dim.of(3));
        return check.graph.select(c, a, b);
    }

    private static Value moves(GradientCheck check) {
        Dim n = check.free("N", check.size(3));
        Value x = check.parameter(check.between(-1, 1), Dim.of(2), n, Dim.of(3));
        Value turned = check.graph.transpose(x, List.of(2, 0, 1));
        Value flat = check.graph.reshape(turned, List.of(Dim.of(3), Dim.ONE, n.times(Dim.of(2))));
        return check.graph.broadcast(flat, List.of(Dim.of(2), Dim.of(3), Dim.of(4), n.times(Dim.of(2))));
    }

    private static Value matMul(GradientCheck check, boolean left, boolean right) {
        Dim n = check.free("N", check.size(3));
        Dim rows = Dim.of(check.size(4));
        Dim inner = Dim.of(check.size(4));
        Dim columns = Dim.of(check.size(4));
        Dim[] batches = check.random.nextBoolean() ? new Dim[] {n, Dim.ONE} : new Dim[] {Dim.of(2)};
        Value a = check.parameter(check.between(-1, 1), join(batches, left ? inner : rows, left ? rows : inner));
        Dim[] others = check.random.nextBoolean() ? new Dim[] {Dim.of(2)} : new Dim[] {};
        Value b = check.parameter(check.between(-1, 1), join(others, right ? columns : inner, right ? inner : columns));
        return check.graph.matMul(a, b, left, right);
    }

    private static Value oneMatrix(GradientCheck check, boolean left, boolean right) {
        Dim[] batches = {check.free("N", check.size(3)), Dim.of(2)};
        Value a = check.parameter(check.between(-1, 1), join(batches, Dim.of(3), Dim.of(left ? 2 : 3)));
        Value b = check.parameter(check.between(-1, 1), GradientCheck.dims(right ? 4 : 3, right ? 3 : 4));
        return check.graph.matMul(a, b, left, right);
    }

    private static Dim[] join(Dim[] first, Dim... last) {
        var dims = new ArrayList<>(List.of(first));
        dims.addAll(List.of(last));
        return dims.toArray(Dim[]::new);
    }

    // Operands of fused relus are chosen so that no pre-activation is near the kink.
    private static Value innerProduct(GradientCheck check, boolean relu) {
        Dim n = check.free("N", check.size(4));
        int features = check.size(4);
        boolean joined = check.random.nextBoolean();
        Value x = check.parameter(check.quarters(), n, Dim.of(2), Dim.of(features));
        Value w = check.parameter(
                check.quarters(), joined ? GradientCheck.dims(5, 2L * features) : GradientCheck.dims(5, 2, features));
        if (!relu && check.random.nextInt(3) == 0) {
            return check.graph.apply(new Op.InnerProduct(false, false), x, w);
        }
        Value bias = check.parameter(check.betweenSixteenths(), Dim.of(5));
        return check.graph.apply(new Op.InnerProduct(true, relu), x, w, bias);
    }

    private static Value convolution(GradientCheck check, boolean relu) {
        Dim n = check.free("N", check.size(2));
        int groups = check.size(3);
        int inputs = check.size(2);
        int outputs = groups * check.size(2);
        Op.Window window = window(check, 2);
        Value x = check.parameter(check.quarters(), n, Dim.of((long) groups * inputs), Dim.of(6), Dim.of(5));
        Value w = check.parameter(
                check.quarters(), GradientCheck.dims(outputs, inputs, window.kernelHeight(), window.kernelWidth()));
        if (!relu && check.random.nextInt(3) == 0) {
            return check.graph.apply(new Op.Convolution2d(window, groups, false, false), x, w);
        }
        Value bias = check.parameter(check.betweenSixteenths(), Dim.of(outputs));
        return check.graph.apply(new Op.Convolution2d(window, groups, true, relu), x, w, bias);
    }

    /** Any kernel up to 3x3, strides, uneven padding and dilation. */
    private static Op.Window window(GradientCheck check, int maxPadding) {
        return new Op.Window(
                check.size(3),
                check.size(3),
                check.size(3),
                check.size(3),
                check.random.nextInt(maxPadding + 1),
                check.random.nextInt(maxPadding + 1),
                check.random.nextInt(maxPadding + 1),
                check.random.nextInt(maxPadding + 1),
                check.size(2),
                check.size(2));
    }

    private static Value maxPool(GradientCheck check) {
        Dim n = check.free("N", check.size(2));
        int kernel = check.size(3);
        int padding = check.random.nextInt(kernel / 2 + 1);
        var window = new Op.Window(kernel, kernel, check.size(3), check.size(3), padding, padding, padding, 0, 1, 1);
        Value x = check.parameter(check.distinct(), n, Dim.of(2), Dim.of(7), Dim.of(5));
        return check.graph.apply(new Op.MaxPool2d(window, check.random.nextBoolean()), x);
    }

    private static Value rows(GradientCheck check, Op op) {
        Dim n = check.free("N", check.size(3));
        return check.graph.apply(op, check.parameter(check.between(-3, 3), n, Dim.of(2), Dim.of(check.size(5))));
    }

    private static Value pick(GradientCheck check) {
        Dim n = check.free("N", check.size(4));
        return check.graph.apply(
                new Op.Pick(), check.parameter(check.between(-1, 1), n, Dim.of(4)), check.labels(4, n));
    }

    private static Value crossEntropy(GradientCheck check, int output) {
        Dim n = check.free("N", check.size(4));
        Value logits = check.parameter(check.between(-2, 2), n, Dim.of(3), Dim.of(4));
        Value labels = check.labels(4, n, Dim.of(3));
        List<Value> both = check.graph.applyAll("entropy", new Op.SoftmaxCrossEntropy(), List.of(logits, labels));
        check.graph.output(Port.Role.METRIC, "probabilities", both.get(1));
        return both.get(output);
    }
}
