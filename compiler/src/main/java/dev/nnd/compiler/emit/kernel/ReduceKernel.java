package dev.nnd.compiler.emit.kernel;

import dev.nnd.compiler.emit.JavaNames;
import dev.nnd.compiler.emit.Lines;
import dev.nnd.compiler.ir.Op;
import dev.nnd.compiler.ir.Value;
import dev.nnd.compiler.type.DType;

/**
 * Elementwise ops, one reduction and ops on its result: loops over the kept axes around loops over the reduced ones. Vectors
 * lie along the last axis in memory, whether it is reduced (partial results by lane) or kept (results side by side).
 */
final class ReduceKernel {

    private final KernelBody body;
    private final JavaNames names;
    private final LoopOrder order;
    private final Accumulation accumulation;
    private final Value operand;
    private final Value result;
    private final DType dtype;
    private final int kept;

    ReduceKernel(KernelBody body, Op.Reduce reduce, Value operand, Value result, Share share, JavaNames names) {
        this.body = body;
        this.names = names;
        this.operand = operand;
        this.result = result;
        this.dtype = operand.type().dtype();
        this.accumulation = Accumulation.of(reduce.function(), dtype, body);
        this.order = LoopOrder.keptFirst(body, share);
        this.kept = body.depth() - reduce.axes().size();
    }

    KernelLoops loops() {
        boolean vectors = body.depth() > 0 && dtype == DType.F32 && Vectors.fit(body);
        int last = body.depth() - 1;
        return new KernelLoops(
                scalar(), !vectors ? null : Accumulation.spared(body.reduces(last) ? vectorsReduced() : vectorsKept()));
    }

    private String scalar() {
        var out = new Lines();
        var writer = new BodyWriter(body, order, names.copy(), out);
        openKept(writer, out, kept);
        scalarResult(writer, out);
        close(out, kept);
        return out.toString();
    }

    private void openKept(BodyWriter writer, Lines out, int count) {
        writer.enter(0);
        for (int level = 1; level <= count; level++) {
            int axis = order.axes().get(level - 1);
            out.open(order.header(axis));
            writer.enter(level);
        }
    }

    /** The accumulator, the loops over the reduced axes, and what follows from the result. */
    private void scalarResult(BodyWriter writer, Lines out) {
        String accumulator = writer.name(accumulation.name());
        out.add(accumulation.declared(accumulator));
        for (int level = kept + 1; level <= order.depth(); level++) {
            int axis = order.axes().get(level - 1);
            out.open(order.header(axis));
            writer.enter(level);
        }
        accumulate(writer, accumulator, out);
        close(out, order.depth() - kept);
        define(writer, Operand.scalar(accumulation.total(accumulator), dtype));
    }

    private String vectorsReduced() {
        var out = new Lines();
        var writer = new BodyWriter(body, order, names.copy(), out);
        openKept(writer, out, kept);
        String lanes = writer.name(accumulation.lanesName());
        String accumulator = writer.name(accumulation.name());
        out.add("FloatVector " + lanes + " = " + accumulation.vectorStart());
        out.add("float " + accumulator + " = " + accumulation.start(DType.F32));
        int innermost = order.depth() - 1;
        for (int level = kept + 1; level <= innermost; level++) {
            int axis = order.axes().get(level - 1);
            out.open(order.header(axis));
            writer.enter(level);
        }
        int last = order.vectorAxis();
        String v = order.variable(last);
        out.add("long " + v + " = 0");
        out.open(Vectors.loop(v, body.size(last)));
        accumulateVector(writer.inner(true), lanes, out);
        out.close();
        out.open("for (; " + v + " < " + body.size(last) + "; " + v + "++)");
        BodyWriter tail = writer.inner(false);
        tail.enter(order.depth());
        accumulate(tail, accumulator, out);
        out.close();
        close(out, innermost - kept);
        Code total = accumulation.total(accumulator, lanes, out);
        define(writer, Operand.scalar(total, dtype));
        close(out, kept);
        return out.toString();
    }

    private String vectorsKept() {
        var out = new Lines();
        var outer = new BodyWriter(body, order, names.copy(), out);
        openKept(outer, out, kept - 1);
        int last = order.vectorAxis();
        String v = order.variable(last);
        String end = order.end(last);
        out.add("long " + v + " = " + order.start(last));
        out.open(Vectors.loop(v, end));
        BodyWriter writer = outer.inner(true);
        writer.enter(kept);
        String lanes = writer.name(accumulation.lanesName());
        out.add("FloatVector " + lanes + " = " + accumulation.vectorStart());
        for (int level = kept + 1; level < order.depth(); level++) {
            int axis = order.axes().get(level - 1);
            out.open(order.header(axis));
            writer.enter(level);
        }
        int innermost = order.axes().getLast();
        out.open(order.header(innermost));
        accumulateVector(writer, lanes, out);
        close(out, order.depth() - kept);
        Code total = Code.atom(lanes);
        boolean mean = accumulation.function() == Op.ReduceFunction.MEAN;
        define(writer, Operand.vector(mean ? total.then("div", accumulation.count()) : total));
        out.close();
        out.open("for (; " + v + " < " + end + "; " + v + "++)");
        BodyWriter tail = outer.inner(false);
        tail.enter(kept);
        scalarResult(tail, out);
        out.close();
        close(out, kept - 1);
        return out.toString();
    }

    private void define(BodyWriter writer, Operand value) {
        writer.define(result, value);
        for (int level = 0; level <= kept; level++) {
            writer.store(level);
        }
    }

    private void accumulate(BodyWriter writer, String accumulator, Lines out) {
        out.add(accumulation.add(accumulator, writer.operand(operand).code()));
    }

    private void accumulateVector(BodyWriter writer, String lanes, Lines out) {
        writer.enter(order.depth());
        out.add(accumulation.addVector(lanes, writer.operand(operand).spread()));
    }

    private static void close(Lines out, int loops) {
        for (int i = 0; i < loops; i++) {
            out.close();
        }
    }
}
