package dev.nnd.compiler.ir;

import dev.nnd.compiler.type.Dim;
import dev.nnd.compiler.type.TensorType;
import java.util.ArrayList;
import java.util.List;

/** Shape rules of matrix and inner products. */
final class ProductShapes {

    private ProductShapes() {}

    static TensorType matMul(Op.MatMul op, Operands in) {
        in.number(0);
        in.dtype(1, in.type(0).dtype());
        in.atLeast(0, 2);
        in.atLeast(1, 2);
        order(op, op.leftOrder(), in);
        order(op, op.rightOrder(), in);
        order(op, op.resultOrder(), in);
        TensorType left = in.type(0).withDims(Permutation.of(op.leftOrder(), in.dims(0)));
        TensorType right = in.type(1).withDims(Permutation.of(op.rightOrder(), in.dims(1)));
        Dim rows = left.dim(op.transposeLeft() ? -1 : -2);
        Dim inner = left.dim(op.transposeLeft() ? -2 : -1);
        Dim otherInner = right.dim(op.transposeRight() ? -1 : -2);
        Dim columns = right.dim(op.transposeRight() ? -2 : -1);
        in.require(inner.equals(otherInner), () -> "inner dims differ: " + in.type(0) + " and " + in.type(1));
        var dims = new ArrayList<>(in.broadcast(leading(left), leading(right)));
        dims.add(rows);
        dims.add(columns);
        return in.type(0).withDims(Permutation.of(op.resultOrder(), dims));
    }

    private static void order(Op.MatMul op, List<Integer> order, Operands in) {
        int rank = in.type(0).rank();
        boolean fits = order.isEmpty()
                || in.type(1).rank() == rank && Permutation.fits(order, rank) && order.getLast() == rank - 1;
        in.require(fits, () -> "no order of the axes of " + in.type(0) + " and " + in.type(1) + " for " + op);
    }

    private static List<Dim> leading(TensorType type) {
        return type.dims().subList(0, type.rank() - 2);
    }

    static TensorType innerProduct(Op.InnerProduct op, Operands in) {
        in.floating(0);
        in.dtype(1, in.type(0).dtype());
        in.atLeast(0, 2);
        in.atLeast(1, 2);
        features(in, in.dims(0), in.dims(1));
        Dim outputs = in.type(1).dim(0);
        if (op.bias()) {
            in.dtype(2, in.type(0).dtype());
            in.dims(2, List.of(outputs));
        }
        return in.type(0).withDims(List.of(in.type(0).dim(0), outputs));
    }

    static TensorType innerProductBackwardData(Op.InnerProductBackwardData op, Operands in) {
        in.floating(0);
        in.dtype(1, in.type(0).dtype());
        in.rank(0, 2);
        in.atLeast(1, 2);
        in.require(
                in.type(0).dim(1).equals(in.type(1).dim(0)),
                () -> "outputs differ: " + in.type(0) + " and " + in.type(1));
        in.require(op.inputDims().getFirst().equals(in.type(0).dim(0)), () -> "batches differ: " + op.inputDims());
        features(in, op.inputDims(), in.dims(1));
        return in.type(0).withDims(op.inputDims());
    }

    static List<TensorType> innerProductBackwardWeights(Op.InnerProductBackwardWeights op, Operands in) {
        in.floating(0);
        in.dtype(1, in.type(0).dtype());
        in.rank(0, 2);
        in.atLeast(1, 2);
        in.require(
                in.type(0).dim(0).equals(in.type(1).dim(0)),
                () -> "batches differ: " + in.type(0) + " and " + in.type(1));
        Dim outputs = in.type(0).dim(1);
        in.require(op.weightDims().getFirst().equals(outputs), () -> "outputs differ: " + op.weightDims());
        features(in, in.dims(1), op.weightDims());
        TensorType weights = in.type(0).withDims(op.weightDims());
        return op.bias() ? List.of(weights, in.type(0).withDims(List.of(outputs))) : List.of(weights);
    }

    /** The features of x are those of w, axis by axis or joined into one axis of w. */
    private static void features(Operands in, List<Dim> x, List<Dim> w) {
        List<Dim> left = x.subList(1, x.size());
        List<Dim> right = w.subList(1, w.size());
        boolean joined = w.size() == 2 && Dim.product(left).equals(right.getFirst());
        in.require(left.equals(right) || joined, () -> "features differ: " + x + " and " + w);
    }
}
