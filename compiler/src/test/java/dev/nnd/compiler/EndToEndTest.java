package dev.nnd.compiler;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.nnd.compiler.cli.output.InMemoryJava;
import dev.nnd.compiler.emit.GeneratedFile;
import dev.nnd.grammar.Diagnostic;
import dev.nnd.grammar.SourceFile;
import dev.nnd.runtime.train.ProgressListener;
import dev.nnd.runtime.train.Trainer;
import dev.nnd.runtime.train.TrainingFactory;
import dev.nnd.runtime.train.TrainingOptions;
import dev.nnd.runtime.train.TrainingRun;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The whole road: text, Java, classes, training, prediction. */
class EndToEndTest {

    private static final String LINEAR = """
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
              batch  160
            }
            """;

    @TempDir
    Path folder;

    @Test
    void aLineReachesLeastSquares() throws Exception {
        long seed = Seed.fresh();
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
        train(classes, "quickstart.FitLinear", folder, Map.of("rate", 0.2), 0);
        // All rows in one batch and columns with variance 1: each step leaves 0.6 of the distance to the minimum.
        assertEquals(intercept, predict(classes, 0), 1e-4, () -> "seed " + seed);
        assertEquals(intercept + 4 * slope, predict(classes, 4), 1e-4, () -> "seed " + seed);
    }

    private float predict(ClassLoader classes, float x) throws Exception {
        Class<?> training = classes.loadClass("quickstart.FitLinear");
        Class<?> input = classes.loadClass("quickstart.FitLinear$Input");
        Object example = input.getConstructor(float.class).newInstance(x);
        try (var predictor =
                (AutoCloseable) training.getMethod("load", Path.class).invoke(null, folder.resolve("run"))) {
            Object answer = predictor.getClass().getMethod("predict", input).invoke(predictor, example);
            return (float) answer.getClass().getMethod("value").invoke(answer);
        }
    }

    @Test
    void digitsAreReadAfterAFewSteps() throws Exception {
        Path example = ancestorWith("examples/digits/data");
        String text = Files.readString(example.resolve("examples/digits/src/main/nnd/digits/digits.nnd"));
        ClassLoader classes = compile("digits/digits.nnd", text);
        TrainingRun run = train(classes, "digits.DigitTraining", example.resolve("examples/digits/data"), Map.of(), 60);
        assertTrue(
                run.last().metric("validation.accuracy") > 0.7,
                () -> "accuracy " + run.last().metric("validation.accuracy"));
    }

    @Test
    @Tag("slow")
    void mnistReachesItsAccuracy() throws Exception {
        Path shared = ancestorWith("shared/data/mnist");
        Path programs = shared.resolve("shared/design/programs");
        Assumptions.assumeTrue(Files.isDirectory(programs), "the example programs are not here");
        String text = Files.readString(programs.resolve("mnist_cnn.nnd"));
        ClassLoader classes = compile("vision/mnist/mnist_cnn.nnd", text);
        TrainingRun run =
                train(classes, "vision.mnist.MnistTraining", shared.resolve("shared/data/mnist"), Map.of(), 3000);
        assertTrue(
                run.best().metric("test.accuracy") > 0.97,
                () -> "accuracy " + run.best().metric("test.accuracy"));
    }

    private static Path ancestorWith(String path) {
        for (Path at = Path.of("").toAbsolutePath(); at != null; at = at.getParent()) {
            if (Files.isDirectory(at.resolve(path))) {
                return at;
            }
        }
        return Assumptions.abort("there is no " + path + " here");
    }

    @Test
    void filesOfOtherPackagesCanBeImported() throws Exception {
        var model = new SourceFile("nets/net.nnd", """
            package nets

            model Line {
              input  x: f32[N, 1]
              output y: f32[N, 1] = x -> Dense(1)
            }
            """);
        var data = new SourceFile("sets/points.nnd", """
            package sets

            data Points {
              source train = csv("points.csv")

              field x: f32[1] = column("x")
              field y: f32[1] = column("y")
            }
            """);
        var train = new SourceFile("fits/fit.nnd", """
            package fits

            import nets.Line
            import sets.Points

            train Fit {
              model net = Line()
              data  Points

              minimize mse(net(x), y) using adam(lr: 0.1)

              steps 200
              batch 4
            }
            """);
        Files.writeString(folder.resolve("points.csv"), "x,y\n0,1\n1,3\n2,5\n-1,-1\n");
        ClassLoader classes = load(new Compiler().compile(CompilerRun.of(train, model, data)));
        TrainingRun run = train(classes, "fits.Fit", folder, Map.of(), 0);
        assertTrue(
                run.last().metric("train.loss") < 0.1,
                () -> "loss " + run.last().metric("train.loss"));

        CompileResult alone = new Compiler().compile(new CompilerRun(List.of(train), List.of(model, data)));
        assertTrue(alone.ok());
        assertTrue(alone.files().stream().allMatch(f -> f.path().startsWith("fits/")));
    }

    @Test
    void sameTextSameBytes() {
        var source = new SourceFile("quickstart/linear.nnd", LINEAR);
        List<GeneratedFile> first =
                new Compiler().compile(CompilerRun.of(source)).files();
        assertEquals(first, new Compiler().compile(CompilerRun.of(source)).files());
        assertTrue(first.size() > 8);
    }

    @Test
    void anErrorLeavesNoOutput() {
        var right = new SourceFile("quickstart/linear.nnd", LINEAR);
        var wrong = new SourceFile(
                "wrong.nnd", "package wrong\nmodel M { input x: f32[N] output y: f32[N] = x + unknown }");
        CompileResult result = new Compiler().compile(CompilerRun.of(right, wrong));
        assertEquals(List.of(), result.files());
        assertEquals("wrong.nnd", result.diagnostics().getFirst().span().file().name());
    }

    @Test
    void oneNameInTwoFilesIsAnError() {
        var first = new SourceFile("a/linear.nnd", LINEAR);
        var second = new SourceFile("b/linear.nnd", LINEAR);
        CompileResult result = new Compiler().compile(CompilerRun.of(first, second));
        assertEquals(List.of(), result.files());
        assertEquals(3, result.diagnostics().size());
        assertEquals(
                "b/linear.nnd", result.diagnostics().getFirst().span().file().name());
    }

    private static ClassLoader compile(String name, String text) {
        return load(new Compiler().compile(CompilerRun.of(new SourceFile(name, text))));
    }

    private static ClassLoader load(CompileResult result) {
        assertTrue(
                result.ok(),
                () -> result.diagnostics().stream()
                        .map(Diagnostic::message)
                        .toList()
                        .toString());
        return InMemoryJava.compile(result.files(), System.getProperty("java.class.path"), "-Xlint:all", "-Werror")
                .loader(EndToEndTest.class.getClassLoader());
    }

    /** Trains for that many steps, or for the section's length if 0. */
    private TrainingRun train(ClassLoader classes, String section, Path data, Map<String, Double> settings, long steps)
            throws ReflectiveOperationException {
        var factory = (TrainingFactory)
                classes.loadClass(section + "Factory").getConstructor().newInstance();
        try (var program = factory.create(2, settings)) {
            TrainingOptions options = TrainingOptions.of(data)
                    .withOut(folder.resolve("run"))
                    .withThreads(2)
                    .withSeed(11);
            return Trainer.train(program, steps == 0 ? options : options.withSteps(steps), ProgressListener.NONE);
        }
    }
}
