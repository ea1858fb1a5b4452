package dev.nnd.compiler.emit.program;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.nnd.compiler.CompiledFile;
import dev.nnd.compiler.Seed;
import dev.nnd.compiler.SteadyHeap;
import dev.nnd.compiler.emit.GeneratedFile;
import dev.nnd.compiler.ir.Evaluator;
import dev.nnd.compiler.ir.Port;
import dev.nnd.compiler.type.DType;
import dev.nnd.runtime.kernel.Provider;
import dev.nnd.runtime.program.Program;
import dev.nnd.runtime.train.BatchProgram;
import java.lang.foreign.MemorySegment;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Generated programs compile without warnings, compute what their graphs say, and allocate nothing. */
class GeneratedProgramTest {

    private static final String DIGITS = """
            package vision.mnist

            /// A small network.
            model SimpleCnn(classes: int = 10) {
              /// Grey levels from 0 to 1.
              input  image:  f32[N, 1, 28, 28]
              output logits: f32[N, classes] = image
                -> Conv2d(5, kernel: 3) -> relu
                -> MaxPool2d(2)
                -> flatten
                -> Dense(12) -> tanh
                -> LayerNorm()
                -> Dense(classes)
            }

            data Mnist {
              source train = idx(images: "images.gz", labels: "labels.gz")
              field image: f32[1, 28, 28] = images / 255
              field label: class[10] = labels
            }

            train MnistTraining(lr: float = 1e-3) {
              model net = SimpleCnn()
              data  Mnist
              minimize cross_entropy(net(image), label) using adam(lr: lr)
              epochs 10
              batch  64
              metric accuracy(net(image), label)
            }
            """;

    private static final GeneratedProject PROJECT = new GeneratedProject("digits.nnd", DIGITS);
    private static final ProgramRig RIG = new ProgramRig(PROJECT, "vision.mnist", "SimpleCnn", 10);

    @Test
    void forwardEqualsTheReference() throws Exception {
        long seed = Seed.fresh();
        var random = new Random(seed);
        CompiledFile.Model model = PROJECT.compiled().models().getFirst();
        for (String provider : List.of("reference", "best")) {
            for (int n : new int[] {1, 3, 7}) {
                try (var weights = RIG.new Weights(seed)) {
                    var program = (Program) RIG.bind(Provider.named(provider, 1), weights, n);
                    Map<String, double[]> inputs = weights.values();
                    double[] image =
                            random.doubles((long) n * 784).map(d -> (float) d).toArray();
                    inputs.put("image", image);
                    ProgramRig.write((MemorySegment) ProgramRig.call(program, "image"), image, DType.F32);
                    program.run();
                    Evaluator.Result expected = Evaluator.evaluate(model.graph(), Map.of("N", (long) n), inputs);
                    ProgramRig.close(
                            expected.output(Port.Role.OUTPUT, "logits"),
                            (MemorySegment) ProgramRig.call(program, "logits"),
                            "seed " + seed);
                    program.close();
                }
            }
        }
    }

    @Test
    void gradientsEqualTheReference() throws Exception {
        long seed = Seed.fresh();
        for (String provider : List.of("reference", "best")) {
            for (int n : new int[] {1, 5, 16}) {
                RIG.step("MnistTraining", seed, provider, n);
            }
        }
    }

    @Test
    void evaluationGivesTheLossAndMetricsOfTheStep() throws Exception {
        long seed = Seed.fresh();
        try (var weights = RIG.new Weights(seed)) {
            weights.parameters().enableGradients();
            BatchProgram step = RIG.training("MnistTrainingStep", Provider.best(1), weights, 6);
            BatchProgram evaluation = RIG.training("MnistTrainingEvaluation", Provider.best(1), weights, 6);
            RIG.fill(step, 6, new Random(seed));
            RIG.fill(evaluation, 6, new Random(seed));
            step.run();
            evaluation.run();
            assertEquals(step.loss(), evaluation.loss(), 1e-5 * Math.max(1, Math.abs(step.loss())), "seed " + seed);
            assertEquals(step.metric(0), evaluation.metric(0), 0, "seed " + seed);
            assertThrows(IndexOutOfBoundsException.class, () -> evaluation.metric(1));
            step.close();
            evaluation.close();
        }
    }

    @Test
    void stepsAllocateNothing() throws Exception {
        assumeTrue(Provider.best(1).name().equals("onednn"), "oneDNN does not work here; the reference may allocate");
        try (var weights = RIG.new Weights(1)) {
            weights.parameters().enableGradients();
            BatchProgram step = RIG.training("MnistTrainingStep", Provider.best(1), weights, 16);
            RIG.fill(step, 16, new Random(1));
            assertEquals(0, SteadyHeap.bytes(100, step::run), "bytes in 100 steps");
            step.close();
        }
    }

    @Test
    void modelChecksWhatItIsGiven() throws Exception {
        Class<?> type = PROJECT.load("vision.mnist.SimpleCnn");
        Object model = type.getMethod("initialize", long.class).invoke(null, 7L);
        Method predict = type.getMethod("predict", float[].class);
        var wrong = assertThrows(InvocationTargetException.class, () -> predict.invoke(model, new float[768]));
        assertEquals(
                "java.lang.IllegalArgumentException: image needs 784 values (f32[1, 28, 28]), got 768",
                String.valueOf(wrong.getCause()));
        assertEquals(10, ((float[]) predict.invoke(model, new float[784])).length);
        long planned = (long) type.getMethod("arenaBytes", int.class).invoke(model, 64);
        var call = (AutoCloseable) type.getMethod("call", int.class).invoke(model, 64);
        assertEquals(64L * 784 * 4, ((MemorySegment) ProgramRig.call(call, "image")).byteSize());
        assertTrue(planned >= 64L * 784 * 4, () -> planned + " bytes");
        ProgramRig.call(call, "run");
        call.close();
        var closed = assertThrows(InvocationTargetException.class, () -> ProgramRig.call(call, "run"));
        assertEquals(
                "java.lang.IllegalStateException: This call of SimpleCnn is closed.",
                String.valueOf(closed.getCause()));
        ((AutoCloseable) model).close();
        var after = assertThrows(InvocationTargetException.class, () -> predict.invoke(model, new float[784]));
        assertTrue(
                String.valueOf(after.getCause()).contains("SimpleCnn is closed"),
                () -> String.valueOf(after.getCause()));
    }

    @Test
    void predictIsSafeFromManyThreads() throws Exception {
        Class<?> type = PROJECT.load("vision.mnist.SimpleCnn");
        Object model = type.getMethod("initialize", long.class).invoke(null, 7L);
        Method predict = type.getMethod("predict", float[].class);
        var images = new ArrayList<float[]>();
        var expected = new ArrayList<float[]>();
        for (int i = 0; i < 8; i++) {
            float[] image = new float[784];
            Arrays.fill(image, i / 8f);
            images.add(image);
            expected.add((float[]) predict.invoke(model, image));
        }
        var failures = Collections.synchronizedList(new ArrayList<String>());
        var threads = new ArrayList<Thread>();
        for (int i = 0; i < images.size(); i++) {
            int at = i;
            threads.add(Thread.ofPlatform().start(() -> {
                for (int round = 0; round < 50; round++) {
                    try {
                        float[] got = (float[]) predict.invoke(model, images.get(at));
                        if (!Arrays.equals(expected.get(at), got)) {
                            failures.add("image " + at);
                        }
                    } catch (ReflectiveOperationException e) {
                        failures.add(String.valueOf(e.getCause()));
                    }
                }
            }));
        }
        for (Thread thread : threads) {
            thread.join();
        }
        assertEquals(List.of(), failures);
        ((AutoCloseable) model).close();
    }

    @Test
    void manyStagesBecomeMethodsOfModestSize() {
        var text = new StringBuilder("package deep\n\nmodel Deep {\n  input x: f32[N, 4]\n  output y: f32[N, 4] = x\n");
        text.append("    -> Dense(4) -> relu\n".repeat(450)).append("}\n");
        var project = new GeneratedProject("deep.nnd", text.toString());
        GeneratedFile forward = project.files().stream()
                .filter(f -> f.path().endsWith("DeepForward.java"))
                .findFirst()
                .orElseThrow();
        int statements = 0;
        for (String line : forward.content().lines().toList()) {
            boolean opens = line.endsWith("{");
            statements = opens ? 0 : statements + (line.endsWith(";") ? 1 : 0);
            int soFar = statements;
            boolean inMethod = line.startsWith("        ");
            assertTrue(!inMethod || soFar <= 410, () -> soFar + " statements in one method: " + line);
        }
        assertTrue(forward.content().contains("dense450.run();"), "the last stage is there");
    }
}
