package dev.nnd.compiler.emit.kernel;

import dev.nnd.compiler.emit.Lines;
import dev.nnd.compiler.ir.Node;
import dev.nnd.compiler.ir.Op;
import dev.nnd.compiler.ir.Value;
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

    private final KernelBody body;
    private final Node node;
    private final List<String> at;
    private final DType dtype;
    private final Lines out = new Lines();

    /**
     * Kernels of one node.
     *
     * @param at the Java variables of the addresses of operands, then of results
     */
    AxisKernels(KernelBody body, Node node, List<String> at) {
        this.body = body;
        this.node = node;
        this.at = at;
        this.dtype = node.output().type().dtype();
    }

    /** How many bytes a value has: {@code 4 * outer * axis * inner}. */
    String bytes(Value value) {
        return value.type().dtype().bytes()
                + value.type().dims().stream()
                        .map(d -> " * " + factor(d))
                        .reduce("", String::concat);
    }

    KernelLoops loops(Op.Indexing op) {
        switch (op) {
            case Op.Iota _ -> iota();
            case Op.Slice o -> slice(o);
            case Op.Pad o -> pad(o);
            case Op.Concat _ -> concat();
            case Op.Gather o -> gather(o);
            case Op.Scatter o -> scatter(o);
            case Op.Cumulate o -> cumulate(o);
            case Op.Recurrence o -> recurrence(o);
            case Op.Sort o -> sort(o);
            case Op.Random o -> random(o);
        }
        return new KernelLoops(out.toString(), null);
    }

    private String dim(Dim dim) {
        return body.dim(dim);
    }

    private String factor(Dim dim) {
        String text = dim(dim);
        return text.contains(" ") ? "(" + text + ")" : text;
    }

    private Dim in(int operand, int axis) {
        return node.inputs().get(operand).type().dim(axis);
    }

    private Dim result(int axis) {
        return node.output().type().dim(axis);
    }

    private String y() {
        return at.get(node.inputs().size());
    }

    private void loop(String variable, String size) {
        out.open("for (long %1$s = 0; %1$s < %2$s; %1$s++)".formatted(variable, size));
    }

    private void close(int loops) {
        for (int i = 0; i < loops; i++) {
            out.close();
        }
    }

    private String get(String address, String index, DType type) {
        String read = "MEMORY.get(" + Literals.layout(type) + ", " + place(address, index, type) + ")";
        return type == DType.U8 ? "(" + read + " & 0xFF)" : read;
    }

    private void set(String address, String index, String value) {
        boolean narrow = dtype == DType.U8 || dtype == DType.I8;
        out.add("MEMORY.set(" + Literals.layout(dtype) + ", " + place(address, index, dtype) + ", "
                + (narrow ? "(byte) (" + value + ")" : value) + ")");
    }

    private static String place(String address, String index, DType type) {
        return address + " + " + type.bytes() + " * " + (index.contains(" ") ? "(" + index + ")" : index);
    }

    /** Copies a run of elements; the addresses are in bytes. */
    private void copy(String from, String to, String count) {
        out.add("NativeMemory.copy(" + from + ", " + to + ", " + dtype.bytes() + " * " + count + ")");
    }

    private void iota() {
        loop("i", dim(result(0)));
        loop("j", dim(result(1)));
        loop("k", dim(result(2)));
        String value = dtype == DType.I64 ? "j" : "(" + Literals.javaType(dtype) + ") j";
        set(y(), "(i * " + factor(result(1)) + " + j) * " + factor(result(2)) + " + k", value);
        close(3);
    }

    /** Loops over all axes but the last, which is a run if its entries lie side by side. */
    private void slice(Op.Slice op) {
        int rank = op.dims().size();
        if (rank == 0) {
            copy(at.getFirst(), y(), "1");
            return;
        }
        var from = new ArrayList<String>();
        for (int axis = 0; axis < rank; axis++) {
            from.add(moved(op.start().get(axis), op.step().get(axis), VARIABLES.get(axis)));
        }
        int last = rank - 1;
        boolean run = op.step().get(last) == 1;
        for (int axis = 0; axis < (run ? last : rank); axis++) {
            loop(VARIABLES.get(axis), dim(op.dims().get(axis)));
        }
        var to = new ArrayList<>(VARIABLES.subList(0, rank));
        if (run) {
            from.set(last, dim(op.start().get(last)));
            to.set(last, "0");
        }
        List<Dim> source = node.inputs().getFirst().type().dims();
        copyOrSet(run, horner(from, source), horner(to, op.dims()), dim(op.dims().get(last)));
        close(run ? last : rank);
    }

    private static String scaled(String variable, int step) {
        return step == 1 ? variable : step == -1 ? "-" + variable : step + " * " + variable;
    }

    private String moved(Dim start, int step, String variable) {
        return start.is(0) ? scaled(variable, step) : step < 0
                ? dim(start) + " - " + scaled(variable, -step)
                : dim(start) + " + " + scaled(variable, step);
    }

    private void copyOrSet(boolean run, String from, String to, String count) {
        if (run) {
            copy(place(at.getFirst(), from, dtype), place(y(), to, dtype), count.contains(" ") ? "(" + count + ")" : count);
        } else {
            set(y(), to, get(at.getFirst(), from, dtype));
        }
    }

    /** {@code (i * rows + j) * columns + k}. */
    private String horner(List<String> indices, List<Dim> dims) {
        String index = indices.getFirst();
        for (int axis = 1; axis < indices.size(); axis++) {
            String scaled = (index.contains(" ") ? "(" + index + ")" : index) + " * " + factor(dims.get(axis));
            index = index.equals("0") ? indices.get(axis) : scaled + (indices.get(axis).equals("0") ? "" : " + " + indices.get(axis));
        }
        return index;
    }

    private void pad(Op.Pad op) {
        fill(Literals.constant(op.value(), dtype).text());
        List<Dim> source = node.inputs().getFirst().type().dims();
        int rank = source.size();
        if (rank == 0) {
            copy(at.getFirst(), y(), "1");
            return;
        }
        int last = rank - 1;
        boolean run = op.interior().get(last) == 0;
        var to = new ArrayList<String>();
        for (int axis = 0; axis < rank; axis++) {
            to.add(moved(op.low().get(axis), op.interior().get(axis) + 1, VARIABLES.get(axis)));
        }
        for (int axis = 0; axis < (run ? last : rank); axis++) {
            loop(VARIABLES.get(axis), dim(source.get(axis)));
        }
        var from = new ArrayList<>(VARIABLES.subList(0, rank));
        if (run) {
            from.set(last, "0");
            to.set(last, dim(op.low().get(last)));
        }
        copyOrSet(
                run,
                horner(from, source),
                horner(to, node.output().type().dims()),
                dim(source.get(last)));
        close(run ? last : rank);
    }

    private void fill(String value) {
        set(y(), "0", value);
        out.add("NativeMemory.repeat(" + y() + ", " + dtype.bytes() + ", " + bytes(node.output()) + ")");
    }

    private void concat() {
        String row = factor(result(1));
        String inner = factor(result(2));
        loop("i", dim(result(0)));
        out.add("long move = " + place(y(), "i * " + row + " * " + inner, dtype));
        for (int operand = 0; operand < node.inputs().size(); operand++) {
            String count = factor(in(operand, 1)) + " * " + inner;
            copy(place(at.get(operand), "i * " + count, dtype), "move", count);
            if (operand + 1 < node.inputs().size()) {
                out.add("move += " + dtype.bytes() + " * " + count);
            }
        }
        close(1);
    }

    /** {@code long at = Indices.check(..., axis, place)}. */
    private void index(String number, Dim size) {
        String index = get(at.get(1), number, node.inputs().get(1).type().dtype());
        out.add("long at = Indices.check(" + index + ", " + dim(size) + ", place)");
    }

    private void gather(Op.Gather op) {
        Dim picked = result(1);
        String axis = factor(in(0, 1));
        String inner = factor(in(0, 2));
        loop("i", dim(in(0, 0)));
        loop("j", dim(picked));
        if (op.each()) {
            loop("k", dim(in(0, 2)));
            String here = "(i * " + factor(picked) + " + j) * " + inner + " + k";
            index(here, in(0, 1));
            set(y(), here, get(at.getFirst(), "(i * " + axis + " + at) * " + inner + " + k", dtype));
            close(3);
            return;
        }
        index("j", in(0, 1));
        String from = place(at.getFirst(), "(i * " + axis + " + at) * " + inner, dtype);
        copy(from, place(y(), "(i * " + factor(picked) + " + j) * " + inner, dtype), inner);
        close(2);
    }

    private void scatter(Op.Scatter op) {
        boolean scalar = node.inputs().getFirst().type().rank() == 0;
        if (scalar) {
            out.add(Literals.javaType(dtype) + " value = " + get(at.getFirst(), "0", dtype));
            fill("value");
        } else {
            out.add("NativeMemory.copy(" + at.getFirst() + ", " + y() + ", " + bytes(node.output()) + ")");
        }
        List<Dim> updates = node.inputs().get(2).type().dims();
        String inner = factor(updates.get(2));
        String here = "(i * " + factor(updates.get(1)) + " + j) * " + inner + " + k";
        loop("i", dim(updates.get(0)));
        loop("j", dim(updates.get(1)));
        if (!op.each()) {
            index("j", op.dims().get(1));
        }
        loop("k", dim(updates.get(2)));
        if (op.each()) {
            index(here, op.dims().get(1));
        }
        String there = "(i * " + factor(op.dims().get(1)) + " + at) * " + inner + " + k";
        String update = get(at.get(2), here, dtype);
        String before = get(y(), there, dtype);
        set(y(), there, switch (op.mode()) {
            case SET -> update;
            case ADD -> before + " + " + update;
            case MULTIPLY -> before + " * " + update;
            case MAX -> "Math.max(" + before + ", " + update + ")";
            case MIN -> "Math.min(" + before + ", " + update + ")";
        });
        close(3);
    }

    /** Opens loops over the lines of an axis; {@code at} is the place in it, {@code before} the one before. */
    private void openLines(boolean reverse, boolean first) {
        String axis = factor(result(1));
        String inner = factor(result(2));
        loop("i", dim(result(0)));
        out.open("for (long j = " + (first ? "0" : "1") + "; j < " + (first ? "Math.min(1, " + axis + ")" : axis) + "; j++)");
        loop("k", dim(result(2)));
        String line = reverse ? axis + " - 1 - j" : "j";
        out.add("long at = (i * " + axis + " + " + line + ") * " + inner + " + k");
        if (!first) {
            out.add("long before = at " + (reverse ? "+ " : "- ") + inner);
        }
    }

    private void cumulate(Op.Cumulate op) {
        openLines(op.reverse(), true);
        String neutral = Literals.constant(op.function() == Op.CumulateFunction.SUM ? 0 : 1, dtype).text();
        set(y(), "at", op.exclusive() ? neutral : get(at.getFirst(), "at", dtype));
        close(3);
        openLines(op.reverse(), false);
        String so = get(y(), "before", dtype);
        String x = get(at.getFirst(), op.exclusive() ? "before" : "at", dtype);
        set(y(), "at", switch (op.function()) {
            case SUM -> so + " + " + x;
            case PRODUCT -> so + " * " + x;
            case MAX -> "Math.max(" + so + ", " + x + ")";
            case MIN -> "Math.min(" + so + ", " + x + ")";
        });
        close(3);
    }

    private void recurrence(Op.Recurrence op) {
        openLines(op.reverse(), true);
        set(y(), "at", get(at.get(1), "at", dtype));
        close(3);
        openLines(op.reverse(), false);
        set(y(), "at", get(at.getFirst(), "at", dtype) + " * " + get(y(), "before", dtype) + " + " + get(at.get(1), "at", dtype));
        close(3);
    }

    private void sort(Op.Sort op) {
        String inner = factor(in(0, 2));
        loop("i", dim(in(0, 0)));
        loop("k", dim(in(0, 2)));
        String from = place(at.get(0), "i * " + factor(in(0, 1)) + " * " + inner + " + k", dtype);
        String line = "i * " + factor(op.count()) + " * " + inner + " + k";
        out.add("Ordering.sort(ElementType." + dtype.name() + ", " + from + ", " + dim(in(0, 1)) + ", " + inner + ", "
                + place(at.get(1), line, dtype) + ", " + place(at.get(2), line, DType.I32) + ", " + dim(op.count()) + ", "
                + op.descending() + ")");
        close(2);
    }

    private void random(Op.Random op) {
        String method = op.distribution() == Op.Distribution.UNIFORM ? "uniform" : "normal";
        out.add("RandomNumbers." + method + "(ElementType." + dtype.name() + ", " + y() + ", " + dim(op.dims().getFirst())
                + ", MEMORY.get(JAVA_LONG, " + at.get(0) + "), MEMORY.get(JAVA_LONG, " + at.get(1) + "), "
                + dim(op.stream()) + ")");
    }
}
