package dev.nnd.compiler.emit.program;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.nnd.compiler.Seed;
import dev.nnd.compiler.autodiff.DifferenceChecks;
import dev.nnd.compiler.autodiff.FiniteDifference;
import dev.nnd.runtime.kernel.Provider;
import dev.nnd.runtime.program.Parameter;
import dev.nnd.runtime.program.ParameterSet;
import dev.nnd.runtime.train.BatchProgram;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the cell of a scan draws at random is drawn at each step, the same forward, backward and computed again. */
class ScanDrawsTest {

    private static final String REST = """

            data Images {
              source train = cifar("*.bin")
              field image: f32[3, 32, 32] = images / 255
              field label: class[10] = labels
            }

            train Training {
              model net = Net()
              data  Images
              minimize cross_entropy(net(image), label) using sgd(lr: 0.1)
              epochs 1
              batch  4
            }
            """;

    @Test
    void aFunctionDrawsAtEachStepAndWhatIsDrawnBeforeIsShared() throws Exception {
        var project = new GeneratedProject("net.nnd", """
                fn noisy(x: f32[N, D], h: f32[N, D]) = (h + x + uniform[N, D], h)
                model Net {
                  input x: f32[N, T, D]
                  input y: f32[N, D]
                  let before = uniform[N, D]
                  let start = zeros[N, D] + before
                  let inner = scan(x, noisy, start)
                  output drawn = inner.sequence - before[:, none, :]
                }
                """);
        Class<?> type = project.load("Net");
        try (var net = (AutoCloseable)
                Objects.requireNonNull(type.getMethod("initialize", long.class).invoke(null, 1L))) {
            var predict = type.getMethod("predict", float[].class, float[].class);
            float[] drawn = (float[]) Objects.requireNonNull(predict.invoke(net, new float[4 * 6], new float[6]));
            var steps = new ArrayList<List<Float>>();
            for (int t = 0; t < 4; t++) {
                var step = new ArrayList<Float>();
                for (int i = 0; i < 6; i++) {
                    float value = drawn[6 * t + i];
                    assertTrue(value > -1e-6 && value < 1 + 1e-6, () -> "" + value);
                    step.add(Math.round(value * 1e5f) / 1e5f);
                }
                steps.add(step);
            }
            assertEquals(4, steps.stream().distinct().count(), steps::toString);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "checkpoint "})
    void dropoutDiffersBetweenSteps(String word) throws Exception {
        var project = new GeneratedProject("net.nnd", word + """
                block Drop {
                  input x: f32[N, D]
                  input h: f32[N, 1]
                  output sequence = x -> Dropout(0.5)
                  output state = h
                }
                model Net {
                  input image: f32[N, 3, 32, 32]
                  param scale: f32[3, 32] = ones()
                  layer cell = Drop()
                  output logits: f32[N, 10] = scan(image[:, :, 0, :] * scale, cell, zeros[N, 1]).sequence -> flatten -> Dense(10)
                }
                """ + REST);
        long seed = Seed.fresh();
        double[] gradient = Objects.requireNonNull(
                StepRig.steps(project, "reference", 1, seed, 1).gradients().get("scale"));
        var kept = new ArrayList<List<Boolean>>();
        for (int t = 0; t < 3; t++) {
            kept.add(Arrays.stream(gradient, 32 * t, 32 * t + 32)
                    .mapToObj(g -> g != 0)
                    .toList());
            assertTrue(kept.get(t).contains(true) && kept.get(t).contains(false), "seed " + seed);
        }
        assertNotEquals(kept.get(0), kept.get(1), "seed " + seed);
        assertNotEquals(kept.get(1), kept.get(2), "seed " + seed);
    }

    /** The cell is used twice, and so is a function; in it is a block that draws, too, and is used twice. */
    private static final String TWICE = """
            block Inner {
              input x: f32[N, D]
              output x -> Dense(D) -> Dropout(0.3) -> tanh
            }
            WORDblock Cell {
              input x: f32[N, D]
              input h: f32[N, D]
              output state = tanh((x -> Dropout(0.4) -> Inner()) + (h -> Inner()))
            }
            model Net {
              input image: f32[N, 3, 32, 32]
              layer cell = Cell()
              let rows = image[:, :, 0, 0:5]
              output logits: f32[N, 10] = concat(scan(rows, cell, zeros[N, 5]).state,
                scan(rows, cell, zeros[N, 5], reverse: true).state, axis: -1) -> Dense(10)
            }
            """ + REST;

    @Test
    void gradientsAreThoseOfFiniteDifferences() throws Exception {
        long seed = Seed.fresh();
        var plain = new GeneratedProject("net.nnd", TWICE.replace("WORD", ""));
        var again = new GeneratedProject("net.nnd", TWICE.replace("WORD", "checkpoint "));
        Map<String, double[]> gradients =
                StepRig.steps(plain, "reference", 3, seed, 1).gradients();
        StepRig.close(
                gradients,
                StepRig.steps(again, "reference", 3, seed, 1).gradients(),
                1e-5,
                () -> "checkpoint, seed " + seed);
        var checks = new DifferenceChecks(1e-3);
        finiteDifferences(plain, seed).forEach((name, differences) -> {
            double[] gradient = Objects.requireNonNull(gradients.get(name));
            for (int i = 0; i < differences.size(); i++) {
                int at = i;
                checks.check(differences.get(i), gradient[i], () -> "seed " + seed + ", " + name + " at " + at);
            }
        });
        checks.mostAreSharp();
    }

    /** Of the first elements of each parameter, in the state in which {@link StepRig#steps} runs. */
    private static Map<String, List<FiniteDifference>> finiteDifferences(GeneratedProject project, long seed)
            throws Exception {
        Map<String, List<FiniteDifference>> all = new TreeMap<>();
        Object net = StepRig.make(project.load("NetWeights"));
        try (var parameters = (ParameterSet) StepRig.call(net, "parameters")) {
            parameters.enableGradients();
            parameters.initialize(seed);
            try (var step =
                    (BatchProgram) StepRig.make(project.load("TrainingStep"), Provider.named("reference", 1), net, 3)) {
                StepRig.scramble(parameters, new Random(seed));
                StepRig.fill(step, new Random(seed));
                for (Parameter parameter : parameters.parameters()) {
                    double[] values = StepRig.read(parameters, parameter);
                    var found = new ArrayList<FiniteDifference>();
                    for (int i = 0; i < Math.min(4, values.length); i++) {
                        int at = i;
                        found.add(FiniteDifference.ofFloats(
                                t -> new double[] {loss(step, parameters, parameter, values, at, t, seed)}, 0x1p-3));
                    }
                    write(parameters, parameter, values);
                    all.put(parameter.name(), found);
                }
            }
        }
        return all;
    }

    private static double loss(
            BatchProgram step,
            ParameterSet parameters,
            Parameter parameter,
            double[] values,
            int at,
            double by,
            long seed) {
        double[] moved = values.clone();
        moved[at] += by;
        write(parameters, parameter, moved);
        step.random(seed, 0);
        step.run();
        return step.loss();
    }

    private static void write(ParameterSet parameters, Parameter parameter, double[] values) {
        try (var arena = Arena.ofConfined()) {
            MemorySegment plain = arena.allocate(parameter.elements() * 4, 64);
            for (int i = 0; i < values.length; i++) {
                plain.setAtIndex(ValueLayout.JAVA_FLOAT, i, (float) values[i]);
            }
            parameters.write(parameter, plain);
        }
    }
}
