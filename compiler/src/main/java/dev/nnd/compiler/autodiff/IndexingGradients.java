package dev.nnd.compiler.autodiff;

import dev.nnd.compiler.ir.GraphBuilder;
import dev.nnd.compiler.ir.Op;
import dev.nnd.compiler.ir.Op.Comparison;
import dev.nnd.compiler.ir.Op.CumulateFunction;
import dev.nnd.compiler.ir.Op.ScatterMode;
import dev.nnd.compiler.ir.Value;
import dev.nnd.compiler.type.DType;
import dev.nnd.compiler.type.Dim;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;

/** Gradients of the ops that work by place along axes: what was moved is moved back, what was copied is added up. */
final class IndexingGradients {

    private IndexingGradients() {}

    static void apply(Op.Indexing op, BackwardStep step) {
        switch (op) {
            case Op.Iota _, Op.Random _ -> {}
            case Op.Slice o -> step.give(0, slice(o, step));
            case Op.Pad o -> {
                List<Integer> stride = o.interior().stream().map(i -> i + 1).toList();
                step.give(
                        0,
                        step.to.apply(
                                new Op.Slice(o.low(), stride, step.in(0).type().dims()), step.dy()));
            }
            case Op.Concat o -> concat(o.axis(), step);
            case Op.Gather o -> {
                List<Dim> dims = step.in(0).type().dims();
                var back = new Op.Scatter(o.axis(), o.each(), ScatterMode.ADD, dims);
                step.give(0, step.to.apply(back, step.constant(0), step.in(1), step.dy()));
            }
            case Op.Scatter o -> scatter(o, step);
            case Op.Cumulate o -> cumulate(o, step);
            case Op.Recurrence o -> recurrence(o, step);
            case Op.Sort o -> {
                Value dy = step.arriving(0);
                if (dy != null) {
                    var back = new Op.Scatter(
                            o.axis(), true, ScatterMode.SET, step.in(0).type().dims());
                    step.give(
                            0, step.to.apply(back, step.to.constant(0, dy.type().dtype()), step.out(1), dy));
                }
            }
        }
    }

    /** Puts the entries back between zeros; what was taken backwards is turned around first. */
    private static Value slice(Op.Slice op, BackwardStep step) {
        List<Dim> dims = op.dims();
        var start = new ArrayList<Dim>();
        var turn = new ArrayList<Integer>();
        var low = new ArrayList<Dim>();
        var high = new ArrayList<Dim>();
        var interior = new ArrayList<Integer>();
        for (int axis = 0; axis < dims.size(); axis++) {
            int stride = Math.abs(op.step().get(axis));
            boolean backwards = op.step().get(axis) < 0;
            Dim last = dims.get(axis).minus(Dim.ONE);
            Dim reach = last.times(stride);
            Dim first =
                    backwards ? op.start().get(axis).minus(reach) : op.start().get(axis);
            start.add(backwards ? last : Dim.ZERO);
            turn.add(backwards ? -1 : 1);
            low.add(first);
            high.add(step.in(0).type().dim(axis).minus(first).minus(reach).minus(Dim.ONE));
            interior.add(stride - 1);
        }
        boolean turned = turn.contains(-1);
        Value dy = turned ? step.to.apply(new Op.Slice(start, turn, dims), step.dy()) : step.dy();
        return step.to.apply(new Op.Pad(low, high, interior, 0), dy);
    }

    private static void concat(int axis, BackwardStep step) {
        Dim offset = Dim.ZERO;
        for (int i = 0; i < step.count(); i++) {
            List<Dim> dims = step.in(i).type().dims();
            if (step.wants(i)) {
                step.give(i, part(step.to, step.dy(), axis, offset, dims));
            }
            offset = offset.plus(dims.get(axis));
        }
    }

    private static Value part(GraphBuilder to, Value x, int axis, Dim offset, List<Dim> dims) {
        var start = new ArrayList<>(Collections.nCopies(dims.size(), Dim.ZERO));
        start.set(axis, offset);
        return to.apply(new Op.Slice(start, Collections.nCopies(dims.size(), 1), dims), x);
    }

    private static void scatter(Op.Scatter op, BackwardStep step) {
        GraphBuilder to = step.to;
        Value index = step.in(1);
        var gather = new Op.Gather(op.axis(), op.each());
        if (step.wants(0)) {
            step.give(0, ofBase(op, step));
        }
        if (step.wants(2)) {
            Value dy = to.apply(gather, step.dy(), index);
            step.give(
                    2,
                    switch (op.mode()) {
                        case ADD -> dy;
                        case SET -> to.select(lastWritten(op, step), dy, step.constant(0));
                        case MULTIPLY -> {
                            Value product = to.apply(gather, to.multiply(step.dy(), step.out(0)), index);
                            yield to.divide(product, step.in(2));
                        }
                        case MAX, MIN -> to.multiply(reached(gather, step), to.apply(gather, share(op, step), index));
                    });
        }
    }

    private static Value ofBase(Op.Scatter op, BackwardStep step) {
        GraphBuilder to = step.to;
        return switch (op.mode()) {
            case ADD -> step.dy();
            case SET -> {
                Value none = to.broadcast(step.constant(0), step.in(2).type().dims());
                yield to.apply(op, step.dy(), step.in(1), none);
            }
            case MULTIPLY -> to.multiply(step.dy(), to.apply(op, step.constant(1), step.in(1), step.in(2)));
            case MAX, MIN -> {
                Value kept = to.cast(to.compare(Comparison.EQUAL, step.in(0), step.out(0)), step.dtype());
                yield to.multiply(kept, share(op, step));
            }
        };
    }

    /** True for the updates that stayed: of those with one index, the last. */
    private static Value lastWritten(Op.Scatter op, BackwardStep step) {
        List<Dim> dims = step.in(2).type().dims();
        Value flat = step.to.apply(new Op.Iota(List.of(Dim.product(dims)), 0, DType.I64));
        Value number = step.to.reshape(flat, dims);
        Value written = step.to.apply(op, step.to.constant(-1, DType.I64), step.in(1), number);
        Value kept = step.to.apply(new Op.Gather(op.axis(), op.each()), written, step.in(1));
        return step.to.compare(Comparison.EQUAL, kept, number);
    }

    /** 1 for the updates that reach the result, else 0. */
    private static Value reached(Op.Gather gather, BackwardStep step) {
        Value result = step.to.apply(gather, step.out(0), step.in(1));
        return step.to.cast(step.to.compare(Comparison.EQUAL, step.in(2), result), step.dtype());
    }

    /** dy divided among all that reach the result. */
    private static Value share(Op.Scatter op, BackwardStep step) {
        GraphBuilder to = step.to;
        Value base = to.cast(to.compare(Comparison.EQUAL, step.in(0), step.out(0)), step.dtype());
        Value spread = to.broadcast(base, op.dims());
        var add = new Op.Scatter(op.axis(), op.each(), ScatterMode.ADD, op.dims());
        Value count = to.apply(add, spread, step.in(1), reached(new Op.Gather(op.axis(), op.each()), step));
        return to.divide(step.dy(), to.binary(Op.BinaryFunction.MAXIMUM, count, step.constant(1)));
    }

    private static void cumulate(Op.Cumulate op, BackwardStep step) {
        GraphBuilder to = step.to;
        Value x = step.in(0);
        switch (op.function()) {
            case SUM -> {
                var back = new Op.Cumulate(CumulateFunction.SUM, op.axis(), op.exclusive(), !op.reverse());
                step.give(0, to.apply(back, step.dy()));
            }
            case PRODUCT -> step.give(0, product(op, step));
            case MAX, MIN -> {
                // The place that gave the result: the newest one that equals it.
                Value places = to.apply(new Op.Iota(x.type().dims(), op.axis(), DType.I32));
                Value reached = to.compare(Comparison.EQUAL, x, step.out(0));
                Value none = op.reverse() ? to.size(x.type().dim(op.axis()), DType.I32) : to.constant(-1, DType.I32);
                CumulateFunction newest = op.reverse() ? CumulateFunction.MIN : CumulateFunction.MAX;
                Value place = to.apply(
                        new Op.Cumulate(newest, op.axis(), false, op.reverse()), to.select(reached, places, none));
                var add = new Op.Scatter(
                        op.axis(), true, ScatterMode.ADD, x.type().dims());
                step.give(0, to.apply(add, step.constant(0), place, step.dy()));
            }
        }
    }

    /**
     * Of y[i] = x[0] ... x[i]: dx[i] = y[i - 1] r[i] with r[i] = dy[i] + x[i + 1] r[i + 1], which needs no division and holds
     * for zeros too. An exclusive product y'[i] = y[i - 1] is the same with dy moved by one place.
     */
    private static Value product(Op.Cumulate op, BackwardStep step) {
        GraphBuilder to = step.to;
        Value x = step.in(0);
        Value before = to.apply(new Op.Cumulate(CumulateFunction.PRODUCT, op.axis(), true, op.reverse()), x);
        Value next = shifted(to, x, op.axis(), op.reverse());
        Value dy = op.exclusive() ? shifted(to, step.dy(), op.axis(), op.reverse()) : step.dy();
        return to.multiply(before, to.apply(new Op.Recurrence(op.axis(), !op.reverse()), next, dy));
    }

    /** Every entry is its successor (its predecessor if {@code back}); 0 comes in at the end. */
    private static Value shifted(GraphBuilder to, Value x, int axis, boolean back) {
        List<Dim> dims = x.type().dims();
        List<Dim> none = Collections.nCopies(dims.size(), Dim.ZERO);
        var one = new ArrayList<>(none);
        one.set(axis, Dim.ONE);
        var size = new ArrayList<>(dims);
        size.set(axis, dims.get(axis).plus(Dim.ONE));
        List<Integer> unit = Collections.nCopies(dims.size(), 1);
        List<Integer> dense = Collections.nCopies(dims.size(), 0);
        Value padded = to.apply(new Op.Pad(back ? one : none, back ? none : one, dense, 0), x);
        return to.apply(new Op.Slice(back ? none : one, unit, dims), padded);
    }

    /** y[i] = a[i] y[i - 1] + b[i]: db[i] = dy[i] + a[i + 1] db[i + 1], da[i] = db[i] y[i - 1]. */
    private static void recurrence(Op.Recurrence op, BackwardStep step) {
        GraphBuilder to = step.to;
        Value next = shifted(to, step.in(0), op.axis(), op.reverse());
        Value db = to.apply(new Op.Recurrence(op.axis(), !op.reverse()), next, step.dy());
        if (step.wants(0)) {
            step.give(0, to.multiply(db, shifted(to, step.out(0), op.axis(), !op.reverse())));
        }
        if (step.wants(1)) {
            step.give(1, db);
        }
    }

    /** For each element the product of the other ones that are reduced with it; no division, so zeros are no matter. */
    static Value productOfOthers(GraphBuilder to, Value x, List<Integer> axes) {
        List<Dim> dims = x.type().dims();
        var order = new ArrayList<>(IntStream.range(0, dims.size())
                .boxed()
                .filter(a -> !axes.contains(a))
                .toList());
        int kept = order.size();
        order.addAll(axes);
        List<Integer> back =
                IntStream.range(0, dims.size()).boxed().map(order::indexOf).toList();
        Value last = to.transpose(x, order);
        var flat = new ArrayList<>(last.type().dims().subList(0, kept));
        flat.add(Dim.product(last.type().dims().subList(kept, dims.size())));
        Value row = to.reshape(last, flat);
        Value before = to.apply(new Op.Cumulate(CumulateFunction.PRODUCT, kept, true, false), row);
        Value behind = to.apply(new Op.Cumulate(CumulateFunction.PRODUCT, kept, true, true), row);
        return to.transpose(to.reshape(to.multiply(before, behind), last.type().dims()), back);
    }
}
