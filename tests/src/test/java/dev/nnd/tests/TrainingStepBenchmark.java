package dev.nnd.tests;

import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import dev.nnd.compiler.CompileResult;
import dev.nnd.compiler.Compiler;
import dev.nnd.compiler.CompilerRun;
import dev.nnd.compiler.cli.output.InMemoryJava;
import dev.nnd.grammar.SourceFile;
import dev.nnd.runtime.memory.Tensor;
import dev.nnd.runtime.train.TrainStep;
import dev.nnd.runtime.train.TrainingFactory;
import dev.nnd.runtime.train.TrainingProgram;
import java.lang.foreign.ValueLayout;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Milliseconds and heap bytes of one training step (forward, backward, Adam) of {@code mnist_cnn.nnd} at batch 64 on one
 * thread. Not part of a build; times are printed, never asserted.
 */
@Tag("benchmark")
class TrainingStepBenchmark {

    private static final int BATCH = 64;
    private static final int WARM_UP = 8000;
    private static final int STEPS = 500;

    @Test
    void mnistCnn() throws Exception {
        String text = Files.readString(Path.of("src/test/resources/golden/mnist_cnn/mnist_cnn.nnd"));
        CompileResult result = new Compiler().compile(CompilerRun.of(new SourceFile("mnist_cnn.nnd", text)));
        ClassLoader classes = InMemoryJava.compile(result.files(), System.getProperty("java.class.path"))
                .loader(TrainingFactory.class.getClassLoader());
        var factory = (TrainingFactory) classes.loadClass("vision.mnist.MnistTrainingFactory")
                .getConstructor()
                .newInstance();
        try (TrainingProgram program = factory.create(1, Map.of())) {
            program.parameters().enableGradients();
            program.parameters().initialize(1);
            TrainStep step = program.trainStep(0, BATCH);
            fill(step, new Random(1));
            measure(program, step);
            step.close();
        }
    }

    private static void measure(TrainingProgram program, TrainStep step) {
        var threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long self = Thread.currentThread().threadId();
        var runs = new double[STEPS];
        var updates = new double[STEPS];
        long at = 1;
        for (int i = 0; i < WARM_UP; i++) {
            step.run();
            program.update(0, at++);
        }
        long before = threads.getThreadAllocatedBytes(self);
        for (int i = 0; i < STEPS; i++) {
            long start = System.nanoTime();
            step.run();
            long between = System.nanoTime();
            program.update(0, at++);
            runs[i] = (between - start) / 1e6;
            updates[i] = (System.nanoTime() - between) / 1e6;
        }
        long bytes = threads.getThreadAllocatedBytes(self) - before;
        Arrays.sort(runs);
        Arrays.sort(updates);
        System.out.printf(
                "mnist_cnn batch %d, 1 thread: forward and backward %.2f ms (fastest %.2f), update %.3f ms (fastest %.3f), %d heap bytes in %d steps%n",
                BATCH, runs[STEPS / 2], runs[0], updates[STEPS / 2], updates[0], bytes, STEPS);
        assertTrue(Double.isFinite(step.loss()), "the loss is a number");
    }

    private static void fill(TrainStep step, Random random) {
        Tensor image = step.fields().get(0);
        Tensor label = step.fields().get(1);
        for (long i = 0; i < image.elements(); i++) {
            image.segment().setAtIndex(ValueLayout.JAVA_FLOAT, i, random.nextFloat());
        }
        for (long i = 0; i < label.elements(); i++) {
            label.segment().setAtIndex(ValueLayout.JAVA_INT, i, random.nextInt(10));
        }
    }
}
