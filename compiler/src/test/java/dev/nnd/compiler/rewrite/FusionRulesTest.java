package dev.nnd.compiler.rewrite;

import static dev.nnd.compiler.rewrite.RuleCase.builder;
import static dev.nnd.compiler.rewrite.RuleCase.doesNotFire;
import static dev.nnd.compiler.rewrite.RuleCase.fires;
import static dev.nnd.compiler.rewrite.RuleCase.graph;
import static dev.nnd.compiler.rewrite.RuleCase.input;
import static dev.nnd.compiler.rewrite.RuleCase.parameter;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.nnd.compiler.ir.Graph;
import dev.nnd.compiler.ir.GraphBuilder;
import dev.nnd.compiler.ir.Op;
import dev.nnd.compiler.ir.Op.UnaryFunction;
import dev.nnd.compiler.ir.Port;
import dev.nnd.compiler.ir.Value;
import dev.nnd.compiler.plan.SampleGraphs;
import dev.nnd.compiler.type.Dim;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The rules that run once gradients are made. */
class FusionRulesTest {

    private static final Dim N = Dim.variable("N");

    private static Value convolution(GraphBuilder to) {
        return to.apply(
                new Op.Convolution(SampleGraphs.window(3, 1, 0), 1, true, false),
                input(to, "x", "N", 2, 5, 4),
                parameter(to, "w", 3, 2, 3, 3),
                parameter(to, "b", 3));
    }

    private static Value product(GraphBuilder to) {
        return to.apply(new Op.InnerProduct(false, false), input(to, "x", "N", 4), parameter(to, "w", 5, 4));
    }

    @Test
    void reluGoesIntoConvolution() {
        Graph after = fires(new ReluIntoConvolution(), 1, graph(to -> to.unary(UnaryFunction.RELU, convolution(to))));
        assertEquals(1, after.nodes().size());
        assertTrue(after.nodes().getFirst().op() instanceof Op.Convolution op && op.relu() && op.bias());
    }

    @Test
    void reluStaysWhereTheConvolutionIsUsedElse() {
        GraphBuilder to = builder();
        Value conv = convolution(to);
        to.output(Port.Role.OUTPUT, "y", to.unary(UnaryFunction.RELU, conv));
        to.output(Port.Role.OUTPUT, "conv", conv);
        doesNotFire(new ReluIntoConvolution(), to.build());
        doesNotFire(new ReluIntoConvolution(), graph(g -> g.unary(UnaryFunction.TANH, convolution(g))));
    }

    private static Value norm(GraphBuilder to, Value x, boolean affine) {
        Dim channels = x.type().dim(1);
        var operands = new ArrayList<>(List.of(x, channels(to, "mean", channels)));
        operands.add(to.unary(UnaryFunction.SQUARE, channels(to, "deviation", channels)));
        if (affine) {
            operands.add(channels(to, "weight", channels));
            operands.add(channels(to, "bias", channels));
        }
        return to.applyAll("norm", new Op.BatchNorm(0.1, affine), operands).getFirst();
    }

    private static Value channels(GraphBuilder to, String name, Dim channels) {
        return parameter(to, name, (int) channels.constant().orElseThrow());
    }

    @Test
    void sumGoesIntoConvolution() {
        Graph after =
                fires(new SumIntoConvolution(), 1, graph(to -> to.add(convolution(to), input(to, "s", "N", 3, 3, 2))));
        assertTrue(after.nodes().getLast().op() instanceof Op.Convolution op && op.added() && op.bias());
        fires(new SumIntoConvolution(), 1, graph(to -> to.add(input(to, "s", "N", 3, 3, 2), convolution(to))));
        Graph before = graph(to ->
                to.unary(UnaryFunction.RELU, to.add(norm(to, convolution(to), true), input(to, "s", "N", 3, 3, 2))));
        Graph whole = Passes.afterAutodiff(before);
        assertTrue(whole.nodes().getLast().op() instanceof Op.Convolution op && op.scaled() && op.added() && op.relu());
        RuleCase.sameValues(before, whole, RuleCase.SIZES, 5);
    }

    @Test
    void sumStaysWhereShapesDifferOrTheConvolutionIsUsedElse() {
        doesNotFire(new SumIntoConvolution(), graph(to -> to.add(convolution(to), input(to, "s", 3, 3, 2))));
        doesNotFire(new SumIntoConvolution(), graph(to -> {
            Value conv = convolution(to);
            return to.add(conv, conv);
        }));
        doesNotFire(
                new SumIntoConvolution(),
                graph(to -> to.add(to.unary(UnaryFunction.TANH, convolution(to)), input(to, "s", "N", 3, 3, 2))));
        GraphBuilder to = builder();
        Value conv = convolution(to);
        to.output(Port.Role.OUTPUT, "y", to.add(conv, input(to, "s", "N", 3, 3, 2)));
        to.output(Port.Role.OUTPUT, "conv", conv);
        doesNotFire(new SumIntoConvolution(), to.build());
    }

    @Test
    void batchNormGoesIntoConvolution() {
        for (boolean affine : new boolean[] {false, true}) {
            Graph after = fires(new BatchNormIntoConvolution(), 1, graph(to -> norm(to, convolution(to), affine)));
            assertTrue(after.nodes().getLast().op() instanceof Op.Convolution op && op.scaled() && op.bias());
        }
        Graph before = graph(to -> to.unary(UnaryFunction.RELU, norm(to, convolution(to), true)));
        Graph after = Passes.afterAutodiff(before);
        assertTrue(after.nodes().getLast().op() instanceof Op.Convolution op && op.scaled() && op.relu());
        RuleCase.sameValues(before, after, RuleCase.SIZES, 5);
    }

    @Test
    void batchNormStaysWhereTheConvolutionIsUsedElseOrThereIsNone() {
        GraphBuilder to = builder();
        Value conv = convolution(to);
        to.output(Port.Role.OUTPUT, "y", norm(to, conv, true));
        to.output(Port.Role.OUTPUT, "conv", conv);
        doesNotFire(new BatchNormIntoConvolution(), to.build());
        doesNotFire(
                new BatchNormIntoConvolution(), graph(g -> norm(g, g.unary(UnaryFunction.RELU, convolution(g)), true)));
        doesNotFire(new BatchNormIntoConvolution(), graph(g -> norm(g, input(g, "x", "N", 3, 4, 4), true)));
    }

    @Test
    void batchNormOfRowsIsArithmetic() {
        for (boolean affine : new boolean[] {false, true}) {
            Graph after = fires(new BatchNormOfRows(), 1, graph(to -> norm(to, product(to), affine)));
            assertTrue(after.nodes().stream().noneMatch(n -> n.op() instanceof Op.BatchNorm));
        }
        doesNotFire(new BatchNormOfRows(), graph(to -> norm(to, convolution(to), true)));
    }

    @Test
    void aStoppedGradientIsTheValueOnceThereAreGradients() {
        Graph after = fires(
                new StoppedGradient(),
                1,
                graph(to ->
                        to.unary(UnaryFunction.EXP, to.unary(UnaryFunction.STOP_GRADIENT, input(to, "x", "N", 3)))));
        assertEquals(1, after.nodes().size());
        doesNotFire(new StoppedGradient(), graph(to -> to.unary(UnaryFunction.EXP, input(to, "x", "N", 3))));
    }

    @Test
    void reluGoesIntoInnerProduct() {
        Graph after = fires(new ReluIntoInnerProduct(), 1, graph(to -> to.unary(UnaryFunction.RELU, product(to))));
        assertEquals(new Op.InnerProduct(false, true), after.nodes().getFirst().op());
        GraphBuilder to = builder();
        Value product = product(to);
        to.output(Port.Role.OUTPUT, "y", to.unary(UnaryFunction.RELU, product));
        to.output(Port.Role.OUTPUT, "product", product);
        doesNotFire(new ReluIntoInnerProduct(), to.build());
    }

    @Test
    void functionsMoveBeforeReshapes() {
        Graph after = fires(
                new UnaryBeforeReshape(),
                1,
                graph(to ->
                        to.unary(UnaryFunction.RELU, to.reshape(input(to, "x", "N", 4), List.of(N.times(Dim.of(4)))))));
        assertTrue(after.nodes().getLast().op() instanceof Op.Reshape);
        doesNotFire(new UnaryBeforeReshape(), graph(to -> to.unary(UnaryFunction.RELU, input(to, "x", "N", 4))));
    }

    @Test
    void functionsMoveBeforeBroadcasts() {
        Graph after = fires(
                new UnaryBeforeBroadcast(),
                1,
                graph(to -> to.negate(to.broadcast(input(to, "x", 4), List.of(N, Dim.of(4))))));
        assertTrue(after.nodes().getLast().op() instanceof Op.Broadcast);
        GraphBuilder to = builder();
        Value wide = to.broadcast(input(to, "x", 4), List.of(N, Dim.of(4)));
        to.output(Port.Role.OUTPUT, "y", to.negate(wide));
        to.output(Port.Role.OUTPUT, "wide", wide);
        doesNotFire(new UnaryBeforeBroadcast(), to.build());
    }

    @Test
    void addingANegationIsSubtracting() {
        var rule = new NegateIntoSum();
        fires(rule, 1, graph(to -> to.add(input(to, "a", "N"), to.negate(input(to, "b", "N")))));
        fires(rule, 1, graph(to -> to.add(to.negate(input(to, "a", "N")), input(to, "b", "N"))));
        fires(rule, 1, graph(to -> to.subtract(input(to, "a", "N"), to.negate(input(to, "b", "N")))));
        fires(rule, 1, graph(to -> to.negate(to.subtract(input(to, "a", "N"), input(to, "b", "N")))));
        doesNotFire(rule, graph(to -> to.subtract(to.negate(input(to, "a", "N")), input(to, "b", "N"))));
        doesNotFire(rule, graph(to -> to.negate(to.add(input(to, "a", "N"), input(to, "b", "N")))));
    }

    @Test
    void aFusedStageTellsBothOrigins() {
        var file = new dev.nnd.grammar.SourceFile("net.nnd", "Conv2d(3) -> relu");
        var conv = new dev.nnd.compiler.ir.Origin(new dev.nnd.grammar.Span(file, 0, 9), "conv2d", "Conv2d(3)");
        var relu = new dev.nnd.compiler.ir.Origin(new dev.nnd.grammar.Span(file, 13, 17), "", "relu");
        assertEquals("Conv2d(3) -> relu", Origins.joined(conv, relu).text());
        assertEquals("Conv2d(3) -> relu", Origins.joined(conv, relu).span().text());
        assertEquals(relu, Origins.joined(relu, conv));
    }
}
