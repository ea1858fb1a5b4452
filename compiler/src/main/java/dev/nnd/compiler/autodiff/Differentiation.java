package dev.nnd.compiler.autodiff;

import dev.nnd.compiler.ir.Graph;
import dev.nnd.compiler.ir.GraphException;
import dev.nnd.compiler.ir.Port;
import java.util.List;

/** Reverse-mode differentiation of a graph by some of its inputs. */
public final class Differentiation {

    private Differentiation() {}

    /**
     * Adds the gradients of the loss by the given parameters. Forward nodes stay as they are and come first, but a
     * maximum pooling that a gradient passes also makes its indices, and a called function also makes what its backward
     * half reads; backward nodes follow in the reverse order of the forward ones, with the origin of the node that they
     * differentiate. A parameter that the loss does not depend on has a gradient of zeros. Two ports may lead to one
     * value.
     *
     * @param forward has one LOSS output, a scalar
     * @param parameters inputs of {@code forward}, of a float dtype
     * @throws GraphException if there is no such loss, or the loss depends on a parameter through an op without
     *     gradient rule
     */
    public static JointGraph gradients(Graph forward, List<Port> parameters) {
        Port loss = loss(forward);
        return new ReverseWalk(forward, List.of(ReverseWalk.Seed.one(loss.value())), parameters, new FunctionHalves())
                .run();
    }

    private static Port loss(Graph forward) {
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
}
