package dev.nnd.compiler.plan;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.nnd.compiler.Seed;
import dev.nnd.compiler.autodiff.Differentiation;
import dev.nnd.compiler.check.Checked;
import dev.nnd.compiler.check.Checker;
import dev.nnd.compiler.check.Sources;
import dev.nnd.compiler.check.StandardLibrary;
import dev.nnd.compiler.ir.Evaluator;
import dev.nnd.compiler.ir.Graph;
import dev.nnd.compiler.ir.GraphBuilder;
import dev.nnd.compiler.ir.Op;
import dev.nnd.compiler.ir.Port;
import dev.nnd.compiler.ir.Rounding;
import dev.nnd.compiler.lower.ModelLowering;
import dev.nnd.compiler.parse.Parsed;
import dev.nnd.compiler.parse.Parser;
import dev.nnd.compiler.rewrite.Passes;
import dev.nnd.compiler.type.DType;
import dev.nnd.grammar.SourceFile;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Formulas as users of PyTorch and Keras write them compile to the kernels of the library's functions, forward and backward,
 * and keep their values: within 1e-9 in double precision of the graph that is not optimized.
 */
class SpellingsTest {

    private static final Map<String, Long> SIZES = Map.of("N", 2L, "T", 5L);

    private static final StandardLibrary LIBRARY = StandardLibrary.load(
            (source, start, end) -> Parser.parse(source, start, end).file());

    private final KernelNames names = new KernelNames();

    private static String model(String body) {
        String statements = body.contains("output") ? body : "output y: f32[N, T, 16] = " + body;
        return """
                model Spelled() {
                  input a: f32[N, T, 16]
                  input seen: bool[N, T]
                  input label: i32[N, T]
                  let x = a -> Dense(16) as first
                  %s
                }
                """.formatted(statements.replace("; ", "\n  "));
    }

    private static Graph lowered(String body) {
        var checker = new Checker(LIBRARY);
        Parsed parsed = Parser.parse(new SourceFile("test.nnd", model(body)));
        assertEquals(List.of(), parsed.problems());
        Checked checked = checker.check(parsed.file(), Sources.NONE);
        assertTrue(checked.ok(), () -> model(body) + checked.diagnostics());
        return ModelLowering.lower(checked.program().models().getFirst()).graph();
    }

    /** With the mean of tanh of the output as loss. */
    private static Graph withLoss(Graph graph) {
        Port y = graph.outputs().getFirst();
        var to = GraphBuilder.continuing(graph).at(graph.nodes().getLast().origin());
        List<Integer> axes = IntStream.range(0, y.value().type().rank()).boxed().toList();
        to.output(
                Port.Role.LOSS,
                "loss",
                to.reduce(Op.ReduceFunction.MEAN, to.unary(Op.UnaryFunction.TANH, y.value()), axes, false));
        return to.build();
    }

    private static Graph joint(Graph graph) {
        List<Port> parameters = graph.inputs().stream()
                .filter(p -> p.role() == Port.Role.PARAMETER)
                .toList();
        return Differentiation.gradients(graph, parameters).graph();
    }

    /** The steps of prediction and of training; equal kernels have equal names. */
    private List<String> steps(String body) {
        Graph lowered = lowered(body);
        ExecutionPlan forward = plan(Passes.afterAutodiff(Passes.beforeAutodiff(lowered)));
        Graph training = withLoss(lowered);
        ExecutionPlan step = plan(Passes.afterAutodiff(joint(Passes.beforeAutodiff(training))));
        sameValues(joint(training), step);
        var all = new ArrayList<>(names(forward));
        all.add("|");
        all.addAll(names(step));
        return all;
    }

    private ExecutionPlan plan(Graph graph) {
        return new Planner(names).plan(graph, Set.of("N", "T"), "Spelled");
    }

    private static List<String> names(ExecutionPlan plan) {
        return plan.steps().stream()
                .filter(s -> !(s instanceof Step.Reorder))
                .map(s -> s instanceof Step.Kernel k
                        ? k.kind() + " " + k.name()
                        : s instanceof Step.Primitive p ? p.op().getClass().getSimpleName() : s.toString())
                .toList();
    }

    private static void sameValues(Graph unoptimized, ExecutionPlan plan) {
        long seed = Seed.fresh();
        var random = new Random(seed);
        var inputs = new HashMap<String, double[]>();
        for (Port port : unoptimized.inputs()) {
            var elements = new double[(int) port.value().type().elements().evaluate(SIZES)];
            boolean real = port.value().type().dtype() == DType.F32;
            for (int i = 0; i < elements.length; i++) {
                elements[i] = real ? random.nextGaussian() : random.nextInt(2);
            }
            inputs.put(port.name(), elements);
        }
        Evaluator.Result expected = Evaluator.evaluate(unoptimized, SIZES, inputs);
        Map<String, double[]> actual = PlanInterpreter.run(plan, SIZES, inputs, seed);
        for (Port port : unoptimized.outputs()) {
            assertArrayEquals(
                    expected.output(port.role(), port.name()),
                    actual.get(port.role() + " " + port.name()),
                    Rounding.tolerance(expected.output(port.role(), port.name())),
                    () -> "seed " + seed + ", " + port);
        }
    }

    private static final String MEAN = "let m = mean(x, axis: -1, keep_dims: true); ";

    @ParameterizedTest
    @ValueSource(
            strings = {
                MEAN + "let v = mean((x - m) ** 2, axis: -1, keep_dims: true); output y = (x - m) / sqrt(v + 1e-5)",
                MEAN + "let v = mean(square(x - m), axis: -1, keep_dims: true); output y = (x - m) * rsqrt(v + 1e-5)",
                MEAN + "let c = x - m; let v = mean(c * c, axis: -1, keep_dims: true); output y = c / sqrt(v + 1e-5)",
                MEAN
                        + "let c = x - m; let v = mean(c * c, axis: -1, keep_dims: true); output y = c * (v + 1e-5) ** -0.5",
                MEAN + "let v = mean(x * x, axis: -1, keep_dims: true) - m ** 2; output y = (x - m) / sqrt(v + 1e-5)",
                MEAN
                        + "let c = x - m; let v = mean(c ** 2, axis: -1, keep_dims: true); output y = c * (1.0 / sqrt(v + 1e-5))",
                "let m = sum(x, axis: -1, keep_dims: true) / 16.0; let c = x - m; "
                        + "let v = sum(c ** 2, axis: -1, keep_dims: true) * 0.0625; output y = c / sqrt(v + 1e-5)",
                "let m = mean(x, axis: -1)[..., none]; let c = x - m; "
                        + "let v = mean(c ** 2, axis: -1)[..., none]; output y = c / sqrt(v + 1e-5)",
            })
    void layerNorm(String spelling) {
        List<String> library = steps("x -> LayerNorm(affine: false)");
        assertEquals(library, steps(spelling));
        assertEquals(
                1,
                library.subList(0, library.indexOf("|")).stream()
                        .filter(s -> s.startsWith("ROWS"))
                        .count());
        assertEquals(2, library.subList(0, library.indexOf("|")).size(), library.toString());
    }

    @Test
    void layerNormWithWeightsIsOneKernelForwardAndThreeBackward() {
        List<String> library = steps("x -> LayerNorm()");
        assertEquals(2, library.indexOf("|"), library.toString());
        assertEquals(2, library.stream().filter(s -> s.startsWith("ROWS")).count() - 1, library.toString());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "x * rsqrt(mean(square(x), axis: -1, keep_dims: true) + 1e-6)",
                "x / sqrt(mean(x ** 2, axis: -1, keep_dims: true) + 1e-6)",
                "x / sqrt(sum(x * x, axis: -1, keep_dims: true) / 16.0 + 1e-6)",
                "x * (mean(x * x, axis: -1, keep_dims: true) + 1e-6) ** -0.5",
            })
    void rmsNorm(String spelling) {
        List<String> first = steps("x * rsqrt(mean(square(x), axis: -1, keep_dims: true) + 1e-6)");
        assertEquals(first, steps(spelling));
        assertEquals(2, first.indexOf("|"), first.toString());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "exp(x) / sum(exp(x), axis: -1, keep_dims: true)",
                "let e = exp(x - max(x, axis: -1, keep_dims: true)); output y = e / sum(e, axis: -1, keep_dims: true)",
                "let e = exp(x - stop_gradient(max(x, axis: -1, keep_dims: true))); "
                        + "output y = e / sum(e, axis: -1, keep_dims: true)",
                "let e = exp(x - max(x, axis: -1)[..., none]); output y = e / sum(e, axis: -1)[..., none]",
                "exp(log_softmax(x))",
            })
    void softmax(String spelling) {
        List<String> library = steps("softmax(x)");
        assertEquals(library, steps(spelling));
        assertEquals(2, library.indexOf("|"), library.toString());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "x - log(sum(exp(x), axis: -1, keep_dims: true))",
                "let z = x - max(x, axis: -1, keep_dims: true); output y = z - log(sum(exp(z), axis: -1, keep_dims: true))",
                "let m = max(x, axis: -1, keep_dims: true); "
                        + "output y = x - (m + log(sum(exp(x - m), axis: -1, keep_dims: true)))",
                "x - log(sum(exp(x), axis: -1))[..., none]",
                "log(softmax(x))",
            })
    void logSoftmax(String spelling) {
        List<String> library = steps("log_softmax(x)");
        assertEquals(library, steps(spelling));
        assertEquals(2, library.indexOf("|"), library.toString());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "x / (1.0 + exp(-x))",
                "x * (1.0 / (1.0 + exp(-x)))",
                "x * sigmoid(x)",
            })
    void silu(String spelling) {
        assertEquals(steps("silu(x)"), steps(spelling));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "0.5 * x * (1.0 + erf(x / sqrt(2.0)))",
                "x * 0.5 * (1.0 + erf(x / 1.4142135623730951))",
                "x * (0.5 * (1.0 + erf(x * 0.7071067811865475)))",
                "0.5 * x * (1.0 + tanh(0.7978845608 * (x + 0.044715 * x ** 3)))",
                "x * sigmoid(1.702 * x)",
            })
    void geluIsOneMapAsInTheLibrary(String spelling) {
        List<String> own = steps(spelling);
        assertEquals(2, own.indexOf("|"), own.toString());
        assertTrue(own.get(1).startsWith("MAP"), own.toString());
        List<String> library = steps("gelu(x)");
        assertEquals(library.size(), own.size(), own.toString());
    }

    private static final String SCORES = "let s = matmul(x, transpose(x)) / 4.0; ";

    @ParameterizedTest
    @ValueSource(
            strings = {
                SCORES + "output y: f32[N, T, 16] = matmul(softmax(s), x)",
                SCORES + "let e = exp(s - max(s, axis: -1, keep_dims: true)); "
                        + "output y: f32[N, T, 16] = matmul(e / sum(e, axis: -1, keep_dims: true), x)",
                "let s = matmul(x, transpose(x)) * 16.0 ** -0.5; output y: f32[N, T, 16] = matmul(softmax(s), x)",
            })
    void attentionScalesAndSharesInOneKernel(String spelling) {
        List<String> forward = forward(steps(spelling));
        assertEquals(4, forward.size(), forward.toString());
        assertEquals(1, forward.stream().filter(s -> s.startsWith("ROWS")).count());
        assertEquals(steps(SCORES + "output y: f32[N, T, 16] = matmul(softmax(s), x)"), steps(spelling));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "output y: f32[N, T, 16] = matmul(softmax(s + select(seen[:, none, :], 0.0, -1e9)), x)",
                "output y: f32[N, T, 16] = matmul(softmax(s + (1.0 - (seen[:, none, :] -> cast[f32])) * -1e9), x)",
            })
    void masksAreAddedInTheKernelOfTheScores(String spelling) {
        List<String> forward = forward(steps(SCORES + spelling));
        assertEquals(1, forward.stream().filter(s -> s.startsWith("ROWS")).count(), forward.toString());
        assertEquals(2, forward.stream().filter(s -> s.equals("MatMul")).count(), forward.toString());
        assertEquals(5, forward.size(), forward.toString());
    }

    private static List<String> forward(List<String> steps) {
        return steps.subList(0, steps.indexOf("|"));
    }

    @Test
    void crossEntropyByHandIsTheLibrarys() {
        String by = "output y: f32[N, T] = ";
        List<String> library = steps(by + "-pick(log_softmax(x), label)");
        assertEquals(library, steps(by + "-pick(log(softmax(x)), label)"));
        assertEquals(library, steps(by + "-pick(x - log(sum(exp(x), axis: -1, keep_dims: true)), label)"));
        List<String> oneHot = forward(steps(by + "-sum(one_hot(label, 16) * log_softmax(x), axis: -1)"));
        assertEquals(3, oneHot.size(), oneHot.toString());
    }

    @Test
    void otherAxesAndOtherValuesAreSomethingElse() {
        List<String> library = steps("softmax(x)");
        assertNotEquals(library, steps("exp(x) / sum(exp(x), axis: 1, keep_dims: true)"));
        assertNotEquals(library, steps("exp(x) / sum(exp(a), axis: -1, keep_dims: true)"));
        List<String> norm = steps("x -> LayerNorm(affine: false)");
        assertNotEquals(
                norm,
                steps(MEAN
                        + "let v = mean((x - m) ** 2, axis: 1, keep_dims: true); output y = (x - m) / sqrt(v + 1e-5)"));
        assertNotEquals(
                norm,
                steps(
                        MEAN
                                + "let v = mean((x - m) ** 2, axis: -1, keep_dims: true); output y = (x - m) / (sqrt(v) + 1e-5)"));
    }
}
