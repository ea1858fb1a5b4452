package dev.nnd.compiler.plan;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.nnd.compiler.autodiff.Differentiation;
import dev.nnd.compiler.ir.Graph;
import dev.nnd.compiler.ir.GraphBuilder;
import dev.nnd.compiler.ir.Op;
import dev.nnd.compiler.ir.Op.ReduceFunction;
import dev.nnd.compiler.ir.Op.UnaryFunction;
import dev.nnd.compiler.ir.Port;
import dev.nnd.compiler.ir.Value;
import dev.nnd.compiler.plan.Buffer.Layout;
import dev.nnd.compiler.plan.Buffer.Storage;
import dev.nnd.compiler.rewrite.Passes;
import dev.nnd.compiler.type.DType;
import dev.nnd.compiler.type.Dim;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

class PlannerTest {

    private static final Dim N = Dim.variable("N");

    static Graph training(Graph lowered) {
        Graph graph = Passes.beforeAutodiff(lowered);
        List<Port> parameters = graph.inputs().stream()
                .filter(p -> p.role() == Port.Role.PARAMETER)
                .toList();
        return Passes.afterAutodiff(Differentiation.gradients(graph, parameters).graph());
    }

    private static ExecutionPlan plan(Graph graph) {
        return new Planner(new KernelNames()).plan(graph, Set.of("N"), "Test");
    }

    private static ExecutionPlan plan(Consumer<GraphBuilder> body) {
        var to = new GraphBuilder("test").at(SampleGraphs.origin("stage", ""));
        body.accept(to);
        return plan(to.build());
    }

    private static Value input(GraphBuilder to, String name, Object... dims) {
        return to.input(Port.Role.INPUT, name, SampleGraphs.f32(dims));
    }

    private static void output(GraphBuilder to, String name, Value value) {
        to.output(Port.Role.OUTPUT, name, value);
    }

    private static List<String> names(List<Step> steps) {
        return steps.stream()
                .map(s -> switch (s) {
                    case Step.Primitive p -> p.name();
                    case Step.Kernel k -> k.name();
                    case Step.Reorder r -> "reorder";
                    case Step.Call c -> c.name();
                    case Step.Scan scan -> scan.name();
                })
                .toList();
    }

    private static Buffer buffer(ExecutionPlan plan, String name) {
        return plan.buffers().stream()
                .filter(b -> b.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new AssertionError(name + " in\n" + PlanPrinter.print(plan)));
    }

    @Test
    void mnistTrainsInTwelveSteps() {
        ExecutionPlan plan = plan(training(SampleGraphs.mnist()));
        assertEquals(
                List.of("conv2d", "dense", "softmaxCrossEntropy", "mean", "argMax", "equalMean"),
                names(plan.steps().subList(0, plan.forwardSteps())),
                () -> PlanPrinter.print(plan));
        assertEquals(
                List.of(
                        "fill",
                        "softmaxCrossEntropyBackward",
                        "denseBackwardWeights",
                        "denseBackwardData",
                        "reluBackward",
                        "conv2dBackwardWeights"),
                names(plan.steps().subList(plan.forwardSteps(), plan.steps().size())));
        assertTrue(plan.steps().getFirst() instanceof Step.Primitive p
                && p.op() instanceof Op.Convolution op
                && op.bias()
                && op.relu());
    }

    @Test
    void mnistKeepsTheProvidersLayoutFromEndToEnd() {
        ExecutionPlan plan = plan(training(SampleGraphs.mnist()));
        for (String name : List.of("conv2d", "reluGradient", "conv2dGradient", "conv2dWeight", "denseWeight")) {
            assertEquals(Layout.PROVIDER, buffer(plan, name).layout(), name);
        }
        assertEquals(Layout.PLAIN, buffer(plan, "dense").layout());
        assertEquals(Layout.PLAIN, buffer(plan, "conv2dBias").layout());
        assertTrue(plan.steps().stream().noneMatch(s -> s instanceof Step.Reorder));
    }

    @Test
    void mnistWritesGradientsWhereTheyBelongAndReluBackwardInPlace() {
        ExecutionPlan plan = plan(training(SampleGraphs.mnist()));
        var last = plan.steps().getLast();
        assertEquals(
                List.of(Storage.GRADIENT, Storage.GRADIENT),
                last.outputs().stream()
                        .map(id -> plan.buffers().get(id).storage())
                        .toList());
        assertEquals(Storage.VIEW, buffer(plan, "conv2dGradient").storage());
        assertEquals(
                buffer(plan, "conv2dWeight").id(),
                buffer(plan, "conv2dWeightGradient").like().orElseThrow());
    }

    @Test
    void theBackwardDataStepIsToldTheForwardInput() {
        ExecutionPlan plan = plan(training(SampleGraphs.mnist()));
        Step backward = plan.steps().stream()
                .filter(s -> s instanceof Step.Primitive p && p.op() instanceof Op.InnerProductBackwardData)
                .findFirst()
                .orElseThrow();
        assertEquals(buffer(plan, "conv2d").id(), backward.inputs().getLast());
    }

    @Test
    void elementwiseOpsOverEqualDimsAreOneMap() {
        ExecutionPlan plan = plan(to -> {
            Value x = input(to, "x", "N", 4);
            Value y = to.unary(UnaryFunction.TANH, to.multiply(x, to.constant(2, DType.F32)));
            output(to, "y", to.add(y, x));
        });
        assertEquals(List.of("multiplyTanhAdd"), names(plan.steps()));
        var kernel = (Step.Kernel) plan.steps().getFirst();
        assertEquals(Step.Kind.MAP, kernel.kind());
        assertEquals(Map.of("COUNT", N.times(Dim.of(4))), kernel.sizes());
    }

    @Test
    void addingABiasBroadcasts() {
        ExecutionPlan plan = plan(to -> {
            Value b = to.input(Port.Role.PARAMETER, "b", SampleGraphs.f32(4));
            output(to, "y", to.unary(UnaryFunction.RELU, to.add(input(to, "x", "N", "T", 4), b)));
        });
        var kernel = (Step.Kernel) plan.steps().getFirst();
        assertEquals("biasRelu", kernel.name());
        assertEquals(Step.Kind.BROADCAST, kernel.kind());
        assertEquals(Map.of("ROWS", N.times(Dim.variable("T")), "COLUMNS", Dim.of(4)), kernel.sizes());
    }

    @Test
    void aReductionTakesInWhatFeedsItAndWhatFollows() {
        ExecutionPlan plan = plan(to -> {
            Value error = to.subtract(input(to, "x", "N", 4), input(to, "y", "N", 4));
            Value squares = to.unary(UnaryFunction.SQUARE, error);
            Value mean = to.reduce(ReduceFunction.MEAN, squares, List.of(0, 1), false);
            output(to, "loss", to.multiply(mean, to.constant(0.5, DType.F32)));
        });
        assertEquals(List.of("subtractSquareMeanMultiply"), names(plan.steps()));
        assertEquals(Step.Kind.REDUCE, ((Step.Kernel) plan.steps().getFirst()).kind());
    }

    @Test
    void aValueThatIsUsedElseIsNotTakenIntoAReduction() {
        ExecutionPlan plan = plan(to -> {
            Value y = to.unary(UnaryFunction.TANH, input(to, "x", "N", 4));
            output(to, "sum", to.reduce(ReduceFunction.SUM, y, List.of(0), false));
            output(to, "y", y);
        });
        assertEquals(List.of("tanh", "sum"), names(plan.steps()));
    }

    @Test
    void aValueThatIsUsedElseIsMadeWithTheReductionOfItsRows() {
        ExecutionPlan plan = plan(to -> {
            Value y = to.unary(UnaryFunction.TANH, input(to, "x", "N", 4));
            output(to, "sum", to.reduce(ReduceFunction.SUM, y, List.of(1), false));
            output(to, "y", y);
        });
        assertEquals(List.of("tanhSum"), names(plan.steps()));
        assertEquals(Step.Kind.ROWS, ((Step.Kernel) plan.steps().getFirst()).kind());
    }

    @Test
    void fusionNeverMakesStepsWaitForEachOther() {
        ExecutionPlan plan = plan(to -> {
            Value x = input(to, "x", "N", 4);
            Value a = to.unary(UnaryFunction.EXP, x);
            Value sum = to.reduce(ReduceFunction.SUM, a, List.of(0), true);
            output(to, "y", to.divide(a, sum));
        });
        assertEquals(List.of("exp", "sum", "divide"), names(plan.steps()));
        assertEquals(Storage.ARENA, buffer(plan, "exp").storage());
    }

    @Test
    void equalKernelsShareANameAcrossPlansAndOthersDoNot() {
        var names = new KernelNames();
        var found = new ArrayList<String>();
        for (Object[] dims : new Object[][] {{"N", 4}, {"N", 3, 3}, {7}}) {
            var to = new GraphBuilder("test").at(SampleGraphs.origin("stage", ""));
            output(to, "y", to.unary(UnaryFunction.TANH, input(to, "x", dims)));
            Graph graph = to.build();
            found.addAll(
                    names(new Planner(names).plan(graph, Set.of("N"), "Test").steps()));
        }
        var other = new GraphBuilder("test").at(SampleGraphs.origin("stage", ""));
        Value x = other.input(Port.Role.INPUT, "x", SampleGraphs.type(DType.F64, "N"));
        output(other, "y", other.unary(UnaryFunction.TANH, x));
        found.addAll(names(
                new Planner(names).plan(other.build(), Set.of("N"), "Test").steps()));
        assertEquals(List.of("tanh", "tanh", "tanh", "tanh2"), found);
    }

    @Test
    void reshapesAreViewsAndOutputsMayBe() {
        ExecutionPlan plan = plan(to -> {
            Value product = to.matMul(input(to, "a", "N", 4), input(to, "b", 4, 1), false, false);
            output(to, "logit", to.reshape(product, List.of(N)));
        });
        assertEquals(List.of("matmul"), names(plan.steps()));
        assertEquals(Storage.PORT, buffer(plan, "logit").storage());
        assertEquals(buffer(plan, "matMul").id(), buffer(plan, "logit").viewOf().orElseThrow());
        assertTrue(plan.releases().stream().allMatch(List::isEmpty));
    }

    @Test
    void anInputThatIsAnOutputIsCopied() {
        ExecutionPlan plan = plan(to -> output(to, "y", input(to, "x", "N", 4)));
        assertEquals(List.of("copy"), names(plan.steps()));
    }

    private static Value convolution(GraphBuilder to, Value x, String name) {
        Value w = to.input(Port.Role.PARAMETER, name, SampleGraphs.f32(2, 2, 3, 3));
        return to.apply(new Op.Convolution(SampleGraphs.window(3, 1, 1), 1, false, false), x, w);
    }

    @Test
    void operandsFromDifferentProvidersAreBroughtIntoOneLayout() {
        ExecutionPlan plan = plan(to -> {
            Value x = input(to, "x", "N", 2, 4, 4);
            Value sum = to.add(convolution(to, x, "v"), convolution(to, x, "w"));
            output(to, "y", convolution(to, sum, "u"));
        });
        assertEquals(
                List.of("convolution", "convolution2", "reorder", "add", "convolution3", "reorder"),
                names(plan.steps()));
        assertEquals(Layout.PROVIDER, buffer(plan, "add").layout());
        assertEquals(Layout.PLAIN, buffer(plan, "y").layout());
    }

    @Test
    void aKernelThatMakesSomethingOfZeroRunsInRowMajorOrder() {
        ExecutionPlan plan = plan(to -> {
            Value conv = convolution(to, input(to, "x", "N", 2, 4, 4), "w");
            output(to, "y", convolution(to, to.unary(UnaryFunction.SIGMOID, conv), "v"));
        });
        assertEquals(Layout.PLAIN, buffer(plan, "sigmoid").layout());
        ExecutionPlan keeps = plan(to -> {
            Value conv = convolution(to, input(to, "x", "N", 2, 4, 4), "w");
            output(to, "y", convolution(to, to.unary(UnaryFunction.TANH, conv), "v"));
        });
        assertEquals(Layout.PROVIDER, buffer(keeps, "tanh").layout());
    }

    @Test
    void sharedWeightsAddUpInTheGradient() {
        var to = new GraphBuilder("test").at(SampleGraphs.origin("stage", ""));
        Value x = input(to, "x", "N", 4);
        Value w = to.input(Port.Role.PARAMETER, "w", SampleGraphs.f32(4, 4));
        Value once = to.unary(UnaryFunction.TANH, to.matMul(x, w, false, true));
        Value twice = to.matMul(once, w, false, true);
        to.output(Port.Role.LOSS, "loss", to.reduce(ReduceFunction.MEAN, twice, List.of(0, 1), false));
        ExecutionPlan plan = plan(training(to.build()));
        Step last = plan.steps().getLast();
        assertEquals(List.of("add"), names(List.of(last)));
        assertEquals(
                Storage.GRADIENT, plan.buffers().get(last.outputs().getFirst()).storage());
        int like = buffer(plan, "wGradient").like().orElseThrow();
        assertEquals("w", plan.buffers().get(like).name());
    }

    @Test
    void theArenaHoldsPortsAndReusesMemory() {
        ExecutionPlan plan = plan(to -> {
            Value x = input(to, "x", "N", 16);
            Value w = input(to, "w", 16, 16);
            Value y = to.matMul(to.matMul(to.matMul(x, w, false, false), w, false, false), w, false, false);
            output(to, "y", to.matMul(y, w, false, false));
        });
        long row = 64 * 16;
        long ports = row + 1024 + row;
        assertEquals(ports + 2 * row, ArenaEstimate.bytes(plan, Map.of("N", 16L)));
        assertThrows(IllegalArgumentException.class, () -> ArenaEstimate.bytes(plan, Map.of()));
    }

    @Test
    void theVerifierFindsAReadAfterRelease() {
        ExecutionPlan plan = plan(training(SampleGraphs.mnist()));
        int conv = buffer(plan, "conv2d").id();
        var releases = new ArrayList<>(plan.releases());
        releases.set(0, List.of(conv));
        var broken = new ExecutionPlan(
                plan.name(), plan.freeDims(), plan.buffers(), plan.steps(), releases, plan.forwardSteps());
        var problem = assertThrows(IllegalStateException.class, () -> PlanVerifier.verify(broken));
        assertTrue(String.valueOf(problem.getMessage()).contains("after its release"), problem.getMessage());
    }

    @Test
    void theVerifierFindsAReadBeforeTheWrite() {
        ExecutionPlan plan = plan(training(SampleGraphs.mnist()));
        var steps = new ArrayList<>(plan.steps());
        steps.add(0, steps.remove(1));
        var broken = new ExecutionPlan(
                plan.name(), plan.freeDims(), plan.buffers(), steps, plan.releases(), plan.forwardSteps());
        var problem = assertThrows(IllegalStateException.class, () -> PlanVerifier.verify(broken));
        assertTrue(String.valueOf(problem.getMessage()).contains("before it is written"), problem.getMessage());
    }
}
