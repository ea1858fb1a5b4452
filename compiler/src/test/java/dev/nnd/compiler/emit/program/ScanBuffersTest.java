package dev.nnd.compiler.emit.program;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import dev.nnd.compiler.Seed;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Buffers in the cell of a scan move at each step, as when the steps are written out. */
class ScanBuffersTest {

    private static final String CELL = """
            block Cell(width: int) {
              input x: f32[N, D]
              input h: f32[N, width]
              let z = (x -> Dense(width)) + (h -> Dense(width, bias: false))
              output state = tanh(z -> BatchNorm(momentum: 0.3))
            }
            model Net {
              input image: f32[N, 3, 32, 32]
              let rows = image -> reshape[N, 3, 1024] -> slice_columns
              layer cell = Cell(7)
              output logits: f32[N, 10] = recur -> Dense(10)
            }
            fn slice_columns(x: f32[N, T, D]) -> f32[N, 3, 5] = x[:, :, 0:5]

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

    @ParameterizedTest
    @ValueSource(strings = {"", "checkpoint "})
    void moveAtEachStep(String word) throws Exception {
        long seed = Seed.fresh();
        var scanned = new GeneratedProject(
                "net.nnd", word + CELL.replace("recur", "(rows -> scan(cell, zeros[N, 7])).state"));
        var unrolled = new GeneratedProject(
                "net.nnd", CELL.replace("recur", "cell(rows[:, 2], cell(rows[:, 1], cell(rows[:, 0], zeros[N, 7])))"));
        for (String provider : List.of("reference", "best")) {
            StepRig.Outcome expected = StepRig.steps(unrolled, provider, 6, seed, 2);
            StepRig.Outcome actual = StepRig.steps(scanned, provider, 6, seed, 2);
            String where = "seed " + seed + ", " + provider;
            assertEquals(2, expected.buffers().size(), where);
            expected.buffers().values().forEach(values -> assertNotEquals(0.0, values[0], where));
            StepRig.close(expected, actual, 1e-4, () -> where);
        }
    }
}
