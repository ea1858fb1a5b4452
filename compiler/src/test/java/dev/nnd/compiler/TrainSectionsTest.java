package dev.nnd.compiler;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.nnd.compiler.cli.output.InMemoryJava;
import dev.nnd.grammar.Diagnostic;
import dev.nnd.grammar.SourceFile;
import dev.nnd.runtime.NndException;
import dev.nnd.runtime.program.Parameter;
import dev.nnd.runtime.train.ProgressListener;
import dev.nnd.runtime.train.Trainer;
import dev.nnd.runtime.train.TrainingFactory;
import dev.nnd.runtime.train.TrainingOptions;
import dev.nnd.runtime.train.TrainingProgram;
import dev.nnd.runtime.train.TrainingRun;
import dev.nnd.runtime.weights.SafetensorsWriter;
import java.lang.foreign.Arena;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Train sections with more than one model, loss or event, from text to trained weights. */
class TrainSectionsTest {

    private static final String POINTS = """
            package toys

            model Line { input x: f32[N, 2] output y: f32[N] = x -> Dense(1) -> squeeze[-1] }

            model Deep {
              input x: f32[N, 2]
              output y: f32[N] = x -> Dense(4) as body -> tanh -> Dense(1) as head -> squeeze[-1]
            }

            data Points {
              source train = csv("points.csv")
              split train into train 60%, validation 40% in order
              field a: f32[1] = column("a")
              field b: f32[1] = column("b")
              field y: f32 = column("y")
              field kind: class["no", "yes"] = column("kind")
            }

            """;
    private static final int ROWS = 50;

    @TempDir
    Path folder;

    private final double[][] rows = new double[ROWS][];

    @BeforeEach
    void write() throws Exception {
        var random = new Random(7);
        var text = new StringBuilder("a,b,y,kind\n");
        for (int i = 0; i < ROWS; i++) {
            float a = random.nextFloat(-1, 1);
            float b = random.nextFloat(-1, 1);
            float y = 2 * a - b + 0.1f * (float) random.nextGaussian();
            rows[i] = new double[] {a, b, y, y > 0 ? 1 : 0};
            text.append(a)
                    .append(',')
                    .append(b)
                    .append(',')
                    .append(y)
                    .append(',')
                    .append(y > 0 ? "yes" : "no")
                    .append('\n');
        }
        Files.writeString(folder.resolve("points.csv"), text);
    }

    private static ClassLoader compile(String text) {
        CompileResult result = new Compiler().compile(CompilerRun.of(new SourceFile("toys/toys.nnd", text)));
        assertTrue(
                result.ok(),
                () -> result.diagnostics().stream()
                        .map(Diagnostic::message)
                        .toList()
                        .toString());
        if (Boolean.getBoolean("nnd.show")) {
            result.files().stream()
                    .filter(f -> f.path().matches(".*(Program|Weights|Evaluation|Step).java"))
                    .forEach(f -> System.out.println(f.content()));
        }
        return InMemoryJava.compile(result.files(), System.getProperty("java.class.path"), "-Xlint:all", "-Werror")
                .loader(TrainSectionsTest.class.getClassLoader());
    }

    private static TrainingProgram program(ClassLoader classes, String section, Map<String, Double> settings)
            throws Exception {
        var factory = (TrainingFactory) classes.loadClass("toys." + section + "Factory")
                .getConstructor()
                .newInstance();
        return factory.create(1, settings);
    }

    private TrainingOptions options(String run) {
        return TrainingOptions.of(folder).withOut(folder.resolve(run));
    }

    private TrainingRun train(TrainingProgram program, TrainingOptions options) {
        return Trainer.train(program, options, ProgressListener.NONE);
    }

    private static Map<String, float[]> weights(TrainingProgram program) {
        var values = new HashMap<String, float[]>();
        for (Parameter parameter : program.parameters().parameters()) {
            try (var arena = Arena.ofConfined()) {
                var plain = arena.allocate(parameter.elements() * 4, 64);
                program.parameters().read(parameter, plain);
                values.put(parameter.name(), plain.toArray(ValueLayout.JAVA_FLOAT));
            }
        }
        return values;
    }

    private byte[] file(String name) throws Exception {
        return Files.readAllBytes(folder.resolve(name));
    }

    @Test
    void aLossReadsASetting() throws Exception {
        ClassLoader classes = compile(POINTS + """
                train Fit(scale: float = 1.0) {
                  model net = Line()
                  data Points
                  let x = concat(a, b, axis: -1)
                  minimize scale ** 2 * mse(net(x), y) using sgd(lr: 0.1)
                  metric mae(net(x) * scale, y)
                  steps 3
                  batch 30
                }
                """);
        try (var one = program(classes, "Fit", Map.of());
                var three = program(classes, "Fit", Map.of("scale", 3.0))) {
            double plain = train(one, options("a").withSteps(1)).last().metric("train.loss");
            double scaled = train(three, options("b").withSteps(1)).last().metric("train.loss");
            assertEquals(9 * plain, scaled, 1e-4);
        }
    }

    /** The same steps by hand: y = w x + b, plain descent, gradients cut to a norm. */
    @Test
    void schedulesAndClippingFollowTheirFormulas() throws Exception {
        ClassLoader classes = compile(POINTS + """
                train Fit {
                  model net = Line()
                  data Points
                  let x = concat(a, b, axis: -1)
                  minimize mse(net(x), y) using sgd(lr: cosine(0.5, end: 0.1, warmup: 4 steps), clip_norm: 0.7)
                  steps 12
                  batch 30
                }
                """);
        try (var program = program(classes, "Fit", Map.of())) {
            program.parameters().initialize(0);
            float[] w = Objects.requireNonNull(weights(program).get("dense.weight"));
            float[] b = Objects.requireNonNull(weights(program).get("dense.bias"));
            var expected = new double[] {w[0], w[1], b[0]};
            for (int step = 0; step < 12; step++) {
                double rate = step < 4 ? 0.5 * step / 4 : 0.1 + 0.4 * (1 + Math.cos(Math.PI * (step - 4) / 8)) / 2;
                descend(expected, rate, 0.7);
            }
            train(program, options("run"));
            Map<String, float[]> got = weights(program);
            assertEquals(expected[0], Objects.requireNonNull(got.get("dense.weight"))[0], 1e-4);
            assertEquals(expected[1], Objects.requireNonNull(got.get("dense.weight"))[1], 1e-4);
            assertEquals(expected[2], Objects.requireNonNull(got.get("dense.bias"))[0], 1e-4);
        }
    }

    private void descend(double[] p, double rate, double norm) {
        var g = new double[3];
        for (int i = 0; i < 30; i++) {
            double error = p[0] * rows[i][0] + p[1] * rows[i][1] + p[2] - rows[i][2];
            g[0] += 2 * error * rows[i][0] / 30;
            g[1] += 2 * error * rows[i][1] / 30;
            g[2] += 2 * error / 30;
        }
        double size = Math.sqrt(g[0] * g[0] + g[1] * g[1] + g[2] * g[2]);
        double scale = Math.min(1, norm / (size + 1e-6));
        for (int i = 0; i < 3; i++) {
            p[i] -= rate * scale * g[i];
        }
    }

    private static final String PAIR = """
            model Maker { input noise: f32[N, 3] output x: f32[N, 2] = noise -> Dense(4) -> BatchNorm() -> relu -> Dense(2) as out }
            model Judge { input x: f32[N, 2] output real: f32[N] = x -> Dense(4) -> Dropout(0.2) -> relu -> Dense(1) -> squeeze[-1] }

            train Gan {
              model maker = Maker()
              model judge = Judge()
              data Points
              let x = concat(a, b, axis: -1)
              let made = maker(normal[batch, 3])
              minimize binary_cross_entropy(judge(x), 1.0) + binary_cross_entropy(judge(stop_gradient(made)), 0.0)
                over judge using adam(lr: 2e-3, beta1: 0.5)
              minimize binary_cross_entropy(judge(made), 1.0) over maker using sgd(lr: 0.01, momentum: 0.5)
              epochs 4
              batch 7
            }
            """;

    @Test
    void eachStatementChangesItsOwnModel() throws Exception {
        ClassLoader classes = compile(POINTS + PAIR);
        try (var program = program(classes, "Gan", Map.of())) {
            program.parameters().initialize(0);
            Map<String, float[]> before = weights(program);
            var run = train(program, options("run"));
            Map<String, float[]> after = weights(program);
            before.forEach((name, values) -> assertTrue(
                    name.equals("maker.dense.bias") // what comes before a batch norm needs no bias
                            || !Arrays.equals(values, after.get(name)),
                    () -> name + " has not moved"));
            assertEquals(
                    run.last().metric("train.loss"),
                    run.last().metric("train.judge_loss") + run.last().metric("train.maker_loss"),
                    1e-9);
            assertTrue(Files.exists(folder.resolve("run/best/maker.safetensors")));
        }
    }

    @Test
    void aResumedRunGivesTheSameBytes() throws Exception {
        ClassLoader classes = compile(POINTS + PAIR);
        try (var whole = program(classes, "Gan", Map.of())) {
            train(whole, options("whole"));
        }
        try (var first = program(classes, "Gan", Map.of())) {
            train(first, options("parts").withEpochs(2));
        }
        try (var second = program(classes, "Gan", Map.of())) {
            train(second, options("parts").withResume(true));
        }
        assertArrayEquals(file("whole/last/weights.safetensors"), file("parts/last/weights.safetensors"));
        assertArrayEquals(file("whole/last/state.safetensors"), file("parts/last/state.safetensors"));
    }

    @Test
    void aStudentLearnsFromAFrozenTeacher() throws Exception {
        ClassLoader classes = compile(POINTS + """
                train Teach {
                  model net = Deep()
                  data Points
                  let x = concat(a, b, axis: -1)
                  minimize mse(net(x), y) using adam(lr: 0.01)
                  epochs 30
                  batch 10
                }

                train Distill(alpha: float = 0.5) {
                  model teacher = Deep() from "teach/best/weights.safetensors" frozen
                  model student = Deep()
                  data Points
                  let x = concat(a, b, axis: -1)
                  minimize alpha * mse(student(x), teacher(x)) + (1 - alpha) * mse(student(x), y)
                    over student using adamw(lr: 0.01, no_decay: ["**.bias"], weight_decay: 0.1)
                  epochs 5
                  batch 10
                  metric mae(student(x), y)
                }
                """);
        try (var teacher = program(classes, "Teach", Map.of())) {
            train(teacher, options("teach"));
            Map<String, float[]> learned = weights(teacher);
            try (var program = program(classes, "Distill", Map.of())) {
                var run = train(program, options("run"));
                Map<String, float[]> after = weights(program);
                learned.forEach((name, values) -> assertArrayEquals(values, after.get("teacher." + name), name));
                assertTrue(run.last().metric("train.loss")
                        < run.epochs().getFirst().metric("train.loss"));
                assertEquals(17, program.parameters().count());
            }
        }
    }

    @Test
    void whatIsFrozenInAModelStays() throws Exception {
        ClassLoader classes = compile(POINTS + """
                train Tune {
                  model net = Deep() from "first.safetensors" mapping { "core.*" -> "body.*" }
                  data Points
                  let x = concat(a, b, axis: -1)
                  freeze net.body
                  minimize mse(net(x), y) using sgd(lr: 0.1)
                  epochs 2
                  batch 10
                }
                """);
        var missing = assertThrows(NndException.class, () -> {
            try (var program = program(classes, "Tune", Map.of())) {
                train(program, options("none"));
            }
        });
        assertTrue(missing.getMessage().startsWith("The weights first.safetensors are neither in "));
        new SafetensorsWriter()
                .add("core.weight", new long[] {4, 2}, out -> out.fill((byte) 0))
                .add("core.bias", new long[] {4}, out -> out.fill((byte) 0))
                .write(folder.resolve("first.safetensors"));
        var warnings = new ArrayList<String>();
        var listener = new ProgressListener() {
            @Override
            public void warning(String message) {
                warnings.add(message);
            }
        };
        try (var program = program(classes, "Tune", Map.of())) {
            Trainer.train(program, options("run"), listener);
            assertArrayEquals(new float[8], weights(program).get("body.weight"));
            assertTrue(
                    warnings.getFirst().endsWith("has nothing of head of toys.Tune, which starts anew."),
                    () -> warnings.toString());
            assertEquals(5, program.parameters().count());
        }
        new SafetensorsWriter()
                .add("core.weight", new long[] {2, 4}, out -> out.fill((byte) 0))
                .add("core.scale", new long[] {4}, out -> out.fill((byte) 0))
                .write(folder.resolve("first.safetensors"));
        var wrong = assertThrows(NndException.class, () -> {
            try (var program = program(classes, "Tune", Map.of())) {
                train(program, options("wrong"));
            }
        });
        assertEquals(
                folder.resolve("first.safetensors")
                        + " does not hold the weights of toys.Tune. Missing: body.bias f32[4]. Of another shape: core.weight"
                        + " is [2, 4] in the file but must be [4, 2]. Unexpected: body.scale.",
                wrong.getMessage());
    }

    @Test
    void metricsOverAllExamplesAndAnEarlyEnd() throws Exception {
        ClassLoader classes = compile(POINTS + """
                train Fit {
                  model net = Line()
                  data Points
                  let x = concat(a, b, axis: -1)
                  minimize binary_cross_entropy(net(x), kind) using sgd(lr: 1e-9)
                  epochs 20
                  batch 7
                  metric auc(net(x), kind), f1(net(x), kind), rmse(net(x), y)
                  stop early on validation.auc patience 2 epochs
                  checkpoint every 3 steps keep 2
                  keep best by validation.auc
                }
                """);
        try (var program = program(classes, "Fit", Map.of())) {
            var run = train(program, options("run"));
            assertEquals(3, run.epochs().size());
            float[] w = Objects.requireNonNull(weights(program).get("dense.weight"));
            float[] b = Objects.requireNonNull(weights(program).get("dense.bias"));
            assertEquals(auc(w, b), run.last().metric("validation.auc"), 1e-12);
            try (var list = Files.list(folder.resolve("run/checkpoints"))) {
                assertEquals(
                        List.of("step-12", "step-15"),
                        list.map(p -> p.getFileName().toString()).sorted().toList());
            }
        }
    }

    @Test
    void aModelWithArgumentsHasAClassOfItsOwn() throws Exception {
        ClassLoader classes = compile(POINTS + """
                model Wide(width: int = 3, depth: int = 1) {
                  input x: f32[N, 1]
                  output y: f32[N, 1] = x -> Dense(width) * depth -> tanh -> Dense(1)
                }

                train Fit {
                  model net = Wide(width: 5)
                  data Points
                  minimize mse(net(a), b) using adam(lr: 0.1)
                  epochs 2
                  batch 10
                }
                """);
        try (var program = program(classes, "Fit", Map.of())) {
            train(program, options("run"));
            assertEquals(16, program.parameters().count());
        }
        Class<?> net = classes.loadClass("toys.FitNet");
        try (var loaded = (AutoCloseable)
                net.getMethod("load", Path.class).invoke(null, folder.resolve("run/best/weights.safetensors"))) {
            assertEquals(16L, net.getMethod("parameterCount").invoke(loaded));
        }
        classes.loadClass("toys.Fit$Predictor");
    }

    /** Three batches of ten make the step that one of thirty makes. */
    @Test
    void batchesAddUpToAStep() throws Exception {
        String text = """
                train Fit {
                  model net = Line()
                  data Points
                  let x = concat(a, b, axis: -1)
                  minimize mse(net(x), y) using adam(lr: 0.05)
                  epochs 6
                  batch 30
                }
                """;
        try (var whole = program(compile(POINTS + text), "Fit", Map.of());
                var parts =
                        program(compile(POINTS + text.replace("batch 30", "batch 10 accumulate 3")), "Fit", Map.of())) {
            train(whole, options("whole"));
            assertEquals(6, train(parts, options("parts")).last().step());
            Map<String, float[]> expected = weights(whole);
            weights(parts).forEach((name, values) -> assertArrayEquals(expected.get(name), values, 1e-5f, name));
        }
    }

    @Test
    void theAverageOfTheWeightsIsKept() throws Exception {
        ClassLoader classes = compile(POINTS + """
                train Fit {
                  model net = Line()
                  data Points
                  let x = concat(a, b, axis: -1)
                  minimize mse(net(x), y) using sgd(lr: 0.05)
                  epochs 4
                  batch 30
                  ema 0.5
                  keep best by validation.loss
                }
                """);
        try (var program = program(classes, "Fit", Map.of())) {
            program.parameters().initialize(0);
            float[] w = Objects.requireNonNull(weights(program).get("dense.weight"));
            float[] b = Objects.requireNonNull(weights(program).get("dense.bias"));
            var raw = new double[] {w[0], w[1], b[0]};
            var average = raw.clone();
            for (int step = 0; step < 4; step++) {
                descend(raw, 0.05, 1e9);
                for (int i = 0; i < 3; i++) {
                    average[i] = 0.5 * average[i] + 0.5 * raw[i];
                }
            }
            train(program, options("run"));
            assertEquals(average[0], Objects.requireNonNull(weights(program).get("dense.weight"))[0], 1e-5);
            assertEquals(average[2], Objects.requireNonNull(weights(program).get("dense.bias"))[0], 1e-5);
        }
        try (var first = program(classes, "Fit", Map.of())) {
            train(first, options("parts").withEpochs(2));
        }
        try (var second = program(classes, "Fit", Map.of())) {
            train(second, options("parts").withResume(true));
        }
        assertArrayEquals(file("run/best/weights.safetensors"), file("parts/best/weights.safetensors"));
        assertArrayEquals(file("run/last/weights.safetensors"), file("parts/last/weights.safetensors"));
    }

    /** By all pairs. */
    private double auc(float[] w, float[] b) {
        double pairs = 0;
        double right = 0;
        for (int i = 30; i < ROWS; i++) {
            for (int j = 30; j < ROWS; j++) {
                if (rows[i][3] == 1 && rows[j][3] == 0) {
                    float high = (float) (w[0] * rows[i][0] + w[1] * rows[i][1] + b[0]);
                    float low = (float) (w[0] * rows[j][0] + w[1] * rows[j][1] + b[0]);
                    pairs++;
                    right += high > low ? 1 : high == low ? 0.5 : 0;
                }
            }
        }
        return right / pairs;
    }
}
