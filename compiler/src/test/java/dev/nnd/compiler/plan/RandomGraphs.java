package dev.nnd.compiler.plan;

import dev.nnd.compiler.ir.Graph;
import dev.nnd.compiler.ir.GraphBuilder;
import dev.nnd.compiler.ir.Op;
import dev.nnd.compiler.ir.Op.BinaryFunction;
import dev.nnd.compiler.ir.Op.ReduceFunction;
import dev.nnd.compiler.ir.Op.UnaryFunction;
import dev.nnd.compiler.ir.Port;
import dev.nnd.compiler.ir.Value;
import dev.nnd.compiler.type.DType;
import dev.nnd.compiler.type.Dim;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** Makes graphs with a loss out of random ops. */
public final class RandomGraphs {

    private static final Dim N = Dim.variable("N");
    private static final List<Dim> MATRIX = List.of(N, Dim.of(4));
    private static final List<Dim> SEQUENCE = List.of(N, Dim.of(2), Dim.of(2));
    private static final List<Dim> IMAGE = List.of(N, Dim.of(2), Dim.of(4), Dim.of(4));
    private static final List<UnaryFunction> FUNCTIONS = List.of(
            UnaryFunction.NEGATE,
            UnaryFunction.ABS,
            UnaryFunction.TANH,
            UnaryFunction.SIGMOID,
            UnaryFunction.RELU,
            UnaryFunction.SOFTPLUS,
            UnaryFunction.SIN);

    private final Random random;
    private final GraphBuilder to = new GraphBuilder("random");
    private final List<Value> matrices = new ArrayList<>();
    private final List<Value> images = new ArrayList<>();
    private final List<Value> shared = new ArrayList<>();
    private Value label;
    private final RandomOps others;
    private int parameters;

    private RandomGraphs(long seed) {
        random = new Random(seed);
        to.at(SampleGraphs.origin("stage", ""));
        matrices.add(to.input(Port.Role.INPUT, "x", SampleGraphs.f32("N", 4)));
        images.add(to.input(Port.Role.INPUT, "image", SampleGraphs.f32("N", 2, 4, 4)));
        label = to.input(Port.Role.INPUT, "label", SampleGraphs.type(DType.I32, "N"));
        others = new RandomOps(random, to, label);
    }

    /** A graph over the free dim N with a LOSS, METRIC and OUTPUT ports. */
    public static Graph make(long seed, int ops) {
        var graphs = new RandomGraphs(seed);
        for (int i = 0; i < ops; i++) {
            graphs.to.at(SampleGraphs.origin("stage" + i, "layer" + i));
            graphs.add();
        }
        return graphs.finish();
    }

    /** Random elements for a graph's inputs; labels are below 4. */
    public static Map<String, double[]> inputs(Graph graph, Map<String, Long> sizes, long seed) {
        var random = new Random(seed);
        var inputs = new HashMap<String, double[]>();
        for (Port port : graph.inputs()) {
            var elements = new double[(int) port.value().type().elements().evaluate(sizes)];
            for (int i = 0; i < elements.length; i++) {
                elements[i] = port.value().type().dtype().isFloat() ? random.nextGaussian() / 2 : random.nextInt(4);
            }
            inputs.put(port.name(), elements);
        }
        return inputs;
    }

    private Value pick(List<Value> values) {
        return values.get(Math.max(random.nextInt(values.size()), random.nextInt(values.size())));
    }

    private Value parameter(Object... dims) {
        return to.input(Port.Role.PARAMETER, "p" + parameters++, SampleGraphs.f32(dims));
    }

    private void add() {
        switch (random.nextInt(25)) {
            case 0, 1 -> matrices.add(to.unary(FUNCTIONS.get(random.nextInt(FUNCTIONS.size())), pick(matrices)));
            case 2 -> images.add(to.unary(FUNCTIONS.get(random.nextInt(FUNCTIONS.size())), pick(images)));
            case 3 -> matrices.add(binary(pick(matrices), pick(matrices)));
            case 4 -> images.add(binary(pick(images), pick(images)));
            case 5 -> matrices.add(binary(pick(matrices), parameter(4)));
            case 6 -> matrices.add(binary(to.constant(random.nextInt(3), DType.F32), pick(matrices)));
            case 7 -> matrices.add(dense(pick(matrices), 4));
            case 8 -> matrices.add(normalized(pick(matrices)));
            case 9 -> matrices.add(sequence(to.reshape(pick(matrices), SEQUENCE)));
            case 10 -> images.add(convolution(pick(images)));
            case 11 -> images.add(pooled(pick(images)));
            case 12 -> matrices.add(dense(to.reshape(pick(images), List.of(N, Dim.of(32))), 4));
            case 13 ->
                matrices.add(to.apply(random.nextBoolean() ? new Op.Softmax() : new Op.LogSoftmax(), pick(matrices)));
            case 14, 15, 16, 17, 18, 19, 20, 21 -> matrices.add(others.matrix(pick(matrices), pick(matrices)));
            case 22, 23 -> images.add(others.image(pick(images)));
            default -> matrices.add(selected(pick(matrices), pick(matrices)));
        }
    }

    private Value binary(Value a, Value b) {
        var functions =
                List.of(BinaryFunction.ADD, BinaryFunction.SUBTRACT, BinaryFunction.MULTIPLY, BinaryFunction.MAXIMUM);
        return to.binary(functions.get(random.nextInt(functions.size())), a, b);
    }

    private Value dense(Value x, int outputs) {
        int inputs = (int) x.type().dim(-1).constant().orElseThrow();
        Value weight =
                !shared.isEmpty() && random.nextBoolean() && inputs == 4 ? pick(shared) : parameter(outputs, inputs);
        if (inputs == 4) {
            shared.add(weight);
        }
        Value product = to.matMul(x, to.transpose(weight, List.of(1, 0)), false, false);
        return random.nextBoolean() ? to.add(product, parameter(outputs)) : product;
    }

    private Value normalized(Value x) {
        Value centered = to.subtract(x, to.reduce(ReduceFunction.MEAN, x, List.of(1), true));
        Value variance = to.reduce(ReduceFunction.MEAN, to.unary(UnaryFunction.SQUARE, centered), List.of(1), true);
        Value scale = to.unary(UnaryFunction.RSQRT, to.add(variance, to.constant(0.1, DType.F32)));
        return to.multiply(to.multiply(centered, scale), parameter(4));
    }

    /** Attention of two heads, whose transposes become orders of axes. */
    private Value heads(Value x) {
        List<Integer> first = List.of(0, 2, 1, 3);
        Value split = to.reshape(x, List.of(N, Dim.of(2), Dim.of(2), Dim.ONE));
        Value q = to.transpose(split, first);
        Value scores = to.matMul(q, to.transpose(split, List.of(0, 2, 3, 1)), false, false);
        Value mixed = to.matMul(to.apply(new Op.Softmax(), scores), q, false, false);
        return to.reshape(to.transpose(mixed, first), MATRIX);
    }

    private Value sequence(Value x) {
        if (random.nextBoolean()) {
            return heads(x);
        }
        Value scores = to.matMul(x, to.transpose(x, List.of(0, 2, 1)), false, false);
        Value mixed = to.matMul(to.apply(new Op.Softmax(), scores), x, random.nextBoolean(), false);
        Value turned = random.nextBoolean() ? to.transpose(mixed, List.of(0, 2, 1)) : mixed;
        return to.reshape(turned, MATRIX);
    }

    private Value convolution(Value x) {
        var op = new Op.Convolution(SampleGraphs.window(3, 1, 1), 1, false, false);
        Value product = to.apply(op, x, parameter(2, 2, 3, 3));
        Value biased = random.nextBoolean() ? to.add(product, parameter(2, 1, 1)) : product;
        Value summed = random.nextInt(3) == 0 ? to.add(biased, pick(images)) : biased;
        return random.nextBoolean() ? to.unary(UnaryFunction.RELU, summed) : summed;
    }

    private Value pooled(Value x) {
        Value small = to.apply(new Op.Pool(Op.PoolFunction.MAXIMUM, SampleGraphs.window(2, 2, 0), false), x);
        Value wide = to.reshape(small, List.of(N, Dim.of(2), Dim.of(2), Dim.ONE, Dim.of(2), Dim.ONE));
        List<Dim> repeated = List.of(N, Dim.of(2), Dim.of(2), Dim.of(2), Dim.of(2), Dim.of(2));
        return to.reshape(to.broadcast(wide, repeated), IMAGE);
    }

    private Value selected(Value a, Value b) {
        return to.select(to.compare(Op.Comparison.GREATER, a, to.constant(0.1, DType.F32)), b, a);
    }

    private Graph finish() {
        Value logits = dense(pick(matrices), 4);
        Value loss = SampleGraphs.crossEntropy(to, logits, label);
        for (List<Value> values : List.of(matrices, images)) {
            Value last = to.unary(UnaryFunction.TANH, values.getLast());
            var axes = last.type().rank() == 2 ? List.of(0, 1) : List.of(0, 1, 2, 3);
            loss = to.add(loss, to.reduce(ReduceFunction.MEAN, last, axes, false));
        }
        to.output(Port.Role.LOSS, "loss", loss);
        to.output(Port.Role.METRIC, "accuracy", SampleGraphs.accuracy(to, logits, label));
        to.output(Port.Role.OUTPUT, "logits", logits);
        to.output(Port.Role.OUTPUT, "flat", to.reshape(matrices.getLast(), List.of(N.times(Dim.of(4)))));
        to.output(Port.Role.OUTPUT, "image", images.getLast());
        return to.build();
    }
}
