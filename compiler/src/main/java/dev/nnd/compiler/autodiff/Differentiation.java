package dev.nnd.compiler.autodiff;

import dev.nnd.compiler.ir.Graph;
import dev.nnd.compiler.ir.GraphBuilder;
import dev.nnd.compiler.ir.GraphException;
import dev.nnd.compiler.ir.Node;
import dev.nnd.compiler.ir.Op;
import dev.nnd.compiler.ir.Origin;
import dev.nnd.compiler.ir.Port;
import dev.nnd.compiler.ir.Value;
import dev.nnd.compiler.type.DType;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Reverse-mode differentiation of a graph: one walk over its nodes from the last to the first, in which every node that
 * the loss depends on and that depends on a parameter adds the nodes of its {@link GradientRules gradient rule}.
 */
public final class Differentiation {

    private final Graph forward;
    private final List<Port> parameters;
    /** Ids of the values through which a gradient reaches a parameter. */
    private final Set<Integer> wanted = new HashSet<>();

    private final Map<Integer, Value> gradients = new HashMap<>();
    private final Map<Integer, String> names = new HashMap<>();

    private Differentiation(Graph forward, List<Port> parameters) {
        this.forward = forward;
        this.parameters = parameters;
    }

    /**
     * Adds the gradients of the loss by the given parameters. Forward nodes stay as they are and come first, but a
     * maximum pooling that a gradient passes also makes its indices; backward nodes follow in the reverse order of the
     * forward ones, with the origin of the node that they differentiate. A parameter that the loss does not depend on
     * has a gradient of zeros. Two ports may lead to one value.
     *
     * @param forward has one LOSS output, a scalar
     * @param parameters inputs of {@code forward}, of a float dtype
     * @throws GraphException if there is no such loss, or the loss depends on a parameter through an op without
     *     gradient rule
     */
    public static JointGraph gradients(Graph forward, List<Port> parameters) {
        return new Differentiation(forward, parameters).run();
    }

    private JointGraph run() {
        Port loss = loss();
        parameters.forEach(port -> wanted.add(port.value().id()));
        forward.nodes().forEach(this::markWanted);
        GraphBuilder builder = copyForward();
        int forwardNodes = builder.size();
        List<Node> nodes = builder.nodes();
        if (wanted.contains(loss.value().id())) {
            builder.at(origin(loss.value()));
            gradients.put(
                    loss.value().id(), builder.constant(1, loss.value().type().dtype()));
        }
        for (Node node : nodes.reversed()) {
            differentiate(builder.at(node.origin()), node);
        }
        forward.outputs().forEach(builder::output);
        for (Port parameter : parameters) {
            builder.output(Port.Role.GRADIENT, parameter.name(), gradientOrZero(builder, parameter));
        }
        return new JointGraph(Renaming.apply(builder.build(), names), forwardNodes);
    }

    private Port loss() {
        List<Port> losses = forward.outputs().stream()
                .filter(p -> p.role() == Port.Role.LOSS)
                .toList();
        if (losses.size() != 1
                || losses.getFirst().value().type().rank() != 0
                || !losses.getFirst().value().type().dtype().isFloat()) {
            throw new GraphException(forward.name(), "should have one loss, a scalar, but has " + losses);
        }
        return losses.getFirst();
    }

    private void markWanted(Node node) {
        for (int i = 0; i < node.inputs().size(); i++) {
            if (wanted.contains(node.inputs().get(i).id()) && GradientFlow.passes(node.op(), i)) {
                node.outputs().stream().filter(v -> v.type().dtype().isFloat()).forEach(v -> wanted.add(v.id()));
            }
        }
    }

    private GraphBuilder copyForward() {
        var builder = new GraphBuilder(forward.name());
        forward.inputs().forEach(builder::input);
        forward.nodes().forEach(node -> node.outputs().forEach(builder::reserve));
        for (Node node : forward.nodes()) {
            boolean makeIndices = node.op() instanceof Op.Pool pool
                    && pool.function() == Op.PoolFunction.MAXIMUM
                    && !pool.indices()
                    && wanted.contains(node.output().id());
            builder.append(makeIndices ? withIndices(builder, node) : node);
        }
        return builder;
    }

    private static Node withIndices(GraphBuilder builder, Node node) {
        Op op = new Op.Pool(Op.PoolFunction.MAXIMUM, ((Op.Pool) node.op()).window(), true);
        Value maximum = node.output();
        Value indices = builder.fresh(maximum.name() + "Indices", maximum.type().as(DType.I32));
        return new Node(op, node.inputs(), List.of(maximum, indices), node.origin());
    }

    private void differentiate(GraphBuilder builder, Node node) {
        var arriving = new ArrayList<@Nullable Value>();
        for (Value output : node.outputs()) {
            arriving.add(gradients.get(output.id()));
        }
        if (arriving.stream().allMatch(v -> v == null)) {
            return;
        }
        var step = new BackwardStep(builder, node, arriving, wanted);
        GradientRules.apply(step);
        for (int i = 0; i < node.inputs().size(); i++) {
            Value contribution = step.contribution(i);
            if (contribution != null) {
                accumulate(builder, node.inputs().get(i), contribution);
            }
        }
    }

    private void accumulate(GraphBuilder builder, Value of, Value contribution) {
        Value before = gradients.get(of.id());
        Value sum = before == null ? contribution : builder.add(before, contribution);
        gradients.put(of.id(), sum);
        names.putIfAbsent(sum.id(), of.name() + "Gradient");
    }

    private Value gradientOrZero(GraphBuilder builder, Port parameter) {
        Value gradient = gradients.get(parameter.value().id());
        if (gradient != null) {
            return gradient;
        }
        Origin origin = origin(parameter.value());
        Value zero = builder.at(origin).constant(0, parameter.value().type().dtype());
        return builder.broadcast(zero, parameter.value().type().dims());
    }

    /** The node that makes the value, or else the first that uses it, or else the last of all. */
    private Origin origin(Value value) {
        for (Node node : forward.nodes()) {
            if (node.outputs().contains(value) || node.inputs().contains(value)) {
                return node.origin();
            }
        }
        if (forward.nodes().isEmpty()) {
            throw new GraphException(forward.name(), "has a loss but no nodes");
        }
        return forward.nodes().getLast().origin();
    }
}
