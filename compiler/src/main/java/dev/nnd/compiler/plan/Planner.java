package dev.nnd.compiler.plan;

import dev.nnd.compiler.ir.Function;
import dev.nnd.compiler.ir.Functions;
import dev.nnd.compiler.ir.Graph;
import dev.nnd.compiler.ir.Node;
import dev.nnd.compiler.ir.Op;
import dev.nnd.compiler.ir.Port;
import dev.nnd.compiler.ir.Value;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Makes execution plans of rewritten graphs. */
public final class Planner {

    private final KernelNames kernels;

    /** A planner whose kernels share names with all planners of the same file. */
    public Planner(KernelNames kernels) {
        this.kernels = kernels;
    }

    /**
     * Plans a graph: the forward half, which is all that loss, metrics and outputs need, in the order of the file, then
     * the gradients. The layout of a parameter depends only on how the model uses it, so that all programs of a model
     * agree.
     *
     * @param planned an inference or evaluation graph, or a joint graph with gradients, as the passes after autodiff
     *     leave it
     * @param freeDims dim variables, in the order of the generated API
     * @param name of the program
     */
    public ExecutionPlan plan(Graph planned, Set<String> freeDims, String name) {
        Graph graph = Caches.inPlace(planned);
        var functions = new FunctionPlans();
        Map<Function, Integer> states = statesOfScans(graph);
        for (Function function : Functions.of(graph)) {
            Edge edge = states.containsKey(function) ? Edge.repeated(states.get(function)) : Edge.CALLED;
            functions.add(function, plan(function.graph(), freeDims, function.name(), functions, edge));
        }
        return plan(graph, freeDims, name, functions, Edge.PROGRAM);
    }

    /** The bodies of scans, and how many of their first results are states. */
    private static Map<Function, Integer> statesOfScans(Graph graph) {
        var states = new HashMap<Function, Integer>();
        addStates(graph, states);
        Functions.of(graph).forEach(f -> addStates(f.graph(), states));
        return states;
    }

    private static void addStates(Graph graph, Map<Function, Integer> states) {
        for (Node node : graph.nodes()) {
            if (node.op() instanceof Op.Scan scan) {
                states.merge(scan.body(), scan.states(), Math::max);
            }
        }
    }

    private ExecutionPlan plan(Graph graph, Set<String> freeDims, String name, FunctionPlans functions, Edge edge) {
        List<Unit> units = edge.use() == Use.PROGRAM ? Fusion.units(graph) : Fusion.unitsOfFunction(graph);
        StepBuilder.Built built = new StepBuilder(graph, kernels, functions, edge).build(units);
        List<List<Integer>> releases = Lifetimes.plan(built.steps(), built.buffers());
        return PlanVerifier.verify(new ExecutionPlan(
                name, freeDims, built.buffers().all(), built.steps(), releases, built.forwardSteps()));
    }

    /**
     * Plans the update of an optimizer as one kernel over all parameters at once. Its input numbers are the indexes of
     * the graph's input ports, its output numbers those of the input ports that the outputs of the same name replace.
     *
     * @param update an elementwise graph over one dim, and scalars, with UPDATED outputs
     */
    public Step.Kernel update(Graph update) {
        List<Value> inputs = update.inputs().stream().map(Port::value).toList();
        List<Value> outputs = update.outputs().stream().map(Port::value).toList();
        var made = new HashSet<Value>();
        update.nodes().forEach(n -> made.addAll(n.outputs()));
        List<Node> nodes = update.nodes();
        if (!made.containsAll(outputs)) {
            throw new IllegalArgumentException("the update " + update.name() + " hands an input through");
        }
        Body body = BodyBuilder.of(new Unit(Unit.Form.ELEMENTWISE, nodes, true, inputs, outputs));
        KernelNames.Named named = kernels.intern(body.kind(), body.graph(), Names.camel(update.name()));
        var replaced = new ArrayList<Integer>();
        for (Port output : update.outputs()) {
            replaced.add(update.inputs().stream().map(Port::name).toList().indexOf(output.name()));
        }
        List<Integer> numbers = inputs.stream().map(inputs::indexOf).toList();
        return new Step.Kernel(
                named.name(),
                body.kind(),
                named.body(),
                body.sizes(),
                numbers,
                List.copyOf(replaced),
                nodes.getLast().origin());
    }
}
