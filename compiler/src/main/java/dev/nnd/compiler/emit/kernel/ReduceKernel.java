package dev.nnd.compiler.emit.kernel;

import dev.nnd.compiler.emit.JavaNames;
import dev.nnd.compiler.emit.Lines;
import dev.nnd.compiler.ir.Op;
import dev.nnd.compiler.ir.Value;
import dev.nnd.compiler.type.DType;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Elementwise ops, one reduction and ops on its result: loops over the kept axes around loops over the reduced ones. Vectors
 * lie along the last axis in memory, whether it is reduced (partial results by lane) or kept (results side by side).
 */
final class ReduceKernel {

    private final KernelBody body;
    private final JavaNames names;
    private final LoopOrder order;
    private final Op.ReduceFunction function;
    private final Value operand;
    private final Value result;
    private final DType dtype;
    private final int kept;

    ReduceKernel(KernelBody body, Op.Reduce reduce, Value operand, Value result, JavaNames names) {
        this.body = body;
        this.names = names;
        this.function = reduce.function();
        this.operand = operand;
        this.result = result;
        this.dtype = operand.type().dtype();
        this.order = LoopOrder.keptFirst(body);
        this.kept = body.depth() - reduce.axes().size();
    }

    KernelLoops loops() {
        boolean vectors = body.depth() > 0 && dtype == DType.F32 && Vectors.fit(body);
        int last = body.depth() - 1;
        return new KernelLoops(scalar(), !vectors ? null : body.reduces(last) ? vectorsReduced() : vectorsKept());
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
            out.open(order.header(axis, body.size(axis)));
            writer.enter(level);
        }
    }

    /** The accumulator, the loops over the reduced axes, and what follows from the result. */
    private void scalarResult(BodyWriter writer, Lines out) {
        boolean wide = dtype == DType.F32 && isSum();
        String accumulator = writer.name(accumulatorName());
        out.add((wide ? "double " : Literals.javaType(dtype) + " ") + accumulator + " = "
                + start(wide ? DType.F64 : dtype));
        for (int level = kept + 1; level <= order.depth(); level++) {
            int axis = order.axes().get(level - 1);
            out.open(order.header(axis, body.size(axis)));
            writer.enter(level);
        }
        accumulate(writer, accumulator, out);
        close(out, order.depth() - kept);
        Code total = Code.atom(accumulator);
        if (function == Op.ReduceFunction.MEAN) {
            total = Code.infix(total, "/", count(), Code.PRODUCT);
        }
        define(writer, Operand.scalar(wide ? Code.prefix("(float) ", total) : total, dtype));
    }

    private String vectorsReduced() {
        var out = new Lines();
        var writer = new BodyWriter(body, order, names.copy(), out);
        openKept(writer, out, kept);
        String lanes = writer.name(lanesName());
        String accumulator = writer.name(accumulatorName());
        out.add("FloatVector " + lanes + " = " + vectorStart());
        out.add("float " + accumulator + " = " + start(DType.F32));
        int innermost = order.depth() - 1;
        for (int level = kept + 1; level <= innermost; level++) {
            int axis = order.axes().get(level - 1);
            out.open(order.header(axis, body.size(axis)));
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
        Code together = combine(
                Code.atom(accumulator), Code.atom(lanes + ".reduceLanes(VectorOperators." + laneOperator() + ")"));
        Code total = function == Op.ReduceFunction.MEAN ? Code.infix(together, "/", count(), Code.PRODUCT) : together;
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
        out.add("long " + v + " = 0");
        out.open(Vectors.loop(v, body.size(last)));
        BodyWriter writer = outer.inner(true);
        writer.enter(kept);
        String lanes = writer.name(lanesName());
        out.add("FloatVector " + lanes + " = " + vectorStart());
        for (int level = kept + 1; level < order.depth(); level++) {
            int axis = order.axes().get(level - 1);
            out.open(order.header(axis, body.size(axis)));
            writer.enter(level);
        }
        int innermost = order.axes().getLast();
        out.open(order.header(innermost, body.size(innermost)));
        accumulateVector(writer, lanes, out);
        close(out, order.depth() - kept);
        Code total = Code.atom(lanes);
        define(writer, Operand.vector(function == Op.ReduceFunction.MEAN ? total.then("div", count()) : total));
        out.close();
        out.open("for (; " + v + " < " + body.size(last) + "; " + v + "++)");
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
        Code x = writer.operand(operand).code();
        out.add(
                isSum()
                        ? accumulator + " += " + x.text()
                        : accumulator + " = "
                                + combine(Code.atom(accumulator), x).text());
    }

    /** The loop-carried vector is an argument and never the receiver, which would put it on the heap. */
    private void accumulateVector(BodyWriter writer, String lanes, Lines out) {
        writer.enter(order.depth());
        Code x = writer.operand(operand).spread();
        String method = switch (function) {
            case SUM, MEAN -> "add";
            case PRODUCT -> "mul";
            case MAX -> "max";
            case MIN -> "min";
            case ANY, ALL -> throw new IllegalStateException(function + " of floats");
        };
        out.add(lanes + " = " + x.then(method, Code.atom(lanes)).text());
    }

    private Code combine(Code a, Code b) {
        return switch (function) {
            case SUM, MEAN -> Code.infix(a, "+", b, Code.SUM);
            case MAX -> Code.call("Math.max", a, b);
            case MIN -> Code.call("Math.min", a, b);
            case PRODUCT -> Code.infix(a, "*", b, Code.PRODUCT);
            case ANY -> Code.infix(a, "|", b, Code.OR);
            case ALL -> Code.infix(a, "&", b, Code.AND);
        };
    }

    private boolean isSum() {
        return function == Op.ReduceFunction.SUM || function == Op.ReduceFunction.MEAN;
    }

    private String accumulatorName() {
        return switch (function) {
            case SUM, MEAN -> "sum";
            case MAX -> "largest";
            case MIN -> "smallest";
            case PRODUCT -> "product";
            case ANY -> "any";
            case ALL -> "all";
        };
    }

    private String lanesName() {
        return switch (function) {
            case SUM, MEAN -> "sums";
            case MAX -> "maxima";
            case MIN -> "minima";
            case PRODUCT, ANY, ALL -> "products";
        };
    }

    private String laneOperator() {
        return isSum() ? "ADD" : function == Op.ReduceFunction.PRODUCT ? "MUL" : function.name();
    }

    private String start(DType type) {
        return switch (function) {
            case SUM, MEAN -> Literals.constant(0, type).text();
            case MAX -> extreme(type, Double.NEGATIVE_INFINITY, "MIN_VALUE");
            case MIN -> extreme(type, Double.POSITIVE_INFINITY, "MAX_VALUE");
            case PRODUCT, ALL -> Literals.constant(1, type).text();
            case ANY -> Literals.constant(0, type).text();
        };
    }

    private static String extreme(DType type, double infinity, String whole) {
        return type.isFloat()
                ? Literals.constant(infinity, type).text()
                : (type == DType.I64 ? "Long." : "Integer.") + whole;
    }

    private String vectorStart() {
        return isSum()
                ? VectorCode.zeros().text()
                : Code.call("FloatVector.broadcast", Code.atom("SPECIES"), Code.atom(start(DType.F32)))
                        .text();
    }

    /** How many elements one result is made of. */
    private Code count() {
        List<String> sizes = IntStream.range(0, body.depth())
                .filter(body::reduces)
                .mapToObj(body::size)
                .toList();
        return sizes.isEmpty()
                ? Code.atom("1")
                : new Code(String.join(" * ", sizes), sizes.size() == 1 ? Code.ATOM : Code.PRODUCT);
    }

    private static void close(Lines out, int loops) {
        for (int i = 0; i < loops; i++) {
            out.close();
        }
    }
}
