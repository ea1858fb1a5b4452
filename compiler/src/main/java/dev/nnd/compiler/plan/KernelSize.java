package dev.nnd.compiler.plan;

import dev.nnd.compiler.ir.Graph;
import dev.nnd.compiler.ir.Op;
import java.util.Collection;

/**
 * How long the method of a kernel becomes, in simple ops. Functions such as the exponential stand in it with all their steps. C1
 * refuses methods of some 1,500 bytecodes, and what it refuses is interpreted for tens of thousands of calls before C2 takes it.
 */
final class KernelSize {

    /** Measured: five functions and fifteen simple ops made 2,594 bytecodes. */
    private static final int FUNCTION = 7;

    private KernelSize() {}

    static int of(Graph graph, Collection<Integer> nodes) {
        return nodes.stream().mapToInt(i -> of(graph.nodes().get(i).op())).sum();
    }

    static int of(Op op) {
        return op instanceof Op.Unary(Op.UnaryFunction function) && function.isSeries() ? FUNCTION : 1;
    }
}
