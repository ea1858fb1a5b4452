package dev.nnd.compiler.emit.kernel;

import dev.nnd.compiler.emit.JavaNames;
import dev.nnd.compiler.ir.Graph;
import dev.nnd.compiler.ir.Node;
import dev.nnd.compiler.ir.Op;
import dev.nnd.compiler.ir.Port;
import dev.nnd.compiler.ir.Value;
import dev.nnd.compiler.plan.RowPasses;
import dev.nnd.compiler.plan.Step;
import dev.nnd.compiler.type.DType;
import dev.nnd.compiler.type.Dim;
import dev.nnd.compiler.type.TensorType;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * One kernel before it has its final name.
 *
 * @param body the analysed graph
 * @param signature the parameters
 * @param loops the methods' bodies; a call of the method itself is {@code super.NAME(}
 */
record KernelSource(KernelBody body, Signature signature, KernelLoops loops) {

    /** Stands for the method's name until that is known; long, since it decides where lines are broken. */
    static final String NAME = "nameOfTheKernelOnceItIsKnown";

    /** An element that is copied in a run, and one that is moved alone, in hundredths of a nanosecond. */
    static final int COPIED = 10;

    static final int MOVED = 60;

    /** Names that the loops use. */
    private static final Set<String> RESERVED = Set.of(
            "i",
            "j",
            "k",
            "l",
            "m",
            "o",
            "q",
            "from",
            "to",
            "row",
            "rows",
            "columns",
            "sum",
            "sums",
            "largest",
            "maxima",
            "power",
            "powers",
            "scale",
            "hit",
            "shift",
            "logit",
            "best",
            "at",
            "value",
            "MEMORY",
            "place",
            "before",
            "end",
            "move",
            "tiny",
            "clipped",
            "turns",
            "whole",
            "rest",
            "shifted",
            "half",
            "first",
            "second",
            "shared",
            Share.ELEMENTS,
            Accumulation.SPARE);

    /** Writes the loops of a step's body. */
    static KernelSource of(Step.Kernel step) {
        List<String> sizes = List.copyOf(step.sizes().keySet());
        return step.kind() == Step.Kind.ROWS ? rows(step.body(), sizes) : of(step.body(), sizes);
    }

    /** Over rows; the comment names softmax, which the loops have in parts. */
    private static KernelSource rows(Graph graph, List<String> sizes) {
        var names = new JavaNames(sizes.stream().map(JavaNames::member).toList());
        List.of("i", "j", "k", "l", "o", "q", "from", "to", "shared", Share.ELEMENTS, Accumulation.SPARE)
                .forEach(names::unique);
        var written = new KernelBody(graph, sizes, names.copy());
        RowPasses passes = RowPasses.of(graph);
        var body = new KernelBody(passes.graph(), sizes, names).analyse();
        Signature signature = Signature.ofLoops(body, sizes);
        KernelLoops loops = new RowsKernel(body, passes, signature.share(), names).loops();
        return new KernelSource(
                written, signature, small(loops.after(body.addresses(p -> body.bytes(p, false))), body, signature));
    }

    /** Writes the loops of a graph whose dims are over {@code sizes}. */
    static KernelSource of(Graph graph, List<String> sizes) {
        List<Node> single = graph.nodes().stream().filter(n -> isSingle(n.op())).toList();
        if (single.isEmpty()) {
            return loops(graph, sizes);
        }
        if (graph.nodes().size() > 1) {
            throw new IllegalArgumentException(
                    graph.name() + " fuses ops with " + single.getFirst().op());
        }
        return single(graph, single.getFirst(), sizes);
    }

    private static KernelSource loops(Graph graph, List<String> sizes) {
        var names = new JavaNames(sizes.stream().map(JavaNames::member).toList());
        List.of("i", "j", "k", "l", "o", "q", "from", "to", "shared", Share.ELEMENTS, Accumulation.SPARE)
                .forEach(names::unique);
        var body = new KernelBody(graph, sizes, names).analyse();
        Signature signature = Signature.ofLoops(body, sizes);
        Node reduction = body.reduction();
        if (reduction != null && reduction.op() instanceof Op.Reduce reduce) {
            var kernel = new ReduceKernel(
                    body, reduce, reduction.inputs().getFirst(), reduction.output(), signature.share(), names);
            KernelLoops loops = kernel.loops().after(body.addresses(p -> body.bytes(p, false)));
            return new KernelSource(body, signature, small(loops, body, signature));
        }
        String addresses = body.addresses(p -> body.bytes(p, signature.isFlat()));
        KernelLoops loops = new NestKernel(NAME, body, signature, names).loops().after(addresses);
        return new KernelSource(body, signature, small(loops, body, signature));
    }

    /** Leaves little work to the plain loops: it may never be compiled, and vectors are objects until then. */
    private static KernelLoops small(KernelLoops loops, KernelBody body, Signature signature) {
        List<String> sizes =
                IntStream.range(0, body.depth()).mapToObj(body::size).toList();
        if (signature.isFlat() || sizes.isEmpty()) {
            return signature.isFlat() ? loops.unless("to - from < SMALL", signature) : loops;
        }
        boolean numbers =
                sizes.stream().allMatch(s -> s.chars().noneMatch(Character::isLetter)); // their product may be no int
        String all = (numbers ? "1L * " : "") + String.join(" * ", sizes) + " < SMALL";
        return loops.unless(sizes.size() == 1 ? all : sizes.getLast() + " < LANES || " + all, signature);
    }

    private static boolean isSingle(Op op) {
        return switch (op) {
            case Op.Softmax _,
                    Op.LogSoftmax _,
                    Op.Pick _,
                    Op.OneHot _,
                    Op.ArgMax _,
                    Op.SoftmaxCrossEntropy _,
                    Op.SoftmaxCrossEntropyBackward _,
                    Op.Transpose _,
                    Op.Indexing _ -> true;
            default -> false;
        };
    }

    private static KernelSource single(Graph graph, Node node, List<String> sizes) {
        var names = new JavaNames(RESERVED);
        sizes.forEach(s -> names.unique(JavaNames.member(s)));
        var body = new KernelBody(graph, sizes, names);
        // In the order of the op's operands, which need not be that of the ports.
        var addresses = new ArrayList<String>();
        node.inputs().forEach(v -> addresses.add(body.address(port(graph.inputs(), v))));
        node.outputs().forEach(v -> addresses.add(body.address(port(graph.outputs(), v))));
        if (node.op() instanceof Op.Indexing op) {
            return indexing(body, op, node, addresses, sizes);
        }
        TensorType x = node.inputs().getFirst().type();
        if (node.op() instanceof Op.Transpose transpose) {
            return transpose(body, addresses, x, transpose.permutation());
        }
        TensorType matrix = node.op() instanceof Op.OneHot ? node.output().type() : x;
        int rank = matrix.rank();
        List<Signature.Size> matrixSizes = List.of(
                new Signature.Size("rows", Dim.product(matrix.dims().subList(0, rank - 1))),
                new Signature.Size("columns", matrix.dim(-1)));
        String header = body.addresses(p ->
                p.value().type().dtype().bytes() + (p.value().type().rank() == rank ? " * rows * columns" : " * rows"));
        boolean checks = node.op() instanceof Op.Pick
                || node.op() instanceof Op.SoftmaxCrossEntropy
                || node.op() instanceof Op.SoftmaxCrossEntropyBackward;
        Share share = Share.rows("rows", unitsOfAnElement(node.op(), x.dtype()), List.of("rows", "columns"));
        Signature signature =
                checks ? Signature.ofIndices(body, share, matrixSizes) : Signature.ofSizes(body, share, matrixSizes);
        KernelLoops loops = rows(node, addresses).after(header);
        return new KernelSource(body, signature, loops.unless("columns < LANES || rows * columns < SMALL", signature));
    }

    private static KernelSource indexing(
            KernelBody body, Op.Indexing op, Node node, List<String> addresses, List<String> variables) {
        var code = new AxisCode(body, node, addresses);
        List<Signature.Size> sizes = variables.stream()
                .map(v -> new Signature.Size(JavaNames.member(v), Dim.variable(v)))
                .toList();
        KernelLoops loops = new AxisKernels(code).loops(op).after(body.addresses(p -> code.bytes(p.value())));
        boolean checks = op instanceof Op.Gather || op instanceof Op.Scatter;
        Signature signature =
                checks ? Signature.ofIndices(body, code.share(), sizes) : Signature.ofSizes(body, code.share(), sizes);
        return new KernelSource(
                body,
                signature,
                op instanceof Op.Scatter o ? loops.unless(new ScatterKernel(code, o).small(), signature) : loops);
    }

    private static Port port(List<Port> ports, Value value) {
        return ports.stream().filter(p -> p.value().equals(value)).findFirst().orElseThrow();
    }

    private static KernelLoops rows(Node node, List<String> addresses) {
        DType dtype = node.op() instanceof Op.OneHot o
                ? o.dtype()
                : node.inputs().getFirst().type().dtype();
        return switch (node.op()) {
            case Op.Pick _ -> IndexKernels.pick(addresses, dtype);
            case Op.OneHot _ -> IndexKernels.oneHot(addresses, dtype);
            case Op.ArgMax _ -> IndexKernels.argMax(addresses, dtype);
            case Op.Softmax _ -> floats(SoftmaxKernels.softmax(addresses), dtype);
            case Op.LogSoftmax _ -> floats(SoftmaxKernels.logSoftmax(addresses), dtype);
            case Op.SoftmaxCrossEntropy _ -> floats(SoftmaxKernels.crossEntropy(addresses), dtype);
            case Op.SoftmaxCrossEntropyBackward _ -> floats(SoftmaxKernels.crossEntropyBackward(addresses), dtype);
            default -> throw new IllegalArgumentException(node.op() + " has no loop nest of its own");
        };
    }

    /** In hundredths of a nanosecond, about. */
    private static int unitsOfAnElement(Op op, DType dtype) {
        int vectors = switch (op) {
            case Op.Softmax _, Op.LogSoftmax _, Op.SoftmaxCrossEntropy _ -> 50;
            case Op.SoftmaxCrossEntropyBackward _ -> 10;
            case Op.Pick _ -> 1;
            default -> 30;
        };
        return dtype == DType.F64 ? 8 * vectors : vectors;
    }

    private static KernelLoops floats(KernelLoops loops, DType dtype) {
        return switch (dtype) {
            case F32 -> loops;
            case F64 -> SoftmaxKernels.doubles(loops);
            case F16, BF16, I64, I32, I8, U8, BOOL -> throw Literals.unsupported(dtype);
        };
    }

    private static KernelSource transpose(
            KernelBody body, List<String> addresses, TensorType x, List<Integer> permutation) {
        var sizes = new ArrayList<Signature.Size>();
        for (int axis = 0; axis < x.rank(); axis++) {
            sizes.add(
                    new Signature.Size(x.rank() == 2 ? (axis == 0 ? "rows" : "columns") : "size" + axis, x.dim(axis)));
        }
        List<String> names = sizes.stream().map(Signature.Size::name).toList();
        KernelLoops loops = IndexKernels.transpose(addresses, x.dtype(), names, permutation);
        String bytes = x.dtype().bytes() + " * " + String.join(" * ", names);
        boolean runs = names.size() > 1 && permutation.getLast() == permutation.size() - 1;
        Share share = Share.rows(names.get(permutation.getFirst()), runs ? COPIED : MOVED, names);
        return new KernelSource(body, Signature.ofSizes(body, share, sizes), loops.after(body.addresses(_ -> bytes)));
    }

    /** Everything that makes two kernels the same. */
    String key() {
        return signature + "\n" + loops.scalar() + "\n" + loops.vector();
    }
}
