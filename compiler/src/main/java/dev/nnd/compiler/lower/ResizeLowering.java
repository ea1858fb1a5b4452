package dev.nnd.compiler.lower;

import dev.nnd.compiler.ir.GraphBuilder;
import dev.nnd.compiler.ir.Op;
import dev.nnd.compiler.ir.Op.BinaryFunction;
import dev.nnd.compiler.ir.Value;
import dev.nnd.compiler.type.DType;
import dev.nnd.compiler.type.Dim;
import dev.nnd.compiler.typed.TypedExpr;

/** Pictures of other sizes, axis by axis: entries at computed places, and between two of them a line. */
final class ResizeLowering {

    private final GraphBuilder to;
    private final IndexArithmetic indices;

    ResizeLowering(GraphBuilder to) {
        this.to = to;
        this.indices = new IndexArithmetic(to);
    }

    Value resize(TypedExpr.Apply e, Value x) {
        boolean linear = Attributes.of(e).text(0).equals("bilinear");
        boolean corners = Attributes.of(e).flag(1);
        Value result = x;
        for (int axis = x.type().rank() - 2; axis < x.type().rank(); axis++) {
            Dim size = e.type().dim(axis);
            if (!size.equals(result.type().dim(axis))) {
                result = linear ? linear(result, axis, size, corners) : nearest(result, axis, size);
            }
        }
        return result;
    }

    /** floor(i * from / to), in whole numbers. */
    private Value nearest(Value x, int axis, Dim size) {
        Value scaled =
                to.multiply(indices.range(size, DType.I64), to.size(x.type().dim(axis), DType.I64));
        Value place = to.binary(BinaryFunction.FLOOR_DIVIDE, scaled, to.size(size, DType.I64));
        return indices.take(x, to.cast(place, DType.I32), axis);
    }

    private Value linear(Value x, int axis, Dim size, boolean corners) {
        DType dtype = x.type().dtype();
        Dim from = x.type().dim(axis);
        Value place = corners ? withCorners(from, size, dtype) : centred(from, size, dtype);
        Value left = indices.clamped(to.cast(to.unary(Op.UnaryFunction.FLOOR, place), DType.I32), from);
        Value right = indices.clamped(to.add(left, to.constant(1, DType.I32)), from);
        Value share = indices.along(
                to.subtract(place, to.cast(left, dtype)), axis, x.type().rank());
        Value low = indices.take(x, left, axis);
        return to.add(low, to.multiply(share, to.subtract(indices.take(x, right, axis), low)));
    }

    /** (i + 1/2) * from / to - 1/2, at least 0: the middles of the entries lie over each other. */
    private Value centred(Dim from, Dim size, DType dtype) {
        Value middle = to.add(indices.range(size, dtype), to.constant(0.5, dtype));
        Value ratio = to.divide(to.size(from, dtype), to.size(size, dtype));
        Value place = to.subtract(to.multiply(middle, ratio), to.constant(0.5, dtype));
        return to.binary(BinaryFunction.MAXIMUM, place, to.constant(0, dtype));
    }

    /** i * (from - 1) / (to - 1): the first and the last entries lie over each other. */
    private Value withCorners(Dim from, Dim size, DType dtype) {
        Value gaps = to.size(size.minus(Dim.ONE).max(Dim.ONE), dtype);
        Value ratio = to.divide(to.size(from.minus(Dim.ONE), dtype), gaps);
        return to.multiply(indices.range(size, dtype), ratio);
    }
}
