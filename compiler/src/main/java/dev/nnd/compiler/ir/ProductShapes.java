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
        Dim rows = in.type(0).dim(op.transposeLeft() ? -1 : -2);
        Dim inner = in.type(0).dim(op.transposeLeft() ? -2 : -1);
        Dim otherInner = in.type(1).dim(op.transposeRight() ? -1 : -2);
        Dim columns = in.type(1).dim(op.transposeRight() ? -2 : -1);
        in.require(inner.equals(otherInner), () -> "inner dims differ: " + in.type(0) + " and " + in.type(1));
        var dims = new ArrayList<>(in.broadcast(leading(in, 0), leading(in, 1)));
        dims.add(rows);
        dims.add(columns);
        return in.type(0).withDims(dims);
    }

    private static List<Dim> leading(Operands in, int index) {
        return in.dims(index).subList(0, in.type(index).rank() - 2);
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
        in.require(in.type(0).dim(1).equals(in.type(1).dim(0)), () -> "outputs differ: " + in.type(0) + " and " + in.type(1));
        in.require(op.inputDims().getFirst().equals(in.type(0).dim(0)), () -> "batches differ: " + op.inputDims());
        features(in, op.inputDims(), in.dims(1));
        return in.type(0).withDims(op.inputDims());
    }

    static List<TensorType> innerProductBackwardWeights(Op.InnerProductBackwardWeights op, Operands in) {
        in.floating(0);
        in.dtype(1, in.type(0).dtype());
        in.rank(0, 2);
        in.atLeast(1, 2);
        in.require(in.type(0).dim(0).equals(in.type(1).dim(0)), () -> "batches differ: " + in.type(0) + " and " + in.type(1));
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
