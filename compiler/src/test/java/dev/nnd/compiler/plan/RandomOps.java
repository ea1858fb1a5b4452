package dev.nnd.compiler.plan;

import dev.nnd.compiler.ir.Function;
import dev.nnd.compiler.ir.GraphBuilder;
import dev.nnd.compiler.ir.Op;
import dev.nnd.compiler.ir.Op.BinaryFunction;
import dev.nnd.compiler.ir.Op.ReduceFunction;
import dev.nnd.compiler.ir.Op.UnaryFunction;
import dev.nnd.compiler.ir.Port;
import dev.nnd.compiler.ir.Value;
import dev.nnd.compiler.type.DType;
import dev.nnd.compiler.type.Dim;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/** Steps of a random graph from an f32[N, 4] or an image f32[N, 2, 4, 4] to one: all ops that are no plain arithmetic. */
final class RandomOps {

    private static final Dim N = Dim.variable("N");
    private static final Dim FOUR = Dim.of(4);
    private static final List<Dim> MATRIX = List.of(N, FOUR);
    private static final List<Dim> IMAGE = List.of(N, Dim.of(2), FOUR, FOUR);
    private static final int MATRIX_OPS = 16;
    private static final int IMAGE_OPS = 5;

    private final Random random;
    private final GraphBuilder to;
    private final Value label;
    private int parameters;
    private @Nullable Value seed;
    private @Nullable Function called;
    private @Nullable Function cell;

    RandomOps(Random random, GraphBuilder to, Value label) {
        this.random = random;
        this.to = to;
        this.label = label;
    }

    private Value parameter(Object... dims) {
        return to.input(Port.Role.PARAMETER, "q" + parameters++, SampleGraphs.f32(dims));
    }

    private static Dim dim(long n) {
        return Dim.of(n);
    }

    /** A matrix from matrices. */
    Value matrix(Value a, Value b) {
        return switch (random.nextInt(MATRIX_OPS)) {
            case 0 -> to.apply(new Op.Slice(List.of(dim(0), dim(3)), List.of(1, -1), MATRIX), a);
            case 1 -> padded(a);
            case 2 -> to.apply(new Op.Concat(1), half(a, 0), half(b, 2));
            case 3 -> to.apply(new Op.Gather(1, false), a, repeated());
            case 4 -> to.apply(new Op.Gather(1, true), a, each(label));
            case 5 -> to.apply(new Op.Scatter(1, false, mode(), MATRIX), a, repeated(), b);
            case 6 -> to.apply(new Op.Scatter(1, true, Op.ScatterMode.ADD, MATRIX), a, each(label), b);
            case 7 -> to.apply(cumulate(), bounded(a));
            case 8 -> to.apply(new Op.Recurrence(1, random.nextBoolean()), bounded(a), b);
            case 9 ->
                to.applyAll("sorted", new Op.Sort(1, random.nextBoolean(), FOUR), List.of(distinct(a)))
                        .getFirst();
            case 10 -> to.add(a, draws());
            case 11 -> oneHot(a);
            case 12 -> reduced(a);
            case 13 -> cast(a);
            case 14 -> to.call("called", function(), List.of(a, b)).getFirst();
            default -> scanned(a);
        };
    }

    /** An image from an image. */
    Value image(Value x) {
        return switch (random.nextInt(IMAGE_OPS)) {
            case 0 ->
                to.applyAll("normalized", new Op.BatchNormTraining(0.1, true), List.of(x, parameter(2), parameter(2)))
                        .getFirst();
            case 1 -> {
                Value variance = to.unary(UnaryFunction.SQUARE, to.add(parameter(2), to.constant(3, DType.F32)));
                yield to.apply(new Op.BatchNorm(0.1, false), x, parameter(2), variance);
            }
            case 2 ->
                to.apply(
                        new Op.ConvolutionBackwardData(SampleGraphs.window(3, 1, 1), 1, IMAGE),
                        x,
                        parameter(2, 2, 3, 3));
            case 3 -> {
                var function = random.nextBoolean() ? Op.PoolFunction.AVERAGE : Op.PoolFunction.AVERAGE_WITH_PADDING;
                yield to.apply(new Op.Pool(function, SampleGraphs.window(3, 1, 1), false), x);
            }
            default -> to.transpose(x, List.of(0, 1, 3, 2));
        };
    }

    private Value padded(Value x) {
        Value middle = to.apply(new Op.Slice(List.of(dim(0), dim(1)), List.of(1, 1), List.of(N, dim(2))), x);
        List<Dim> zero = List.of(dim(0), dim(0));
        return random.nextBoolean()
                ? to.apply(new Op.Pad(List.of(dim(0), dim(1)), List.of(dim(0), dim(1)), List.of(0, 0), 0.5), middle)
                : to.apply(new Op.Pad(zero, List.of(dim(0), dim(1)), List.of(0, 1), 0), middle);
    }

    private Value half(Value x, int from) {
        return to.apply(new Op.Slice(List.of(dim(0), dim(from)), List.of(1, 1), List.of(N, dim(2))), x);
    }

    /** 0, 0, 1, 1 of an integer dtype. */
    private Value repeated() {
        DType dtype = random.nextBoolean() ? DType.I32 : DType.I64;
        Value iota = to.apply(new Op.Iota(List.of(FOUR), 0, dtype));
        return to.binary(BinaryFunction.FLOOR_DIVIDE, iota, to.constant(2, dtype));
    }

    private Value each(Value index) {
        return to.broadcast(to.reshape(index, List.of(N, Dim.ONE)), MATRIX);
    }

    private Op.ScatterMode mode() {
        return Op.ScatterMode.values()[random.nextInt(3)];
    }

    private Op cumulate() {
        Op.CumulateFunction function = Op.CumulateFunction.values()[random.nextInt(4)];
        boolean sums = function == Op.CumulateFunction.SUM || function == Op.CumulateFunction.PRODUCT;
        return new Op.Cumulate(function, 1, sums && random.nextBoolean(), random.nextBoolean());
    }

    private Value bounded(Value x) {
        return to.unary(UnaryFunction.SIGMOID, x);
    }

    /** Numbers that differ by much more than rounding, so that their order is that of any way to compute them. */
    private Value distinct(Value x) {
        return to.add(to.unary(UnaryFunction.TANH, x), to.apply(new Op.Iota(MATRIX, 1, DType.F32)));
    }

    private Value draws() {
        if (seed == null) {
            seed = to.input(Port.Role.INPUT, "seed", SampleGraphs.type(DType.I64));
        }
        var distribution = random.nextBoolean() ? Op.Distribution.UNIFORM : Op.Distribution.NORMAL;
        return to.apply(
                new Op.Random(MATRIX, distribution, dim(random.nextInt(9)), DType.F32),
                seed,
                to.constant(3, DType.I64));
    }

    private Value oneHot(Value x) {
        Value index = random.nextBoolean() ? to.apply(new Op.ArgMax(), distinct(x)) : label;
        Value hot = to.apply(new Op.OneHot(FOUR, DType.F32), index);
        Value picked = to.reshape(to.apply(new Op.Pick(), x, index), List.of(N, Dim.ONE));
        return to.add(to.multiply(hot, x), picked);
    }

    private Value reduced(Value x) {
        ReduceFunction function = ReduceFunction.values()[random.nextInt(ReduceFunction.values().length)];
        boolean bools = function == ReduceFunction.ANY || function == ReduceFunction.ALL;
        Value from = bools ? to.compare(Op.Comparison.LESS, label4(), to.constant(2, DType.I32)) : bounded(x);
        Value one = to.reduce(function, from, List.of(1), true);
        return to.multiply(x, bools ? to.cast(one, DType.F32) : one);
    }

    private Value label4() {
        return to.add(each(label), to.apply(new Op.Iota(MATRIX, 1, DType.I32)));
    }

    private Value cast(Value x) {
        Value wide = to.multiply(to.cast(x, DType.F64), to.size(N, DType.F64));
        Value narrow = to.cast(wide, DType.F32);
        return random.nextBoolean() ? narrow : to.add(narrow, to.cast(label4(), DType.F32));
    }

    /** A function of two matrices, perhaps a checkpoint; the same one at each call. */
    private Function function() {
        if (called == null) {
            var body = new GraphBuilder("called").at(to.place());
            Value a = body.input(Port.Role.INPUT, "a", SampleGraphs.f32("N", 4));
            Value b = body.input(Port.Role.INPUT, "b", SampleGraphs.f32("N", 4));
            Value product = body.multiply(body.unary(UnaryFunction.TANH, a), b);
            Value softmax = body.apply(new Op.Softmax(), product);
            body.output(Port.Role.OUTPUT, "y", body.add(softmax, body.unary(UnaryFunction.SIN, product)));
            body.output(Port.Role.OUTPUT, "z", product);
            called = random.nextBoolean() ? Function.checkpoint(body.build()) : new Function(body.build());
        }
        return called;
    }

    /** Over the columns, or from the last one to the first. */
    private Value scanned(Value x) {
        if (cell == null) {
            var body = new GraphBuilder("cell").at(to.place());
            Value state = body.input(Port.Role.INPUT, "state", SampleGraphs.f32("N"));
            Value entry = body.input(Port.Role.INPUT, "entry", SampleGraphs.f32("N"));
            Value factor = body.input(Port.Role.INPUT, "factor", SampleGraphs.f32("N"));
            Value next = body.unary(UnaryFunction.TANH, body.add(body.multiply(state, factor), entry));
            body.output(Port.Role.OUTPUT, "next", next);
            body.output(Port.Role.OUTPUT, "value", body.multiply(next, entry));
            // What is collected before and after a step, in any order and more than once.
            for (int i = random.nextInt(4); i > 0; i--) {
                boolean before = random.nextBoolean();
                body.output(Port.Role.OUTPUT, (before ? "before" : "after") + i, before ? state : next);
            }
            cell = new Function(body.build());
        }
        Value sequence = to.transpose(x, List.of(1, 0));
        Value start = to.reduce(ReduceFunction.MEAN, x, List.of(1), false);
        Value factor = to.unary(UnaryFunction.SIGMOID, start);
        List<Value> results = to.applyAll(
                "scan", new Op.Scan(cell, 1, 1, FOUR, random.nextBoolean()), List.of(start, sequence, factor));
        Value last = to.reshape(results.getFirst(), List.of(N, Dim.ONE));
        Value sum = last;
        for (Value collected : results.subList(1, results.size())) {
            sum = to.add(to.transpose(collected, List.of(1, 0)), sum);
        }
        return sum;
    }
}
