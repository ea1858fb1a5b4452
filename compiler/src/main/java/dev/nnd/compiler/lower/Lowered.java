package dev.nnd.compiler.lower;

import dev.nnd.compiler.ir.Graph;
import java.util.List;

/**
 * A graph and its parameters.
 *
 * @param graph has a PARAMETER port for each parameter, in the same order, used or not
 * @param parameters in the order of the instances in the file
 */
public record Lowered(Graph graph, List<LoweredParameter> parameters) {

    public Lowered {
        parameters = List.copyOf(parameters);
    }
}
