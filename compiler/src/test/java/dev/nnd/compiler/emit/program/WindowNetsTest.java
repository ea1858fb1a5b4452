package dev.nnd.compiler.emit.program;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.nnd.compiler.CompiledFile;
import dev.nnd.compiler.Seed;
import dev.nnd.compiler.ir.Graph;
import dev.nnd.compiler.ir.Port;
import dev.nnd.compiler.lower.TrainingLowering;
import dev.nnd.runtime.kernel.Provider;
import dev.nnd.runtime.program.Parameter;
import dev.nnd.runtime.program.ParameterSet;
import dev.nnd.runtime.train.BatchProgram;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Training steps of nets of convolutions, pools and batch norms in generated Java: loss, gradients and moved buffers are
 * those of the reference; evaluation reads what training has moved.
 */
class WindowNetsTest {

    private static final String REST = """

            data Images {
              source train = cifar("*.bin")
              field image: f32[3, 32, 32] = images / 255
              field label: class[10] = labels
            }

            train Training {
              model net = Net()
              data  Images
              minimize cross_entropy(net(image), label) using sgd(lr: 0.1, momentum: 0.9, weight_decay: 0.1)
              epochs 1
              batch  4
              metric accuracy(net(image), label)
            }
            """;

    private static final String RESIDUAL = """
            block Basic(out: int, stride: int = 1) {
              input x: f32[N, C, H, W]
              let y = x
                -> Conv2d(out, kernel: 3, stride: stride, padding: 1, bias: false) as conv1 -> BatchNorm() -> relu
                -> Conv2d(out, kernel: 3, padding: 1, bias: false) as conv2 -> BatchNorm()
              let shortcut = if stride == 1 and C == out then x else x
                -> Conv2d(out, kernel: 1, stride: stride, bias: false) as project -> BatchNorm()
              output relu(y + shortcut)
            }
            model Net {
              input  image: f32[N, 3, 32, 32]
              output logits: f32[N, 10] = image
                -> Conv2d(5, kernel: 3, stride: 4, bias: false) -> BatchNorm() -> relu
                -> Basic(5) -> Basic(5) -> Basic(17, stride: 2) -> GlobalAvgPool2d() -> Dense(10)
            }
            """;

    private static final String POOLS = """
            block Down(out: int) {
              input x: f32[N, C, H, W]
              output x -> Conv2d(out, kernel: 3, padding: 1) -> BatchNorm(affine: false) -> relu
                -> Conv2d(out, kernel: 3, padding: 1) -> tanh -> MaxPool2d(3, stride: 1, padding: 1)
            }
            model Net {
              input  image: f32[N, 3, 32, 32]
              output logits: f32[N, 10] = image
                -> AvgPool2d(4) -> Conv2d(6, kernel: 1) -> Down(6) -> Down(6) -> MaxPool2d(3, stride: 2, ceil_mode: true) -> flatten -> Dense(12, bias: false) -> BatchNorm(eps: 0.1) -> relu -> Dense(10)
            }
            """;

    private static final String HOURGLASS = """
            model Net {
              input  image: f32[N, 3, 32, 32]
              let x = image -> AvgPool2d(4, padding: 2, ceil_mode: true)
              let a = x -> Conv2d(4, kernel: 3, padding: 1) -> BatchNorm() -> relu
              let b = a -> MaxPool2d(2) -> Conv2d(6, kernel: 3, padding: 1, groups: 2) -> BatchNorm(momentum: 0.3, eps: 1e-3) -> relu
              let up = b -> ConvTranspose2d(4, kernel: 2, stride: 2, output_padding: 1) -> BatchNorm() -> relu
              let y = concat(a, up, axis: 1) -> Conv2d(3, kernel: 3, padding: 1) -> relu
              output logits: f32[N, 10] = y -> ConvTranspose2d(2, kernel: 3, stride: 2) -> flatten -> Dense(10)
            }
            """;

    private static final String SEQUENCE = """
            block Step(out: int) {
              input x: f32[N, C, T]
              output x -> Conv1d(out, kernel: 3, padding: 2, dilation: 2) -> BatchNorm() -> relu
                -> Conv1d(out, kernel: 3, padding: 1) -> relu -> MaxPool1d(3, stride: 1, padding: 1)
            }
            model Net {
              input  image: f32[N, 3, 32, 32]
              let s = image -> reshape[N, 48, 64] -> Conv1d(7, kernel: 5, stride: 2) -> Step(7) -> Step(7) -> AvgPool1d(2)
              let v = image -> reshape[N, 3, 16, 8, 8] -> Conv3d(4, kernel: 3, stride: 2) -> BatchNorm() -> relu -> MaxPool3d(2, ceil_mode: true)
              let w = v -> ConvTranspose3d(2, kernel: 2) -> BatchNorm() -> AvgPool3d(2) -> flatten
              output logits: f32[N, 10] = concat(s -> flatten, w, axis: 1) -> Dense(10)
            }
            """;

    /** One layer that is called twice: its buffers move twice. */
    private static final String SHARED = """
            model Net {
              input  image: f32[N, 3, 32, 32]
              layer norm = BatchNorm(momentum: 0.5)
              let x = image -> AvgPool2d(8)
              output logits: f32[N, 10] = norm(norm(x) * 2.0 + 1.0) -> flatten -> Dense(10)
            }
            """;

    @ParameterizedTest
    @ValueSource(strings = {RESIDUAL, POOLS, HOURGLASS, SEQUENCE, SHARED})
    void aStepIsThatOfTheReference(String text) throws Exception {
        var project = new GeneratedProject("net.nnd", text + REST);
        long seed = Seed.fresh();
        for (String provider : List.of("reference", "best")) {
            step(project, provider, 2 + new Random(seed).nextInt(4), seed);
        }
    }

    private static void step(GeneratedProject project, String provider, int n, long seed) throws Exception {
        CompiledFile.Training training = project.compiled().trainings().getFirst();
        String where = "seed " + seed + ", " + provider + ", n " + n + ", ";
        Object net = StepRig.make(project.load("NetWeights"));
        try (var parameters = (ParameterSet) StepRig.call(net, "parameters")) {
            parameters.enableGradients();
            parameters.initialize(seed);
            var step = (BatchProgram) StepRig.make(project.load("TrainingStep"), Provider.named(provider, 1), net, n);
            StepRig.scramble(parameters, new Random(seed));
            Map<String, double[]> inputs = StepRig.values(parameters);
            inputs.putAll(StepRig.fill(step, new Random(seed)));
            step.run();
            Graph graph = training.graph();
            var expected = ReferenceNumbers.of(graph, Map.of("N", (long) n), inputs);
            expected.holds(Port.Role.LOSS, "loss", new double[] {step.loss()}, 1e-3, 1, where);
            Map<String, double[]> after = StepRig.values(parameters);
            int moved = 0;
            for (Parameter parameter : parameters.parameters()) {
                String name = parameter.name();
                if (parameter.trained()) {
                    double[] gradient = StepRig.gradient(parameters, parameter);
                    expected.holds(Port.Role.GRADIENT, name, gradient, 2e-3, 0.1, where);
                    assertArrayEquals(
                            Objects.requireNonNull(inputs.get(name)),
                            Objects.requireNonNull(after.get(name)),
                            0,
                            where + name + " after");
                } else {
                    expected.holds(Port.Role.UPDATED, name, Objects.requireNonNull(after.get(name)), 2e-3, 0.1, where);
                    moved++;
                }
            }
            assertTrue(moved >= 2, where + "no buffers");
            evaluation(project, training, provider, net, parameters, n, seed);
            step.close();
        }
    }

    private static void evaluation(
            GeneratedProject project,
            CompiledFile.Training training,
            String provider,
            Object net,
            ParameterSet parameters,
            int n,
            long seed)
            throws Exception {
        var evaluation =
                (BatchProgram) StepRig.make(project.load("TrainingEvaluation"), Provider.named(provider, 1), net, n);
        Map<String, double[]> inputs = StepRig.values(parameters);
        inputs.putAll(StepRig.fill(evaluation, new Random(seed + 1)));
        evaluation.run();
        Graph graph = TrainingLowering.lower(training.train(), false).graph();
        String where = "evaluation, seed " + seed + ", " + provider + ", ";
        ReferenceNumbers.of(graph, Map.of("N", (long) n), inputs)
                .holds(Port.Role.LOSS, "loss", new double[] {evaluation.loss()}, 1e-3, 1, where);
        evaluation.close();
    }
}
