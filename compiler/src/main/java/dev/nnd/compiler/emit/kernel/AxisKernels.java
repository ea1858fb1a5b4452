package dev.nnd.compiler.emit.kernel;

import dev.nnd.compiler.ir.Op;
import dev.nnd.compiler.type.DType;
import dev.nnd.compiler.type.Dim;
import java.util.ArrayList;
import java.util.List;

/**
 * Kernels of ops that work by place along axes, in the form that the plan gives them: most are over outer x axis x inner.
 * Memory is their limit: whole runs are copied at once, the rest are plain loops.
 */
final class AxisKernels {

    private static final List<String> VARIABLES = List.of("i", "j", "k", "l", "m", "o", "p", "q");

    /** Rows of fewer elements take longer to choose than to write: one thread scatters them. */
    static final int FEW = 8;

    private final AxisCode code;

    AxisKernels(AxisCode code) {
        this.code = code;
    }

    KernelLoops loops(Op.Indexing op) {
        switch (op) {
            case Op.Iota _ -> iota();
            case Op.Slice o -> slice(o);
            case Op.Pad o -> pad(o);
            case Op.Concat _ -> concat();
            case Op.Gather o -> gather(o);
            case Op.Scatter o -> {
                return new ScatterKernel(code, o).loops();
            }
            case Op.Cumulate o -> new LineKernels(code).cumulate(o);
            case Op.Recurrence o -> new LineKernels(code).recurrence(o);
            case Op.Sort o -> new LineKernels(code).sort(o);
            case Op.Random o -> new LineKernels(code).random(o);
        }
        return new KernelLoops(code.out.toString(), null);
    }

    private void iota() {
        code.loop("i", code.dim(code.result(0)));
        code.loop("j", code.dim(code.result(1)));
        code.loop("k", code.dim(code.result(2)));
        String value = code.dtype == DType.I64 ? "j" : "(" + Literals.javaType(code.dtype) + ") j";
        code.set(
                code.y(),
                "(i * " + code.factor(code.result(1)) + " + j) * " + code.factor(code.result(2)) + " + k",
                value);
        code.close(3);
    }

    /** Loops over all axes but the last, which is a run if its entries lie side by side. */
    private void slice(Op.Slice op) {
        int rank = op.dims().size();
        if (rank == 0) {
            code.copy(code.at.getFirst(), code.y(), "1");
            return;
        }
        var from = new ArrayList<String>();
        for (int axis = 0; axis < rank; axis++) {
            from.add(moved(op.start().get(axis), op.step().get(axis), VARIABLES.get(axis)));
        }
        int last = rank - 1;
        boolean run = op.step().get(last) == 1;
        int each = run ? KernelSource.COPIED : KernelSource.MOVED;
        for (int axis = 0; axis < (run ? last : rank); axis++) {
            if (axis == 0) {
                code.rows(
                        VARIABLES.getFirst(),
                        op.dims().getFirst(),
                        each,
                        op.dims().toArray(Dim[]::new));
            } else {
                code.loop(VARIABLES.get(axis), code.dim(op.dims().get(axis)));
            }
        }
        var to = new ArrayList<>(VARIABLES.subList(0, rank));
        if (run) {
            from.set(last, code.dim(op.start().get(last)));
            to.set(last, "0");
        }
        List<Dim> source = code.node.inputs().getFirst().type().dims();
        copyOrSet(
                run,
                horner(from, source),
                horner(to, op.dims()),
                code.dim(op.dims().get(last)));
        code.close(run ? last : rank);
    }

    private static String scaled(String variable, int step) {
        return step == 1 ? variable : step == -1 ? "-" + variable : step + " * " + variable;
    }

    private String moved(Dim start, int step, String variable) {
        return start.is(0)
                ? scaled(variable, step)
                : step < 0
                        ? code.dim(start) + " - " + scaled(variable, -step)
                        : code.dim(start) + " + " + scaled(variable, step);
    }

    private void copyOrSet(boolean run, String from, String to, String count) {
        if (run) {
            code.copy(
                    AxisCode.place(code.at.getFirst(), from, code.dtype),
                    AxisCode.place(code.y(), to, code.dtype),
                    count.contains(" ") ? "(" + count + ")" : count);
        } else {
            code.set(code.y(), to, code.get(code.at.getFirst(), from, code.dtype));
        }
    }

    /** {@code (i * rows + j) * columns + k}. */
    private String horner(List<String> indices, List<Dim> dims) {
        String index = indices.getFirst();
        for (int axis = 1; axis < indices.size(); axis++) {
            String scaled = (index.contains(" ") ? "(" + index + ")" : index) + " * " + code.factor(dims.get(axis));
            index = index.equals("0")
                    ? indices.get(axis)
                    : scaled + (indices.get(axis).equals("0") ? "" : " + " + indices.get(axis));
        }
        return index;
    }

    private void pad(Op.Pad op) {
        code.fill(Literals.constant(op.value(), code.dtype).text());
        List<Dim> source = code.node.inputs().getFirst().type().dims();
        int rank = source.size();
        if (rank == 0) {
            code.copy(code.at.getFirst(), code.y(), "1");
            return;
        }
        int last = rank - 1;
        boolean run = op.interior().get(last) == 0;
        var to = new ArrayList<String>();
        for (int axis = 0; axis < rank; axis++) {
            to.add(moved(op.low().get(axis), op.interior().get(axis) + 1, VARIABLES.get(axis)));
        }
        for (int axis = 0; axis < (run ? last : rank); axis++) {
            code.loop(VARIABLES.get(axis), code.dim(source.get(axis)));
        }
        var from = new ArrayList<>(VARIABLES.subList(0, rank));
        if (run) {
            from.set(last, "0");
            to.set(last, code.dim(op.low().get(last)));
        }
        copyOrSet(
                run, horner(from, source), horner(to, code.node.output().type().dims()), code.dim(source.get(last)));
        code.close(run ? last : rank);
    }

    private void concat() {
        String row = code.factor(code.result(1));
        String inner = code.factor(code.result(2));
        code.rows("i", code.result(0), KernelSource.COPIED, code.result(0), code.result(1), code.result(2));
        code.out.add("long move = " + AxisCode.place(code.y(), "i * " + row + " * " + inner, code.dtype));
        for (int operand = 0; operand < code.node.inputs().size(); operand++) {
            String count = code.factor(code.in(operand, 1)) + " * " + inner;
            code.copy(AxisCode.place(code.at.get(operand), "i * " + count, code.dtype), "move", count);
            if (operand + 1 < code.node.inputs().size()) {
                code.out.add("move += " + code.dtype.bytes() + " * " + count);
            }
        }
        code.close(1);
    }

    private void gather(Op.Gather op) {
        Dim picked = code.result(1);
        String axis = code.factor(code.in(0, 1));
        String inner = code.factor(code.in(0, 2));
        if (op.each()) {
            code.rows("i", code.in(0, 0), KernelSource.MOVED, code.in(0, 0), picked, code.in(0, 2));
            code.loop("j", code.dim(picked));
            code.loop("k", code.dim(code.in(0, 2)));
            String here = "(i * " + code.factor(picked) + " + j) * " + inner + " + k";
            code.index(here, code.in(0, 1));
            code.set(
                    code.y(),
                    here,
                    code.get(code.at.getFirst(), "(i * " + axis + " + at) * " + inner + " + k", code.dtype));
            code.close(3);
            return;
        }
        // Rows of the result: there may be but one outer entry.
        code.out.open("for (long row = from; row < to; row++)");
        code.index("row % " + code.factor(picked), code.in(0, 1));
        String place = "(row / " + code.factor(picked) + " * " + axis + " + at) * " + inner;
        code.copy(
                AxisCode.place(code.at.getFirst(), place, code.dtype),
                AxisCode.place(code.y(), "row * " + inner, code.dtype),
                inner);
        code.close(1);
        code.shareWith(Share.rows(
                code.factor(code.in(0, 0)) + " * " + code.factor(picked),
                KernelSource.COPIED,
                List.of(code.factor(code.in(0, 0)), code.factor(picked), inner)));
    }
}
