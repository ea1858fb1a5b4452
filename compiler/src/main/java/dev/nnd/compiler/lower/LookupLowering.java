package dev.nnd.compiler.lower;

import dev.nnd.compiler.ir.GraphBuilder;
import dev.nnd.compiler.ir.Op;
import dev.nnd.compiler.ir.Value;
import dev.nnd.compiler.type.DType;
import dev.nnd.compiler.type.Dim;
import dev.nnd.compiler.typed.TypedExpr;
import java.util.ArrayList;
import java.util.List;

/** Functions that read or write at indices that are computed or come with the data. */
final class LookupLowering {

    private final GraphBuilder to;
    private final IndexArithmetic indices;
    private final BufferValues buffers;

    LookupLowering(GraphBuilder to, BufferValues buffers) {
        this.to = to;
        this.indices = new IndexArithmetic(to);
        this.buffers = buffers;
    }

    /** Whole entries of the axis, or with {@code each} one entry for every place. */
    Value gather(TypedExpr.Apply e, List<Value> in, boolean each, String name) {
        return to.apply(name, new Op.Gather(Attributes.of(e).number(0), each), in.get(0), indices.index(in.get(1)));
    }

    Value scatter(TypedExpr.Apply e, List<Value> in, Op.ScatterMode mode, String name) {
        var op = new Op.Scatter(
                Attributes.of(e).number(0), true, mode, in.get(0).type().dims());
        return to.apply(name, op, in.get(0), indices.index(in.get(1)), in.get(2));
    }

    /** Rows of the weight; the padding row is not trained. */
    Value embedding(TypedExpr.Apply e, List<Value> in, String name) {
        Value index = indices.index(in.get(0));
        Value rows = to.apply(name, new Op.Gather(0, false), in.get(1), index);
        Dim padding = Attributes.of(e).dim(0);
        if (!buffers.training() || padding.is(-1)) {
            return rows;
        }
        var dims = new ArrayList<>(index.type().dims());
        dims.add(Dim.ONE);
        Value padded = to.compare(
                Op.Comparison.EQUAL,
                to.reshape(index, dims),
                to.size(padding, index.type().dtype()));
        return to.select(padded, to.unary(Op.UnaryFunction.STOP_GRADIENT, rows), rows);
    }

    Value pick(List<Value> in, String name) {
        return to.apply(name, new Op.Pick(), in.get(0), to.cast(in.get(1), DType.I32));
    }

    Value oneHot(TypedExpr.Apply e, Value index, String name) {
        return to.apply(name, new Op.OneHot(Attributes.of(e).dim(0), e.type().dtype()), to.cast(index, DType.I32));
    }
}
