package dev.nnd.compiler.autodiff;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.nnd.compiler.ir.Evaluator;
import dev.nnd.compiler.ir.Graph;
import dev.nnd.compiler.ir.GraphBuilder;
import dev.nnd.compiler.ir.GraphException;
import dev.nnd.compiler.ir.GraphPrinter;
import dev.nnd.compiler.ir.Node;
import dev.nnd.compiler.ir.Op;
import dev.nnd.compiler.ir.Op.ReduceFunction;
import dev.nnd.compiler.ir.Op.UnaryFunction;
import dev.nnd.compiler.ir.Port;
import dev.nnd.compiler.ir.TestGraphs;
import dev.nnd.compiler.ir.Value;
import dev.nnd.compiler.ir.Verifier;
import dev.nnd.compiler.type.DType;
import dev.nnd.compiler.type.Dim;
import dev.nnd.compiler.type.TensorType;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The form of joint graphs. */
class DifferentiationTest {

    private static final Dim N = Dim.variable("N");
    private static final Op.Window WINDOW = TestGraphs.window(3, 1, 1);

    /** conv + relu + pool + dense + cross-entropy, with an unused parameter. */
    private static Graph network() {
        GraphBuilder b = TestGraphs.builder();
        Value image = b.input(Port.Role.INPUT, "image", TensorType.of(DType.F32, N, Dim.ONE, Dim.of(6), Dim.of(6)));
        Value label = b.input(Port.Role.INPUT, "label", TensorType.of(DType.I32, N));
        Value w = parameter(b, "conv2d.weight", 2, 1, 3, 3);
        Value bias = parameter(b, "conv2d.bias", 2);
        Value dense = parameter(b, "dense.weight", 3, 18);
        parameter(b, "spare.weight", 2, 2);
        Value conv = b.apply(new Op.Convolution(WINDOW, 1, true, false), image, w, bias);
        Value pooled = b.apply(
                new Op.Pool(Op.PoolFunction.MAXIMUM, TestGraphs.window(2, 2, 0), false),
                b.unary(UnaryFunction.RELU, conv));
        Value logits = b.apply("logits", new Op.InnerProduct(false, false), pooled, dense);
        Value rows = b.apply("rowLoss", new Op.SoftmaxCrossEntropy(), logits, label);
        b.output(Port.Role.OUTPUT, "logits", logits);
        b.output(Port.Role.LOSS, "loss", b.reduce(ReduceFunction.MEAN, rows, List.of(0), false));
        Value right = b.compare(Op.Comparison.EQUAL, b.apply(new Op.ArgMax(), logits), label);
        b.output(
                Port.Role.METRIC,
                "accuracy",
                b.reduce(ReduceFunction.MEAN, b.cast(right, DType.F32), List.of(0), false));
        return b.build();
    }

    private static Value parameter(GraphBuilder b, String name, long... dims) {
        return b.input(Port.Role.PARAMETER, name, TensorType.of(DType.F32, GradientCheck.dims(dims)));
    }

    private static List<Port> parameters(Graph graph) {
        return graph.inputs().stream()
                .filter(p -> p.role() == Port.Role.PARAMETER)
                .toList();
    }

    private static JointGraph joint(Graph forward) {
        return Differentiation.gradients(forward, parameters(forward));
    }

    @Test
    void forwardNodesComeFirstAndPoolingGetsIndices() {
        Graph forward = network();
        JointGraph joint = joint(forward);
        Verifier.verify(joint.graph());
        assertEquals(forward.nodes().size(), joint.forwardNodes());
        for (int i = 0; i < joint.forwardNodes(); i++) {
            Node before = forward.nodes().get(i);
            Node after = joint.graph().nodes().get(i);
            assertEquals(before.output(), after.output());
            boolean pool = before.op() instanceof Op.Pool;
            assertEquals(
                    pool ? new Op.Pool(Op.PoolFunction.MAXIMUM, TestGraphs.window(2, 2, 0), true) : before.op(),
                    after.op());
        }
    }

    @Test
    void poolingThatNoGradientPassesMakesNoIndices() {
        GraphBuilder b = TestGraphs.builder();
        Value image = b.input(Port.Role.INPUT, "image", TensorType.of(DType.F32, N, Dim.ONE, Dim.of(4), Dim.of(4)));
        Value w = parameter(b, "w", 1);
        Value pooled = b.apply(new Op.Pool(Op.PoolFunction.MAXIMUM, TestGraphs.window(2, 2, 0), false), image);
        b.output(Port.Role.LOSS, "loss", b.reduceSum(b.multiply(pooled, w), List.of(0, 1, 2, 3), false));
        assertEquals(pooled, joint(b.build()).graph().nodes().getFirst().output());
        assertEquals(1, joint(b.build()).graph().nodes().getFirst().outputs().size());
    }

    @Test
    void outputsAreKeptAndGradientsFollowInTheOrderOfParameters() {
        List<String> ports = joint(network()).graph().outputs().stream()
                .map(p -> p.role() + " " + p.name() + " " + p.value().name())
                .toList();
        assertEquals(
                List.of(
                        "OUTPUT logits logits",
                        "LOSS loss mean",
                        "METRIC accuracy mean",
                        "GRADIENT conv2d.weight conv2dWeightGradient",
                        "GRADIENT conv2d.bias conv2dBiasGradient",
                        "GRADIENT dense.weight denseWeightGradient",
                        "GRADIENT spare.weight broadcast"),
                ports);
    }

    @Test
    void nothingIsComputedForInputs() {
        assertFalse(GradientTest.backward(joint(network())).stream()
                .anyMatch(node -> node.op() instanceof Op.ConvolutionBackwardData));
    }

    @Test
    void frozenWeightsGetNoGradientButTheirBiasDoes() {
        Graph forward = network();
        List<Port> bias = parameters(forward).stream()
                .filter(p -> p.name().equals("conv2d.bias"))
                .toList();
        JointGraph joint = Differentiation.gradients(forward, bias);
        assertEquals(4, joint.graph().outputs().size());
        assertFalse(GradientTest.backward(joint).stream()
                .anyMatch(node -> node.op() instanceof Op.ConvolutionBackwardWeights
                        || node.op() instanceof Op.InnerProductBackwardWeights));
    }

    @Test
    void aFrozenBiasGetsNoGradientButItsWeightsDo() {
        Graph forward = network();
        List<Port> weights = parameters(forward).stream()
                .filter(p -> p.name().equals("conv2d.weight"))
                .toList();
        List<Boolean> biases = GradientTest.backward(Differentiation.gradients(forward, weights)).stream()
                .filter(node -> node.op() instanceof Op.ConvolutionBackwardWeights)
                .map(node -> ((Op.ConvolutionBackwardWeights) node.op()).bias())
                .toList();
        assertEquals(List.of(false), biases);
    }

    /** Else the pre-activation would have to be kept, and relu could not be fused into the convolution. */
    @Test
    void reluGradientReadsItsOutputOnly() {
        JointGraph joint = joint(network());
        Value conv = joint.graph().nodes().getFirst().output();
        assertFalse(GradientTest.backward(joint).stream()
                .anyMatch(node -> node.inputs().contains(conv)));
        Value relu = joint.graph().nodes().get(1).output();
        assertTrue(GradientTest.backward(joint).stream()
                .anyMatch(node -> node.inputs().contains(relu)));
    }

    @Test
    void functionsWhoseResultGivesTheirDerivativeDoNotReadTheirOperand() {
        for (UnaryFunction function : List.of(
                UnaryFunction.TANH, UnaryFunction.SIGMOID, UnaryFunction.EXP, UnaryFunction.SQRT, UnaryFunction.RELU)) {
            GraphBuilder b = TestGraphs.builder();
            Value x = parameter(b, "x", 3);
            b.output(Port.Role.LOSS, "loss", b.reduceSum(b.unary(function, x), List.of(0), false));
            assertFalse(
                    GradientTest.backward(joint(b.build())).stream()
                            .anyMatch(node -> node.inputs().contains(x)),
                    function.name());
        }
    }

    @Test
    void aParameterThatTheLossDoesNotReachHasAGradientOfZeros() {
        GraphBuilder b = TestGraphs.builder();
        Value used = parameter(b, "used", 2);
        parameter(b, "unused", 2);
        Value dead = b.unary(UnaryFunction.EXP, parameter(b, "dead", 1));
        b.output(Port.Role.METRIC, "metric", b.reduceSum(dead, List.of(0), false));
        b.output(Port.Role.LOSS, "loss", b.reduceSum(b.multiply(used, used), List.of(0), false));
        var result = Evaluator.evaluate(
                joint(b.build()).graph(),
                Map.of(),
                Map.of("used", new double[] {3, 4}, "unused", new double[2], "dead", new double[1]));
        assertArrayEquals(new double[] {6, 8}, result.output(Port.Role.GRADIENT, "used"));
        assertArrayEquals(new double[] {0, 0}, result.output(Port.Role.GRADIENT, "unused"));
        assertArrayEquals(new double[] {0}, result.output(Port.Role.GRADIENT, "dead"));
    }

    @Test
    void aLossThatDependsOnNoParameterHasGradientsOfZeros() {
        GraphBuilder b = TestGraphs.builder();
        Value x = b.input(Port.Role.INPUT, "x", TensorType.of(DType.F32, N));
        parameter(b, "w", 2);
        b.output(Port.Role.LOSS, "loss", b.reduceSum(x, List.of(0), false));
        var result = Evaluator.evaluate(
                joint(b.build()).graph(), Map.of("N", 1L), Map.of("x", new double[1], "w", new double[2]));
        assertArrayEquals(new double[] {0, 0}, result.output(Port.Role.GRADIENT, "w"));
    }

    @Test
    void theSameForwardGraphGivesTheSameText() {
        assertEquals(
                GraphPrinter.print(joint(network()).graph()),
                GraphPrinter.print(joint(network()).graph()));
    }

    @Test
    void aGraphWithoutAScalarLossIsAnError() {
        GraphBuilder b = TestGraphs.builder();
        Value x = parameter(b, "x", 3);
        b.output(Port.Role.LOSS, "loss", b.unary(UnaryFunction.EXP, x));
        assertThrows(GraphException.class, () -> joint(b.build()));
    }

    /** Backward nodes have the origin of what they differentiate. */
    @Test
    void aDeepGraphIsDifferentiatedInOneWalk() {
        GraphBuilder b = TestGraphs.builder();
        Value x = parameter(b, "x", 2);
        for (int i = 0; i < 5000; i++) {
            x = b.unary(UnaryFunction.TANH, x);
        }
        b.output(Port.Role.LOSS, "loss", b.reduceSum(x, List.of(0), false));
        JointGraph joint = joint(b.build());
        assertEquals(5001, joint.forwardNodes());
        assertTrue(
                joint.graph().nodes().size() < 25_010,
                () -> joint.graph().nodes().size() + " nodes");
        joint.graph().nodes().forEach(node -> assertEquals(TestGraphs.ORIGIN, node.origin()));
    }
}
