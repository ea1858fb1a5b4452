package dev.nnd.compiler.emit.program;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.nnd.compiler.Seed;
import dev.nnd.compiler.emit.GeneratedFile;
import dev.nnd.runtime.kernel.Provider;
import dev.nnd.runtime.train.BatchProgram;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** A block that is used more than once is one class, with the values and gradients of its graph. */
class GeneratedFunctionsTest {

    /** Blocks in blocks, layouts of a provider at their edges, and a layer that is called twice. */
    private static final String TEXT = """
            package deep

            block Residual() {
              input x: f32[N, C, H, W]
              output relu(x + (x -> Conv2d(C, kernel: 3, padding: 1) -> relu -> Conv2d(C, kernel: 3, padding: 1)))
            }

            block Stage() {
              input x: f32[N, C, H, W]
              output x -> Residual() * 2 -> MaxPool2d(2)
            }

            block Pooled() {
              input x: f32[N, C, H, W]
              let y = x -> Conv2d(C, kernel: 3, padding: 1, bias: false) -> BatchNorm() -> relu
              output (y -> MaxPool2d(3, stride: 1, padding: 1)) + (y -> AvgPool2d(3, stride: 1, padding: 1))
            }

            block Mix() {
              input  x: f32[N, D]
              input  y: f32[N, D]
              let h = x -> LayerNorm() -> Dense(D) -> gelu -> Dense(D)
              output a: f32[N, D] = h + y
              output b: f32[N, D] = h * y -> tanh
            }

            model Deep(classes: int = 5) {
              input image: f32[N, 2, 8, 8]
              let v = image -> Conv2d(4, kernel: 3, padding: 1) -> Stage() -> Residual() -> Pooled() * 2 -> flatten
              layer shared = Mix()
              let (a, b) = shared(v, v)
              let (c, d) = shared(a, b)
              output logits: f32[N, classes] = c + d -> LayerNorm() -> Dense(classes)
            }
            """;

    /** Recurrence in the library's layers and in a block of the file's own, forwards and from the end. */
    private static final String RECURRENT = """
            package rnn

            block Cell(hidden: int) {
              input  x: f32[N, F]
              input  h: f32[N, hidden]
              let next = tanh((x -> Dense(hidden)) + (h -> Dense(hidden, bias: false)))
              output y: f32[N, hidden] = next * 0.5
              output state: f32[N, hidden] = next
            }

            block Pair() {
              input  x: f32[N, F]
              input  p: f32[N, F]
              input  q: f32[N, F]
              let m = tanh(x + q * (p -> Dense(F)))
              let u = exp(-abs(m)) -> Dense(F) -> tanh -> Dense(F, bias: false)
              output y: f32[N, F] = u * m + x
              output first: f32[N, F] = sigmoid(u) * q
              output second: f32[N, F] = p
            }

            model Deep(classes: int = 5) {
              input image: f32[N, 6, 4]
              let a = image -> LSTM(7, sequences: true) -> GRU(5, sequences: true) -> RNN(6, sequences: true, activation: "relu")
              let s = scan(a, Cell(6), zeros[N, 6], reverse: true)
              let b = a -> Bidirectional(LSTM(3))
              let r = scan(a, Pair(), (zeros[N, 6] + 0.3, zeros[N, 6] - 0.5))
              let pair = concat(r.first * r.second, mean(r.y, axis: 1), axis: -1)
              output logits: f32[N, classes] = concat(s.state, mean(s.y, axis: 1), b, pair, axis: -1) -> Dense(classes)
            }

            data Pictures {
              source train = idx(images: "a", labels: "b")
              field image: f32[6, 4] = images / 255
              field label: class[5] = labels
            }

            train DeepTraining {
              model net = Deep()
              data  Pictures
              minimize cross_entropy(net(image), label) using sgd(lr: 0.1)
              epochs 1
              batch  4
              metric accuracy(net(image), label)
            }
            """;

    private static String text() {
        return TEXT + """

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
    }

    private static final GeneratedProject PROJECT = new GeneratedProject("deep.nnd", text());
    private static final ProgramRig RIG = new ProgramRig(PROJECT, "deep", "Deep", 5);

    @Test
    void gradientsEqualTheReference() throws Exception {
        long seed = Seed.fresh();
        for (String provider : List.of("reference", "best")) {
            for (int n : new int[] {1, 3, 8}) {
                RIG.step("DeepTraining", seed, provider, n);
            }
        }
    }

    @Test
    void recurrencesEqualTheReference() throws Exception {
        long seed = Seed.fresh();
        var rig = new ProgramRig(new GeneratedProject("rnn.nnd", RECURRENT), "rnn", "Deep", 5);
        for (String provider : List.of("reference", "best")) {
            for (int n : new int[] {1, 4}) {
                rig.step("DeepTraining", seed, provider, n);
            }
        }
    }

    @Test
    void inferenceAndEvaluationAgreeWithTheStep() throws Exception {
        long seed = Seed.fresh();
        // Batch norm is the one that differs.
        var rig = new ProgramRig(
                new GeneratedProject("deep.nnd", text().replace(" -> BatchNorm()", "")), "deep", "Deep", 5);
        try (var weights = rig.new Weights(seed)) {
            weights.parameters().enableGradients();
            BatchProgram step = rig.training("DeepTrainingStep", Provider.best(1), weights, 6);
            BatchProgram evaluation = rig.training("DeepTrainingEvaluation", Provider.best(1), weights, 6);
            rig.fill(step, 6, new Random(seed));
            rig.fill(evaluation, 6, new Random(seed));
            step.run();
            evaluation.run();
            assertEquals(step.loss(), evaluation.loss(), 1e-5 * Math.max(1, Math.abs(step.loss())), "seed " + seed);
            step.close();
            evaluation.close();
        }
    }

    @Test
    void aBlockIsOneClass() {
        List<String> names = PROJECT.files().stream()
                .map(GeneratedFile::path)
                .filter(p -> p.contains("Step"))
                .toList();
        assertTrue(names.contains("deep/DeepTrainingStepMix.java"), names.toString());
        assertTrue(names.contains("deep/DeepTrainingStepMixBackward.java"), names.toString());
    }
}
