package dev.nnd.compiler.lower;

import dev.nnd.compiler.ir.GraphBuilder;
import dev.nnd.compiler.ir.Op;
import dev.nnd.compiler.ir.Op.BinaryFunction;
import dev.nnd.compiler.ir.Value;
import dev.nnd.compiler.type.DType;
import dev.nnd.compiler.type.Dim;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** What lowerings say often of places along an axis. */
record IndexArithmetic(GraphBuilder to) {

    /** 0, 1, 2, ... */
    Value range(Dim size, DType dtype) {
        return to.apply(new Op.Iota(List.of(size), 0, dtype));
    }

    /** A vector of numbers, one for each entry of an axis, with the rank at which it broadcasts along that axis. */
    Value along(Value vector, int axis, int rank) {
        var dims = new ArrayList<>(Collections.nCopies(rank, Dim.ONE));
        dims.set(axis, vector.type().dim(0));
        return to.reshape(vector, dims);
    }

    /** From 0 to size - 1. */
    Value clamped(Value index, Dim size) {
        DType dtype = index.type().dtype();
        Value least = to.binary(BinaryFunction.MAXIMUM, index, to.constant(0, dtype));
        return to.binary(BinaryFunction.MINIMUM, least, to.size(size.minus(Dim.ONE), dtype));
    }

    /** i32, or i64 as it is; narrow whole numbers are widened. */
    Value index(Value index) {
        return index.type().dtype() == DType.I64 ? index : to.cast(index, DType.I32);
    }

    /** The entries of an axis at the indices of a vector or array. */
    Value take(Value x, Value index, int axis) {
        return to.apply(new Op.Gather(axis, false), x, index);
    }

    /** A part of one axis. */
    Value part(Value x, int axis, Dim from, Dim size) {
        int rank = x.type().rank();
        var start = new ArrayList<>(Collections.nCopies(rank, Dim.ZERO));
        var dims = new ArrayList<>(x.type().dims());
        start.set(axis, from);
        dims.set(axis, size);
        return dims.equals(x.type().dims()) && from.is(0)
                ? x
                : to.apply(new Op.Slice(start, Collections.nCopies(rank, 1), dims), x);
    }
}
