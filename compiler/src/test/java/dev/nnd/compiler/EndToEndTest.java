package dev.nnd.compiler;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.nnd.compiler.cli.output.InMemoryJava;
import dev.nnd.grammar.SourceFile;
import dev.nnd.runtime.train.ProgressListener;
import dev.nnd.runtime.train.Trainer;
import dev.nnd.runtime.train.TrainingFactory;
import dev.nnd.runtime.train.TrainingOptions;
import dev.nnd.runtime.train.TrainingRun;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The whole road: text, Java, classes, training, prediction. */
class EndToEndTest {

    private static final String LINEAR =
            """
            /// Linear regression.
            package quickstart

            model Linear {
              input  x: f32[N, 1]
              output y: f32[N, 1] = x -> Dense(1)
            }

            data Points {
              source train = csv("points.csv")

              field x: f32[1] = column("x") -> standardize
              field y: f32[1] = column("y") -> standardize
            }

            train FitLinear(rate: float = 0.1) {
              model net = Linear()
              data  Points

              minimize mse(net(x), y) using sgd(lr: rate)

              epochs 60
              batch  32
            }
            """;

    @TempDir
    Path folder;

    @Test
    void aLineReachesLeastSquares() throws Exception {
        long seed = new Random().nextLong();
        var random = new Random(seed);
        var points = new StringBuilder("x,y\n");
        double n = 160;
        double sumX = 0;
        double sumY = 0;
        double sumXX = 0;
        double sumXY = 0;
        for (int i = 0; i < n; i++) {
            float x = random.nextFloat(-3, 5);
            float y = (float) (2.5 * x - 1 + random.nextGaussian());
            points.append(x).append(',').append(y).append('\n');
            sumX += x;
            sumY += y;
            sumXX += (double) x * x;
            sumXY += (double) x * y;
        }
        Files.writeString(folder.resolve("points.csv"), points);
        double slope = (n * sumXY - sumX * sumY) / (n * sumXX - sumX * sumX);
        double intercept = (sumY - slope * sumX) / n;

        ClassLoader classes = compile("quickstart/linear.nnd", LINEAR);
        train(classes, "quickstart.FitLinear", Map.of("rate", 0.2), 1, 0);
        // Stochastic steps end near the minimum, not on it: a tenth of the noise is close.
        assertEquals(intercept, predict(classes, 0), 0.15, () -> "seed " + seed);
        assertEquals(intercept + 4 * slope, predict(classes, 4), 0.15, () -> "seed " + seed);
    }

    private float predict(ClassLoader classes, float x) throws Exception {
        Class<?> training = classes.loadClass("quickstart.FitLinear");
        Class<?> input = classes.loadClass("quickstart.FitLinear$Input");
        Object example = input.getConstructor(float.class).newInstance(x);
        try (var predictor = (AutoCloseable) training.getMethod("load", Path.class).invoke(null, folder.resolve("run"))) {
            Object answer = predictor.getClass().getMethod("predict", input).invoke(predictor, example);
            return (float) answer.getClass().getMethod("value").invoke(answer);
        }
    }

    @Test
    void digitsAreReadAfterAFewSteps() throws Exception {
        Path example = ancestorWith("examples/digits/data");
        String text = Files.readString(example.resolve("examples/digits/src/main/nnd/digits/digits.nnd"));
        folder = Files.createSymbolicLink(folder.resolve("data"), example.resolve("examples/digits/data"));
        ClassLoader classes = compile("digits/digits.nnd", text);
        TrainingRun run = train(classes, "digits.DigitTraining", Map.of(), 2, 60);
        assertTrue(run.last().metric("validation.accuracy") > 0.7, () -> "accuracy " + run.last().metric("validation.accuracy"));
    }

    @Test
    @Tag("slow")
    void mnistReachesItsAccuracy() throws Exception {
        Path shared = ancestorWith("shared/data/mnist");
        Path programs = shared.resolve("shared/design/programs");
        Assumptions.assumeTrue(Files.isDirectory(programs), "the example programs are not here");
        String text = Files.readString(programs.resolve("mnist_cnn.nnd"));
        folder = Files.createSymbolicLink(folder.resolve("data"), shared.resolve("shared/data/mnist"));
        ClassLoader classes = compile("vision/mnist/mnist_cnn.nnd", text);
        TrainingRun run = train(classes, "vision.mnist.MnistTraining", Map.of(), 2, 0);
        assertTrue(run.best().metric("test.accuracy") > 0.98, () -> "accuracy " + run.best().metric("test.accuracy"));
    }

    private static Path ancestorWith(String path) {
        for (Path at = Path.of("").toAbsolutePath(); at != null; at = at.getParent()) {
            if (Files.isDirectory(at.resolve(path))) {
                return at;
            }
        }
        return Assumptions.abort("there is no " + path + " here");
    }

    private static ClassLoader compile(String name, String text) {
        CompileResult result = new Compiler().compile(CompilerRun.of(new SourceFile(name, text)));
        assertTrue(result.ok(), () -> result.diagnostics().toString());
        return InMemoryJava.compile(result.files(), System.getProperty("java.class.path"), "-Xlint:all", "-Werror")
                .loader(EndToEndTest.class.getClassLoader());
    }

    /** Trains for that many steps, or for the section's epochs if 0. */
    private TrainingRun train(ClassLoader classes, String section, Map<String, Double> settings, int threads, long steps)
            throws ReflectiveOperationException, IOException {
        var factory = (TrainingFactory)
                classes.loadClass(section + "Factory").getConstructor().newInstance();
        Path data = folder;
        Path run = Files.isSymbolicLink(folder) ? Files.createTempDirectory("nnd-run") : folder.resolve("run");
        try (var program = factory.create(threads, settings)) {
            TrainingOptions options = TrainingOptions.of(data).withOut(run).withThreads(threads).withSeed(11);
            return Trainer.train(program, steps == 0 ? options : options.withSteps(steps), ProgressListener.NONE);
        }
    }
}
