package dev.nnd.compiler.emit.program;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.nnd.compiler.emit.GeneratedFile;
import dev.nnd.runtime.kernel.Provider;
import dev.nnd.runtime.program.ParameterSet;
import dev.nnd.runtime.train.BatchProgram;
import java.lang.foreign.MemorySegment;
import java.util.Map;
import java.util.Random;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Threads run a scan for some rows each, if rows have nothing to do with one another; the numbers stay the same. */
class ScanPartsTest {

    private static final String TEXT = """
            block Cell(width: int) {
              input x: f32[N, D]
              input h: f32[N, width]
              let z = (x -> Dense(width)) + (h -> Dense(width, bias: false))
              output state = tanh(cell)
            }
            model Net {
              input image: f32[N, 3, 32, 32]
              let rows = image -> reshape[N, 12, 256] -> cut
              output logits: f32[N, 10] = recur -> Dense(10)
            }
            fn cut(x: f32[N, T, D]) -> f32[N, T, 24] = x[:, :, 0:24] - 0.5

            data Images {
              source train = cifar("*.bin")
              field image: f32[3, 32, 32] = images / 255
              field label: class[10] = labels
            }

            train Training {
              model net = Net()
              data  Images
              minimize cross_entropy(net(image), label) using sgd(lr: 0.1)
              epochs 1
              batch  4
            }
            """;

    private static final String SCAN = "(rows -> scan(Cell(40), zeros[N, 40])).state";

    /** The scans of a training step, forward and backward, and how many of them threads share. */
    @ParameterizedTest(name = "{0}, {1}")
    @CsvSource(
            delimiter = '|',
            value = {
                "rows -> LSTM(32)                                     | z                                    | 2 | 2",
                "rows -> LSTM(32, sequences: true) -> GRU(40)         | z                                    | 4 | 4",
                "rows -> RNN(48, sequences: true) -> LSTM(33)         | z                                    | 4 | 4",
                "rows -> Bidirectional(GRU(32))                       | z                                    | 4 | 4",
                "scan                                                 | z                                    | 2 | 2",
                "scan                                                 | z -> LayerNorm(affine: false)        | 2 | 2",
                "scan                                                 | softmax(z) * concat(h[:, 20:], h[:, :20], axis: -1) | 2 | 2",
                "scan                                                 | z - mean(h, axis: 0)                 | 2 | 0",
                "scan                                                 | z + flip(h, axis: 0)                 | 2 | 0"
            })
    void manyThreadsGiveTheSameNumbers(String recurrence, String cell, int scans, int shared) throws Exception {
        String recur = recurrence.strip().equals("scan") ? SCAN : recurrence.strip();
        var project = new GeneratedProject(
                "net.nnd", TEXT.replace("recur", recur).replace("tanh(cell)", "tanh(" + cell.strip() + ")"));
        String step = project.files().stream()
                .filter(f -> f.path().contains("TrainingStep"))
                .map(GeneratedFile::content)
                .collect(Collectors.joining());
        assertEquals(scans, count(step, " = at.scan("));
        assertEquals(shared, count(step, ".rows("));
        long seed = Long.getLong("nnd.seed", 1);
        for (int n : new int[] {5, 25}) {
            StepRig.Outcome expected = StepRig.steps(project, "reference", n, seed, 1);
            for (int threads : new int[] {2, 3}) {
                String where = "seed " + seed + ", n " + n + ", " + threads + " threads";
                equal(expected, StepRig.steps(project, CutProvider.named("reference", threads), n, seed, 2), 0, where);
                StepRig.Outcome best = StepRig.steps(project, Provider.best(threads), n, seed, 1);
                equal(expected, best, 1e-4, where);
                equal(best, StepRig.steps(project, Provider.best(threads), n, seed, 3), 0, where + ", again");
            }
        }
    }

    /** Within a scan weights may be kept in another layout; the next run must see what an optimizer has made of them. */
    @Test
    void weightsMayChangeFromRunToRun() throws Exception {
        var project = new GeneratedProject(
                "net.nnd", TEXT.replace("recur", "rows -> LSTM(32) -> Dense(8)").replace("tanh(cell)", "tanh(z)"));
        Object net = StepRig.make(project.load("NetWeights"));
        try (var parameters = (ParameterSet) StepRig.call(net, "parameters")) {
            parameters.enableGradients();
            parameters.initialize(1);
            try (var step = (BatchProgram) StepRig.make(project.load("TrainingStep"), Provider.best(2), net, 25);
                    var plain = (BatchProgram)
                            StepRig.make(project.load("TrainingStep"), Provider.named("reference", 1), net, 25)) {
                StepRig.fill(step, new Random(1));
                StepRig.fill(plain, new Random(1));
                for (int i = 0; i < 3; i++) {
                    StepRig.scramble(parameters, new Random(i));
                    MemorySegment values = parameters.values();
                    for (long at = 0; at < values.byteSize(); at += 4) {
                        values.set(JAVA_FLOAT, at, values.get(JAVA_FLOAT, at) * (i - 1.5f));
                    }
                    step.run();
                    plain.run();
                    assertEquals(plain.loss(), step.loss(), 1e-4, "change " + i);
                }
            }
        }
    }

    private static void equal(StepRig.Outcome expected, StepRig.Outcome actual, double tolerance, String where) {
        assertEquals(expected.loss(), actual.loss(), tolerance, where);
        for (Map.Entry<String, double[]> gradient : expected.gradients().entrySet()) {
            assertArrayEquals(
                    gradient.getValue(),
                    actual.gradients().get(gradient.getKey()),
                    tolerance,
                    where + ", " + gradient.getKey());
        }
    }

    private static int count(String text, String part) {
        return text.split(Pattern.quote(part), -1).length - 1;
    }
}
