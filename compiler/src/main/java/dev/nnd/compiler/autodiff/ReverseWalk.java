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
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One walk over a graph's nodes from the last to the first, in which every node that the seeds depend on and that
 * depends on a target adds the nodes of its {@link GradientRules gradient rule}.
 */
final class ReverseWalk {

    /**
     * Where gradients start.
     *
     * @param of a value of the forward graph
     * @param port the name of the input that brings its gradient, null if that is 1
     */
    record Seed(Value of, @Nullable String port) {

        static Seed one(Value loss) {
            return new Seed(loss, null);
        }
    }

    private final Graph forward;
    private final List<Seed> seeds;
    private final List<Port> targets;
    private final FunctionHalves functions;
    private final GradientPaths paths;
    /** How calls and scans of the forward half are differentiated. */
    private final Map<Node, Consumer<BackwardStep>> calls = new HashMap<>();

    private final Map<Integer, Value> gradients = new HashMap<>();
    private final Map<Integer, String> names = new HashMap<>();

    ReverseWalk(Graph forward, List<Seed> seeds, List<Port> targets, FunctionHalves functions) {
        this.forward = forward;
        this.seeds = seeds;
        this.targets = targets;
        this.functions = functions;
        this.paths = new GradientPaths(
                forward,
                targets.stream().map(Port::value).toList(),
                seeds.stream().map(Seed::of).toList());
    }

    JointGraph run() {
        GraphBuilder builder = copyForward();
        int forwardNodes = builder.size();
        List<Node> nodes = builder.nodes();
        seeds.forEach(seed -> plant(builder, seed));
        for (Node node : nodes.reversed()) {
            differentiate(builder.at(node.origin()), node);
        }
        forward.outputs().forEach(builder::output);
        for (Port target : targets) {
            builder.output(Port.Role.GRADIENT, target.name(), gradientOrZero(builder, target));
        }
        return new JointGraph(Renaming.apply(builder.build(), names), forwardNodes);
    }

    private void plant(GraphBuilder builder, Seed seed) {
        Value of = seed.of();
        builder.at(origin(of));
        if (seed.port() != null) {
            Value gradient = builder.input(Port.Role.INPUT, seed.port(), of.type());
            if (paths.wants(of)) {
                accumulate(builder, of, gradient);
            }
        } else if (paths.wants(of)) {
            accumulate(builder, of, builder.constant(1, of.type().dtype()));
        }
    }

    private GraphBuilder copyForward() {
        var builder = new GraphBuilder(forward.name());
        forward.inputs().forEach(builder::input);
        forward.nodes().forEach(node -> node.outputs().forEach(builder::reserve));
        for (Node node : forward.nodes()) {
            builder.append(copy(builder, node));
        }
        return builder;
    }

    private Node copy(GraphBuilder builder, Node node) {
        boolean passed = node.outputs().stream().anyMatch(paths::passes);
        if (passed && node.op() instanceof Op.Call(var function)) {
            FunctionHalves.Halves halves = functions.of(function, paths.wantedInputs(node), paths.passedOutputs(node));
            Node call = halves.forwardCall(builder, node);
            calls.put(call, halves::backwardCall);
            return call;
        }
        if (passed && node.op() instanceof Op.Scan scan) {
            ScanHalves halves = ScanHalves.of(scan, paths.wantedInputs(node), functions);
            Node forwardScan = halves.forwardScan(builder, node);
            calls.put(forwardScan, step -> halves.backwardScan(step, node.origin()));
            return forwardScan;
        }
        boolean makeIndices = passed
                && node.op() instanceof Op.Pool pool
                && pool.function() == Op.PoolFunction.MAXIMUM
                && !pool.indices();
        return makeIndices ? withIndices(builder, node) : node;
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
        var step = new BackwardStep(builder, node, arriving, paths);
        Consumer<BackwardStep> call = calls.get(node);
        if (call != null) {
            call.accept(step);
        } else {
            GradientRules.apply(step);
        }
        for (int i = 0; i < node.inputs().size(); i++) {
            Value contribution = step.contribution(i);
            Value input = node.inputs().get(i);
            // A rule may make more than is wanted: nothing goes on from there.
            if (contribution != null && paths.wants(input)) {
                accumulate(builder, input, contribution);
            }
        }
    }

    private void accumulate(GraphBuilder builder, Value of, Value contribution) {
        Value before = gradients.get(of.id());
        Value sum = before == null ? contribution : builder.add(before, contribution);
        gradients.put(of.id(), sum);
        names.putIfAbsent(sum.id(), of.name() + "Gradient");
    }

    private Value gradientOrZero(GraphBuilder builder, Port target) {
        Value gradient = gradients.get(target.value().id());
        if (gradient != null) {
            return gradient;
        }
        Origin origin = origin(target.value());
        Value zero = builder.at(origin).constant(0, target.value().type().dtype());
        return builder.broadcast(zero, target.value().type().dims());
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
