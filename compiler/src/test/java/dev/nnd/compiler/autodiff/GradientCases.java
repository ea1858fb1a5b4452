package dev.nnd.compiler.autodiff;

import dev.nnd.compiler.ir.Op;
import dev.nnd.compiler.ir.Op.BinaryFunction;
import dev.nnd.compiler.ir.Op.ReduceFunction;
import dev.nnd.compiler.ir.Op.UnaryFunction;
import dev.nnd.compiler.ir.Permutation;
import dev.nnd.compiler.ir.Port;
import dev.nnd.compiler.ir.TestGraphs;
import dev.nnd.compiler.ir.Value;
import dev.nnd.compiler.type.DType;
import dev.nnd.compiler.type.Dim;
import dev.nnd.compiler.type.TensorType;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
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

    /** Two states, of which one feeds the other, a sequence, a matrix that all steps read, and a collected value. */
    private static Value scan(GradientCheck check, boolean reverse) {
        TensorType state = new TensorType(DType.F64, List.of(GradientCheck.dims(2, 3)));
        TensorType matrix = new TensorType(DType.F64, List.of(GradientCheck.dims(3, 3)));
        Dim steps = check.free("T", check.size(4));
        var body = TestGraphs.builder();
        Value a = body.input(Port.Role.INPUT, "a", state);
        Value b = body.input(Port.Role.INPUT, "b", state);
        Value x = body.input(Port.Role.INPUT, "x", state);
        Value w = body.input(Port.Role.PARAMETER, "w", matrix);
        Value next = body.unary(UnaryFunction.TANH, body.add(body.matMul(a, w, false, false), x));
        body.output(Port.Role.OUTPUT, "a", next);
        body.output(Port.Role.OUTPUT, "b", body.add(body.multiply(b, next), x));
        body.output(Port.Role.OUTPUT, "y", body.multiply(b, body.unary(UnaryFunction.SIGMOID, next)));
        TensorType sequence = new TensorType(DType.F64, List.of(steps, Dim.of(2), Dim.of(3)));
        List<Value> operands = List.of(
                check.parameter(check.between(-1, 1), state),
                check.parameter(check.between(-1, 1), state),
                check.parameter(check.between(-1, 1), sequence),
                check.parameter(check.between(-1, 1), matrix));
        var scan = new Op.Scan(new dev.nnd.compiler.ir.Function(body.build()), 2, 1, steps, reverse);
        List<Value> results = check.graph.applyAll("scan", scan, operands);
        Value collected = check.graph.reduceSum(results.get(2), List.of(0), false);
        return check.graph.add(check.graph.multiply(results.get(0), results.get(1)), collected);
    }

    /** f(f(x, w), v) with f(x, w) = tanh(x w) sigmoid(x w) + x, of which the halves keep what they need. */
    private static Value calls(GradientCheck check) {
        TensorType type = new TensorType(DType.F64, List.of(GradientCheck.dims(3, 3)));
        var inside = TestGraphs.builder();
        Value x = inside.input(Port.Role.INPUT, "x", type);
        Value w = inside.input(Port.Role.PARAMETER, "w", type);
        Value product = inside.matMul(x, w, false, false);
        Value gated = inside.multiply(
                inside.unary(UnaryFunction.TANH, product), inside.unary(UnaryFunction.SIGMOID, product));
        inside.output(Port.Role.OUTPUT, "y", inside.add(gated, x));
        var function = new dev.nnd.compiler.ir.Function(inside.build());
        Value y = check.parameter(check.between(-1, 1), type);
        for (int i = 0; i < 2; i++) {
            Value weight = check.parameter(check.between(-1, 1), type);
            y = check.graph.call("call", function, List.of(y, weight)).getFirst();
        }
        return y;
    }

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
        cases.add(new Case("two calls of a function", GradientCases::calls));
        cases.add(new Case("scan", check -> scan(check, false)));
        cases.add(new Case("scan from the end", check -> scan(check, true)));
        cases.add(new Case(
                "cast",
                check -> check.graph.cast(
                        check.parameter(check.between(-1, 1), TensorType.of(DType.F32, Dim.of(4))), DType.F64)));
        cases.add(new Case("reshape, transpose, broadcast", GradientCases::moves));
        for (boolean left : new boolean[] {false, true}) {
            for (boolean right : new boolean[] {false, true}) {
                cases.add(new Case("matmul " + left + " " + right, check -> matMul(check, left, right)));
                cases.add(new Case(
                        "matmul of permuted axes " + left + " " + right, check -> permuted(check, left, right)));
                cases.add(new Case("batch @ matrix " + left + " " + right, check -> oneMatrix(check, left, right)));
            }
        }
        for (boolean relu : new boolean[] {false, true}) {
            cases.add(new Case("inner product, relu " + relu, check -> innerProduct(check, relu)));
            cases.add(new Case("convolution, relu " + relu, check -> convolution(check, 2, relu)));
        }
        for (int axes = 1; axes <= 3; axes++) {
            windows(cases, axes);
        }
        cases.add(new Case("backward of a mean pool", GradientCases::meanBackward));
        cases.addAll(IndexingGradientCases.all());
        cases.add(new Case("softmax", check -> rows(check, new Op.Softmax())));
        cases.add(new Case("log softmax", check -> rows(check, new Op.LogSoftmax())));
        cases.add(new Case("pick", GradientCases::pick));
        cases.add(new Case("cross-entropy", check -> crossEntropy(check, 0)));
        cases.add(new Case("probabilities of cross-entropy", check -> crossEntropy(check, 1)));
        return cases;
    }

    private static void windows(List<Case> cases, int axes) {
        cases.add(new Case("convolution " + axes + "d", check -> convolution(check, axes, false)));
        cases.add(new Case("transposed convolution " + axes + "d", check -> backwardOfConvolution(check, axes, false)));
        cases.add(
                new Case("weights of a convolution " + axes + "d", check -> backwardOfConvolution(check, axes, true)));
        for (Op.PoolFunction function : Op.PoolFunction.values()) {
            cases.add(new Case("pool " + function + " " + axes + "d", check -> pool(check, function, axes)));
        }
        for (boolean affine : new boolean[] {false, true}) {
            String form = axes + "d, affine " + affine;
            cases.add(new Case("batch norm in training " + form, check -> batchNorm(check, axes, affine, true)));
            cases.add(new Case("batch norm in use " + form, check -> batchNorm(check, axes, affine, false)));
        }
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

    /** The batch of b may be repeated; every operand and the result have an order of their own. */
    private static Value permuted(GradientCheck check, boolean left, boolean right) {
        Dim n = check.free("N", check.size(3));
        Dim heads = Dim.of(check.size(3));
        List<List<Integer>> orders = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            var order = new ArrayList<>(List.of(0, 1, 2));
            Collections.shuffle(order, check.random);
            order.add(3);
            orders.add(check.random.nextInt(4) == 0 ? List.of() : order);
        }
        Dim repeated = check.random.nextBoolean() ? Dim.ONE : heads;
        List<Dim> a = List.of(n, heads, Dim.of(left ? 2 : 3), Dim.of(left ? 3 : 2));
        List<Dim> b = List.of(n, repeated, Dim.of(right ? 4 : 2), Dim.of(right ? 2 : 4));
        var op = new Op.MatMul(left, right, orders.get(0), orders.get(1), orders.get(2));
        return check.graph.apply(op, stored(check, a, orders.get(0)), stored(check, b, orders.get(1)));
    }

    private static Value stored(GradientCheck check, List<Dim> read, List<Integer> order) {
        Dim[] dims = Permutation.of(Permutation.inverse(order), read).toArray(Dim[]::new);
        return check.parameter(check.between(-1, 1), dims);
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

    private static Value convolution(GradientCheck check, int axes, boolean relu) {
        Dim n = check.free("N", check.size(2));
        int groups = check.size(3);
        int inputs = check.size(2);
        int outputs = groups * check.size(2);
        Op.Window window = window(check, axes);
        Value x = check.parameter(check.quarters(), image(n, (long) groups * inputs, axes));
        Value w = check.parameter(check.quarters(), weights(outputs, inputs, window));
        if (!relu && check.random.nextInt(3) == 0) {
            return check.graph.apply(new Op.Convolution(window, groups, false, false), x, w);
        }
        Value bias = check.parameter(check.betweenSixteenths(), Dim.of(outputs));
        return check.graph.apply(new Op.Convolution(window, groups, true, relu), x, w, bias);
    }

    /** The gradients of a convolution as functions of their own: the first is the transposed convolution. */
    private static Value backwardOfConvolution(GradientCheck check, int axes, boolean ofWeights) {
        Dim n = check.free("N", check.size(2));
        int groups = check.size(2);
        int inputs = check.size(2);
        int outputs = groups * check.size(2);
        Op.Window window = window(check, axes);
        Dim[] x = image(n, (long) groups * inputs, axes);
        Dim[] w = weights(outputs, inputs, window);
        var y = new ArrayList<>(List.of(n, Dim.of(outputs)));
        for (int axis = 0; axis < axes; axis++) {
            y.add(window.output(axis, x[2 + axis]));
        }
        Value dy = check.parameter(check.quarters(), y.toArray(Dim[]::new));
        return ofWeights
                ? check.graph.apply(
                        new Op.ConvolutionBackwardWeights(window, groups, List.of(w), false),
                        dy,
                        check.parameter(check.quarters(), x))
                : check.graph.apply(
                        new Op.ConvolutionBackwardData(window, groups, List.of(x)),
                        dy,
                        check.parameter(check.quarters(), w));
    }

    private static Dim[] image(Dim n, long channels, int axes) {
        Dim[] sizes = {Dim.of(7), Dim.of(6), Dim.of(5)};
        return join(new Dim[] {n, Dim.of(channels)}, Arrays.copyOfRange(sizes, 3 - axes, 3));
    }

    private static Dim[] weights(int outputs, int inputs, Op.Window window) {
        return join(
                GradientCheck.dims(outputs, inputs),
                window.kernel().stream().map(k -> Dim.of(k)).toArray(Dim[]::new));
    }

    /** Any kernel up to 3, strides, uneven padding and dilation. */
    private static Op.Window window(GradientCheck check, int axes) {
        return TestGraphs.window(
                numbers(check, axes, 1, 3),
                numbers(check, axes, 1, 3),
                numbers(check, axes, 0, 2),
                numbers(check, axes, 0, 2),
                numbers(check, axes, 1, 2));
    }

    private static List<Integer> numbers(GradientCheck check, int count, int low, int high) {
        return IntStream.range(0, count)
                .mapToObj(_ -> low + check.random.nextInt(high - low + 1))
                .toList();
    }

    private static Value pool(GradientCheck check, Op.PoolFunction function, int axes) {
        Dim n = check.free("N", check.size(2));
        List<Integer> kernel = numbers(check, axes, 1, 3);
        List<Integer> padding =
                kernel.stream().map(k -> check.random.nextInt(k / 2 + 1)).toList();
        var window = new Op.Window(
                kernel,
                numbers(check, axes, 1, 3),
                padding,
                padding,
                numbers(check, axes, 1, function == Op.PoolFunction.MAXIMUM ? 2 : 1),
                check.random.nextBoolean());
        Value x = check.parameter(check.distinct(1000), image(n, 2, axes));
        boolean indices = function == Op.PoolFunction.MAXIMUM && check.random.nextBoolean();
        return check.graph.apply(new Op.Pool(function, window, indices), x);
    }

    private static Value meanBackward(GradientCheck check) {
        Dim n = check.free("N", check.size(2));
        Op.Window window = TestGraphs.window(3, 2, 1);
        var op = new Op.PoolBackward(Op.PoolFunction.AVERAGE, window, List.of(n, Dim.of(2), Dim.of(5), Dim.of(7)));
        return check.graph.apply(op, check.parameter(check.between(-1, 1), n, Dim.of(2), Dim.of(3), Dim.of(4)));
    }

    private static Value batchNorm(GradientCheck check, int axes, boolean affine, boolean training) {
        Dim n = check.free("N", 1 + check.size(3));
        long channels = check.size(3);
        Value x = check.parameter(check.between(-2, 2), image(n, channels, axes));
        var operands = new ArrayList<>(List.of(x));
        if (!training) {
            operands.add(check.parameter(check.between(-1, 1), Dim.of(channels)));
            operands.add(check.parameter(check.between(0.5, 2), Dim.of(channels)));
        }
        if (affine) {
            operands.add(check.parameter(check.between(-2, 2), Dim.of(channels)));
            operands.add(check.parameter(check.between(-2, 2), Dim.of(channels)));
        }
        Op op = training ? new Op.BatchNormTraining(0.1, affine) : new Op.BatchNorm(0.1, affine);
        return check.graph.applyAll("normal", op, operands).getFirst();
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
