package dev.nnd.compiler;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.nnd.compiler.cli.output.InMemoryJava;
import dev.nnd.grammar.SourceFile;
import dev.nnd.runtime.kernel.Provider;
import dev.nnd.runtime.train.TrainStep;
import dev.nnd.runtime.train.TrainingFactory;
import dev.nnd.runtime.train.TrainingProgram;
import java.util.Map;
import org.junit.jupiter.api.Test;

/**
 * Training steps of small nets, update and reading of the loss with them, allocate nothing on the heap once they are warm; nor
 * does their warming take thousands of steps for kernels of little work, which stay with the plain loops.
 */
class StepAllocationTest {

    private static final String TEXT = """
            package small

            model Net {
              input  image: f32[N, 1, 14, 14]
              output logits: f32[N, 10] = image
                -> Conv2d(8, kernel: 3) -> relu -> MaxPool2d(2)
                -> flatten -> Dense(32) -> tanh -> Dense(10)
            }

            data Digits {
              source train = idx(images: "images.gz", labels: "labels.gz")
              field image: f32[1, 14, 14] = images / 255
              field label: class[10] = labels
            }

            train Training {
              model net = Net()
              data  Digits
              minimize cross_entropy(net(image), label) using %s
              epochs 1
              batch  8
              metric accuracy(net(image), label)
            }
            """;

    @Test
    void withAdam() throws Exception {
        check("adam(lr: 1e-3)", 8, 1);
    }

    /** Of a batch so large that threads share its kernels. */
    @Test
    void withTwoThreads() throws Exception {
        check("adam(lr: 1e-3)", 256, 2);
    }

    @Test
    void withMomentum() throws Exception {
        check("sgd(lr: 0.01, momentum: 0.9)", 8, 1);
    }

    private static void check(String optimizer, int batch, int threads) throws Exception {
        assumeTrue(Provider.best(1).name().equals("onednn"), "oneDNN does not work here; other providers may allocate");
        CompileResult result =
                new Compiler().compile(CompilerRun.of(new SourceFile("small.nnd", TEXT.formatted(optimizer))));
        assertTrue(result.ok(), () -> result.diagnostics().toString());
        ClassLoader classes = InMemoryJava.compile(result.files(), System.getProperty("java.class.path"))
                .loader(StepAllocationTest.class.getClassLoader());
        var factory = (TrainingFactory)
                classes.loadClass("small.TrainingFactory").getConstructor().newInstance();
        try (var program = factory.create(threads, Map.of())) {
            program.parameters().enableGradients();
            TrainStep step = program.trainStep(0, batch);
            program.parameters().values().fill((byte) 0);
            step.fields().forEach(f -> f.segment().fill((byte) 0));
            assertEquals(0, leastBytes(program, step), "bytes in 20 steps");
            step.close();
        }
    }

    private static long leastBytes(TrainingProgram program, TrainStep step) {
        var losses = new double[1];
        var steps = new long[1];
        long least = SteadyHeap.bytes(20, () -> {
            step.run();
            losses[0] += step.loss();
            program.update(0, ++steps[0]);
        });
        assertTrue(Double.isFinite(losses[0]));
        return least;
    }
}
