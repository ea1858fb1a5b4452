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
        in.require(inner.equals(otherInner), "inner dims differ: " + in.type(0) + " and " + in.type(1));
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
        in.require(features(in, 0).equals(features(in, 1)), "features differ: " + in.type(0) + " and " + in.type(1));
        Dim outputs = in.type(1).dim(0);
        if (op.bias()) {
            in.dtype(2, in.type(0).dtype());
            in.dims(2, List.of(outputs));
        }
        return in.type(0).withDims(List.of(in.type(0).dim(0), outputs));
    }

    static TensorType innerProductBackwardData(Operands in) {
        in.floating(0);
        in.dtype(1, in.type(0).dtype());
        in.rank(0, 2);
        in.atLeast(1, 2);
        in.require(in.type(0).dim(1).equals(in.type(1).dim(0)), "outputs differ: " + in.type(0) + " and " + in.type(1));
        return in.type(0).withDims(prepend(in.type(0).dim(0), features(in, 1)));
    }

    static List<TensorType> innerProductBackwardWeights(Op.InnerProductBackwardWeights op, Operands in) {
        in.floating(0);
        in.dtype(1, in.type(0).dtype());
        in.rank(0, 2);
        in.atLeast(1, 2);
        in.require(in.type(0).dim(0).equals(in.type(1).dim(0)), "batches differ: " + in.type(0) + " and " + in.type(1));
        Dim outputs = in.type(0).dim(1);
        TensorType weights = in.type(0).withDims(prepend(outputs, features(in, 1)));
        return op.bias() ? List.of(weights, in.type(0).withDims(List.of(outputs))) : List.of(weights);
    }

    private static List<Dim> features(Operands in, int index) {
        return in.dims(index).subList(1, in.type(index).rank());
    }

    private static List<Dim> prepend(Dim first, List<Dim> rest) {
        var dims = new ArrayList<Dim>();
        dims.add(first);
        dims.addAll(rest);
        return dims;
    }
}
