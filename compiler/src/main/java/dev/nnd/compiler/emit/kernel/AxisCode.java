package dev.nnd.compiler.emit.kernel;

import dev.nnd.compiler.emit.Lines;
import dev.nnd.compiler.ir.Node;
import dev.nnd.compiler.ir.Value;
import dev.nnd.compiler.type.DType;
import dev.nnd.compiler.type.Dim;
import java.util.List;
import java.util.stream.Stream;

/** What the kernels of ops along axes are written with: loops, elements and runs of them, sizes. */
final class AxisCode {

    final Node node;
    final List<String> at;
    final DType dtype;
    final Lines out = new Lines();
    private final KernelBody body;
    private Share share = Share.NONE;

    /**
     * Code for one node.
     *
     * @param at the Java variables of the addresses of operands, then of results
     */
    AxisCode(KernelBody body, Node node, List<String> at) {
        this.body = body;
        this.node = node;
        this.at = at;
        this.dtype = node.output().type().dtype();
    }

    /** The same code, nothing written yet. */
    AxisCode again() {
        return new AxisCode(body, node, at);
    }

    /** {@code long at = Indices.check(..., axis, place)}: the index is the second operand. */
    void index(String number, Dim size) {
        String index = get(at.get(1), number, node.inputs().get(1).type().dtype());
        out.add("long at = Indices.check(" + index + ", " + dim(size) + ", place)");
    }

    /** How many bytes a value has: {@code 4 * outer * axis * inner}. */
    String bytes(Value value) {
        return value.type().dtype().bytes()
                + value.type().dims().stream().map(d -> " * " + factor(d)).reduce("", String::concat);
    }

    /** A size in Java. */
    String dim(Dim dim) {
        return body.dim(dim);
    }

    /** A size as a factor. */
    String factor(Dim dim) {
        String text = dim(dim);
        return text.contains(" ") ? "(" + text + ")" : text;
    }

    /** A dim of an operand. */
    Dim in(int operand, int axis) {
        return node.inputs().get(operand).type().dim(axis);
    }

    /** A dim of the result. */
    Dim result(int axis) {
        return node.output().type().dim(axis);
    }

    /** The address of the result. */
    String y() {
        return at.get(node.inputs().size());
    }

    void loop(String variable, String size) {
        out.open("for (long %1$s = 0; %1$s < %2$s; %1$s++)".formatted(variable, size));
    }

    /** Opens the outermost loop, over the rows of a part. */
    void rows(String variable, Dim rows, int each, Dim... sizes) {
        share = Share.rows(dim(rows), each, Stream.of(sizes).map(this::factor).toList());
        out.open("for (long %1$s = from; %1$s < to; %1$s++)".formatted(variable));
    }

    /** Threads share it; the loops are written by the caller. */
    void shareWith(Share how) {
        share = how;
    }

    /** How threads share it. */
    Share share() {
        return share;
    }

    void close(int loops) {
        for (int i = 0; i < loops; i++) {
            out.close();
        }
    }

    /** An element. */
    String get(String address, String index, DType type) {
        String read = "MEMORY.get(" + Literals.layout(type) + ", " + place(address, index, type) + ")";
        return type == DType.U8 ? "(" + read + " & 0xFF)" : read;
    }

    /** Writes an element of the result. */
    void set(String address, String index, String value) {
        boolean narrow = dtype == DType.U8 || dtype == DType.I8;
        out.add("MEMORY.set(" + Literals.layout(dtype) + ", " + place(address, index, dtype) + ", "
                + (narrow ? "(byte) (" + value + ")" : value) + ")");
    }

    /** The address of an element. */
    static String place(String address, String index, DType type) {
        return address + " + " + type.bytes() + " * " + (index.contains(" ") ? "(" + index + ")" : index);
    }

    /** Copies a run of elements; the addresses are in bytes. */
    void copy(String from, String to, String count) {
        out.add("NativeMemory.copy(" + from + ", " + to + ", " + dtype.bytes() + " * " + count + ")");
    }

    /** Gives all elements of the result one value. */
    void fill(String value) {
        set(y(), "0", value);
        out.add("NativeMemory.repeat(" + y() + ", " + dtype.bytes() + ", " + bytes(node.output()) + ")");
    }
}
