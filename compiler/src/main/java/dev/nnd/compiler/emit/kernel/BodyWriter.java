package dev.nnd.compiler.emit.kernel;

import dev.nnd.compiler.emit.JavaNames;
import dev.nnd.compiler.emit.Lines;
import dev.nnd.compiler.ir.Node;
import dev.nnd.compiler.ir.Op;
import dev.nnd.compiler.ir.Port;
import dev.nnd.compiler.ir.Value;
import dev.nnd.compiler.plan.RowPasses;
import dev.nnd.compiler.type.DType;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Writes the ops of a kernel body into its loops: each op stands in the outermost loop in which all its operands are known,
 * and short results that are used once stand in the expression that uses them.
 */
final class BodyWriter {

    /** Longer expressions get a variable of their own. */
    private static final int LONGEST_INLINE = 80;

    private static final Code MEMORY = Code.atom("MEMORY");

    private final KernelBody body;
    private final LoopOrder order;
    private final Lines out;
    private final boolean vector;
    private final JavaNames names;
    private final Map<Integer, Operand> known = new HashMap<>();
    private final Map<String, String> rows = new HashMap<>();

    BodyWriter(KernelBody body, LoopOrder order, JavaNames names, Lines out) {
        this(body, order, names, out, false);
    }

    private BodyWriter(KernelBody body, LoopOrder order, JavaNames names, Lines out, boolean vector) {
        this.body = body;
        this.order = order;
        this.names = names;
        this.out = out;
        this.vector = vector;
    }

    /** A writer for an inner block that knows what this one knows; {@code vector}: values along the order's vector axis are vectors. */
    BodyWriter inner(boolean asVectors) {
        var copy = new BodyWriter(body, order, names.copy(), out, asVectors);
        copy.known.putAll(known);
        copy.rows.putAll(rows);
        return copy;
    }

    /** Writes what is known once {@code level} loops are open, but for what follows a reduction: see {@link #define}. */
    void enter(int level) {
        startRows(level);
        for (Port port : body.graph().inputs()) {
            if (level == 0 && !KernelBody.isTensor(port)) {
                know(
                        port.value(),
                        Operand.scalar(
                                Code.atom(body.parameter(port)),
                                port.value().type().dtype()));
            } else if (level(port.value()) == level) {
                load(port, level);
            }
        }
        for (Node node : body.graph().nodes()) {
            if (!node.equals(body.reduction())
                    && !body.afterReduction(node.output())
                    && level(node.output()) == level) {
                apply(node, usedDeeper(node.output(), level));
            }
        }
    }

    /** Gives the reduction's result and writes all ops that follow it. */
    void define(Value result, Operand operand) {
        know(result, operand);
        for (Node node : body.graph().nodes()) {
            if (!node.equals(body.reduction()) && body.afterReduction(node.output())) {
                apply(node, false);
            }
        }
    }

    /** Writes what is known at once when the reductions of a pass are: one number for all elements of the row. */
    void follow(RowPasses passes) {
        for (Node node : body.graph().nodes()) {
            boolean ready = node.inputs().stream().allMatch(v -> known.containsKey(v.id()));
            boolean open = !known.containsKey(node.output().id()) && !(node.op() instanceof Op.Reduce);
            if (ready && open && !passes.isWide(node.output())) {
                apply(node, true);
            }
        }
    }

    /** Reads and computes what a pass over the row knows once {@code level} loops are open. */
    void enter(RowPasses.RowPass pass, int level) {
        pass.reads().forEach((value, port) -> startRow(port.value(), level));
        pass.writes().keySet().forEach(port -> startRow(port.value(), level));
        pass.reads().forEach((value, port) -> {
            if (level(value) == level) {
                know(value, declare(value.name() + "Value", loaded(port)));
            }
        });
        for (Node node : pass.nodes()) {
            if (level(node.output()) == level) {
                apply(node, usedDeeper(node.output(), level));
            }
        }
    }

    /** Takes over what a value is. */
    void give(Value value, Operand operand) {
        know(value, declare(value.name(), operand));
    }

    /** Writes a value where a port is. */
    void store(Value value, Port port) {
        storeAt(value, port);
    }

    /** Writes all stores that belong at {@code level}. */
    void store(int level) {
        for (Port port : body.graph().outputs()) {
            if (order.level(body.stored(port.value())) == level) {
                storePort(port);
            }
        }
    }

    /** The expression for a value. */
    Operand operand(Value value) {
        Operand operand = known.get(value.id());
        if (operand == null) {
            throw new IllegalArgumentException(
                    value + " is used before it is made in " + body.graph().name());
        }
        return operand;
    }

    /** A name that is not taken here. */
    String name(String wanted) {
        return names.unique(wanted);
    }

    private int level(Value value) {
        return order.level(body.axes(value));
    }

    private boolean isVector(BitSet axes) {
        return vector && axes.get(order.vectorAxis());
    }

    private void load(Port port, int level) {
        Value value = port.value();
        Operand loaded = loaded(port);
        boolean invariant = level < order.depth();
        boolean several = body.graph().outputs().size() > 1; // in place, a store could come before an inlined load
        boolean shared = body.uses(value, vector) > 1;
        if (invariant || several || shared) {
            know(value, declare(value.name() + "Value", loaded));
        } else {
            know(value, loaded);
        }
    }

    private Operand loaded(Port port) {
        BitSet stored = body.stored(port.value());
        DType dtype = port.value().type().dtype();
        Code address = address(port);
        if (isVector(stored)) {
            Code call = Code.call(
                    "FloatVector.fromMemorySegment", Code.atom("SPECIES"), MEMORY, address, Code.atom("ORDER"));
            return Operand.vector(call);
        }
        Code call = MEMORY.then("get", Code.atom(Literals.layout(dtype)), address);
        Code unsigned = dtype == DType.U8 ? Code.infix(call, "&", Code.atom("0xFF"), Code.AND) : call;
        return Operand.scalar(unsigned, dtype);
    }

    private void storePort(Port port) {
        storeAt(port.value(), port);
    }

    private void storeAt(Value stored, Port port) {
        Operand value = operand(stored);
        Code address = address(port);
        if (isVector(body.stored(port.value()))) {
            Code spread = value.form() == Operand.Form.MASK
                    ? VectorCode.cast(DType.F32, value).code()
                    : value.spread();
            out.add(spread.then("intoMemorySegment", MEMORY, address, Code.atom("ORDER"))
                    .text());
            return;
        }
        DType dtype = value.dtype();
        boolean narrow = dtype == DType.U8 || dtype == DType.I8;
        Code element = narrow ? Code.prefix("(byte) ", value.code()) : value.code();
        out.add(MEMORY.then("set", Code.atom(Literals.layout(dtype)), address, element)
                .text());
    }

    /** Where the port's element is. */
    private Code address(Port port) {
        Value value = port.value();
        Code start = Code.atom(body.address(port));
        List<Integer> along = body.stored(value).stream().boxed().toList();
        if (along.isEmpty()) {
            return start;
        }
        Code last = Code.atom(order.variable(along.getLast()));
        String row = body.rowIndex(value, order.variables());
        Code index = row.isEmpty() ? last : Code.infix(Code.atom(rows.getOrDefault(row, row)), "+", last, Code.SUM);
        int bytes = value.type().dtype().bytes();
        Code offset = bytes == 1 ? index : Code.infix(Code.atom(Integer.toString(bytes)), "*", index, Code.PRODUCT);
        return Code.infix(start, "+", offset, Code.SUM);
    }

    /** Names the index at which the rows start that are known once {@code level} loops are open. */
    private void startRows(int level) {
        for (Port port : body.graph().inputs()) {
            startRow(port.value(), level);
        }
        for (Port port : body.graph().outputs()) {
            startRow(port.value(), level);
        }
    }

    private void startRow(Value value, int level) {
        var outer = (BitSet) body.stored(value).clone();
        String row = body.rowIndex(value, order.variables());
        outer.clear(Math.max(0, outer.length() - 1));
        if (!row.isEmpty() && order.level(outer) == level && !rows.containsKey(row)) {
            String name = names.unique("row");
            out.add("long " + name + " = " + row);
            rows.put(row, name);
        }
    }

    /** True if a loop further in reads the value: it must not be computed there again and again. */
    private boolean usedDeeper(Value value, int level) {
        boolean stored = body.graph().outputs().stream()
                .anyMatch(p -> p.value().equals(value) && order.level(body.stored(value)) > level);
        return stored
                || body.graph().nodes().stream()
                        .filter(n -> n.inputs().contains(value))
                        .anyMatch(n -> n.equals(body.reduction()) ? level < order.depth() : level(n.output()) > level);
    }

    private void apply(Node node, boolean invariant) {
        Value value = node.output();
        Operand result = result(node);
        int uses = body.uses(value, vector);
        boolean simple = node.op() instanceof Op.Constant || isName(result);
        boolean once = uses <= 1 && result.code().text().length() <= LONGEST_INLINE;
        boolean stored = uses == 1
                && body.graph().outputs().stream().anyMatch(p -> p.value().equals(value));
        if (simple || (!invariant && (once || stored))) {
            know(value, result);
        } else {
            boolean renames = node.op() instanceof Op.Cast || node.op() instanceof Op.Broadcast;
            know(value, declare(renames ? node.inputs().getFirst().name() : value.name(), result));
        }
    }

    private static boolean isName(Operand operand) {
        return operand.code().text().chars().allMatch(Character::isJavaIdentifierPart);
    }

    private Operand result(Node node) {
        List<Operand> in = node.inputs().stream().map(this::operand).toList();
        DType dtype = node.output().type().dtype();
        boolean numbers = in.stream().allMatch(Operand::isScalar);
        return switch (node.op()) {
            case Op.Constant o -> Operand.scalar(Literals.constant(o.value(), dtype), dtype);
            case Op.Size o -> Operand.scalar(size(o), dtype);
            case Op.Broadcast _, Op.Reshape _ -> in.getFirst();
            case Op.Unary o ->
                numbers
                        ? Operand.scalar(
                                ScalarCode.unary(
                                        o.function(), dtype, in.getFirst().code()),
                                dtype)
                        : VectorCode.unary(o.function(), in.getFirst(), locals());
            case Op.Binary o ->
                numbers
                        ? Operand.scalar(
                                ScalarCode.binary(
                                        o.function(),
                                        dtype,
                                        in.get(0).code(),
                                        in.get(1).code()),
                                dtype)
                        : VectorCode.binary(o.function(), in.get(0), in.get(1), locals());
            case Op.Compare o ->
                numbers
                        ? Operand.scalar(
                                ScalarCode.compare(
                                        o.comparison(),
                                        in.get(0).code(),
                                        in.get(1).code()),
                                dtype)
                        : VectorCode.compare(o.comparison(), in.get(0), in.get(1));
            case Op.Select _ ->
                numbers
                        ? Operand.scalar(
                                Code.choice(
                                        in.get(0).code(),
                                        in.get(1).code(),
                                        in.get(2).code()),
                                dtype)
                        : VectorCode.select(in.get(0), in.get(1), in.get(2));
            case Op.Cast o ->
                numbers
                        ? Operand.scalar(
                                ScalarCode.cast(
                                        in.getFirst().dtype(),
                                        o.to(),
                                        in.getFirst().code()),
                                dtype)
                        : VectorCode.cast(o.to(), in.getFirst());
            case Op.Transpose _,
                    Op.Reduce _,
                    Op.Provided _,
                    Op.Softmax _,
                    Op.LogSoftmax _,
                    Op.Pick _,
                    Op.OneHot _,
                    Op.ArgMax _,
                    Op.SoftmaxCrossEntropy _,
                    Op.SoftmaxCrossEntropyBackward _,
                    Op.Indexing _,
                    Op.Call _,
                    Op.Scan _ ->
                throw new IllegalArgumentException(node.op() + " does not stand among elementwise ops");
        };
    }

    private Code size(Op.Size size) {
        String text = body.dim(size.dim());
        Code dim = new Code(text, text.contains(" ") ? Code.SUM : Code.ATOM);
        return size.dtype() == DType.I64 ? dim : Code.prefix("(" + Literals.javaType(size.dtype()) + ") ", dim);
    }

    private VectorCode.Locals locals() {
        return new StatementLocals((wanted, value) -> declare(wanted, value).code(), out);
    }

    private Operand declare(String wanted, Operand value) {
        String name = names.unique(JavaNames.member(wanted));
        out.add(value.javaType() + " " + name + " = " + value.code().text());
        return value.named(name);
    }

    private void know(Value value, Operand operand) {
        known.put(value.id(), operand);
    }
}
