package dev.nnd.compiler.emit.program;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.nnd.compiler.Seed;
import dev.nnd.compiler.emit.GeneratedFile;
import dev.nnd.compiler.emit.Writing;
import dev.nnd.grammar.SourceFile;
import dev.nnd.runtime.kernel.Provider;
import dev.nnd.runtime.train.BatchProgram;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What repeats is bound and run in loops over arrays: with the values and gradients of its graph, in sources that do not grow. */
class GeneratedRunsTest {

    /**
     * Equal blocks in a row, blocks in a loop with kernels between them, a value that all of a row read, one that an early one
     * lends to a late one, batch norm, and a row inside of a block that is itself repeated.
     */
    private static final String TEXT = """
        package rows

        block Residual() {
          input x: f32[N, D]
          output x + (x -> LayerNorm(eps: 0.1) -> Dense(D) -> tanh -> Dense(D))
        }

        block Gated() {
          input x: f32[N, D]
          input context: f32[N, D]
          output (x -> Dense(D) -> tanh) * (context -> Dense(D) -> sigmoid) + x
        }

        block Deep(depth: int) {
          input x: f32[N, D]
          var h = x
          for _ in 0..depth {
            h = h -> Dense(D) -> tanh -> Residual() -> BatchNorm(eps: 0.1)
          }
          output h
        }

        block Tower() {
          input x: f32[N, D]
          output x -> Residual() * 3 -> tanh
        }

        model Repeats(classes: int = 5) {
          input image: f32[N, 2, 4, 4]
          let start = image -> flatten -> Dense(6)
          let early = start -> Residual() * 2
          var h = early -> Residual() * 3
          for i in 0..4 {
            layer gate = Gated()
            h = gate(h, start)
          }
          let deep = h + early -> Deep(4) -> Tower() * 3
          output logits: f32[N, classes] = deep + early -> Dense(classes)
        }

        data Pictures {
          source train = idx(images: "a", labels: "b")
          field image: f32[2, 4, 4] = images / 255
          field label: class[5] = labels
        }

        train RepeatsTraining {
          model net = Repeats()
          data  Pictures
          minimize cross_entropy(net(image), label) using adamw(lr: 0.1)
          epochs 1
          batch  4
          metric accuracy(net(image), label)
        }
        """;

    private static final GeneratedProject PROJECT = new GeneratedProject("rows.nnd", TEXT);
    private static final ProgramRig RIG = new ProgramRig(PROJECT, "rows", "Repeats", 5);

    /**
     * Tanh and no relu: a relu that is 0 for a whole batch makes a column constant, a batch norm then multiplies its gradient by
     * 1 / sqrt(eps) = 316, and four in a row the rounding of f32 by 10^10: with relus, 12 of 30 seeds were further off. A large eps
     * for the same reason.
     */
    @Test
    void gradientsEqualTheReference() throws Exception {
        long first = Seed.fresh();
        for (long seed = first; seed < first + 4; seed++) {
            for (String provider : List.of("reference", "best")) {
                for (int n : new int[] {32, 45}) {
                    RIG.step("RepeatsTraining", seed, provider, n);
                }
            }
        }
    }

    /** Loops over what repeats do what the steps do that are written out, bit for bit; {@code -Dnnd.trials=N} tries N seeds. */
    @Test
    void loopsEqualWrittenOutSteps() throws Exception {
        var text = new SourceFile("rows.nnd", TEXT);
        var plain = new GeneratedProject(text, List.of(), _ -> List.of(), Writing.WRITTEN_OUT);
        String step = source(plain, "RepeatsTrainingStep.java");
        assertFalse(step.contains("for (int i"), step);
        assertTrue(step.length() > source(PROJECT, "RepeatsTrainingStep.java").length());
        var written = new ProgramRig(plain, "rows", "Repeats", 5);
        long first = Seed.fresh();
        for (long seed = first; seed < first + Integer.getInteger("nnd.trials", 4); seed++) {
            for (String provider : List.of("reference", "best")) {
                for (int n : new int[] {1, 13, 32}) {
                    assertEquals(
                            RIG.bits("RepeatsTraining", seed, provider, n),
                            written.bits("RepeatsTraining", seed, provider, n),
                            "seed " + seed + ", " + provider + ", n " + n);
                }
            }
        }
    }

    /** Generated kernels cut at any place make the bits of those that one thread runs; {@code -Dnnd.trials=N} tries N seeds. */
    @Test
    void anyNumberOfThreadsGivesTheSameBits() throws Exception {
        long first = Seed.fresh();
        for (long seed = first; seed < first + Integer.getInteger("nnd.trials", 2); seed++) {
            for (int n : new int[] {1, 13, 32}) {
                Map<String, List<Integer>> alone = RIG.bits("RepeatsTraining", seed, "reference", n);
                for (int threads : new int[] {2, 3, 5}) {
                    assertEquals(
                            alone,
                            RIG.bits("RepeatsTraining", seed, CutProvider.named("reference", threads), n),
                            "seed " + seed + ", n " + n + ", " + threads + " threads");
                }
            }
        }
    }

    @Test
    void inferenceAndEvaluationAgreeWithTheStep() throws Exception {
        long seed = Seed.fresh();
        var rig = new ProgramRig(
                new GeneratedProject("rows.nnd", TEXT.replace(" -> BatchNorm(eps: 0.1)", "")), "rows", "Repeats", 5);
        try (var weights = rig.new Weights(seed)) {
            weights.parameters().enableGradients();
            BatchProgram step = rig.training("RepeatsTrainingStep", Provider.best(1), weights, 6);
            BatchProgram evaluation = rig.training("RepeatsTrainingEvaluation", Provider.best(1), weights, 6);
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
    void rowsAreLoopsOverArrays() {
        String step = source("RepeatsTrainingStep.java");
        assertTrue(
                step.contains("private final RepeatsTrainingStepTower[] tower = new RepeatsTrainingStepTower[3];"),
                step);
        assertTrue(step.contains("for (int i = 1; i < deepDense.length; i++)"), step);
        assertTrue(step.contains("for (int i = gateBackward.length - 1; i >= 0; i--)"), step);
        assertFalse(step.contains("\uE000") || step.contains("\uE001") || step.contains("\uE002"), step);
        String weights = source("RepeatsWeights.java");
        assertTrue(weights.contains("final class Tower"), weights);
        assertTrue(weights.contains("deepDense[i] = new Dense(\"deep.dense.\" + i)"), weights);
    }

    private static String source(String name) {
        return source(PROJECT, name);
    }

    private static String source(GeneratedProject project, String name) {
        return project.files().stream()
                .filter(f -> f.path().endsWith("/" + name))
                .map(GeneratedFile::content)
                .findFirst()
                .orElseThrow();
    }

    /** A train section over so many equal blocks, or over so many equal layers. */
    private static String mlp(int depth, boolean blocks) {
        return """
            package rows

            block Layer() {
              input x: f32[N, D]
              output x + (x -> LayerNorm() -> Dense(D) -> relu)
            }

            block Plain(depth: int) {
              input x: f32[N, D]
              var h = x
              for _ in 0..depth {
                h = h -> Dense(D) -> relu
              }
              output h
            }

            model Mlp {
              input  x: f32[N, 1]
              output y: f32[N, 1] = x -> Dense(64) -> %s -> Dense(1)
            }

            data Points {
              source train = csv("points.csv")
              field x: f32[1] = column("x") -> standardize
              field y: f32[1] = column("y") -> standardize
            }

            train Fit {
              model net = Mlp()
              data  Points
              minimize mse(net(x), y) using adamw(lr: 0.01)
              epochs 1
              batch  32
            }
            """.formatted(blocks ? "Layer() * " + depth : "Plain(" + depth + ")");
    }

    @Test
    void sourcesDoNotGrowWithEqualBlocks(@TempDir Path folder) throws Exception {
        for (boolean blocks : new boolean[] {true, false}) {
            GeneratedSize few = GeneratedSize.of("mlp", mlp(10, blocks), List.of(), folder.resolve("few" + blocks));
            GeneratedSize many = GeneratedSize.of("mlp", mlp(1000, blocks), List.of(), folder.resolve("many" + blocks));
            assertEquals(few.files(), many.files(), few + " " + many);
            assertTrue(many.bytes() <= few.bytes() * 1.01, few + " " + many);
            assertTrue(many.largestMethod() <= few.largestMethod() * 1.05, few + " " + many);
            assertTrue(many.largestMethod() < 2500, many.toString());
        }
    }
}
