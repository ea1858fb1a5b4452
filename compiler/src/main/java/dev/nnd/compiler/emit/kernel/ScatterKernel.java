package dev.nnd.compiler.emit.kernel;

import dev.nnd.compiler.ir.Op;
import dev.nnd.compiler.type.DType;
import dev.nnd.compiler.type.Dim;
import java.util.List;

/**
 * Kernels that bring entries to where indices say, in the order of the indices. A part has some rows of the result, which may
 * all be of one outer entry: it looks at all indices and takes those of its rows.
 */
record ScatterKernel(AxisCode code, Op.Scatter op) {

    KernelLoops loops() {
        boolean sums = !op.each() && op.mode() == Op.ScatterMode.ADD && code.dtype == DType.F32;
        AxisCode vectors = code.again();
        write(code, false);
        if (sums) {
            write(vectors, true);
        }
        String rows = code.factor(op.dims().getFirst()) + " * "
                + code.factor(op.dims().get(1));
        List<Dim> updates = updates();
        code.shareWith(new Share(
                Share.Cut.ROWS,
                rows,
                inner() + " < " + AxisKernels.FEW + " ? 0 : " + inner() + " * (" + KernelSource.COPIED + " * " + rows
                        + " + " + KernelSource.MOVED + " * " + code.factor(updates.get(0)) + " * "
                        + code.factor(updates.get(1)) + ")"));
        return new KernelLoops(code.out.toString(), sums ? vectors.out.toString() : null);
    }

    private List<Dim> updates() {
        return code.node.inputs().get(2).type().dims();
    }

    private String inner() {
        return code.factor(updates().get(2));
    }

    private void write(AxisCode to, boolean vectors) {
        start(to);
        String axis = to.factor(op.dims().get(1));
        String entry = "(i * " + to.factor(updates().get(1)) + " + j) * " + inner();
        to.out.open("for (long i = from / " + axis + "; i * " + axis + " < to; i++)");
        to.loop("j", to.dim(updates().get(1)));
        if (op.each()) {
            to.loop("k", to.dim(updates().get(2)));
            to.index(entry + " + k", op.dims().get(1));
        } else {
            to.index("j", op.dims().get(1));
        }
        to.out.add("long row = i * " + axis + " + at");
        to.out.open("if (row >= from && row < to)");
        if (!op.each() && (vectors || op.mode() == Op.ScatterMode.SET)) {
            row(to, entry);
            to.close(3);
            return;
        }
        if (!op.each()) {
            to.loop("k", to.dim(updates().get(2)));
        }
        element(to, entry + " + k");
        to.close(4);
    }

    /** The rows of a part as they are before anything is brought. */
    private void start(AxisCode to) {
        String place = AxisCode.place(to.y(), "from * " + inner(), to.dtype);
        String bytes = to.dtype.bytes() + " * (to - from) * " + inner();
        String base = to.at.getFirst();
        if (to.node.inputs().getFirst().type().rank() == 0) {
            to.out.add(Literals.javaType(to.dtype) + " value = " + to.get(base, "0", to.dtype));
            to.set(to.y(), "from * " + inner(), "value");
            to.out.add("NativeMemory.repeat(" + place + ", " + to.dtype.bytes() + ", " + bytes + ")");
            return;
        }
        // A cache is written where it is.
        to.out.open("if (" + base + " != " + to.y() + ")");
        to.out.add("NativeMemory.copy(" + AxisCode.place(base, "from * " + inner(), to.dtype) + ", " + place + ", "
                + bytes + ")");
        to.out.close();
    }

    /** Copies or adds a whole row. */
    private void row(AxisCode to, String entry) {
        String from = AxisCode.place(to.at.get(2), entry, to.dtype);
        String there = AxisCode.place(to.y(), "row * " + inner(), to.dtype);
        if (op.mode() == Op.ScatterMode.SET) {
            to.copy(from, there, inner());
        } else {
            to.out.add("RowVectors.add(" + from + ", " + there + ", " + inner() + ")");
        }
    }

    private void element(AxisCode to, String entry) {
        String there = "row * " + inner() + " + k";
        String update = to.get(to.at.get(2), entry, to.dtype);
        String before = to.get(to.y(), there, to.dtype);
        to.set(
                to.y(),
                there,
                switch (op.mode()) {
                    case SET -> update;
                    case ADD -> before + " + " + update;
                    case MULTIPLY -> before + " * " + update;
                    case MAX -> "Math.max(" + before + ", " + update + ")";
                    case MIN -> "Math.min(" + before + ", " + update + ")";
                });
    }

    /** When the vectors leave all to the plain loops. */
    String small() {
        return inner() + " < LANES";
    }
}
