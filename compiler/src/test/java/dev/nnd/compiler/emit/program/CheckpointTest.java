package dev.nnd.compiler.emit.program;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.nnd.compiler.Seed;
import java.util.List;
import java.util.Random;
import java.util.function.Supplier;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A {@code checkpoint block} has the loss, the gradients and the buffers of the block without that word, in less memory. */
class CheckpointTest {

    /**
     * Of the largest gradient: the same numbers are added up, but other neighbours fuse and a provider may choose another
     * layout, so that the order of the sums differs.
     */
    private static final double TOLERANCE = 1e-5;

    private static final String REST = """

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

    private static final String RESIDUAL = """
            checkpoint block Basic(out: int) {
              input x: f32[N, C, H, W]
              let y = x
                -> Conv2d(out, kernel: 3, padding: 1, bias: false) as conv1 -> BatchNorm() -> relu -> Dropout(0.2)
                -> Conv2d(out, kernel: 3, padding: 1, bias: false) as conv2 -> BatchNorm()
              output relu(y + x)
            }
            model Net {
              input  image: f32[N, 3, 32, 32]
              output logits: f32[N, 10] = image
                -> Conv2d(6, kernel: 3, stride: 4) -> Basic(6) * 5 -> GlobalAvgPool2d() -> Dense(10)
            }
            """;

    private static final String TRANSFORMER = """
            checkpoint block Layer(heads: int) {
              input x: f32[N, T, D]
              let y = x + (x -> LayerNorm() -> MultiHeadAttention(heads, dropout: 0.1))
              output y + (y -> LayerNorm() -> Dense(4 * D) -> gelu -> Dropout(0.1) -> Dense(D))
            }
            model Net {
              input  image: f32[N, 3, 32, 32]
              output logits: f32[N, 10] = image -> reshape[N, 96, 32] -> slice_rows -> Layer(4) * 4
                -> mean(axis: 1) -> Dense(10)
            }
            fn slice_rows(x: f32[N, T, D]) -> f32[N, 12, D] = x[:, 0:12]
            """;

    /** A block that is used once, one in another, and one with two outputs and a pool. */
    private static final String NESTED = """
            checkpoint block Inner {
              input x: f32[N, C, H, W]
              output x -> Conv2d(C, kernel: 3, padding: 1) -> tanh -> BatchNorm()
            }
            checkpoint block Outer {
              input x: f32[N, C, H, W]
              let y = x -> Inner() -> Inner() -> MaxPool2d(3, stride: 1, padding: 1)
              output sum = y + x
              output gate = sigmoid(y) -> GlobalAvgPool2d()
            }
            model Net {
              input  image: f32[N, 3, 32, 32]
              let a = image -> AvgPool2d(4)
              layer outer = Outer()
              let b = outer(a)
              output logits: f32[N, 10] = (b.sum -> flatten -> Dense(10)) + (b.gate -> flatten -> Dense(10))
            }
            """;

    private static final String CELL = """
            checkpoint block Cell(width: int) {
              input x: f32[N, D]
              input h: f32[N, width]
              let z = sigmoid((x -> Dense(width)) + (h -> Dense(width, bias: false)))
              let candidate = tanh((x -> Dense(width)) + (z * h -> Dense(width, bias: false)))
              output state = (1.0 - z) * h + z * candidate
            }
            model Net {
              input  image: f32[N, 3, 32, 32]
              let rows = image -> reshape[N, 96, 32]
              output logits: f32[N, 10] = (rows -> scan(Cell(24), zeros[N, 24])).state -> Dense(10)
            }
            """;

    @ParameterizedTest
    @ValueSource(strings = {RESIDUAL, TRANSFORMER, NESTED, CELL})
    void equalsTheBlockThatKeepsEverything(String text) throws Exception {
        compare(text, Seed.fresh(), true);
    }

    private static void compare(String text, long seed, boolean less) throws Exception {
        var kept = new GeneratedProject("net.nnd", text.replace("checkpoint ", "") + REST);
        var again = new GeneratedProject("net.nnd", text + REST);
        int n = 3 + new Random(seed).nextInt(3);
        for (String provider : List.of("reference", "best")) {
            StepRig.Outcome expected = StepRig.steps(kept, provider, n, seed, 2);
            StepRig.Outcome actual = StepRig.steps(again, provider, n, seed, 2);
            Supplier<String> where = () -> "seed " + seed + ", " + provider + "\n" + text;
            StepRig.close(expected, actual, TOLERANCE, where);
            assertTrue(
                    !less || actual.arenaBytes() < expected.arenaBytes(),
                    () -> actual.arenaBytes() + " of " + expected.arenaBytes() + " bytes, " + where.get());
        }
    }

    static LongStream seeds() {
        return Seed.several(Integer.getInteger("nnd.nets", 2));
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void equalsItInRandomNets(long seed) throws Exception {
        compare(net(new Random(seed)), seed, false);
    }

    private static String net(Random random) {
        var text = new StringBuilder();
        int blocks = 2 + random.nextInt(2);
        for (int i = 0; i < blocks; i++) {
            text.append(random.nextInt(4) > 0 ? "checkpoint block B" : "block B")
                    .append(i);
            text.append(" {\n  input x: f32[N, C, H, W]\n  output x");
            int stages = 1 + random.nextInt(4);
            for (int s = 0; s < stages; s++) {
                text.append(" -> ").append(stage(random, i));
            }
            text.append(random.nextBoolean() ? " -> add_to(x)\n}\n" : "\n}\n");
        }
        text.append("fn add_to(a: f32[...], b: f32[...]) -> f32[...] = a + b\n");
        text.append("model Net {\n  input image: f32[N, 3, 32, 32]\n  output y: f32[N, 10] = image -> AvgPool2d(4)");
        for (int i = 0; i < blocks; i++) {
            text.append(" -> B").append(i).append("() * ").append(1 + random.nextInt(3));
        }
        return text.append(" -> flatten -> Dense(10)\n}\n").toString();
    }

    /**
     * A stage that keeps the dims; a block may use those before it. None draws: a block used once is a function only if it is
     * a checkpoint, and a function draws from a seed of its own. The nets above draw.
     */
    private static String stage(Random random, int block) {
        return switch (random.nextInt(block > 0 ? 10 : 9)) {
            case 0 -> "Conv2d(C, kernel: 3, padding: 1)";
            case 1 -> "Conv2d(C, kernel: 1, bias: false)";
            case 2 -> "BatchNorm()";
            case 3 -> "relu";
            case 4 -> "gelu";
            case 5 -> "sigmoid";
            case 6 -> "MaxPool2d(3, stride: 1, padding: 1)";
            case 7 -> "softmax(axis: 1)";
            case 8 -> "LayerNorm()";
            default -> "B" + random.nextInt(block) + "()";
        };
    }

    @Test
    void aDeepNetTakesLessThanHalf() throws Exception {
        String text = RESIDUAL.replace("* 5", "* 24");
        var kept = new GeneratedProject("net.nnd", text.replace("checkpoint ", "") + REST);
        var again = new GeneratedProject("net.nnd", text + REST);
        for (String provider : List.of("reference", "best")) {
            long all = StepRig.steps(kept, provider, 8, 1, 1).arenaBytes();
            long less = StepRig.steps(again, provider, 8, 1, 1).arenaBytes();
            assertTrue(less * 2 < all, () -> less + " of " + all + " bytes");
        }
    }
}
