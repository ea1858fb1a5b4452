package dev.nnd.compiler.plan;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
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
import dev.nnd.compiler.lower.Lowered;
import dev.nnd.compiler.lower.LoweredParameter;
import dev.nnd.compiler.lower.ModelLowering;
import dev.nnd.compiler.lower.TrainingLowering;
import dev.nnd.compiler.parse.Parsed;
import dev.nnd.compiler.parse.Parser;
import dev.nnd.compiler.rewrite.Passes;
import dev.nnd.compiler.typed.TypedProgram;
import dev.nnd.grammar.SourceFile;
import java.lang.management.ManagementFactory;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** From text to execution plans. */
class ProgramsTest {

    private static final String MNIST = """
            package vision.mnist

            model SimpleCnn(classes: int = 10) {
              input  image:  f32[N, 1, 28, 28]
              output logits: f32[N, classes] = image
                -> Conv2d(32, kernel: 3) -> relu
                -> flatten
                -> Dense(classes)
            }

            data Mnist {
              source train = idx(images: "a", labels: "b")
              source test  = idx(images: "c", labels: "d")
              split train into train 90%, validation 10%
              field image: f32[1, 28, 28] = images / 255
              field label: class[10] = labels
            }

            train MnistTraining(lr: float = 1e-3) {
              model net = SimpleCnn()
              data  Mnist
              minimize cross_entropy(net(image), label) using adam(lr: lr)
              epochs 10
              batch  64
              metric accuracy(net(image), label)
              keep   best by validation.accuracy
            }
            """;

    private static final String DEEP = """
            block Residual() {
              input x: f32[N, C, H, W]
              output relu(x + (x -> Conv2d(C, kernel: 3, padding: 1) -> relu -> Conv2d(C, kernel: 3, padding: 1)))
            }

            model Deep(classes: int = 5) {
              input image: f32[N, 2, 8, 8]
              output logits: f32[N, classes] = image
                -> Conv2d(4, kernel: 3, padding: 1, bias: false) -> silu
                -> Residual() * 2
                -> MaxPool2d(2)
                -> Conv2d(4, kernel: 1) -> sigmoid
                -> flatten -> Dense(12) -> LayerNorm() -> gelu
                -> Dense(classes)
            }

            data Pictures {
              source train = idx(images: "a", labels: "b")
              field image: f32[2, 8, 8] = images / 255
              field label: class[5] = labels
            }

            train DeepTraining {
              model net = Deep()
              data  Pictures
              minimize cross_entropy(net(image), label, smoothing: 0.1) using sgd(lr: 0.1)
              epochs 1
              batch  4
              metric accuracy(net(image), label)
            }
            """;

    private static TypedProgram typed(String text) {
        var checker = new Checker(StandardLibrary.load(
                (source, start, end) -> Parser.parse(source, start, end).file()));
        Parsed parsed = Parser.parse(new SourceFile("test.nnd", text));
        assertEquals(List.of(), parsed.problems());
        Checked checked = checker.check(parsed.file(), Sources.NONE);
        assertTrue(checked.ok(), () -> checked.diagnostics().toString());
        return checked.program();
    }

    private static Graph joint(Graph graph) {
        List<Port> parameters = graph.inputs().stream()
                .filter(p -> p.role() == Port.Role.PARAMETER)
                .toList();
        return Differentiation.gradients(graph, parameters).graph();
    }

    private static ExecutionPlan trainingPlan(Graph lowered) {
        Graph graph = Passes.afterAutodiff(joint(Passes.beforeAutodiff(lowered)));
        return new Planner(new KernelNames()).plan(graph, Set.of("N"), "Training");
    }

    private static List<String> steps(ExecutionPlan plan) {
        return plan.steps().stream()
                .map(s -> switch (s) {
                    case Step.Primitive p -> p.name();
                    case Step.Kernel k -> k.name();
                    case Step.Reorder r -> "reorder";
                    case Step.Call c -> c.name();
                    case Step.Scan scan -> scan.name();
                })
                .toList();
    }

    /** The plan computes what the graph computes, with random inputs and N = 3. */
    private static void sameValues(Graph expected, ExecutionPlan plan) {
        long seed = Seed.fresh();
        Map<String, Long> sizes = Map.of("N", 3L);
        Map<String, double[]> inputs = RandomGraphs.inputs(expected, sizes, seed);
        Evaluator.Result result = Evaluator.evaluate(expected, sizes, inputs);
        Map<String, double[]> actual = PlanInterpreter.run(plan, sizes, inputs, seed);
        for (Port port : expected.outputs()) {
            assertArrayEquals(
                    result.output(port.role(), port.name()),
                    actual.get(port.role() + " " + port.name()),
                    Rounding.tolerance(result.output(port.role(), port.name())),
                    () -> "seed " + seed + ", " + port + "\n" + PlanPrinter.print(plan));
        }
    }

    @Test
    void mnistTrainsAsAPersonWouldWriteIt() {
        Lowered lowered = TrainingLowering.lower(typed(MNIST).trains().getFirst(), true);
        ExecutionPlan plan = trainingPlan(lowered.graph());
        assertEquals(
                List.of(
                        "conv2d",
                        "dense",
                        "softmaxCrossEntropy",
                        "mean",
                        "argMax",
                        "equalMean",
                        "fill",
                        "softmaxCrossEntropyBackward",
                        "denseBackwardWeights",
                        "denseBackwardData",
                        "reluBackward",
                        "conv2dBackwardWeights"),
                steps(plan),
                () -> PlanPrinter.print(plan));
        sameValues(joint(lowered.graph()), plan);
    }

    @Test
    void stepsTellTheStageThatTheyComeFrom() {
        Lowered lowered = TrainingLowering.lower(typed(MNIST).trains().getFirst(), true);
        ExecutionPlan plan = trainingPlan(lowered.graph());
        assertEquals(
                "Conv2d(32, kernel: 3) -> relu",
                plan.steps().getFirst().origin().text().replace("\n", " "));
        assertEquals("conv2d", plan.steps().getFirst().origin().instance());
        assertEquals("Dense(classes)", plan.steps().get(1).origin().text());
        assertEquals(8, plan.steps().get(1).origin().span().line());
        assertEquals("test.nnd", plan.steps().get(2).origin().span().file().name());
    }

    @Test
    void aModelIsLoweredWithItsPortsAndParameters() {
        Lowered lowered = ModelLowering.lower(typed(MNIST).models().getFirst());
        assertEquals(
                List.of("conv2d.weight", "conv2d.bias", "dense.weight", "dense.bias"),
                lowered.parameters().stream().map(LoweredParameter::path).toList());
        assertEquals(
                List.of("image"),
                lowered.graph().inputs().stream()
                        .filter(p -> p.role() == Port.Role.INPUT)
                        .map(Port::name)
                        .toList());
        Port logits = lowered.graph().outputs().getFirst();
        assertEquals("logits", logits.name());
        Graph graph = Passes.afterAutodiff(Passes.beforeAutodiff(lowered.graph()));
        ExecutionPlan plan = new Planner(new KernelNames()).plan(graph, Set.of("N"), "Forward");
        assertEquals(List.of("conv2d", "dense"), steps(plan));
        sameValues(lowered.graph(), plan);
    }

    @Test
    void trainingAndInferenceAgreeOnTheLayoutsOfParameters() {
        for (String text : List.of(MNIST, DEEP)) {
            TypedProgram program = typed(text);
            Graph model = ModelLowering.lower(program.models().getFirst()).graph();
            Graph forward = Passes.afterAutodiff(Passes.beforeAutodiff(model));
            ExecutionPlan inference = new Planner(new KernelNames()).plan(forward, Set.of("N"), "Forward");
            ExecutionPlan training = trainingPlan(
                    TrainingLowering.lower(program.trains().getFirst(), true).graph());
            assertEquals(parameters(inference), parameters(training));
        }
    }

    private static List<String> parameters(ExecutionPlan plan) {
        return plan.buffers().stream()
                .filter(b -> b.storage() == Buffer.Storage.PARAMETER)
                .map(b -> b.name() + " " + b.layout())
                .toList();
    }

    @Test
    void valuesAreNamedAfterTheLayersThatMakeThem() {
        ExecutionPlan plan = trainingPlan(
                TrainingLowering.lower(typed(DEEP).trains().getFirst(), true).graph());
        List<String> names = plan.buffers().stream().map(Buffer::name).toList();
        assertTrue(names.containsAll(List.of("conv2d", "residual0", "maxPool2d", "dense")), names.toString());
        List<String> inside =
                called(plan, "residual0").buffers().stream().map(Buffer::name).toList();
        // The second convolution adds the shortcut and makes the output itself.
        assertTrue(inside.containsAll(List.of("x", "conv2dWeight", "relu", "output")), inside.toString());
        assertFalse(inside.contains("conv2d2"), inside.toString());
    }

    @Test
    void aThousandLayersCompileInLinearTime() {
        String text = """
                model Tower() {
                  input x: f32[N, 8]
                  output y: f32[N, 8] = x -> Wide() * %d
                }
                block Wide() {
                  input x: f32[N, 8]
                  output x -> Dense(8) -> tanh
                }
                """;
        long small = time(text.formatted(125));
        long large = time(text.formatted(1000));
        assertTrue(large < 40 * small + 1_000_000_000L, () -> "125 layers: " + small + " ns, 1000: " + large + " ns");
    }

    /** The processor time of all after checking, with gradients. */
    private static long time(String text) {
        Lowered lowered = ModelLowering.lower(typed(text).models().getFirst());
        var clock = ManagementFactory.getThreadMXBean();
        long start = clock.getCurrentThreadCpuTime();
        Port y = lowered.graph().outputs().getFirst();
        var to = GraphBuilder.continuing(lowered.graph())
                .at(lowered.graph().nodes().getLast().origin());
        to.output(Port.Role.LOSS, "loss", to.reduce(Op.ReduceFunction.MEAN, y.value(), List.of(0, 1), false));
        ExecutionPlan plan = trainingPlan(to.build());
        assertTrue(plan.steps().size() > 500);
        return clock.getCurrentThreadCpuTime() - start;
    }

    @Test
    void aDeepNetworkKeepsItsValues() {
        Lowered lowered = TrainingLowering.lower(typed(DEEP).trains().getFirst(), true);
        ExecutionPlan plan = trainingPlan(lowered.graph());
        sameValues(joint(lowered.graph()), plan);
        assertTrue(called(plan, "residual0").steps().stream()
                .anyMatch(s -> s instanceof Step.Primitive p
                        && p.op() instanceof Op.Convolution op
                        && op.relu()
                        && p.name().equals("conv2d")));
    }

    private static ExecutionPlan called(ExecutionPlan plan, String call) {
        return plan.steps().stream()
                .filter(s -> s instanceof Step.Call c && c.name().equals(call))
                .map(s -> ((Step.Call) s).function().plan())
                .findFirst()
                .orElseThrow();
    }
}
