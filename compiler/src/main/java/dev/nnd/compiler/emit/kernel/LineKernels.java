package dev.nnd.compiler.emit.kernel;

import dev.nnd.compiler.ir.Op;
import dev.nnd.compiler.type.DType;

/** Kernels of what goes along the lines of an axis, and of random numbers. */
record LineKernels(AxisCode code) {

    /** An element, in hundredths of a nanosecond, about. */
    private static final int SORTED = 2000;

    private static final int UNIFORM = 100;
    private static final int NORMAL = 2500;

    /** Opens loops over the lines of an axis; {@code at} is the place in it, {@code before} the one before. */
    private void openLines(boolean reverse, boolean first) {
        String axis = code.factor(code.result(1));
        String inner = code.factor(code.result(2));
        code.rows("i", code.result(0), KernelSource.MOVED, code.result(0), code.result(1), code.result(2));
        code.out.open("for (long j = " + (first ? "0" : "1") + "; j < " + (first ? "Math.min(1, " + axis + ")" : axis)
                + "; j++)");
        code.loop("k", code.dim(code.result(2)));
        String line = reverse ? axis + " - 1 - j" : "j";
        code.out.add("long at = (i * " + axis + " + " + line + ") * " + inner + " + k");
        if (!first) {
            code.out.add("long before = at " + (reverse ? "+ " : "- ") + inner);
        }
    }

    void cumulate(Op.Cumulate op) {
        openLines(op.reverse(), true);
        String neutral = Literals.constant(op.function() == Op.CumulateFunction.SUM ? 0 : 1, code.dtype)
                .text();
        code.set(code.y(), "at", op.exclusive() ? neutral : code.get(code.at.getFirst(), "at", code.dtype));
        code.close(3);
        openLines(op.reverse(), false);
        String so = code.get(code.y(), "before", code.dtype);
        String x = code.get(code.at.getFirst(), op.exclusive() ? "before" : "at", code.dtype);
        code.set(
                code.y(),
                "at",
                switch (op.function()) {
                    case SUM -> so + " + " + x;
                    case PRODUCT -> so + " * " + x;
                    case MAX -> "Math.max(" + so + ", " + x + ")";
                    case MIN -> "Math.min(" + so + ", " + x + ")";
                });
        code.close(3);
    }

    void recurrence(Op.Recurrence op) {
        openLines(op.reverse(), true);
        code.set(code.y(), "at", code.get(code.at.get(1), "at", code.dtype));
        code.close(3);
        openLines(op.reverse(), false);
        code.set(
                code.y(),
                "at",
                code.get(code.at.getFirst(), "at", code.dtype) + " * " + code.get(code.y(), "before", code.dtype)
                        + " + " + code.get(code.at.get(1), "at", code.dtype));
        code.close(3);
    }

    void sort(Op.Sort op) {
        String inner = code.factor(code.in(0, 2));
        code.rows("i", code.in(0, 0), SORTED, code.in(0, 0), code.in(0, 1), code.in(0, 2));
        code.loop("k", code.dim(code.in(0, 2)));
        String from = AxisCode.place(
                code.at.get(0), "i * " + code.factor(code.in(0, 1)) + " * " + inner + " + k", code.dtype);
        String line = "i * " + code.factor(op.count()) + " * " + inner + " + k";
        code.out.add("Ordering.sort(ElementType." + code.dtype.name() + ", " + from + ", " + code.dim(code.in(0, 1))
                + ", " + inner + ", "
                + AxisCode.place(code.at.get(1), line, code.dtype) + ", "
                + AxisCode.place(code.at.get(2), line, DType.I32) + ", " + code.dim(op.count()) + ", "
                + op.descending() + ")");
        code.close(2);
    }

    void random(Op.Random op) {
        String method = op.distribution() == Op.Distribution.UNIFORM ? "uniform" : "normal";
        String count = code.dim(op.dims().getFirst());
        int each = op.distribution() == Op.Distribution.UNIFORM ? UNIFORM : NORMAL;
        code.shareWith(new Share(Share.Cut.COLUMNS, count, each + " * " + count));
        code.out.add("RandomNumbers." + method + "(ElementType." + code.dtype.name() + ", " + code.y()
                + ", from, to, MEMORY.get(JAVA_LONG, " + code.at.get(0) + "), MEMORY.get(JAVA_LONG, " + code.at.get(1)
                + "), "
                + code.dim(op.stream()) + ")");
    }
}
