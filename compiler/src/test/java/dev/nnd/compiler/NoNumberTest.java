package dev.nnd.compiler;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.nnd.compiler.cli.output.InMemoryJava;
import dev.nnd.grammar.SourceFile;
import dev.nnd.runtime.NndException;
import dev.nnd.runtime.train.ProgressListener;
import dev.nnd.runtime.train.Trainer;
import dev.nnd.runtime.train.TrainingFactory;
import dev.nnd.runtime.train.TrainingOptions;
import java.lang.reflect.InvocationTargetException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A generated predictor names no class where its model gives no number. */
class NoNumberTest {

    /** The square root of a negative number is none. */
    private static final String TEXT = """
            package toys

            model Sides {
              input  x: f32[N, 1]
              output score: %s
            }

            data Areas {
              source train = csv("areas.csv")

              field x: f32[1] = column("x")
              field big: class["no", "yes"] = column("big")
            }

            train Fit {
              model net = Sides()
              data  Areas

              minimize %s(net(x), big) using adam(lr: 0.1)

              steps 60
              batch 4
            }
            """;

    @TempDir
    Path folder;

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "cross_entropy; f32[N, 2] = sqrt(x) -> Dense(2)",
                "binary_cross_entropy; f32[N] = sqrt(x) -> Dense(1) -> squeeze[-1]"
            })
    void noClassIsTheLikeliest(String loss, String score) throws Exception {
        var source = new SourceFile("toys/sides.nnd", TEXT.formatted(score, loss));
        CompileResult result = new Compiler().compile(CompilerRun.of(source));
        assertTrue(result.ok(), () -> result.diagnostics().toString());
        ClassLoader classes = InMemoryJava.compile(
                        result.files(), System.getProperty("java.class.path"), "-Xlint:all", "-Werror")
                .loader(NoNumberTest.class.getClassLoader());
        Files.writeString(folder.resolve("areas.csv"), "x,big\n1,no\n100,yes\n4,no\n81,yes\n");
        var factory = (TrainingFactory)
                classes.loadClass("toys.FitFactory").getConstructor().newInstance();
        try (var program = factory.create(1, Map.of())) {
            Trainer.train(
                    program,
                    TrainingOptions.of(folder).withOut(folder.resolve("run")).withThreads(1),
                    ProgressListener.NONE);
        }

        Class<?> training = classes.loadClass("toys.Fit");
        Class<?> input = classes.loadClass("toys.Areas$Example");
        try (var predictor =
                (AutoCloseable) training.getMethod("load", Path.class).invoke(null, folder.resolve("run"))) {
            var predict = predictor.getClass().getMethod("predict", input);
            Object answer =
                    predict.invoke(predictor, input.getConstructor(float.class).newInstance(90f));
            assertEquals(
                    "YES", answer.getClass().getMethod("label").invoke(answer).toString());

            Object negative = input.getConstructor(float.class).newInstance(-90f);
            var thrown = assertThrows(InvocationTargetException.class, () -> predict.invoke(predictor, negative));
            assertEquals(
                    "output `score` of model `Sides` is no number; its weights diverged, or the example's values are outside its range",
                    assertInstanceOf(NndException.class, thrown.getCause()).getMessage());
        }
    }
}
