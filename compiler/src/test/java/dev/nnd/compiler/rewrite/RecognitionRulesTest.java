package dev.nnd.compiler.rewrite;

import static dev.nnd.compiler.rewrite.RuleCase.builder;
import static dev.nnd.compiler.rewrite.RuleCase.count;
import static dev.nnd.compiler.rewrite.RuleCase.doesNotFire;
import static dev.nnd.compiler.rewrite.RuleCase.fires;
import static dev.nnd.compiler.rewrite.RuleCase.graph;
import static dev.nnd.compiler.rewrite.RuleCase.input;
import static dev.nnd.compiler.rewrite.RuleCase.parameter;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.nnd.compiler.ir.Graph;
import dev.nnd.compiler.ir.GraphBuilder;
import dev.nnd.compiler.ir.Node;
import dev.nnd.compiler.ir.Op;
import dev.nnd.compiler.ir.Port;
import dev.nnd.compiler.ir.Value;
import dev.nnd.compiler.plan.SampleGraphs;
import dev.nnd.compiler.type.DType;
import dev.nnd.compiler.type.Dim;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The rules that recognize ops with kernels and gradients of their own. */
class RecognitionRulesTest {

    private static final Op.Convolution CONVOLUTION = new Op.Convolution(SampleGraphs.window(3, 1, 1), 1, false, false);

    @Test
    void matMulWithTransposedParameterBecomesInnerProduct() {
        Graph after = fires(
                new MatMulToInnerProduct(),
                1,
                graph(to -> to.matMul(
                        input(to, "x", "N", 4), to.transpose(parameter(to, "w", 5, 4), List.of(1, 0)), false, false)));
        assertEquals(1, after.nodes().size());
        assertTrue(after.nodes().getFirst().op() instanceof Op.InnerProduct);
    }

    @Test
    void matMulOverSequencesIsFlattened() {
        Graph after = fires(
                new MatMulToInnerProduct(),
                1,
                graph(to -> to.matMul(input(to, "x", "N", "T", 4), parameter(to, "w", 5, 4), false, true)));
        assertEquals(1, count(after, Op.InnerProduct.class));
        assertEquals(2, count(after, Op.Reshape.class));
    }

    @Test
    void matMulWithoutParameterStays() {
        doesNotFire(
                new MatMulToInnerProduct(),
                graph(to -> to.matMul(input(to, "x", "N", 4), input(to, "w", 5, 4), false, true)));
        doesNotFire(
                new MatMulToInnerProduct(),
                graph(to -> to.matMul(input(to, "x", "N", 4), parameter(to, "w", 4, 5), false, false)));
    }

    private static Value product(GraphBuilder to) {
        return to.apply(new Op.InnerProduct(false, false), input(to, "x", "N", 4), parameter(to, "w", 5, 4));
    }

    @Test
    void biasGoesIntoInnerProduct() {
        Graph after = fires(new BiasIntoInnerProduct(), 1, graph(to -> to.add(product(to), parameter(to, "b", 5))));
        assertEquals(new Op.InnerProduct(true, false), after.nodes().getLast().op());
        fires(new BiasIntoInnerProduct(), 1, graph(to -> to.add(parameter(to, "b", 1, 5), product(to))));
    }

    @Test
    void biasGoesThroughTheReshapeOfASequence() {
        Graph after = fires(
                new BiasIntoInnerProduct(),
                1,
                graph(to -> to.add(
                        to.reshape(product(to), List.of(Dim.ONE, Dim.variable("N"), Dim.of(5))),
                        parameter(to, "b", 5))));
        assertEquals(2, after.nodes().size());
    }

    @Test
    void otherSumsAreNoBias() {
        doesNotFire(new BiasIntoInnerProduct(), graph(to -> to.add(product(to), input(to, "b", "N", 5))));
        doesNotFire(new BiasIntoInnerProduct(), graph(to -> to.add(product(to), input(to, "b", "N", 1))));
        GraphBuilder to = builder();
        Value product = product(to);
        to.output(Port.Role.OUTPUT, "y", to.add(product, parameter(to, "b", 5)));
        to.output(Port.Role.OUTPUT, "product", product);
        doesNotFire(new BiasIntoInnerProduct(), to.build());
    }

    private static Value convolution(GraphBuilder to) {
        return to.apply(CONVOLUTION, input(to, "x", "N", 2, 5, 4), parameter(to, "w", 3, 2, 3, 3));
    }

    @Test
    void biasGoesIntoConvolution() {
        Graph after =
                fires(new BiasIntoConvolution(), 1, graph(to -> to.add(convolution(to), parameter(to, "b", 3, 1, 1))));
        assertTrue(after.nodes().getLast().op() instanceof Op.Convolution op && op.bias());
    }

    @Test
    void otherSumsAreNoBiasOfAConvolution() {
        doesNotFire(new BiasIntoConvolution(), graph(to -> to.add(convolution(to), parameter(to, "b", 4))));
        doesNotFire(new BiasIntoConvolution(), graph(to -> to.add(convolution(to), to.constant(1, DType.F32))));
    }

    private static Graph flattened(boolean fromConvolution, boolean trainable) {
        return graph(to -> {
            Value image = input(to, "image", "N", 2, 5, 4);
            Value x = fromConvolution ? to.unary(Op.UnaryFunction.RELU, convolution(to)) : image;
            Dim features = Dim.product(x.type().dims().subList(1, 4));
            int f = (int) features.constant().orElseThrow();
            Value w = trainable ? parameter(to, "v", 5, f) : input(to, "v", 5, f);
            Value flat = to.reshape(x, List.of(Dim.variable("N"), features));
            return to.apply(new Op.InnerProduct(false, false), flat, w);
        });
    }

    @Test
    void innerProductReadsAConvolutionUnflattened() {
        Graph after = fires(new FlattenIntoInnerProduct(), 1, flattened(true, true));
        assertEquals(0, count(after, Op.Reshape.class));
    }

    @Test
    void innerProductOfAnImageOrOtherWeightsStaysFlat() {
        doesNotFire(new FlattenIntoInnerProduct(), flattened(false, true));
        doesNotFire(new FlattenIntoInnerProduct(), flattened(true, false));
    }

    private static Value logProbability(GraphBuilder to) {
        return to.apply(new Op.LogSoftmax(), input(to, "x", "N", 4));
    }

    private static Value label(GraphBuilder to) {
        return to.input(Port.Role.INPUT, "label", SampleGraphs.type(DType.I32, "N"));
    }

    @Test
    void pickedLogSoftmaxBecomesCrossEntropy() {
        Graph after =
                fires(new PickToCrossEntropy(), 1, graph(to -> to.apply(new Op.Pick(), logProbability(to), label(to))));
        assertEquals(1, count(after, Op.SoftmaxCrossEntropy.class));
        assertEquals(0, count(after, Op.LogSoftmax.class));
    }

    @Test
    void pickOfOtherValuesStays() {
        doesNotFire(new PickToCrossEntropy(), graph(to -> to.apply(new Op.Pick(), input(to, "x", "N", 4), label(to))));
        GraphBuilder to = builder();
        Value logs = logProbability(to);
        to.output(Port.Role.OUTPUT, "y", to.apply(new Op.Pick(), logs, label(to)));
        to.output(Port.Role.OUTPUT, "logs", logs);
        doesNotFire(new PickToCrossEntropy(), to.build());
    }

    @Test
    void logOfSoftmaxBecomesLogSoftmax() {
        Graph after = fires(
                new LogOfSoftmax(),
                1,
                graph(to -> to.unary(Op.UnaryFunction.LOG, to.apply(new Op.Softmax(), input(to, "x", "N", 4)))));
        assertEquals(1, after.nodes().size());
        doesNotFire(
                new LogOfSoftmax(),
                graph(to -> to.unary(Op.UnaryFunction.EXP, to.apply(new Op.Softmax(), input(to, "x", "N", 4)))));
    }

    @Test
    void negationMovesBehindASum() {
        fires(
                new NegateAfterReduce(),
                1,
                graph(to -> to.reduce(Op.ReduceFunction.MEAN, to.negate(input(to, "x", "N", 4)), List.of(0), false)));
        doesNotFire(
                new NegateAfterReduce(),
                graph(to -> to.reduce(Op.ReduceFunction.MAX, to.negate(input(to, "x", "N", 4)), List.of(0), false)));
    }

    @Test
    void transposeGoesIntoMatMul() {
        Graph after = fires(
                new TransposeIntoMatMul(),
                1,
                graph(to -> to.matMul(
                        to.transpose(input(to, "a", 3, 4), List.of(1, 0)), input(to, "b", 3, 5), false, false)));
        assertEquals(new Op.MatMul(true, false), after.nodes().getFirst().op());
        doesNotFire(
                new TransposeIntoMatMul(),
                graph(to -> to.matMul(
                        to.transpose(input(to, "a", 3, 4, 2), List.of(1, 0, 2)), input(to, "b", 2, 5), false, false)));
    }

    /** An attention's heads, [N, T, H, D], are read and written where they are. */
    @Test
    void headsNeedNoCopies() {
        List<Integer> heads = List.of(0, 2, 1, 3);
        Graph graph = graph(to -> {
            Value q = to.transpose(input(to, "q", "N", 3, 2, 5), heads);
            Value k = to.transpose(input(to, "k", "N", "T", 2, 5), List.of(0, 2, 3, 1));
            Value v = to.transpose(input(to, "v", "N", "T", 2, 5), heads);
            Value scores = to.matMul(q, k, false, false);
            return to.transpose(to.matMul(scores, v, false, false), heads);
        });
        Graph after = fires(new TransposeAfterMatMul(), 1, fires(new TransposeIntoMatMul(), 2, graph));
        assertEquals(
                List.of(
                        new Op.MatMul(false, true, heads, heads, List.of()),
                        new Op.MatMul(false, false, List.of(), heads, heads)),
                after.nodes().stream().map(Node::op).toList());
    }

    @Test
    void aTransposedProductIsTheProductInTheOtherOrder() {
        Graph after = fires(
                new TransposeAfterMatMul(),
                1,
                graph(to -> to.transpose(
                        to.matMul(input(to, "a", "N", 2, 3), input(to, "b", "N", 4, 3), false, true),
                        List.of(0, 2, 1))));
        assertEquals(new Op.MatMul(false, true), after.nodes().getFirst().op());
    }

    @Test
    void otherOrdersAndRepeatedMatricesStayCopies() {
        List<Integer> heads = List.of(0, 2, 1, 3);
        var into = new TransposeIntoMatMul();
        var behind = new TransposeAfterMatMul();
        for (List<Integer> order : List.of(List.of(1, 0, 2, 3), List.of(0, 3, 1, 2), List.of(3, 0, 2, 1))) {
            doesNotFire(
                    into,
                    graph(to -> to.matMul(
                            to.transpose(input(to, "a", 3, 3, 3, 3), order),
                            input(to, "b", 3, 3, 3, 3),
                            false,
                            false)));
            doesNotFire(
                    behind,
                    graph(to -> to.transpose(
                            to.matMul(input(to, "a", 3, 3, 3, 3), input(to, "b", 3, 3, 3, 3), false, false), order)));
        }
        doesNotFire(
                into,
                graph(to -> to.matMul(
                        to.transpose(input(to, "a", "N", 3, 2, 4), heads), input(to, "b", 4, 5), false, false)));
        doesNotFire(
                into,
                graph(to -> to.matMul(
                        to.transpose(input(to, "a", "N", 3, 1, 4), heads),
                        input(to, "b", "N", 2, 4, 5),
                        false,
                        false)));
        doesNotFire(
                behind,
                graph(to -> to.transpose(
                        to.matMul(input(to, "a", "N", 2, 3, 4), input(to, "b", 4, 5), false, false), heads)));
    }

    @Test
    void aProductThatIsUsedTwiceStaysAsItIs() {
        GraphBuilder to = RuleCase.builder();
        Value product = to.matMul(input(to, "a", "N", 2), input(to, "b", 2, 3), false, false);
        to.output(Port.Role.OUTPUT, "y", product);
        to.output(Port.Role.OUTPUT, "z", to.transpose(product, List.of(1, 0)));
        doesNotFire(new TransposeAfterMatMul(), to.build());
    }

    private static Value padded(GraphBuilder to, double value, int channels) {
        List<Dim> low = List.of(Dim.ZERO, Dim.of(channels), Dim.of(2), Dim.ZERO);
        List<Dim> high = List.of(Dim.ZERO, Dim.ZERO, Dim.ONE, Dim.of(2));
        var op = new Op.Pad(low, high, List.of(0, 0, 0, 0), value);
        return to.apply(op, input(to, "x", "N", 2 - channels, 5, 4));
    }

    @Test
    void zerosAroundAnImageBecomePadding() {
        var window = SampleGraphs.window(3, 2, 1);
        Graph after = fires(
                new PadIntoWindow(),
                1,
                graph(to -> to.apply(
                        new Op.Convolution(window, 1, false, false),
                        padded(to, 0, 0),
                        parameter(to, "w", 3, 2, 3, 3))));
        assertTrue(after.nodes().getFirst().op() instanceof Op.Convolution op
                && op.window().padBefore().equals(List.of(3, 1))
                && op.window().padAfter().equals(List.of(2, 3)));
        fires(
                new PadIntoWindow(),
                1,
                graph(to -> to.apply(
                        new Op.Pool(Op.PoolFunction.AVERAGE, SampleGraphs.window(3, 2, 0), false), padded(to, 0, 0))));
    }

    @Test
    void otherPaddingStays() {
        var window = SampleGraphs.window(3, 1, 0);
        doesNotFire(
                new PadIntoWindow(),
                graph(to -> to.apply(
                        new Op.Convolution(window, 1, false, false),
                        padded(to, 1, 0),
                        parameter(to, "w", 3, 2, 3, 3))));
        doesNotFire(
                new PadIntoWindow(),
                graph(to -> to.apply(
                        new Op.Convolution(window, 1, false, false),
                        padded(to, 0, 1),
                        parameter(to, "w", 3, 2, 3, 3))));
        doesNotFire(
                new PadIntoWindow(),
                graph(to -> to.apply(
                        new Op.Pool(Op.PoolFunction.AVERAGE, SampleGraphs.window(2, 1, 0), false), padded(to, 0, 0))));
        doesNotFire(
                new PadIntoWindow(),
                graph(to -> to.apply(new Op.Pool(Op.PoolFunction.MAXIMUM, window, false), padded(to, 0, 0))));
    }
}
