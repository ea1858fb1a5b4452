package dev.nnd.compiler.autodiff;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.nnd.compiler.Seed;
import dev.nnd.compiler.ir.Evaluator;
import dev.nnd.compiler.ir.Graph;
import dev.nnd.compiler.ir.GraphException;
import dev.nnd.compiler.ir.Node;
import dev.nnd.compiler.ir.Op;
import dev.nnd.compiler.ir.Op.BinaryFunction;
import dev.nnd.compiler.ir.Op.Comparison;
import dev.nnd.compiler.ir.Op.ReduceFunction;
import dev.nnd.compiler.ir.Op.UnaryFunction;
import dev.nnd.compiler.ir.Port;
import dev.nnd.compiler.ir.TestGraphs;
import dev.nnd.compiler.ir.Value;
import dev.nnd.compiler.type.DType;
import dev.nnd.compiler.type.Dim;
import dev.nnd.compiler.type.TensorType;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The gradient of every op against finite differences, and a proof that no op was forgotten. */
class GradientTest {

    private static final int ROUNDS = 12;

    private static final String STEPS = "constant between jumps: the derivative is 0 wherever it is defined";
    private static final String BOOLS = "works on bools";
    private static final String SECOND = "computes a gradient; gradients of gradients are not defined";

    /** What {@link GradientCases} does not cover, and why. */
    private static final Map<String, String> NOT_DIFFERENTIABLE = Map.ofEntries(
            Map.entry("Constant", "has no operand"),
            Map.entry("Size", "has no operand"),
            Map.entry("Compare", "makes bools"),
            Map.entry("EQUAL", "makes bools"),
            Map.entry("NOT_EQUAL", "makes bools"),
            Map.entry("LESS", "makes bools"),
            Map.entry("LESS_EQUAL", "makes bools"),
            Map.entry("GREATER", "makes bools"),
            Map.entry("GREATER_EQUAL", "makes bools"),
            Map.entry("OneHot", "its operand is an integer"),
            Map.entry("ArgMax", "makes integers"),
            Map.entry("SIGN", STEPS),
            Map.entry("FLOOR", STEPS),
            Map.entry("CEIL", STEPS),
            Map.entry("ROUND", STEPS),
            Map.entry("FLOOR_DIVIDE", STEPS),
            Map.entry("STOP_GRADIENT", "has no gradient on purpose"),
            Map.entry("ANY", BOOLS),
            Map.entry("ALL", BOOLS),
            Map.entry("Iota", "has no operand"),
            Map.entry("Random", "has no float operand"),
            Map.entry("NOT", BOOLS),
            Map.entry("AND", BOOLS),
            Map.entry("OR", BOOLS),
            Map.entry("InnerProductBackwardData", SECOND),
            Map.entry("InnerProductBackwardWeights", SECOND),
            Map.entry("BatchNormBackward", SECOND),
            Map.entry("SoftmaxCrossEntropyBackward", SECOND));

    static List<GradientCases.Case> cases() {
        return GradientCases.all();
    }

    @ParameterizedTest
    @MethodSource("cases")
    void agreesWithFiniteDifferences(GradientCases.Case function) {
        var differences = new DifferenceChecks();
        for (long seed : Seed.several(ROUNDS).toArray()) {
            var check = new GradientCheck(seed);
            check.compare(check.weighted(function.build().apply(check)), differences);
        }
        differences.mostAreSharp();
    }

    /** A new op or function fails here until it has a case or a reason. */
    @Test
    void everyOpAndFunctionIsCoveredOrListedWithItsReason() {
        var covered = new TreeSet<String>();
        for (GradientCases.Case function : cases()) {
            var check = new GradientCheck(1);
            Value y = function.build().apply(check);
            check.graph.nodes().stream()
                    .filter(node ->
                            IntStream.range(0, node.inputs().size()).anyMatch(i -> GradientFlow.passes(node.op(), i)))
                    .forEach(node -> covered.addAll(words(node.op())));
            assertTrue(y.type().dtype().isFloat(), function.name());
        }
        var expected = new TreeMap<String, String>();
        TestGraphs.ops().forEach(c -> expected.put(c.getSimpleName(), "covered"));
        constants(UnaryFunction.values(), BinaryFunction.values(), Comparison.values(), ReduceFunction.values())
                .forEach(name -> expected.put(name, "covered"));
        var actual = new TreeMap<>(NOT_DIFFERENTIABLE);
        actual.replaceAll((_, _) -> "covered");
        covered.forEach(name -> actual.put(name, NOT_DIFFERENTIABLE.containsKey(name) ? "listed too" : "covered"));
        assertEquals(expected, actual);
    }

    private static Stream<String> constants(Enum<?>[]... groups) {
        return Arrays.stream(groups).flatMap(Arrays::stream).map(Enum::name);
    }

    private static List<String> words(Op op) {
        String name = op.getClass().getSimpleName();
        return switch (op) {
            case Op.Unary o -> List.of(name, o.function().name());
            case Op.Binary o -> List.of(name, o.function().name());
            case Op.Reduce o -> List.of(name, o.function().name());
            default -> List.of(name);
        };
    }

    @Test
    void stepFunctionsHaveAGradientOfZeros() {
        for (UnaryFunction function :
                List.of(UnaryFunction.SIGN, UnaryFunction.FLOOR, UnaryFunction.CEIL, UnaryFunction.ROUND)) {
            var check = new GradientCheck(Seed.fresh());
            Value x = check.parameter(check.between(-2, 2), Dim.of(3));
            Graph forward = check.weighted(check.graph.unary(function, x));
            Graph joint = check.differentiate(forward).graph();
            double[] gradient = Evaluator.evaluate(
                            joint, Map.of(), Map.of("p0", new double[] {0.2, 1.7, -1}, "weights", new double[3]))
                    .output(Port.Role.GRADIENT, "p0");
            assertArrayEquals(new double[3], gradient, function.name());
        }
    }

    @Test
    void theGradientOfAMaximumIsSharedAtATie() {
        var b = TestGraphs.builder();
        Value x = b.input(Port.Role.PARAMETER, "x", TensorType.of(DType.F64, Dim.of(4)));
        Value capped = b.binary(BinaryFunction.MAXIMUM, x, b.constant(1, DType.F64));
        b.output(
                Port.Role.LOSS,
                "loss",
                b.add(b.reduceSum(capped, List.of(0), false), b.reduce(ReduceFunction.MAX, x, List.of(0), false)));
        Graph forward = b.build();
        Graph joint = Differentiation.gradients(forward, forward.inputs()).graph();
        double[] gradient = Evaluator.evaluate(joint, Map.of(), Map.of("x", new double[] {0, 1, 2, 2}))
                .output(Port.Role.GRADIENT, "x");
        assertArrayEquals(new double[] {0, 0.5, 1.5, 1.5}, gradient);
    }

    @Test
    void powersAtZeroHaveFiniteGradients() {
        var b = TestGraphs.builder();
        var scalars = TensorType.of(DType.F64, Dim.of(3));
        Value base = b.input(Port.Role.PARAMETER, "base", scalars);
        Value exponent = b.input(Port.Role.PARAMETER, "exponent", scalars);
        b.output(
                Port.Role.LOSS, "loss", b.reduceSum(b.binary(BinaryFunction.POWER, base, exponent), List.of(0), false));
        Graph forward = b.build();
        var result = Evaluator.evaluate(
                Differentiation.gradients(forward, forward.inputs()).graph(),
                Map.of(),
                Map.of("base", new double[] {0, 0, 0}, "exponent", new double[] {0, 1, 2}));
        assertArrayEquals(new double[] {0, 1, 0}, result.output(Port.Role.GRADIENT, "base"));
        assertArrayEquals(new double[] {0, 0, 0}, result.output(Port.Role.GRADIENT, "exponent"));
    }

    @Test
    void gradientsOfGradientsAreAnErrorThatNamesTheOp() {
        var check = new GradientCheck(1);
        Value dy = check.parameter(check.between(-1, 1), GradientCheck.dims(2, 5));
        Value w = check.parameter(check.between(-1, 1), GradientCheck.dims(5, 3));
        var dims = List.of(Dim.of(2), Dim.of(3));
        Graph forward = check.weighted(check.graph.apply(new Op.InnerProductBackwardData(dims), dy, w));
        String message = TestGraphs.message(assertThrows(GraphException.class, () -> check.differentiate(forward)));
        assertEquals(
                "inner product backward data to [2, 3], from test.nnd:2:6 (relu): the gradient of a gradient is not"
                        + " defined",
                message);
    }

    /** Functions without kinks on values of four shapes that broadcast, combined at random and used more than once. */
    @Test
    void randomGraphsAgreeWithFiniteDifferences() {
        var differences = new DifferenceChecks();
        for (long seed : Seed.several(40).toArray()) {
            var check = new GradientCheck(seed);
            check.compare(RandomGraphs.build(check), differences);
        }
        differences.mostAreSharp();
    }

    static List<Node> backward(JointGraph joint) {
        return joint.graph()
                .nodes()
                .subList(joint.forwardNodes(), joint.graph().nodes().size());
    }
}
