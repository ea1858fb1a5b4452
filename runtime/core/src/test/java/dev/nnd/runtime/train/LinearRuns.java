package dev.nnd.runtime.train;

import dev.nnd.runtime.data.Dataset;
import dev.nnd.runtime.data.SplitSpec;
import dev.nnd.runtime.data.TestDatasets;
import dev.nnd.runtime.data.TestFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** A folder with points of a line, for runs of a {@link LinearProgram}. */
abstract class LinearRuns {
    static final List<String> KINDS = List.of("a", "b");
    static final int ROWS = 200;
    static final Optional<RunSettings.KeepRule> BY_LOSS =
            Optional.of(new RunSettings.KeepRule("validation", "loss", false));

    @TempDir
    Path folder;

    final double[] xs = new double[ROWS];
    final double[] ys = new double[ROWS];

    @BeforeEach
    void write() {
        var random = new Random(3);
        var text = new StringBuilder("x,y,kind\n");
        for (int i = 0; i < ROWS; i++) {
            xs[i] = (float) (random.nextDouble() * 10);
            ys[i] = (float) (3 * xs[i] - 2 + random.nextGaussian() * 0.1);
            text.append(xs[i])
                    .append(',')
                    .append(ys[i])
                    .append(',')
                    .append(i % 2)
                    .append('\n');
        }
        TestFiles.write(folder.resolve("t.csv"), text.toString());
    }

    static Dataset split() {
        var parts = List.of(
                new SplitSpec.Part("train", 70), new SplitSpec.Part("validation", 15), new SplitSpec.Part("test", 15));
        return new TestDatasets.Table("t.csv", List.of(new SplitSpec("train", parts, false, "kind", 4)), KINDS, true);
    }

    static Dataset whole() {
        return new TestDatasets.Table("t.csv", List.of(), KINDS, true);
    }

    TrainingOptions options(String out) {
        return TrainingOptions.of(folder).withOut(folder.resolve(out));
    }

    static LinearProgram program(Dataset data, long epochs) {
        return new LinearProgram(data, LinearProgram.settings(epochs, 16, 0.05, BY_LOSS));
    }

    byte[] weights(String out, String which) throws IOException {
        return Files.readAllBytes(folder.resolve(out).resolve(which).resolve("weights.safetensors"));
    }

    /** Interrupts its own thread after a step. */
    static ProgressListener interruptAt(long step) {
        return new ProgressListener() {
            @Override
            public void batch(TrainingProgress progress) {
                if (progress.step() == step) {
                    Thread.currentThread().interrupt();
                }
            }
        };
    }
}
