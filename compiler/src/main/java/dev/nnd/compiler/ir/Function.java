package dev.nnd.compiler.ir;

import dev.nnd.compiler.type.TensorType;
import java.util.List;

/**
 * A graph that other graphs {@link Op.Call call}: a block that is used more than once. Two functions are equal only if
 * they are one object, so that comparing calls costs nothing.
 *
 * <p>The operands of a call are the values of the graph's input ports, in order; its results are the output ports, in
 * order. Dims are over the free dims of the calling graph.
 */
public final class Function {

    private final Graph graph;
    private final boolean checkpoint;

    /** A function that computes a graph. */
    public Function(Graph graph) {
        this(graph, false);
    }

    private Function(Graph graph, boolean checkpoint) {
        this.graph = graph;
        this.checkpoint = checkpoint;
    }

    /** A function of which a differentiated graph keeps the operands only: its backward half computes the rest again. */
    public static Function checkpoint(Graph graph) {
        return new Function(graph, true);
    }

    /** The same function after a change of its graph. */
    Function with(Graph changed) {
        return new Function(changed, checkpoint);
    }

    /** Whether it is a {@link #checkpoint(Graph) checkpoint}; it stays a function however often it is called. */
    public boolean isCheckpoint() {
        return checkpoint;
    }

    /** What it computes. */
    public Graph graph() {
        return graph;
    }

    /** What it is called in printed graphs and, in Java's case, in generated code. */
    public String name() {
        return graph.name();
    }

    /** The types of the operands of a call. */
    public List<TensorType> operands() {
        return types(graph.inputs());
    }

    /** The types of the results of a call. */
    public List<TensorType> results() {
        return types(graph.outputs());
    }

    private static List<TensorType> types(List<Port> ports) {
        return ports.stream().map(p -> p.value().type()).toList();
    }

    @Override
    public String toString() {
        return name();
    }
}
