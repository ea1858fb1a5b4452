package dev.nnd.compiler.emit.program;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.nnd.compiler.CompiledFile;
import dev.nnd.compiler.ir.Port;
import dev.nnd.compiler.type.DType;
import dev.nnd.runtime.kernel.Provider;
import dev.nnd.runtime.memory.Tensor;
import dev.nnd.runtime.program.Parameter;
import dev.nnd.runtime.program.ParameterSet;
import dev.nnd.runtime.train.BatchProgram;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.reflect.Constructor;
import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;

/** Runs a generated model and its train section, whose fields are an array of floats and a {@code label}. */
final class ProgramRig {

    private final GeneratedProject project;
    private final String packageName;
    private final String model;
    private final int classes;

    ProgramRig(GeneratedProject project, String packageName, String model, int classes) {
        this.project = project;
        this.packageName = packageName;
        this.model = model;
        this.classes = classes;
    }

    /** A step's loss, metric and gradients are those of its graph. */
    void step(String training, long seed, String provider, int n) throws Exception {
        CompiledFile.Training section = project.compiled().trainings().getFirst();
        try (var weights = new Weights(seed)) {
            weights.parameters().enableGradients();
            BatchProgram program = training(training + "Step", Provider.named(provider, 1), weights, n);
            Map<String, double[]> inputs = weights.values();
            inputs.putAll(fill(program, n, new Random(seed)));
            program.run();
            if (weights.parameters().parameters().stream().allMatch(Parameter::trained)) {
                program.run(); // nothing is left of the first time
            }
            var expected = ReferenceNumbers.of(section.graph(), Map.of("N", (long) n), inputs);
            String where = "seed " + seed + ", " + provider + ", n " + n + ", ";
            expected.holds(Port.Role.LOSS, "loss", new double[] {program.loss()}, 1e-4, 1, where);
            expected.holds(Port.Role.METRIC, "accuracy", new double[] {program.metric(0)}, 1e-6, 1, where);
            assertEquals(n, program.batch());
            for (Parameter parameter : weights.parameters().parameters()) {
                var role = parameter.trained() ? Port.Role.GRADIENT : Port.Role.UPDATED;
                MemorySegment actual = parameter.trained() ? weights.gradient(parameter) : weights.value(parameter);
                expected.holds(role, parameter.name(), floats(actual), 5e-4, 1, where);
            }
            program.close();
        }
    }

    /** All that a step makes, as bits: losses, metrics, gradients, moved buffers, and what evaluation makes of the same. */
    Map<String, List<Integer>> bits(String training, long seed, String provider, int n) throws Exception {
        return bits(training, seed, Provider.named(provider, 1), n);
    }

    /** The same with a provider of any number of threads. */
    Map<String, List<Integer>> bits(String training, long seed, Provider provider, int n) throws Exception {
        var made = new TreeMap<String, List<Integer>>();
        for (String kind : List.of("Evaluation", "Step")) {
            try (var weights = new Weights(seed)) {
                weights.parameters().enableGradients();
                BatchProgram program = training(training + kind, provider, weights, n);
                fill(program, n, new Random(seed));
                program.run();
                made.put(kind + " loss", bits(new float[] {(float) program.loss(), (float) program.metric(0)}));
                for (Parameter parameter : weights.parameters().parameters()) {
                    if (kind.equals("Step")) {
                        MemorySegment values =
                                parameter.trained() ? weights.gradient(parameter) : weights.value(parameter);
                        made.put(parameter.name(), bits(values.toArray(ValueLayout.JAVA_FLOAT)));
                    }
                }
                program.close();
            }
        }
        return made;
    }

    private static List<Integer> bits(float[] values) {
        var bits = new ArrayList<Integer>();
        for (float value : values) {
            bits.add(Float.floatToRawIntBits(value));
        }
        return bits;
    }

    /** A model's parameters with random values. */
    final class Weights implements AutoCloseable {
        private final Object net;
        private final ParameterSet parameters;

        Weights(long seed) throws Exception {
            net = make(project.load(packageName + "." + model + "Weights"));
            parameters = (ParameterSet) call(net, "parameters");
            parameters.initialize(seed);
        }

        ParameterSet parameters() {
            return parameters;
        }

        /** In row-major order. */
        MemorySegment value(Parameter parameter) {
            MemorySegment plain = Arena.ofAuto().allocate(parameter.elements() * 4, 64);
            parameters().read(parameter, plain);
            return plain;
        }

        Map<String, double[]> values() {
            Map<String, double[]> values = new HashMap<>();
            for (Parameter parameter : parameters().parameters()) {
                try (var arena = Arena.ofConfined()) {
                    MemorySegment plain = arena.allocate(parameter.elements() * 4, 64);
                    parameters().read(parameter, plain);
                    values.put(parameter.name(), floats(plain));
                }
            }
            return values;
        }

        /** In row-major order: the values' place is borrowed to undo the layout. */
        MemorySegment gradient(Parameter parameter) {
            MemorySegment all = parameters().gradients();
            MemorySegment values = parameters().values();
            long from = parameter.offset() * 4;
            long bytes = parameter.storedElements() * 4;
            MemorySegment.copy(all, from, values, from, bytes);
            MemorySegment plain = Arena.ofAuto().allocate(parameter.elements() * 4, 64);
            parameters().read(parameter, plain);
            return plain;
        }

        @Override
        public void close() {
            parameters.close();
        }
    }

    Object bind(Provider provider, Weights weights, int n) throws Exception {
        for (Method method : project.load(packageName + "." + model + "Forward").getDeclaredMethods()) {
            if (method.getName().equals("bind")) {
                method.setAccessible(true);
                return method.invoke(null, provider, weights.net, n);
            }
        }
        throw new AssertionError("no method bind");
    }

    BatchProgram training(String name, Provider provider, Weights weights, int n) throws Exception {
        return (BatchProgram) make(project.load(packageName + "." + name), provider, weights.net, n);
    }

    static Object make(Class<?> type, Object... arguments) throws Exception {
        for (Constructor<?> constructor : type.getDeclaredConstructors()) {
            if (constructor.getParameterCount() == arguments.length) {
                constructor.setAccessible(true);
                return constructor.newInstance(arguments);
            }
        }
        throw new AssertionError("no constructor of " + type + " for " + arguments.length);
    }

    static Object call(Object target, String method) throws Exception {
        Method found = target.getClass().getDeclaredMethod(method);
        found.setAccessible(true);
        return found.invoke(target);
    }

    Map<String, double[]> fill(BatchProgram program, int n, Random random) {
        Map<String, double[]> inputs = new HashMap<>();
        for (Tensor field : program.fields()) {
            boolean label = field.name().equals("label");
            double[] values = random.doubles(field.elements())
                    .map(d -> label ? (int) (d * classes) : (float) d)
                    .toArray();
            inputs.put(field.name(), values);
            write(field.segment(), values, label ? DType.I32 : DType.F32);
            assertEquals(n, field.dim(0));
        }
        return inputs;
    }

    static void write(MemorySegment to, double[] values, DType dtype) {
        for (int i = 0; i < values.length; i++) {
            if (dtype == DType.I32) {
                to.setAtIndex(ValueLayout.JAVA_INT, i, (int) values[i]);
            } else {
                to.setAtIndex(ValueLayout.JAVA_FLOAT, i, (float) values[i]);
            }
        }
    }

    static double[] floats(MemorySegment segment) {
        double[] values = new double[Math.toIntExact(segment.byteSize() / 4)];
        for (int i = 0; i < values.length; i++) {
            values[i] = segment.getAtIndex(ValueLayout.JAVA_FLOAT, i);
        }
        return values;
    }

    /** In f32, sums of terms that cancel are off by parts of the terms: the largest element is the measure. */
    static void close(double[] expected, MemorySegment actual, String where) {
        double largest = Arrays.stream(expected).map(Math::abs).max().orElse(0);
        for (int i = 0; i < expected.length; i++) {
            int at = i;
            assertEquals(
                    expected[i],
                    actual.getAtIndex(ValueLayout.JAVA_FLOAT, i),
                    5e-4 * Math.max(1, largest),
                    () -> where + " [" + at + "]");
        }
    }
}
