package dev.nnd.compiler.cli;

import dev.nnd.compiler.CompiledFile;
import dev.nnd.compiler.emit.Docs;
import dev.nnd.compiler.ir.Evaluator;
import dev.nnd.compiler.ir.Graph;
import dev.nnd.compiler.ir.Node;
import dev.nnd.compiler.ir.Port;
import dev.nnd.compiler.ir.Value;
import dev.nnd.compiler.lower.RandomLowering;
import dev.nnd.compiler.lower.TrainingLowering;
import dev.nnd.runtime.memory.Tensor;
import dev.nnd.runtime.program.Parameter;
import dev.nnd.runtime.train.BadStep;
import java.lang.foreign.Arena;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/** Runs a step again, op by op with the reference, and names the first one whose result is not finite. */
final class FirstBadOp {
    /** The reference is slow: about a minute. */
    private static final double MOST_ELEMENTS = 2e7;

    private final CompiledFile.Training training;
    private final BadStep step;
    private final Map<String, double[]> inputs = new HashMap<>();

    private FirstBadOp(CompiledFile.Training training, BadStep step) {
        this.training = training;
        this.step = step;
    }

    /** One sentence; empty if nothing can be said, such as of a step that is too large to run that way. */
    static Optional<String> of(CompiledFile.Training training, BadStep step) {
        return new FirstBadOp(training, step).find();
    }

    private Optional<String> find() {
        Graph graph = training.statements().get(step.statement()).graph();
        Map<String, Long> dims =
                Map.of(TrainingLowering.BATCH, (long) step.batch().batch());
        double elements = 0;
        for (Node node : graph.nodes()) {
            for (Value value : node.outputs()) {
                if (!dims.keySet().containsAll(value.type().elements().variables())) {
                    return Optional.empty(); // sizes that are learned from data
                }
                elements += value.type().elements().evaluate(dims);
            }
        }
        Optional<String> input = fill(graph);
        if (input.isPresent() || elements > MOST_ELEMENTS) {
            return input;
        }
        var result = Evaluator.evaluate(graph, dims, inputs);
        for (Node node : graph.nodes()) {
            for (Value value : node.outputs()) {
                Optional<Double> bad = bad(result.value(value));
                if (bad.isPresent()) {
                    return Optional.of(told(node, bad.get(), result));
                }
            }
        }
        return Optional.empty();
    }

    /** Takes the operands; says so if one of them is not finite itself. */
    private Optional<String> fill(Graph graph) {
        var parameters = new HashMap<String, Parameter>();
        step.program().parameters().parameters().forEach(p -> parameters.put(p.name(), p));
        for (Port port : graph.inputs()) {
            double[] values = switch (port.role()) {
                case INPUT -> field(port.name());
                case PARAMETER, BUFFER -> weight(Objects.requireNonNull(parameters.get(port.name())));
                case SCALAR -> scalar(port.name());
                case STATE, CACHE, OUTPUT, LOSS, METRIC, UPDATED, GRADIENT ->
                    throw new IllegalArgumentException("a step has no input " + port);
            };
            inputs.put(port.name(), values);
            Optional<Double> bad = bad(values);
            if (bad.isPresent()) {
                boolean data = port.role() == Port.Role.INPUT;
                return Optional.of((data ? "The field `" : "The weight `") + port.name() + "` holds " + bad.get()
                        + (data ? "." : " before the step: an update before it was too large."));
            }
        }
        return Optional.empty();
    }

    private double[] field(String name) {
        var fields = step.program().data().fields();
        for (int i = 0; i < fields.size(); i++) {
            if (fields.get(i).name().equals(name)) {
                return elements(step.batch().fields().get(i));
            }
        }
        throw new IllegalArgumentException("there is no field " + name);
    }

    private static double[] elements(Tensor tensor) {
        var values = new double[Math.toIntExact(tensor.elements())];
        for (int i = 0; i < values.length; i++) {
            values[i] = switch (tensor.type()) {
                case F32 -> tensor.segment().getAtIndex(ValueLayout.JAVA_FLOAT, i);
                case F64 -> tensor.segment().getAtIndex(ValueLayout.JAVA_DOUBLE, i);
                case I32 -> tensor.segment().getAtIndex(ValueLayout.JAVA_INT, i);
                case I64 -> tensor.segment().getAtIndex(ValueLayout.JAVA_LONG, i);
                case U8, BOOL -> tensor.segment().get(ValueLayout.JAVA_BYTE, i) & 0xFF;
                case BF16 -> Float.intBitsToFloat(tensor.segment().getAtIndex(ValueLayout.JAVA_SHORT, i) << 16);
            };
        }
        return values;
    }

    private double[] weight(Parameter parameter) {
        try (var arena = Arena.ofConfined()) {
            var plain = arena.allocate(parameter.elements() * Float.BYTES, 64);
            step.program().parameters().read(parameter, plain);
            var values = new double[Math.toIntExact(parameter.elements())];
            for (int i = 0; i < values.length; i++) {
                values[i] = plain.getAtIndex(ValueLayout.JAVA_FLOAT, i);
            }
            return values;
        }
    }

    private double[] scalar(String name) {
        double value = switch (name) {
            case RandomLowering.SEED -> step.seed();
            case RandomLowering.STEP -> step.draw();
            default -> step.program().settings().values().getOrDefault(name, Double.NaN);
        };
        return new double[] {value};
    }

    /** A number that floats can't hold, as the step computes in floats. */
    private static Optional<Double> bad(double[] values) {
        return Arrays.stream(values)
                .filter(v -> !Float.isFinite((float) v))
                .mapToObj(v -> (double) (float) v)
                .findFirst();
    }

    private static String told(Node node, double bad, Evaluator.Result result) {
        var operands = new StringBuilder();
        for (Value operand : Set.copyOf(node.inputs())) {
            var range = Arrays.stream(result.value(operand)).summaryStatistics();
            operands.append(operands.isEmpty() ? "; it is computed from numbers from " : " and from ")
                    .append(String.format(Locale.ROOT, "%.4g to %.4g", range.getMin(), range.getMax()));
        }
        return "The first value that is not finite is " + bad + " in `"
                + node.origin().text() + "` (" + Docs.place(node.origin().span()) + ")" + operands + ".";
    }
}
