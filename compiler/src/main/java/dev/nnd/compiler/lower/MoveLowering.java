package dev.nnd.compiler.lower;

import dev.nnd.compiler.ir.GraphBuilder;
import dev.nnd.compiler.ir.Op;
import dev.nnd.compiler.ir.Op.BinaryFunction;
import dev.nnd.compiler.ir.Value;
import dev.nnd.compiler.type.DType;
import dev.nnd.compiler.type.Dim;
import dev.nnd.compiler.typed.TypedExpr;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** Functions that copy or move whole entries of axes. */
final class MoveLowering {

    private final GraphBuilder to;
    private final IndexArithmetic indices;

    MoveLowering(GraphBuilder to) {
        this.to = to;
        this.indices = new IndexArithmetic(to);
    }

    /** start, start + step, ... */
    Value range(TypedExpr.Apply e, String name) {
        Attributes attributes = Attributes.of(e);
        DType dtype = e.type().dtype();
        Value steps = indices.range(e.type().dim(0), dtype);
        Dim step = attributes.dim(1);
        Value scaled = step.is(1) ? steps : to.multiply(steps, to.size(step, dtype));
        return attributes.dim(0).is(0)
                ? scaled
                : to.apply(name, new Op.Binary(BinaryFunction.ADD), scaled, to.size(attributes.dim(0), dtype));
    }

    Value slice(TypedExpr.Apply e, Value x, String name) {
        Attributes attributes = Attributes.of(e);
        return to.apply(
                name,
                new Op.Slice(attributes.dims(0), attributes.ints(1), e.type().dims()),
                x);
    }

    Value concat(TypedExpr.Apply e, List<Value> in, String name) {
        return in.size() == 1
                ? in.getFirst()
                : to.applyAll(name, new Op.Concat(Attributes.of(e).number(0)), in)
                        .getFirst();
    }

    Value flip(TypedExpr.Apply e, Value x, String name) {
        int rank = x.type().rank();
        var start = new ArrayList<>(Collections.nCopies(rank, Dim.ZERO));
        var step = new ArrayList<>(Collections.nCopies(rank, 1));
        for (int axis : Attributes.of(e).ints(0)) {
            start.set(axis, x.type().dim(axis).minus(Dim.ONE));
            step.set(axis, -1);
        }
        return to.apply(name, new Op.Slice(start, step, x.type().dims()), x);
    }

    /** Two parts change places; where a size is free, the shift may be larger than it: then by computed indices. */
    Value roll(TypedExpr.Apply e, Value x, String name) {
        Dim shift = Attributes.of(e).dim(0);
        int axis = Attributes.of(e).number(1);
        Dim size = x.type().dim(axis);
        if (shift.constant().isPresent() && size.constant().isPresent()) {
            long by =
                    Math.floorMod(shift.constant().getAsLong(), size.constant().getAsLong());
            if (by == 0) {
                return x;
            }
            Value end = indices.part(x, axis, size.minus(Dim.of(by)), Dim.of(by));
            Value start = indices.part(x, axis, Dim.ZERO, size.minus(Dim.of(by)));
            return to.apply(name, new Op.Concat(axis), end, start);
        }
        Value place = to.subtract(indices.range(size, DType.I32), to.size(shift, DType.I32));
        Value from = to.binary(BinaryFunction.REMAINDER, place, to.size(size, DType.I32));
        return to.apply(name, new Op.Gather(axis, false), x, from);
    }

    Value pad(TypedExpr.Apply e, Value x, String name) {
        Attributes attributes = Attributes.of(e);
        String mode = attributes.text(2);
        List<Dim> low = attributes.dims(0);
        List<Dim> high = attributes.dims(1);
        if (mode.equals("constant")) {
            List<Integer> dense = Collections.nCopies(low.size(), 0);
            return to.apply(name, new Op.Pad(low, high, dense, attributes.real(3)), x);
        }
        Value result = x;
        for (int axis = 0; axis < low.size(); axis++) {
            if (!low.get(axis).is(0) || !high.get(axis).is(0)) {
                Dim size = x.type().dim(axis);
                Value place =
                        to.subtract(indices.range(e.type().dim(axis), DType.I32), to.size(low.get(axis), DType.I32));
                Value from = mode.equals("reflect") ? mirrored(place, size) : indices.clamped(place, size);
                result = indices.take(result, from, axis);
            }
        }
        return result;
    }

    /** Places before the first and behind the last entry, mirrored at these: last - |last - |place||. */
    private Value mirrored(Value place, Dim size) {
        Value last = to.size(size.minus(Dim.ONE), DType.I32);
        Value front = to.unary(Op.UnaryFunction.ABS, place);
        return to.subtract(last, to.unary(Op.UnaryFunction.ABS, to.subtract(last, front)));
    }
}
