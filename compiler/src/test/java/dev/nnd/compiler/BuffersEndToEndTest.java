package dev.nnd.compiler;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.nnd.compiler.cli.output.InMemoryJava;
import dev.nnd.grammar.SourceFile;
import dev.nnd.runtime.program.Parameter;
import dev.nnd.runtime.program.ParameterSet;
import dev.nnd.runtime.train.Evaluation;
import dev.nnd.runtime.train.ProgressListener;
import dev.nnd.runtime.train.RunDirectory;
import dev.nnd.runtime.train.Trainer;
import dev.nnd.runtime.train.TrainingFactory;
import dev.nnd.runtime.train.TrainingOptions;
import java.lang.foreign.Arena;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Running statistics from training to the file to evaluation and prediction. */
class BuffersEndToEndTest {

    private static final String TEXT = """
            package small

            model Net {
              input  image: f32[N, 3, 32, 32]
              output logits: f32[N, 10] = image
                -> Conv2d(6, kernel: 3, stride: 4, bias: false) -> BatchNorm() -> relu
                -> Conv2d(8, kernel: 3, stride: 2) -> BatchNorm(affine: false) -> relu
                -> flatten -> Dense(10)
            }

            data Images {
              source train = cifar("train.bin")
              source test  = cifar("test.bin")
              field image: f32[3, 32, 32] = images / 255
              field label: class["dark", "light", "c", "d", "e", "f", "g", "h", "i", "j"] = labels
            }

            train Training {
              model net = Net()
              data  Images
              minimize cross_entropy(net(image), label) using sgd(lr: 0.05, momentum: 0.9, weight_decay: 0.01)
              epochs 6
              batch  16
              metric accuracy(net(image), label)
              keep   best by test.accuracy
            }
            """;

    @TempDir
    Path folder;

    @Test
    void statisticsAreTrainedSavedAndRead() throws Exception {
        Files.write(folder.resolve("train.bin"), images(72, new Random(1)));
        Files.write(folder.resolve("test.bin"), images(40, new Random(2)));
        CompileResult result = new Compiler().compile(CompilerRun.of(new SourceFile("small.nnd", TEXT)));
        assertTrue(result.ok(), () -> result.diagnostics().toString());
        ClassLoader classes = InMemoryJava.compile(
                        result.files(), System.getProperty("java.class.path"), "-Xlint:all", "-Werror")
                .loader(getClass().getClassLoader());
        var factory = (TrainingFactory)
                classes.loadClass("small.TrainingFactory").getConstructor().newInstance();
        TrainingOptions options = TrainingOptions.of(folder)
                .withOut(folder.resolve("run"))
                .withThreads(1)
                .withSeed(3);
        double loss;
        try (var program = factory.create(1, Map.of())) {
            var run = Trainer.train(program, options, ProgressListener.NONE);
            loss = run.best().metric("test.loss");
            assertTrue(
                    run.best().metric("test.accuracy") > 0.9,
                    () -> "accuracy " + run.best().metric("test.accuracy"));
            assertTrue(largest(program.parameters(), "batch_norm.running_mean") > 0.05, "the statistics have moved");
        }
        try (var program = factory.create(1, Map.of())) {
            RunDirectory.open(folder.resolve("run")).load(program);
            var evaluated = Evaluation.run(program, options, "test");
            assertEquals(loss, Objects.requireNonNull(evaluated.metrics().get("test.loss")), 1e-5);
        }
        predict(classes);
    }

    private void predict(ClassLoader classes) throws Exception {
        Class<?> training = classes.loadClass("small.Training");
        Class<?> input = classes.loadClass("small.Images$Example");
        try (var predictor =
                (AutoCloseable) training.getMethod("load", Path.class).invoke(null, folder.resolve("run"))) {
            for (int level : new int[] {40, 210}) {
                Object example = input.getConstructors()[0].newInstance((Object) pixels(level));
                Object answer = predictor.getClass().getMethod("predict", input).invoke(predictor, example);
                String label =
                        answer.getClass().getMethod("label").invoke(answer).toString();
                assertEquals(level < 128 ? "DARK" : "LIGHT", label);
            }
        }
    }

    private static float[] pixels(int level) {
        var image = new float[3072];
        var random = new Random(level);
        for (int i = 0; i < image.length; i++) {
            image[i] = level + random.nextInt(31) - 15;
        }
        return image;
    }

    private static double largest(ParameterSet parameters, String name) {
        for (Parameter parameter : parameters.parameters()) {
            if (parameter.name().equals(name)) {
                try (var arena = Arena.ofConfined()) {
                    var plain = arena.allocate(ValueLayout.JAVA_FLOAT, parameter.elements());
                    parameters.read(parameter, plain);
                    double largest = 0;
                    for (float value : plain.toArray(ValueLayout.JAVA_FLOAT)) {
                        largest = Math.max(largest, Math.abs(value));
                    }
                    return largest;
                }
            }
        }
        throw new AssertionError("no " + name);
    }

    /** Dark and light images in turn, with noise. */
    private static byte[] images(int count, Random random) {
        var bytes = new byte[count * 3073];
        for (int i = 0; i < count; i++) {
            bytes[i * 3073] = (byte) (i % 2);
            int level = (i % 2 == 0 ? 40 : 210) + random.nextInt(21) - 10;
            for (int k = 1; k <= 3072; k++) {
                bytes[i * 3073 + k] = (byte) (level + random.nextInt(31) - 15);
            }
        }
        return bytes;
    }
}
