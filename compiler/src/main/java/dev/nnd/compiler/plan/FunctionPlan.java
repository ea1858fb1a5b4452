package dev.nnd.compiler.plan;

import dev.nnd.compiler.ir.Function;
import dev.nnd.compiler.ir.Graph;
import dev.nnd.compiler.ir.Port;
import java.util.ArrayList;
import java.util.List;

/**
 * How the calls of one function run. What a caller gives and takes are the {@code PORT}, {@code PARAMETER} and
 * {@code GRADIENT} buffers of its plan: inputs in whatever layout the caller has them if the buffer's layout is the
 * provider's choice, row-major otherwise; gradients likewise; outputs belong to the caller, who releases them.
 */
public final class FunctionPlan {

    private final String name;
    private final Graph graph;
    private final ExecutionPlan plan;

    FunctionPlan(Function function, ExecutionPlan plan) {
        this.name = function.name();
        this.graph = function.graph();
        this.plan = plan;
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
        return buffers(graph.inputs());
    }

    /** The buffers of the results, in the order of a call's outputs. */
    public List<Buffer> results() {
        return buffers(graph.outputs());
    }

    private List<Buffer> buffers(List<Port> ports) {
        var buffers = new ArrayList<Buffer>();
        for (Port port : ports) {
            buffers.add(plan.buffers().stream()
                    .filter(b -> b.port().filter(port::equals).isPresent())
                    .findFirst()
                    .orElseThrow(() -> new IllegalStateException(plan.name() + " has no buffer for " + port)));
        }
        return buffers;
    }

    /** True for the backward half of a function. */
    public boolean isBackward() {
        return graph.outputs().stream().anyMatch(p -> p.role() == Port.Role.GRADIENT)
                || graph.outputs().stream().anyMatch(p -> p.name().endsWith(".gradient"));
    }

    /** True if a step reads the elements of an operand, and not its layout alone. */
    boolean reads(int operand) {
        int id = operands().get(operand).id();
        return plan.steps().stream()
                .flatMap(s -> Lifetimes.reads(s).stream())
                .anyMatch(read -> BufferTable.root(plan.buffers(), read) == id);
    }

    @Override
    public String toString() {
        return name;
    }
}
