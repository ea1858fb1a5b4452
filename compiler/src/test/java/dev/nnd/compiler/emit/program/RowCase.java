package dev.nnd.compiler.emit.program;

import com.palantir.javapoet.ClassName;
import dev.nnd.compiler.CompiledFile;
import dev.nnd.compiler.autodiff.Differentiation;
import dev.nnd.compiler.emit.GeneratedFile;
import dev.nnd.compiler.emit.kernel.KernelFile;
import dev.nnd.compiler.emit.model.WeightsClass;
import dev.nnd.compiler.ir.Graph;
import dev.nnd.compiler.ir.GraphBuilder;
import dev.nnd.compiler.ir.Node;
import dev.nnd.compiler.ir.Op;
import dev.nnd.compiler.ir.Port;
import dev.nnd.compiler.ir.Value;
import dev.nnd.compiler.lower.ModelLowering;
import dev.nnd.compiler.plan.ExecutionPlan;
import dev.nnd.compiler.plan.KernelNames;
import dev.nnd.compiler.plan.Planner;
import dev.nnd.compiler.rewrite.Passes;
import dev.nnd.compiler.type.TensorType;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * A compiled line of a table.
 *
 * @param loss the sum of its outputs, each element with a weight of its own, as it is trained; empty if no float input or
 *     weight reaches a float output
 * @param frozen the same with an input {@code stopped:k} in place of the k-th value that lets no gradient through
 * @param stopped the graph of these values, its outputs
 * @param joint the loss with the gradients by all float inputs and weights as outputs {@code d_NAME}
 */
record RowCase(
        OpRow row,
        CompiledFile.Model model,
        Optional<Graph> loss,
        Optional<Graph> frozen,
        Optional<Graph> stopped,
        Optional<Graph> joint) {

    static RowCase of(OpRow row, CompiledFile.Model model) {
        Graph lowered = ModelLowering.lower(model.model(), true).graph();
        boolean differentiable = lowered.inputs().stream().anyMatch(RowCase::moves)
                && lowered.outputs().stream().anyMatch(RowCase::counts);
        if (!differentiable) {
            return new RowCase(row, model, Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty());
        }
        Graph loss = Passes.beforeAutodiff(loss(lowered));
        List<Port> moved = loss.inputs().stream()
                .filter(p -> moves(p) && !p.name().startsWith("weights:"))
                .toList();
        Graph joint = outputs(Differentiation.gradients(loss, moved).graph());
        return new RowCase(
                row,
                model,
                Optional.of(loss),
                Optional.of(frozen(loss)),
                Optional.of(stopped(loss)),
                Optional.of(Passes.afterAutodiff(joint)));
    }

    private static boolean moves(Port port) {
        return port.value().type().dtype().isFloat()
                && (port.role() == Port.Role.INPUT || port.role() == Port.Role.PARAMETER);
    }

    private static boolean counts(Port port) {
        return port.value().type().dtype().isFloat() && port.role() == Port.Role.OUTPUT;
    }

    String forwardClass() {
        return row.name() + "Forward";
    }

    String gradientClass() {
        return row.name() + "Gradient";
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
            if (counts(port)) {
                Value weights = to.input(Port.Role.INPUT, "weights:" + port.name(), type);
                Value terms = to.multiply(port.value(), weights);
                List<Integer> axes = IntStream.range(0, type.rank()).boxed().toList();
                Value sum = axes.isEmpty() ? terms : to.reduceSum(terms, axes, false);
                total = total == null
                        ? sum
                        : to.add(total, to.cast(sum, total.type().dtype()));
            }
        }
        to.output(Port.Role.LOSS, "loss", Objects.requireNonNull(total, "a float output"));
        return to.build();
    }

    private static boolean stops(Node node) {
        return node.op() instanceof Op.Unary(Op.UnaryFunction f) && f == Op.UnaryFunction.STOP_GRADIENT;
    }

    private static Graph frozen(Graph loss) {
        var inputs = new ArrayList<>(loss.inputs());
        for (Node node : loss.nodes()) {
            if (stops(node)) {
                inputs.add(new Port(
                        Port.Role.INPUT,
                        "stopped:" + node.outputs().getFirst().id(),
                        node.outputs().getFirst()));
            }
        }
        List<Node> nodes = loss.nodes().stream().filter(n -> !stops(n)).toList();
        return new Graph(loss.name(), inputs, nodes, loss.outputs());
    }

    private static Graph stopped(Graph loss) {
        List<Port> outputs = loss.nodes().stream()
                .filter(RowCase::stops)
                .map(n -> n.outputs().getFirst())
                .map(v -> new Port(Port.Role.OUTPUT, "stopped:" + v.id(), v))
                .toList();
        return new Graph(loss.name(), loss.inputs(), loss.nodes(), outputs);
    }

    /** The same graph with its gradients as outputs, so that a forward program computes it. */
    private static Graph outputs(Graph joint) {
        List<Port> outputs = joint.outputs().stream()
                .filter(p -> p.role() == Port.Role.GRADIENT)
                .map(p -> new Port(Port.Role.OUTPUT, "d_" + p.name(), p.value()))
                .toList();
        return new Graph(joint.name(), joint.inputs(), joint.nodes(), outputs);
    }

    /** The program of the gradients; {@code accessors} learns the Java names of its ports. */
    List<GeneratedFile> program(KernelNames names, KernelFile kernels, Map<String, Map<String, String>> accessors) {
        ExecutionPlan plan =
                new Planner(names).plan(joint.orElseThrow(), model.model().freeDims(), gradientClass());
        accessors.put(gradientClass(), ProgramEmitter.accessors(plan));
        var unit = new ProgramUnit(
                ProgramUnit.Kind.FORWARD,
                ClassName.get("rows", gradientClass()),
                ClassName.get("rows", row.name()),
                ClassName.get("rows", row.name() + "Weights"),
                WeightsClass.of("rows", model.model(), model.parameters(), model.plan(), Optional.empty())
                        .names(),
                model.model().declaration().span(),
                Optional.empty(),
                List.of());
        return ProgramEmitter.files(unit, plan, kernels);
    }
}
