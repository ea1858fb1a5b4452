package dev.nnd.compiler.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import dev.nnd.runtime.weights.Safetensors;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code lr_scale}: one step of plain descent moves a weight by its rate times its gradient. */
class RateScaleTest {

    private static final String STEP = """
            model Deep {
              input x: f32[N, 2]
              output y: f32[N, 1] = x -> Dense(4) as body -> tanh -> Dense(1) as head
            }

            data Points {
              source train = csv("points.csv")
              field x: f32[2] = concat(column("a"), column("b"))
              field y: f32[1] = column("y")
            }

            train Steps(scale: float = 1.0) {
              model net = Deep()
              data Points
              minimize mse(net(x), y) using sgd(lr: 0.1, lr_scale: [(net.body, scale), ("net.**", 1.0)])
              steps 1
              batch 3
            }
            """;

    @TempDir
    private Path folder;

    private float[] trained(double scale, String weight) throws IOException {
        Path run = folder.resolve("run" + scale);
        if (!Files.exists(run)) {
            var err = new StringWriter();
            var terminal = Terminal.plain(new PrintWriter(new StringWriter()), new PrintWriter(err));
            int code = Nnd.run(
                    terminal,
                    "train",
                    folder.resolve("step.nnd").toString(),
                    "--data",
                    folder.toString(),
                    "--out",
                    run.toString(),
                    "--set",
                    "scale=" + scale,
                    "--threads",
                    "1");
            assertEquals(0, code, err::toString);
        }
        try (var file = Safetensors.open(run.resolve("last/weights.safetensors"))) {
            return file.bytes(Objects.requireNonNull(file.entries().get(weight)))
                    .toArray(ValueLayout.JAVA_FLOAT_UNALIGNED);
        }
    }

    @Test
    void scalesTheRateBelowAPath() throws IOException {
        Files.writeString(folder.resolve("step.nnd"), STEP);
        Files.writeString(folder.resolve("points.csv"), "a,b,y\n1,2,3\n-1,0.5,2\n0.25,-2,-4\n");
        for (String weight : new String[] {"body.weight", "body.bias", "head.weight", "head.bias"}) {
            float[] whole = trained(1, weight);
            float[] half = trained(0.5, weight);
            float[] quarter = trained(0.25, weight);
            for (int i = 0; i < whole.length; i++) {
                assertEquals(2 * (half[i] - quarter[i]), whole[i] - half[i], 1e-6, weight);
            }
            assertEquals(weight.startsWith("head"), Arrays.equals(whole, half), weight);
            assertFalse(whole.length == 0, weight);
        }
    }
}
