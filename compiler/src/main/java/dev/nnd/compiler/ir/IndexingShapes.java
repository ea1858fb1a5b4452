package dev.nnd.compiler.ir;

import dev.nnd.compiler.type.DType;
import dev.nnd.compiler.type.Dim;
import dev.nnd.compiler.type.TensorType;
import java.util.ArrayList;
import java.util.List;

/** Shape rules of the ops that work by place along axes. */
final class IndexingShapes {

    private IndexingShapes() {}

    static List<TensorType> outputs(Op.Indexing op, Operands in) {
        return switch (op) {
            case Op.Iota o -> {
                in.require(o.axis() >= 0 && o.axis() < o.dims().size(), "has no such axis");
                yield List.of(new TensorType(o.dtype(), o.dims()));
            }
            case Op.Slice o -> List.of(slice(o, in));
            case Op.Pad o -> List.of(pad(o, in));
            case Op.Concat o -> List.of(concat(o, in));
            case Op.Gather o -> List.of(in.type(0).withDims(gathered(o.axis(), o.each(), in.dims(0), in)));
            case Op.Scatter o -> List.of(scatter(o, in));
            case Op.Cumulate o -> List.of(cumulate(o, in));
            case Op.Recurrence o -> {
                axis(o.axis(), in);
                in.floating(0);
                in.dtype(1, in.type(0).dtype());
                in.dims(1, in.dims(0));
                yield List.of(in.type(0));
            }
            case Op.Sort o -> sort(o, in);
            case Op.Random o -> {
                in.dtype(0, DType.I64);
                in.dtype(1, DType.I64);
                in.rank(0, 0);
                in.rank(1, 0);
                in.require(o.dtype().isFloat(), "makes floats");
                yield List.of(new TensorType(o.dtype(), o.dims()));
            }
        };
    }

    private static void axis(int axis, Operands in) {
        in.require(axis >= 0 && axis < in.type(0).rank(), in.type(0) + " has no axis " + axis);
    }

    private static TensorType slice(Op.Slice op, Operands in) {
        int rank = in.type(0).rank();
        in.require(
                op.start().size() == rank
                        && op.step().size() == rank
                        && op.dims().size() == rank,
                "needs a start, a step and a dim for every axis of " + in.type(0));
        in.require(!op.step().contains(0), "has a step of 0");
        return in.type(0).withDims(op.dims());
    }

    private static TensorType pad(Op.Pad op, Operands in) {
        int rank = in.type(0).rank();
        in.require(
                op.low().size() == rank
                        && op.high().size() == rank
                        && op.interior().size() == rank,
                "needs numbers for every axis of " + in.type(0));
        var dims = new ArrayList<Dim>();
        for (int axis = 0; axis < rank; axis++) {
            Dim size = in.dims(0).get(axis);
            dims.add(size.plus(op.low().get(axis))
                    .plus(op.high().get(axis))
                    .plus(size.minus(Dim.ONE).times(op.interior().get(axis))));
        }
        return in.type(0).withDims(dims);
    }

    private static TensorType concat(Op.Concat op, Operands in) {
        in.require(!in.types().isEmpty(), "needs an operand");
        axis(op.axis(), in);
        Dim sum = Dim.ZERO;
        for (int i = 0; i < in.types().size(); i++) {
            in.dtype(i, in.type(0).dtype());
            in.rank(i, in.type(0).rank());
            in.dims(i, with(in.dims(0), op.axis(), in.dims(i).get(op.axis())));
            sum = sum.plus(in.dims(i).get(op.axis()));
        }
        return in.type(0).withDims(with(in.dims(0), op.axis(), sum));
    }

    /** The dims of what is gathered from, or scattered into, a tensor of those dims; operand 1 is the index. */
    private static List<Dim> gathered(int axis, boolean each, List<Dim> dims, Operands in) {
        DType dtype = in.type(1).dtype();
        in.require(dtype == DType.I32 || dtype == DType.I64, () -> "the index " + in.type(1) + " should be i32 or i64");
        in.require(axis >= 0 && axis < dims.size(), dims + " has no axis " + axis);
        if (each) {
            in.rank(1, dims.size());
            in.dims(1, with(dims, axis, in.dims(1).get(axis)));
            return in.dims(1);
        }
        var result = new ArrayList<>(dims.subList(0, axis));
        result.addAll(in.dims(1));
        result.addAll(dims.subList(axis + 1, dims.size()));
        return result;
    }

    private static TensorType scatter(Op.Scatter op, Operands in) {
        in.require(
                in.type(0).rank() == 0 || in.dims(0).equals(op.dims()),
                "the base " + in.type(0) + " should be a scalar or of the dims " + op.dims());
        if (op.mode() != Op.ScatterMode.SET) {
            in.number(0);
        }
        in.dtype(2, in.type(0).dtype());
        in.dims(2, gathered(op.axis(), op.each(), op.dims(), in));
        return in.type(0).withDims(op.dims());
    }

    private static TensorType cumulate(Op.Cumulate op, Operands in) {
        in.number(0);
        axis(op.axis(), in);
        boolean neutral = op.function() == Op.CumulateFunction.SUM || op.function() == Op.CumulateFunction.PRODUCT;
        in.require(neutral || !op.exclusive(), "an exclusive maximum or minimum would start with nothing");
        return in.type(0);
    }

    private static List<TensorType> sort(Op.Sort op, Operands in) {
        in.number(0);
        axis(op.axis(), in);
        List<Dim> dims = with(in.dims(0), op.axis(), op.count());
        return List.of(in.type(0).withDims(dims), new TensorType(DType.I32, dims));
    }

    /** The dims with another size on one axis. */
    static List<Dim> with(List<Dim> dims, int axis, Dim size) {
        var result = new ArrayList<>(dims);
        result.set(axis, size);
        return List.copyOf(result);
    }
}
