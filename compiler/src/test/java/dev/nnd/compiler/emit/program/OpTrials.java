package dev.nnd.compiler.emit.program;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import com.palantir.javapoet.ClassName;
import dev.nnd.compiler.CompiledFile;
import dev.nnd.compiler.autodiff.Differentiation;
import dev.nnd.compiler.emit.GeneratedFile;
import dev.nnd.compiler.emit.kernel.KernelFile;
import dev.nnd.compiler.ir.Evaluator;
import dev.nnd.compiler.ir.Graph;
import dev.nnd.compiler.ir.GraphBuilder;
import dev.nnd.compiler.ir.Port;
import dev.nnd.compiler.ir.Value;
import dev.nnd.compiler.plan.ExecutionPlan;
import dev.nnd.compiler.plan.KernelNames;
import dev.nnd.compiler.plan.Planner;
import dev.nnd.compiler.rewrite.Passes;
import dev.nnd.compiler.type.DType;
import dev.nnd.compiler.type.TensorType;
import dev.nnd.runtime.kernel.Provider;
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
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;

/**
 * Compiles a row of models and tests each: the generated Java against the reference at awkward sizes, forward and backward,
 * and the gradient by every float input against finite differences in double precision.
 */
final class OpTrials {

    private static final int ROUNDS = 3;
    private static final List<Integer> SIZES = List.of(1, 2, 3, 5, 8, 17, 19);
    private static final double STEP = 1e-5;

    /** A compiled line: its forward graph, and with gradients if a float input reaches a float output. */
    private record Case(OpRow row, CompiledFile.Model model, Optional<Graph> loss, Optional<Graph> joint) {

        String gradientClass() {
            return row.name() + "Gradient";
        }
    }

    private final GeneratedProject project;
    private final List<Case> cases = new ArrayList<>();
    /** The Java names of the ports by the class of the program. */
    private final Map<String, Map<String, String>> accessors = new HashMap<>();

    OpTrials(List<OpRow> rows) {
        var text = new StringBuilder("package rows\n\n");
        rows.forEach(r -> text.append(r.model()));
        project = new GeneratedProject("rows.nnd", text.toString(), compiled -> more(rows, compiled));
    }

    /** The programs of the gradients. */
    private List<GeneratedFile> more(List<OpRow> rows, CompiledFile compiled) {
        var kernels = new KernelNames();
        for (OpRow row : rows) {
            CompiledFile.Model model = compiled.models().stream()
                    .filter(m -> m.model().name().equals(row.name()))
                    .findFirst()
                    .orElseThrow();
            accessors.put(row.name() + "Forward", ProgramEmitter.accessors(model.plan()));
            cases.add(make(row, model));
        }
        var file = new KernelFile("rows", "gradients.nnd");
        var extra = new ArrayList<GeneratedFile>();
        cases.forEach(c -> c.joint().ifPresent(g -> extra.addAll(program(c, g, kernels, file))));
        extra.addAll(file.files());
        return extra;
    }

    /** A test of each row with a fresh seed, or that of the system property {@code nnd.seed}. */
    Stream<DynamicTest> tests() {
        long seed = Long.getLong("nnd.seed", new Random().nextLong());
        return cases.stream().map(c -> dynamicTest(c.row().name(), () -> check(c, seed)));
    }

    private static Case make(OpRow row, CompiledFile.Model model) {
        Graph forward = model.graph();
        List<Port> floats = forward.inputs().stream()
                .filter(p -> p.role() == Port.Role.INPUT
                        && p.value().type().dtype().isFloat())
                .toList();
        boolean differentiable = !floats.isEmpty()
                && forward.outputs().stream()
                        .anyMatch(p -> p.value().type().dtype().isFloat());
        if (!differentiable) {
            return new Case(row, model, Optional.empty(), Optional.empty());
        }
        Graph loss = Passes.beforeAutodiff(loss(dev.nnd.compiler.lower.ModelLowering.lower(model.model(), true).graph()));
        List<Port> parameters = loss.inputs().stream()
                .filter(p -> p.role() == Port.Role.INPUT
                        && p.value().type().dtype().isFloat()
                        && !p.name().startsWith("weights"))
                .toList();
        Graph joint = outputs(Differentiation.gradients(loss, parameters).graph());
        return new Case(row, model, Optional.of(loss), Optional.of(Passes.afterAutodiff(joint)));
    }

    /** The sum of all float outputs, each element with a weight of its own. */
    private static Graph loss(Graph forward) {
        var to = new GraphBuilder(forward.name());
        forward.inputs().forEach(to::input);
        forward.nodes().forEach(to::append);
        to.at(forward.nodes().getLast().origin());
        Value total = null;
        for (Port port : forward.outputs()) {
            TensorType type = port.value().type();
            if (type.dtype().isFloat()) {
                Value weights = to.input(Port.Role.INPUT, "weights" + port.name(), type);
                Value terms = to.multiply(port.value(), weights);
                List<Integer> axes = IntStream.range(0, type.rank()).boxed().toList();
                Value sum = axes.isEmpty() ? terms : to.reduceSum(terms, axes, false);
                total = total == null ? sum : to.add(total, to.cast(sum, total.type().dtype()));
            }
        }
        to.output(Port.Role.LOSS, "loss", total);
        return to.build();
    }

    /** The same graph with its gradients as outputs, so that a forward program computes it. */
    private static Graph outputs(Graph joint) {
        List<Port> outputs = joint.outputs().stream()
                .filter(p -> p.role() == Port.Role.GRADIENT)
                .map(p -> new Port(Port.Role.OUTPUT, "d_" + p.name(), p.value()))
                .toList();
        return new Graph(joint.name(), joint.inputs(), joint.nodes(), outputs);
    }

    private List<GeneratedFile> program(Case c, Graph graph, KernelNames names, KernelFile kernels) {
        ExecutionPlan plan = new Planner(names).plan(graph, c.model().model().freeDims(), c.gradientClass());
        accessors.put(c.gradientClass(), ProgramEmitter.accessors(plan));
        var unit = new ProgramUnit(
                ProgramUnit.Kind.FORWARD,
                ClassName.get("rows", c.gradientClass()),
                ClassName.get("rows", c.row().name()),
                ClassName.get("rows", c.row().name() + "Weights"),
                c.model().model().declaration().span(),
                Optional.empty(),
                List.of());
        return ProgramEmitter.files(unit, plan, kernels);
    }

    private void check(Case c, long seed) throws Exception {
        var random = new Random(seed);
        for (int round = 0; round < ROUNDS; round++) {
            Map<String, Long> dims = new TreeMap<>();
            for (String dim : c.model().model().freeDims()) {
                dims.put(dim, (long) SIZES.get(random.nextInt(SIZES.size())));
            }
            Map<String, double[]> inputs = inputs(c.row(), c.model().graph(), dims, random);
            c.loss().ifPresent(l -> inputs(c.row(), l, dims, random).forEach(inputs::putIfAbsent));
            String where = c.row().name() + ", seed " + seed + ", " + dims;
            for (String provider : List.of("reference", "best")) {
                run(c, c.row().name() + "Forward", c.model().graph(), provider, dims, inputs, where);
                if (c.joint().isPresent()) {
                    run(c, c.gradientClass(), c.joint().get(), provider, dims, inputs, where + ", gradient");
                }
            }
            if (c.loss().isPresent()) {
                differences(c, dims, inputs, random, where);
            }
        }
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

    private void run(
            Case c,
            String className,
            Graph graph,
            String provider,
            Map<String, Long> dims,
            Map<String, double[]> inputs,
            String where)
            throws Exception {
        Object net = make(project.load("rows." + c.row().name() + "Weights"));
        try (var parameters = (ParameterSet) call(net, "parameters")) {
            parameters.initialize(1);
            var program = (Program) bind(className, provider, net, dims, c);
            weights(parameters, inputs);
            for (Port port : graph.inputs()) {
                if (port.role() != Port.Role.INPUT) {
                    continue;
                }
                Optional<MemorySegment> segment = segment(program, port.name());
                if (segment.isPresent()) {
                    write(segment.get(), inputs.get(port.name()), port.value().type().dtype());
                }
            }
            if (inputs.containsKey("random.seed")) {
                program.random((long) inputs.get("random.seed")[0], (long) inputs.get("random.step")[0]);
            }
            program.run();
            Evaluator.Result expected = Evaluator.evaluate(graph, dims, inputs);
            for (Port port : graph.outputs()) {
                compare(
                        expected.output(port.role(), port.name()),
                        segment(program, port.name()).orElseThrow(),
                        port.value().type().dtype(),
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

    private static void compare(double[] expected, MemorySegment actual, DType dtype, String where) {
        double scale = 1;
        for (double e : expected) {
            scale = Math.max(scale, Double.isFinite(e) ? Math.abs(e) : 0);
        }
        double tolerance = dtype == DType.F32 ? 1e-4 * scale : dtype == DType.F64 ? 1e-12 * scale : 0;
        for (int i = 0; i < expected.length; i++) {
            assertEquals(expected[i], read(actual, i, dtype), tolerance, where + "[" + i + "]");
        }
    }

    /** Along a random direction of all float inputs. */
    private static void differences(
            Case c, Map<String, Long> dims, Map<String, double[]> inputs, Random random, String where) {
        Graph loss = c.loss().orElseThrow();
        var gradients = Evaluator.evaluate(c.joint().orElseThrow(), dims, inputs);
        Map<String, double[]> directions = new TreeMap<>();
        double expected = 0;
        for (Port port : c.joint().orElseThrow().outputs()) {
            String input = port.name().substring(2);
            double[] direction = random.doubles(inputs.get(input).length, -1, 1).toArray();
            directions.put(input, direction);
            double[] gradient = gradients.output(Port.Role.OUTPUT, port.name());
            for (int i = 0; i < direction.length; i++) {
                expected += direction[i] * gradient[i];
            }
        }
        double difference = 0;
        for (double step : new double[] {STEP, STEP / 10, STEP / 100}) { // a kink is less often within a shorter step
            difference = (value(loss, dims, moved(inputs, directions, step))
                            - value(loss, dims, moved(inputs, directions, -step)))
                    / (2 * step);
            if (Math.abs(difference - expected) <= 2e-5 * (1 + Math.abs(expected))) {
                return;
            }
        }
        assertEquals(difference, expected, 2e-5 * (1 + Math.abs(expected)), where + ", finite difference");
    }

    private static double value(Graph loss, Map<String, Long> dims, Map<String, double[]> inputs) {
        return Evaluator.evaluate(loss, dims, inputs).output(Port.Role.LOSS, "loss")[0];
    }

    private static Map<String, double[]> moved(
            Map<String, double[]> inputs, Map<String, double[]> directions, double step) {
        var moved = new HashMap<>(inputs);
        directions.forEach((name, direction) -> {
            double[] values = inputs.get(name).clone();
            for (int i = 0; i < values.length; i++) {
                values[i] += step * direction[i];
            }
            moved.put(name, values);
        });
        return moved;
    }

    private Object bind(String className, String provider, Object net, Map<String, Long> dims, Case c)
            throws Exception {
        var arguments = new ArrayList<Object>(List.of(Provider.named(provider, 1), net));
        c.model().model().freeDims().forEach(d -> arguments.add(dims.get(d).intValue()));
        for (Method method : project.load("rows." + className).getDeclaredMethods()) {
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
        String name = accessors.get(program.getClass().getSimpleName()).get(port);
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
