package dev.nnd.compiler.emit.program;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.nnd.runtime.kernel.Provider;
import dev.nnd.runtime.memory.ElementType;
import dev.nnd.runtime.memory.Tensor;
import dev.nnd.runtime.program.Parameter;
import dev.nnd.runtime.program.ParameterSet;
import dev.nnd.runtime.train.BatchProgram;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.reflect.Constructor;
import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.function.Supplier;

/** Runs generated training steps on random examples and reads what they leave. */
final class StepRig {

    private StepRig() {}

    /**
     * What a step left.
     *
     * @param gradients of the parameters, row-major
     * @param buffers their new values
     * @param arenaBytes what the step's program takes
     */
    record Outcome(double loss, Map<String, double[]> gradients, Map<String, double[]> buffers, long arenaBytes) {}

    /** Runs steps of a project that has a model {@code Net} and a section {@code Training}; the outcome of the last. */
    static Outcome steps(GeneratedProject project, String provider, int n, long seed, int steps) throws Exception {
        return steps(project, Provider.named(provider, 1), n, seed, steps);
    }

    static Outcome steps(GeneratedProject project, Provider provider, int n, long seed, int steps) throws Exception {
        Object net = make(project.load("NetWeights"));
        try (var parameters = (ParameterSet) call(net, "parameters")) {
            parameters.enableGradients();
            parameters.initialize(seed);
            try (var step = (BatchProgram) make(project.load("TrainingStep"), provider, net, n)) {
                scramble(parameters, new Random(seed));
                fill(step, new Random(seed));
                for (int i = 0; i < steps; i++) {
                    step.random(seed, i);
                    step.run();
                }
                Map<String, double[]> gradients = new TreeMap<>();
                Map<String, double[]> buffers = new TreeMap<>();
                for (Parameter parameter : parameters.parameters()) {
                    if (parameter.trained()) {
                        gradients.put(parameter.name(), gradient(parameters, parameter));
                    } else {
                        buffers.put(parameter.name(), read(parameters, parameter));
                    }
                }
                return new Outcome(step.loss(), gradients, buffers, step.arenaBytes());
            }
        }
    }

    /** Within a tolerance of the loss, and of the largest of all gradients and of all buffers: those of a layer may cancel. */
    static void close(Outcome expected, Outcome actual, double relative, Supplier<String> where) {
        assertEquals(expected.loss(), actual.loss(), relative * Math.max(1, Math.abs(expected.loss())), where);
        close(expected.gradients(), actual.gradients(), relative, where);
        close(expected.buffers(), actual.buffers(), relative, where);
    }

    static void close(
            Map<String, double[]> expected, Map<String, double[]> actual, double relative, Supplier<String> where) {
        assertEquals(expected.keySet(), actual.keySet(), where);
        double largest = expected.values().stream()
                .flatMapToDouble(Arrays::stream)
                .map(Math::abs)
                .max()
                .orElse(0);
        expected.forEach((name, values) ->
                assertArrayEquals(values, actual.get(name), relative * largest, () -> name + ", " + where.get()));
    }

    /** Other values than the first ones, which are 0 and 1 for a batch norm. */
    static void scramble(ParameterSet parameters, Random random) {
        for (Parameter parameter : parameters.parameters()) {
            if (parameter.dims().length == 1) {
                try (var arena = Arena.ofConfined()) {
                    MemorySegment plain = arena.allocate(parameter.elements() * 4, 64);
                    for (int i = 0; i < parameter.elements(); i++) {
                        plain.setAtIndex(ValueLayout.JAVA_FLOAT, i, 0.5f + random.nextFloat());
                    }
                    parameters.write(parameter, plain);
                }
            }
        }
    }

    static Map<String, double[]> values(ParameterSet parameters) {
        Map<String, double[]> values = new HashMap<>();
        for (Parameter parameter : parameters.parameters()) {
            values.put(parameter.name(), read(parameters, parameter));
        }
        return values;
    }

    static double[] read(ParameterSet parameters, Parameter parameter) {
        try (var arena = Arena.ofConfined()) {
            MemorySegment plain = arena.allocate(parameter.elements() * 4, 64);
            parameters.read(parameter, plain);
            double[] values = new double[(int) parameter.elements()];
            for (int i = 0; i < values.length; i++) {
                values[i] = plain.getAtIndex(ValueLayout.JAVA_FLOAT, i);
            }
            return values;
        }
    }

    /** In row-major order: the values' place is borrowed to undo the layout. */
    static double[] gradient(ParameterSet parameters, Parameter parameter) {
        MemorySegment values = parameters.values();
        long from = parameter.offset() * 4;
        long bytes = parameter.storedElements() * 4;
        byte[] before = values.asSlice(from, bytes).toArray(ValueLayout.JAVA_BYTE);
        MemorySegment.copy(parameters.gradients(), from, values, from, bytes);
        double[] gradient = read(parameters, parameter);
        MemorySegment.copy(MemorySegment.ofArray(before), 0, values, from, bytes);
        return gradient;
    }

    static Map<String, double[]> fill(BatchProgram program, Random random) {
        Map<String, double[]> inputs = new HashMap<>();
        for (Tensor field : program.fields()) {
            boolean label = field.type() == ElementType.I32;
            double[] values = random.doubles(field.elements())
                    .map(d -> label ? (int) (d * 10) : (float) d)
                    .toArray();
            inputs.put(field.name(), values);
            for (int i = 0; i < values.length; i++) {
                if (label) {
                    field.segment().setAtIndex(ValueLayout.JAVA_INT, i, (int) values[i]);
                } else {
                    field.segment().setAtIndex(ValueLayout.JAVA_FLOAT, i, (float) values[i]);
                }
            }
        }
        return inputs;
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
}
