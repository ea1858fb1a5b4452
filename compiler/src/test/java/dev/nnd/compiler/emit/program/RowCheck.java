package dev.nnd.compiler.emit.program;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.nnd.compiler.autodiff.DifferenceChecks;
import dev.nnd.compiler.autodiff.FiniteDifference;
import dev.nnd.compiler.autodiff.LossTerms;
import dev.nnd.compiler.ir.Evaluator;
import dev.nnd.compiler.ir.Graph;
import dev.nnd.compiler.ir.Port;
import dev.nnd.compiler.type.DType;
import dev.nnd.compiler.type.DimCondition;
import dev.nnd.compiler.type.TensorType;
import dev.nnd.compiler.typed.Requirement;
import dev.nnd.runtime.program.Parameter;
import dev.nnd.runtime.program.ParameterSet;
import dev.nnd.runtime.program.Program;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import java.util.function.Supplier;

/**
 * Holds the generated programs of a line, forward and backward, to the reference, and its gradient along a random direction
 * of all float inputs and weights to finite differences in double precision.
 */
final class RowCheck {

    private final RowProject project;
    private final RowCase c;
    private final int rounds;
    private final List<Integer> sizes;
    private final double tolerance;
    private final DifferenceChecks checks;

    /**
     * A check of one line.
     *
     * @param rounds how often, each time with other sizes
     * @param sizes of free dims
     * @param tolerance of single precision, relative to the largest element
     * @param checks take the comparisons of gradients
     */
    RowCheck(
            RowProject project, RowCase c, int rounds, List<Integer> sizes, double tolerance, DifferenceChecks checks) {
        this.project = project;
        this.c = c;
        this.rounds = rounds;
        this.sizes = sizes;
        this.tolerance = tolerance;
        this.checks = checks;
    }

    void check(long seed) throws Exception {
        var random = new Random(seed);
        for (int round = 0; round < rounds; round++) {
            Map<String, Long> dims = dims(random);
            Map<String, double[]> inputs = inputs(c.row(), c.model().graph(), dims, random);
            c.loss().ifPresent(l -> inputs(c.row(), l, dims, random).forEach(inputs::putIfAbsent));
            String where = c.row().name() + ", seed " + seed + ", " + dims;
            for (String provider : List.of("reference", "best")) {
                run(c.forwardClass(), c.model().graph(), provider, dims, inputs, where);
                if (c.joint().isPresent()) {
                    run(c.gradientClass(), c.joint().get(), provider, dims, inputs, where + ", gradient");
                }
            }
            if (c.loss().isPresent()) {
                differences(dims, inputs, random, where);
            }
        }
    }

    /** Sizes that the model does not refuse; 16 times larger ones where it refuses small ones. */
    private Map<String, Long> dims(Random random) {
        List<DimCondition> conditions = c.model().model().block().requirements().stream()
                .map(Requirement::condition)
                .toList();
        for (int i = 0; i < 1000; i++) {
            Map<String, Long> dims = new TreeMap<>();
            for (String dim : c.model().model().freeDims()) {
                boolean required =
                        conditions.stream().anyMatch(r -> r.variables().contains(dim));
                int times = i >= 300 && required && random.nextBoolean() ? 16 : 1;
                dims.put(dim, (long) times * sizes.get(random.nextInt(sizes.size())));
            }
            if (conditions.stream().allMatch(r -> r.holds(dims))) {
                return dims;
            }
        }
        throw new AssertionError("no sizes fulfil what " + c.row().name() + " requires");
    }

    private static Map<String, double[]> inputs(OpRow row, Graph graph, Map<String, Long> dims, Random random) {
        var inputs = new HashMap<String, double[]>();
        for (Port port : graph.inputs()) {
            TensorType type = port.value().type();
            OpRow.Input input = row.inputs().stream()
                    .filter(i -> i.name().equals(port.name()))
                    .findFirst()
                    .orElse(new OpRow.Input("", "", 0.5, 1.5, ""));
            double[] values = new double[(int) type.elements().evaluate(dims)];
            for (int i = 0; i < values.length; i++) {
                values[i] = value(type.dtype(), input, dims, random);
            }
            inputs.put(port.name(), values);
        }
        return inputs;
    }

    private static double value(DType dtype, OpRow.Input input, Map<String, Long> dims, Random random) {
        if (!input.below().isEmpty()) {
            long limit = dims.containsKey(input.below()) ? dims.get(input.below()) : Long.parseLong(input.below());
            return random.nextInt((int) limit);
        }
        double value = input.low() + (input.high() - input.low()) * random.nextDouble();
        return switch (dtype) {
            case F64 -> value;
            case F32 -> (float) value;
            case BOOL -> random.nextInt(2);
            case U8 -> random.nextInt(256);
            case I64 -> input.name().isEmpty() ? random.nextLong(1L << 50) : Math.rint(value);
            case I32, I8 -> Math.rint(value);
            case F16, BF16 -> throw new IllegalArgumentException("no inputs of " + dtype);
        };
    }

    /** Runs the forward program once over random inputs, to finite numbers, and says in how many milliseconds a second time. */
    double runs(Map<String, Long> dims, long seed) throws Exception {
        Object net = make(project.load(c.row().name() + "Weights"));
        try (var parameters = (ParameterSet) call(net, "parameters")) {
            parameters.initialize(seed);
            var program = (Program) bind(c.forwardClass(), "best", net, dims);
            Graph graph = c.model().graph();
            write(program, graph, inputs(c.row(), graph, dims, new Random(seed)));
            program.run();
            long start = System.nanoTime();
            program.run();
            double milliseconds = (System.nanoTime() - start) / 1e6;
            for (Port port : graph.outputs()) {
                MemorySegment output = segment(program, port.name()).orElseThrow();
                DType dtype = port.value().type().dtype();
                long elements = port.value().type().elements().evaluate(dims);
                for (int i = 0; i < elements; i++) {
                    assertTrue(Double.isFinite(read(output, i, dtype)), port.name());
                }
            }
            program.close();
            return milliseconds;
        }
    }

    private void write(Program program, Graph graph, Map<String, double[]> inputs) throws Exception {
        for (Port port : graph.inputs()) {
            Optional<MemorySegment> segment =
                    port.role() == Port.Role.INPUT ? segment(program, port.name()) : Optional.empty();
            if (segment.isPresent()) {
                write(
                        segment.get(),
                        Objects.requireNonNull(inputs.get(port.name())),
                        port.value().type().dtype());
            }
        }
    }

    private void run(
            String className,
            Graph graph,
            String provider,
            Map<String, Long> dims,
            Map<String, double[]> inputs,
            String where)
            throws Exception {
        Object net = make(project.load(c.row().name() + "Weights"));
        try (var parameters = (ParameterSet) call(net, "parameters")) {
            parameters.initialize(1);
            var program = (Program) bind(className, provider, net, dims);
            weights(parameters, inputs);
            write(program, graph, inputs);
            if (inputs.containsKey("random.seed")) {
                program.random((long) Objects.requireNonNull(inputs.get("random.seed"))[0], (long)
                        Objects.requireNonNull(inputs.get("random.step"))[0]);
            }
            program.run();
            Evaluator.Result expected = Evaluator.evaluate(graph, dims, inputs);
            for (Port port : graph.outputs()) {
                compare(
                        expected.output(port.role(), port.name()),
                        segment(program, port.name()).orElseThrow(),
                        port.value().type().dtype(),
                        () -> InputRounding.spread(graph, dims, inputs, port.role(), port.name()),
                        where + ", " + provider + ", " + port.name());
            }
            program.close();
        }
    }

    /** The parameters' first values; the same for all programs of a model. */
    private static void weights(ParameterSet parameters, Map<String, double[]> inputs) {
        for (Parameter parameter : parameters.parameters()) {
            try (var arena = Arena.ofConfined()) {
                MemorySegment plain = arena.allocate(parameter.elements() * 4, 64);
                parameters.read(parameter, plain);
                double[] values = new double[(int) parameter.elements()];
                for (int i = 0; i < values.length; i++) {
                    values[i] = read(plain, i, DType.F32);
                }
                inputs.put(parameter.name(), values);
            }
        }
    }

    /** A number may be off by what it moves when the inputs are rounded; only where one is off does that have to be known. */
    private void compare(
            double[] expected, MemorySegment actual, DType dtype, Supplier<double[]> rounding, String where) {
        double scale = 1;
        for (double e : expected) {
            scale = Math.max(scale, Double.isFinite(e) ? Math.abs(e) : 0);
        }
        double tolerance = dtype == DType.F32 ? this.tolerance * scale : dtype == DType.F64 ? 1e-12 * scale : 0;
        double[] spread = null;
        for (int i = 0; i < expected.length; i++) {
            double found = read(actual, i, dtype);
            if (dtype == DType.F32 && Math.abs(expected[i] - found) > tolerance) {
                spread = spread == null ? rounding.get() : spread;
                assertEquals(expected[i], found, tolerance + 2 * spread[i], where + "[" + i + "]");
            } else {
                assertEquals(expected[i], found, tolerance, where + "[" + i + "]");
            }
        }
    }

    /** Along a random direction of all float inputs. */
    private void differences(Map<String, Long> dims, Map<String, double[]> inputs, Random random, String where) {
        Graph loss = c.frozen().orElseThrow();
        Graph stopped = c.stopped().orElseThrow();
        var values = Evaluator.evaluate(stopped, dims, inputs);
        stopped.outputs().forEach(p -> inputs.put(p.name(), values.output(p.role(), p.name())));
        var gradients = Evaluator.evaluate(c.joint().orElseThrow(), dims, inputs);
        Map<String, double[]> directions = new TreeMap<>();
        double expected = 0;
        for (Port port : c.joint().orElseThrow().outputs()) {
            String input = port.name().substring(2);
            double[] direction = random.doubles(Objects.requireNonNull(inputs.get(input)).length, -1, 1)
                    .toArray();
            directions.put(input, direction);
            double[] gradient = gradients.output(Port.Role.OUTPUT, port.name());
            for (int i = 0; i < direction.length; i++) {
                expected += direction[i] * gradient[i];
            }
        }
        double slope = expected;
        var terms = new LossTerms(loss);
        var difference =
                FiniteDifference.of(t -> terms.of(Evaluator.evaluate(loss, dims, moved(inputs, directions, t))));
        checks.check(difference, slope, () -> where);
    }

    private static Map<String, double[]> moved(
            Map<String, double[]> inputs, Map<String, double[]> directions, double distance) {
        var moved = new HashMap<>(inputs);
        directions.forEach((name, direction) -> {
            double[] values = Objects.requireNonNull(inputs.get(name)).clone();
            for (int i = 0; i < values.length; i++) {
                values[i] += distance * direction[i];
            }
            moved.put(name, values);
        });
        return moved;
    }

    private Object bind(String className, String provider, Object net, Map<String, Long> dims) throws Exception {
        var arguments = new ArrayList<Object>(List.of(CutProvider.named(provider, 3), net));
        c.model()
                .model()
                .freeDims()
                .forEach(d -> arguments.add(Objects.requireNonNull(dims.get(d)).intValue()));
        for (Method method : project.load(className).getDeclaredMethods()) {
            if (method.getName().equals("bind")) {
                method.setAccessible(true);
                try {
                    return method.invoke(null, arguments.toArray());
                } catch (InvocationTargetException e) {
                    throw e.getCause() instanceof Exception cause ? cause : e;
                }
            }
        }
        throw new AssertionError("no method bind");
    }

    private static Object make(Class<?> type) throws Exception {
        var constructor = type.getDeclaredConstructor();
        constructor.setAccessible(true);
        return constructor.newInstance();
    }

    private static Object call(Object target, String method) throws Exception {
        Method found = target.getClass().getDeclaredMethod(method);
        found.setAccessible(true);
        return found.invoke(target);
    }

    /** What the program calls the port; a graph that does not read an input has none for it. */
    private Optional<MemorySegment> segment(Object program, String port) throws Exception {
        String name = project.accessors(program.getClass().getSimpleName()).get(port);
        return name == null ? Optional.empty() : Optional.of((MemorySegment) call(program, name));
    }

    private static void write(MemorySegment to, double[] values, DType dtype) {
        for (int i = 0; i < values.length; i++) {
            switch (dtype) {
                case F64 -> to.setAtIndex(ValueLayout.JAVA_DOUBLE, i, values[i]);
                case F32 -> to.setAtIndex(ValueLayout.JAVA_FLOAT, i, (float) values[i]);
                case I64 -> to.setAtIndex(ValueLayout.JAVA_LONG, i, (long) values[i]);
                case I32 -> to.setAtIndex(ValueLayout.JAVA_INT, i, (int) values[i]);
                case I8, U8, BOOL -> to.set(ValueLayout.JAVA_BYTE, i, (byte) values[i]);
                case F16, BF16 -> throw new IllegalArgumentException("no inputs of " + dtype);
            }
        }
    }

    private static double read(MemorySegment from, int index, DType dtype) {
        return switch (dtype) {
            case F64 -> from.getAtIndex(ValueLayout.JAVA_DOUBLE, index);
            case F32 -> from.getAtIndex(ValueLayout.JAVA_FLOAT, index);
            case I64 -> from.getAtIndex(ValueLayout.JAVA_LONG, index);
            case I32 -> from.getAtIndex(ValueLayout.JAVA_INT, index);
            case U8, BOOL -> from.get(ValueLayout.JAVA_BYTE, index) & 0xFF;
            case I8 -> from.get(ValueLayout.JAVA_BYTE, index);
            case F16, BF16 -> throw new IllegalArgumentException("no outputs of " + dtype);
        };
    }
}
