package dev.nnd.compiler.autodiff;

import dev.nnd.compiler.ir.GraphBuilder;
import dev.nnd.compiler.ir.GraphException;
import dev.nnd.compiler.ir.Node;
import dev.nnd.compiler.ir.Op;
import dev.nnd.compiler.ir.Value;
import dev.nnd.compiler.type.DType;
import dev.nnd.compiler.type.Dim;
import dev.nnd.compiler.type.TensorType;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** What a gradient rule works with: one node, the gradients of its outputs, and a place for those of its operands. */
final class BackwardStep {

    /** For the nodes that the rule adds. */
    final GraphBuilder to;

    private final Node node;
    private final List<@Nullable Value> arriving;
    private final GradientPaths paths;
    private final List<@Nullable Value> contributions = new ArrayList<>();

    BackwardStep(GraphBuilder to, Node node, List<@Nullable Value> arriving, GradientPaths paths) {
        this.to = to;
        this.node = node;
        this.arriving = arriving;
        this.paths = paths;
        node.inputs().forEach(_ -> contributions.add(null));
    }

    Op op() {
        return node.op();
    }

    /** How many operands there are. */
    int count() {
        return node.inputs().size();
    }

    /** An operand. */
    Value in(int index) {
        return node.inputs().get(index);
    }

    /** An output. */
    Value out(int index) {
        return node.outputs().get(index);
    }

    /** The gradient of the only differentiable output. */
    Value dy() {
        Value gradient = arriving.getFirst();
        if (gradient == null) {
            throw new GraphException(node.op(), node.origin(), "no gradient arrives at its first output");
        }
        return gradient;
    }

    /** The gradient of an output, null if the loss does not depend on it. */
    @Nullable
    Value arriving(int output) {
        return arriving.get(output);
    }

    /** The gradient of an output, zeros if the loss does not depend on it. */
    Value arrivingOrZero(int output) {
        Value gradient = arriving.get(output);
        Value of = out(output);
        return gradient != null ? gradient : zeros(of.type());
    }

    /** An array of zeros. */
    Value zeros(TensorType type) {
        return to.broadcast(to.constant(0, type.dtype()), type.dims());
    }

    /** {@link #give} where somebody wants it. */
    void giveIfWanted(int input, Value gradient) {
        if (wants(input)) {
            give(input, gradient);
        }
    }

    /** Whether an operand's gradient is of use: the operand is or depends on a parameter. */
    boolean wants(int input) {
        return paths.wants(in(input)) && GradientFlow.passes(node.op(), input);
    }

    /** Hands back the gradient of an operand; where the operand was broadcast, the gradient is summed to its dims. */
    void give(int input, Value gradient) {
        Value fitting = sumTo(gradient, in(input).type().dims());
        if (!fitting.type().equals(in(input).type())) {
            throw new GraphException(node.op(), node.origin(), fitting + " is no gradient of " + in(input));
        }
        Value before = contributions.get(input);
        contributions.set(input, before == null ? fitting : to.add(before, fitting));
    }

    @Nullable
    Value contribution(int input) {
        return contributions.get(input);
    }

    /** A node has no rule: its derivative is not defined here. */
    GraphException undefined(String reason) {
        return new GraphException(node.op(), node.origin(), reason);
    }

    /** A scalar constant of the dtype of the gradients. */
    Value constant(double value) {
        return to.constant(value, dtype());
    }

    /** The dtype of the gradients. */
    DType dtype() {
        return node.output().type().dtype();
    }

    /** The sum over all axes along which broadcasting to the dims of {@code x} would repeat elements. */
    private Value sumTo(Value x, List<Dim> dims) {
        List<Dim> from = x.type().dims();
        if (from.equals(dims)) {
            return x;
        }
        int added = from.size() - dims.size();
        List<Integer> axes = IntStream.range(0, from.size())
                .filter(i ->
                        i < added || (dims.get(i - added).is(1) && !from.get(i).is(1)))
                .boxed()
                .toList();
        boolean keepDims = added == 0;
        return to.reshape(axes.isEmpty() ? x : to.reduceSum(x, axes, keepDims), dims);
    }
}
