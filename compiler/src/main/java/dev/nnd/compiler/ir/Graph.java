package dev.nnd.compiler.ir;

import java.util.List;

/**
 * A graph of primitive ops in an order in which every value is made before it is used. Immutable; rewrites build a new
 * one.
 *
 * @param name what it computes, such as {@code SimpleCnn} or {@code MnistTraining}
 * @param inputs ports whose values come from outside
 * @param nodes in execution order
 * @param outputs ports whose values leave
 */
public record Graph(String name, List<Port> inputs, List<Node> nodes, List<Port> outputs) {

    public Graph {
        inputs = List.copyOf(inputs);
        nodes = List.copyOf(nodes);
        outputs = List.copyOf(outputs);
    }
}
