package dev.nnd.compiler.ir;

import dev.nnd.compiler.type.Dim;
import dev.nnd.compiler.type.TensorType;
import java.util.List;

/**
 * Floating-point operations as a function of the free dims. A multiply-add counts as two, as in the LAPACK working
 * notes and in vendors' peak numbers (tools that count "MACs" show half). Every other arithmetic step, comparison or
 * transcendental function counts as one; moving and finding elements counts as none. Products with a convolution's
 * padding count, as in PyTorch's {@code FlopCounterMode}; else the count would not be a polynomial in the dims.
 */
public final class FlopCount {

    private FlopCount() {}

    /** The sum over all nodes. */
    public static Dim of(Graph graph) {
        Dim sum = Dim.ZERO;
        for (Node node : graph.nodes()) {
            sum = sum.plus(of(node));
        }
        return sum;
    }

    /** Of one node. */
    public static Dim of(Node node) {
        return switch (node.op()) {
            case Op.Constant _, Op.Size _, Op.Reshape _, Op.Transpose _, Op.Broadcast _ -> Dim.ZERO;
            case Op.Select _, Op.Cast _, Op.Pick _, Op.OneHot _ -> Dim.ZERO;
            case Op.Unary _, Op.Binary _, Op.Compare _ -> output(node);
            case Op.Reduce _, Op.ArgMax _ -> input(node, 0);
            case Op.MatMul o -> twice(output(node).times(inner(o, in(node, 0))));
            case Op.InnerProduct o -> twice(product(node, 0, 1)).plus(tail(node, o.bias(), o.relu()));
            case Op.InnerProductBackwardData _ -> twice(product(node, 0, 1));
            case Op.InnerProductBackwardWeights o ->
                twice(input(node, 1).times(in(node, 0).dim(1))).plus(tail(in(node, 0), o.bias()));
            case Op.Convolution o ->
                convolution(node.output().type(), in(node, 1).dims())
                        .plus(tail(node, o.bias(), o.relu()))
                        .plus(tail(node, o.scaled(), o.scaled()))
                        .plus(tail(node, o.added(), false));
            case Op.ConvolutionBackwardData o ->
                convolution(in(node, 0), in(node, 1).dims()).plus(tail(node, o.bias(), false));
            case Op.ConvolutionBackwardWeights o ->
                convolution(in(node, 0), o.weightDims()).plus(tail(in(node, 0), o.bias()));
            case Op.Pool o -> output(node).times(Dim.of(elements(o.window())));
            case Op.PoolBackward o -> pooledBack(node, o);
            case Op.BatchNorm _ -> twice(input(node, 0));
            // Two sums for the statistics, then subtract and multiply for the result; likewise backward.
            case Op.BatchNormTraining _ -> input(node, 0).times(Dim.of(5));
            case Op.BatchNormBackward _ -> input(node, 0).times(Dim.of(8));
            // Maximum, subtract, exp, sum, divide; and likewise for the logarithm.
            case Op.Softmax _, Op.LogSoftmax _ -> input(node, 0).times(Dim.of(5));
            case Op.SoftmaxCrossEntropy _ -> input(node, 0).times(Dim.of(5));
            case Op.SoftmaxCrossEntropyBackward _ -> twice(input(node, 0));
            case Op.Scatter o -> o.mode() == Op.ScatterMode.SET ? Dim.ZERO : input(node, 2);
            case Op.Cumulate _, Op.Sort _ -> input(node, 0);
            case Op.Recurrence _ -> twice(input(node, 0));
            case Op.Random _ -> output(node);
            case Op.Iota _, Op.Slice _, Op.Pad _, Op.Concat _, Op.Gather _ -> Dim.ZERO;
            case Op.Call o -> of(o.function().graph());
            case Op.Scan o -> of(o.body().graph()).times(o.steps());
        };
    }

    private static TensorType in(Node node, int index) {
        return node.inputs().get(index).type();
    }

    private static Dim input(Node node, int index) {
        return in(node, index).elements();
    }

    private static Dim output(Node node) {
        return node.output().type().elements();
    }

    private static Dim inner(Op.MatMul op, TensorType left) {
        return left.withDims(Permutation.of(op.leftOrder(), left.dims())).dim(op.transposeLeft() ? -2 : -1);
    }

    private static Dim twice(Dim count) {
        return count.times(Dim.of(2));
    }

    /** The batch of one operand times the elements of the weights: every weight is used once an example. */
    private static Dim product(Node node, int batched, int weights) {
        return in(node, batched).dim(0).times(input(node, weights));
    }

    /** Every output element is a sum over one filter: channels of its group by kernel. */
    private static Dim convolution(TensorType y, List<Dim> weights) {
        return twice(y.elements().times(Dim.product(weights.subList(1, weights.size()))));
    }

    private static long elements(Op.Window window) {
        return window.kernel().stream().mapToLong(Integer::longValue).reduce(1, Math::multiplyExact);
    }

    /** A maximum goes to one place, a mean to all places of its window. */
    private static Dim pooledBack(Node node, Op.PoolBackward op) {
        Dim count = input(node, 0);
        return op.function() == Op.PoolFunction.MAXIMUM ? count : count.times(Dim.of(elements(op.window())));
    }

    private static Dim tail(Node node, boolean bias, boolean relu) {
        return tail(node.output().type(), bias).plus(tail(node.output().type(), relu));
    }

    private static Dim tail(TensorType type, boolean counts) {
        return counts ? type.elements() : Dim.ZERO;
    }
}
