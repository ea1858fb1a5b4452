package dev.nnd.compiler.plan;

import dev.nnd.compiler.ir.Function;
import dev.nnd.compiler.ir.Graph;
import dev.nnd.compiler.ir.Port;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * How the calls of one function run. What a caller gives and takes are the {@code PORT}, {@code PARAMETER} and
 * {@code GRADIENT} buffers of its plan: inputs in whatever layout the caller has them if the buffer's layout is the
 * provider's choice, row-major otherwise; gradients likewise; outputs belong to the caller, who releases them.
 */
public final class FunctionPlan {

    private final String name;
    private final Graph graph;
    private final ExecutionPlan plan;
    private final List<Buffer> operands;
    private final List<Buffer> results;
    /** The ids of the buffers whose elements steps read. */
    private final Set<Integer> read = new HashSet<>();

    FunctionPlan(Function function, ExecutionPlan plan) {
        this.name = function.name();
        this.graph = function.graph();
        this.plan = plan;
        var byPort = new HashMap<Port, Buffer>();
        plan.buffers().forEach(b -> b.port().ifPresent(p -> byPort.putIfAbsent(p, b)));
        this.operands = buffers(graph.inputs(), byPort);
        this.results = buffers(graph.outputs(), byPort);
        for (Step step : plan.steps()) {
            Lifetimes.reads(step).forEach(id -> read.add(BufferTable.root(plan.buffers(), id)));
        }
    }

    /** The block's name, with a number if there are several of it. */
    public String name() {
        return name;
    }

    /** What an instance does. */
    public ExecutionPlan plan() {
        return plan;
    }

    /** The buffers of the operands, in the order of a call's inputs. */
    public List<Buffer> operands() {
        return operands;
    }

    /** The buffers of the results, in the order of a call's outputs. */
    public List<Buffer> results() {
        return results;
    }

    private List<Buffer> buffers(List<Port> ports, Map<Port, Buffer> byPort) {
        var buffers = new ArrayList<Buffer>();
        for (Port port : ports) {
            Buffer buffer = byPort.get(port);
            if (buffer == null) {
                throw new IllegalStateException(plan.name() + " has no buffer for " + port);
            }
            buffers.add(buffer);
        }
        return List.copyOf(buffers);
    }

    /** What it computes. */
    public Graph graph() {
        return graph;
    }

    /** True for the backward half of a function. */
    public boolean isBackward() {
        return graph.outputs().stream().anyMatch(p -> p.role() == Port.Role.GRADIENT)
                || graph.outputs().stream().anyMatch(p -> p.name().endsWith(".gradient"));
    }

    /** True if a step reads the elements of an operand, and not its layout alone. */
    boolean reads(int operand) {
        return read.contains(operands.get(operand).id());
    }

    @Override
    public String toString() {
        return name;
    }
}
