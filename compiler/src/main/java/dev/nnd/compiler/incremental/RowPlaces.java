package dev.nnd.compiler.incremental;

import dev.nnd.compiler.incremental.StepFunction.Extra;
import dev.nnd.compiler.ir.GraphBuilder;
import dev.nnd.compiler.ir.Op;
import dev.nnd.compiler.ir.Value;
import dev.nnd.compiler.type.DType;
import dev.nnd.compiler.type.Dim;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/** Where a step is in each row: positions, and the places of entries of values that have a row and a position. */
final class RowPlaces {

    private final GraphBuilder to;
    private final Axes axes;
    private final Function<Extra, Value> extra;

    RowPlaces(GraphBuilder to, Axes axes, Function<Extra, Value> extra) {
        this.to = to;
        this.axes = axes;
        this.extra = extra;
    }

    /** The positions of each row, i32 [N, T] or [N, 1]; of all, i32 [room]. */
    Value positions(Form form) {
        Value column = to.reshape(extraOf(Extra.START), List.of(axes.batchDim(), Dim.ONE));
        return switch (form) {
            case NOW -> to.add(column, iota(axes.timeDim()));
            case LAST -> to.add(column, to.reshape(extraOf(Extra.LAST), List.of(axes.batchDim(), Dim.ONE)));
            case FULL -> iota(axes.roomDim());
            case NONE -> throw new IllegalArgumentException("no positions");
        };
    }

    private Value extraOf(Extra which) {
        return extra.apply(which);
    }

    private Value iota(Dim size) {
        return to.apply(new Op.Iota(List.of(size), 0, DType.I32));
    }

    /** The cache with the step's positions written into it. */
    Value write(Value value, Value cache, Value now) {
        int time = axes.timeAxes(value).getFirst();
        int batch = requireBatch(value);
        int outer = Math.max(time, batch) + 1;
        Value index = place(cache.type().dims().subList(0, outer), time, batch, positions(Form.NOW), axes.timeDim());
        Value base = rows(cache, outer);
        Value updates = rows(now, outer);
        Value flat = to.reshape(index, List.of(index.type().elements()));
        var scatter = new Op.Scatter(0, false, Op.ScatterMode.SET, base.type().dims());
        return to.reshape(
                to.apply(value.name(), scatter, base, flat, updates),
                cache.type().dims());
    }

    /** Of what the step computes, the last position of each row. */
    Value last(Value value, Value now) {
        int time = axes.timeAxes(value).getFirst();
        int batch = requireBatch(value);
        int outer = Math.max(time, batch) + 1;
        Value last = to.reshape(extraOf(Extra.LAST), List.of(axes.batchDim(), Dim.ONE));
        Value index = place(now.type().dims().subList(0, outer), time, batch, last, Dim.ONE);
        Value flat = to.reshape(index, List.of(index.type().elements()));
        Value picked = to.apply(value.name(), new Op.Gather(0, false), rows(now, outer), flat);
        var dims = new ArrayList<>(now.type().dims());
        dims.set(time, Dim.ONE);
        return to.reshape(picked, dims);
    }

    private int requireBatch(Value value) {
        int batch = axes.batchAxis(value);
        boolean plain = value.type().dim(axes.timeAxes(value).getFirst()).equals(axes.timeDim());
        if (batch < 0 || !plain) {
            throw new NotIncremental(
                    "`" + to.place().text() + "` joins positions with something else, as " + value.type(), to.place());
        }
        return batch;
    }

    private Value rows(Value value, int outer) {
        List<Dim> dims = value.type().dims();
        return to.reshape(
                value, List.of(Dim.product(dims.subList(0, outer)), Dim.product(dims.subList(outer, dims.size()))));
    }

    /** The row-major place of entries in the first axes of a value; along one of them at given positions of each row. */
    private Value place(List<Dim> dims, int time, int batch, Value positions, Dim count) {
        int rank = dims.size();
        Value place = null;
        for (int axis = 0; axis < rank; axis++) {
            Value term = axis == time ? along(positions, batch, time, rank) : axis(axis, dims.get(axis), rank);
            place = place == null ? term : to.add(to.multiply(place, to.size(dims.get(axis), DType.I32)), term);
        }
        if (place == null) {
            throw new IllegalStateException("no axes");
        }
        var full = new ArrayList<>(dims);
        full.set(time, count);
        return to.broadcast(place, full);
    }

    private Value axis(int axis, Dim size, int rank) {
        var dims = new ArrayList<>(Axes.ones(rank));
        dims.set(axis, size);
        return to.reshape(iota(size), dims);
    }

    /** [N, T] along these axes of a value of that rank. */
    Value along(Value positions, int batch, int time, int rank) {
        Value ordered = batch < time ? positions : to.transpose(positions, List.of(1, 0));
        var dims = new ArrayList<>(Axes.ones(rank));
        dims.set(batch, axes.batchDim());
        dims.set(time, positions.type().dim(1));
        return to.reshape(ordered, dims);
    }
}
