package dev.nnd.compiler.onnx.export;

import static dev.nnd.compiler.onnx.export.ExportNodes.integer;
import static dev.nnd.compiler.onnx.export.ExportNodes.integers;
import static dev.nnd.compiler.onnx.export.ExportNodes.number;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import dev.nnd.compiler.ir.Graph;
import dev.nnd.compiler.ir.Inlining;
import dev.nnd.compiler.ir.Node;
import dev.nnd.compiler.ir.Op;
import dev.nnd.compiler.ir.Permutation;
import dev.nnd.compiler.ir.Port;
import dev.nnd.compiler.ir.Value;
import dev.nnd.compiler.type.DType;
import dev.nnd.compiler.type.Dim;
import dev.nnd.compiler.type.TensorType;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** The nodes of ONNX for each op of the graph. */
final class ExportOps {

    private final ExportNodes to;
    private final ExportMoves moves;

    ExportOps(ExportNodes to) {
        this.to = to;
        this.moves = new ExportMoves(to);
    }

    void add(Node node) {
        List<String> in = node.inputs().stream().map(to::of).toList();
        if (node.op() instanceof Op.BatchNorm b) {
            to.alias(node.output(), batchNorm(b, node, in));
            return;
        }
        if (node.op() instanceof Op.Sort s) {
            sort(s, node, in);
            return;
        }
        if (node.op() instanceof Op.Scan s) {
            scan(s, node, in);
            return;
        }
        to.alias(node.output(), result(node, in));
    }

    /** A scan of ONNX is one of ours; what each step reads is taken from around the body. */
    private void scan(Op.Scan scan, Node node, List<String> in) {
        Graph body = Inlining.all(scan.body().graph());
        ExportNodes inner = to.inner(to.unique("body"));
        int carried = scan.states() + scan.sequences();
        for (int i = 0; i < body.inputs().size(); i++) {
            Value value = body.inputs().get(i).value();
            if (i < carried) {
                inner.graph().addInput(OnnxExport.info(inner.result(value), value.type()));
            } else {
                inner.alias(value, in.get(i));
            }
        }
        var ops = new ExportOps(inner);
        body.nodes().forEach(ops::add);
        for (Port port : body.outputs()) {
            String name = inner.node("Identity", inner.unique("next"), inner.of(port.value()));
            inner.graph().addOutput(OnnxExport.info(name, port.value().type()));
        }
        int collected = body.outputs().size() - scan.states();
        long direction = scan.reverse() ? 1 : 0;
        var made = NodeProto.newBuilder()
                .setOpType("Scan")
                .addAllInput(in.subList(0, carried))
                .addAttribute(integer("num_scan_inputs", scan.sequences()))
                .addAttribute(integers("scan_input_directions", Collections.nCopies(scan.sequences(), direction)))
                .addAttribute(AttributeProto.newBuilder()
                        .setName("body")
                        .setType(AttributeProto.AttributeType.GRAPH)
                        .setG(inner.graph()));
        if (collected > 0) {
            made.addAttribute(integers("scan_output_directions", Collections.nCopies(collected, direction)));
        }
        node.outputs().forEach(o -> made.addOutput(to.result(o)));
        to.graph().addNode(made);
    }

    private static OnnxExport.Unsupported unsupported(Node node) {
        String span = node.origin().span() == null ? "" : " (" + node.origin().text() + ")";
        return new OnnxExport.Unsupported(
                "`" + node.op().getClass().getSimpleName() + "` has no form in ONNX yet" + span);
    }

    private String result(Node node, List<String> in) {
        TensorType type = node.output().type();
        String name = to.unique(node.output().name());
        return switch (node.op()) {
            case Op.Constant c -> to.scalar(c.value(), c.dtype());
            case Op.Size s -> {
                String size = to.step("Squeeze", to.size(s.dim()), to.list(List.of(0L)));
                yield to.node("Cast", name, List.of(integer("to", OnnxExport.number(s.dtype()))), size);
            }
            case Op.Unary u -> unary(u.function(), name, in.getFirst(), type.dtype());
            case Op.Binary b -> binary(b.function(), name, in.get(0), in.get(1), type.dtype());
            case Op.Compare c -> compare(c.comparison(), name, in.get(0), in.get(1));
            case Op.Select _ -> to.node("Where", name, in.get(0), in.get(1), in.get(2));
            case Op.Cast c -> to.node("Cast", name, List.of(integer("to", OnnxExport.number(c.to()))), in.getFirst());
            case Op.Reshape r -> to.node("Reshape", name, in.getFirst(), to.sizes(r.dims()));
            case Op.Transpose t ->
                to.node("Transpose", name, List.of(integers("perm", t.permutation())), in.getFirst());
            case Op.Broadcast b -> to.node("Expand", name, in.getFirst(), to.sizes(b.dims()));
            case Op.Reduce r -> reduce(r, name, in.getFirst(), type.dtype());
            case Op.MatMul m -> matMul(m, node, name, in);
            case Op.InnerProduct p -> innerProduct(p, node, name, in);
            case Op.Convolution c -> convolution(c, name, in);
            case Op.ConvolutionBackwardData c -> transposed(c, node, name, in);
            case Op.Pool p -> pool(p, node, name, in.getFirst());
            case Op.Softmax _ -> to.node("Softmax", name, List.of(integer("axis", -1)), in.getFirst());
            case Op.LogSoftmax _ -> to.node("LogSoftmax", name, List.of(integer("axis", -1)), in.getFirst());
            case Op.Pick _ -> {
                String last = to.list(List.of(-1L));
                String index = to.step("Unsqueeze", in.get(1), last);
                String picked = to.step("GatherElements", List.of(integer("axis", -1)), in.get(0), index);
                yield to.node("Squeeze", name, picked, last);
            }
            case Op.OneHot o -> oneHot(o, name, in.getFirst());
            case Op.ArgMax _ -> {
                String found = to.step("ArgMax", List.of(integer("axis", -1), integer("keepdims", 0)), in.getFirst());
                yield to.node("Cast", name, List.of(integer("to", OnnxExport.number(type.dtype()))), found);
            }
            case Op.Indexing i -> moves.add(i, node, name, in);
            case Op.Provided _ -> throw unsupported(node);
            case Op.SoftmaxCrossEntropy _ -> throw unsupported(node);
            case Op.SoftmaxCrossEntropyBackward _ -> throw unsupported(node);
            case Op.Call _ -> throw unsupported(node);
            case Op.Scan _ -> throw unsupported(node);
        };
    }

    private String unary(Op.UnaryFunction function, String name, String x, DType dtype) {
        return switch (function) {
            case NEGATE -> to.node("Neg", name, x);
            case ABS -> to.node("Abs", name, x);
            case SIGN -> to.node("Sign", name, x);
            case SQUARE -> to.node("Mul", name, x, x);
            case SQRT -> to.node("Sqrt", name, x);
            case RSQRT -> to.node("Reciprocal", name, to.step("Sqrt", x));
            case RECIPROCAL -> to.node("Reciprocal", name, x);
            case EXP -> to.node("Exp", name, x);
            case EXPM1 -> to.node("Sub", name, to.step("Exp", x), to.scalar(1, dtype));
            case LOG -> to.node("Log", name, x);
            case LOG1P -> to.node("Log", name, to.step("Add", x, to.scalar(1, dtype)));
            case SIN -> to.node("Sin", name, x);
            case COS -> to.node("Cos", name, x);
            case TANH -> to.node("Tanh", name, x);
            case SIGMOID -> to.node("Sigmoid", name, x);
            case RELU -> to.node("Relu", name, x);
            case ERF -> to.node("Erf", name, x);
            case SOFTPLUS -> to.node("Softplus", name, x);
            case FLOOR -> to.node("Floor", name, x);
            case CEIL -> to.node("Ceil", name, x);
            case ROUND -> to.node("Round", name, x);
            case ASIN -> to.node("Asin", name, x);
            case ACOS -> to.node("Acos", name, x);
            case ATAN -> to.node("Atan", name, x);
            case STOP_GRADIENT -> to.node("Identity", name, x);
            case NOT -> to.node("Not", name, x);
        };
    }

    private String binary(Op.BinaryFunction function, String name, String a, String b, DType dtype) {
        return switch (function) {
            case ADD -> to.node("Add", name, a, b);
            case SUBTRACT -> to.node("Sub", name, a, b);
            case MULTIPLY -> to.node("Mul", name, a, b);
            case DIVIDE -> to.node("Div", name, a, b);
            case POWER -> to.node("Pow", name, a, b);
            case MINIMUM -> to.node("Min", name, a, b);
            case MAXIMUM -> to.node("Max", name, a, b);
            case AND -> to.node("And", name, a, b);
            case OR -> to.node("Or", name, a, b);
            case FLOOR_DIVIDE ->
                dtype.isFloat()
                        ? to.node("Floor", name, to.step("Div", a, b))
                        : to.node("Div", name, to.step("Sub", a, to.step("Mod", a, b)), b);
            case REMAINDER ->
                dtype.isFloat()
                        ? to.node("Sub", name, a, to.step("Mul", b, to.step("Floor", to.step("Div", a, b))))
                        : to.node("Mod", name, a, b);
        };
    }

    private String compare(Op.Comparison comparison, String name, String a, String b) {
        return switch (comparison) {
            case EQUAL -> to.node("Equal", name, a, b);
            case NOT_EQUAL -> to.node("Not", name, to.step("Equal", a, b));
            case LESS -> to.node("Less", name, a, b);
            case LESS_EQUAL -> to.node("LessOrEqual", name, a, b);
            case GREATER -> to.node("Greater", name, a, b);
            case GREATER_EQUAL -> to.node("GreaterOrEqual", name, a, b);
        };
    }

    private String reduce(Op.Reduce reduce, String name, String x, DType dtype) {
        String op = switch (reduce.function()) {
            case SUM -> "ReduceSum";
            case MEAN -> "ReduceMean";
            case PRODUCT -> "ReduceProd";
            case MAX, ANY -> "ReduceMax";
            case MIN, ALL -> "ReduceMin";
        };
        String axes = to.list(reduce.axes().stream().map(Long::valueOf).toList());
        List<AttributeProto> keep = List.of(integer("keepdims", reduce.keepDims() ? 1 : 0));
        if (dtype != DType.BOOL) {
            return to.node(op, name, keep, x, axes);
        }
        String whole = to.step("Cast", List.of(integer("to", OnnxExport.number(DType.I32))), x);
        String found = to.step(op, keep, whole, axes);
        return to.node("Cast", name, List.of(integer("to", OnnxExport.number(DType.BOOL))), found);
    }

    /** An operand with its last two axes swapped, if so. */
    private String matMul(Op.MatMul op, Node node, String name, List<String> in) {
        String left = turned(in.get(0), node.inputs().get(0), op.leftOrder(), op.transposeLeft());
        String right = turned(in.get(1), node.inputs().get(1), op.rightOrder(), op.transposeRight());
        return op.resultOrder().isEmpty()
                ? to.node("MatMul", name, left, right)
                : to.node(
                        "Transpose", name, List.of(integers("perm", op.resultOrder())), to.step("MatMul", left, right));
    }

    private String turned(String name, Value value, List<Integer> order, boolean swapped) {
        List<Integer> own = order.isEmpty() ? Permutation.identity(value.type().rank()) : order;
        return order.isEmpty() && !swapped
                ? name
                : to.step("Transpose", List.of(integers("perm", swapped ? Permutation.swapLast(own) : own)), name);
    }

    private String innerProduct(Op.InnerProduct product, Node node, String name, List<String> in) {
        Value x = node.inputs().get(0);
        Value w = node.inputs().get(1);
        String rows = x.type().rank() == 2 ? in.get(0) : to.step("Flatten", in.get(0));
        String weight = w.type().rank() == 2 ? in.get(1) : to.step("Flatten", in.get(1));
        var inputs = new ArrayList<>(List.of(rows, weight));
        if (product.bias()) {
            inputs.add(in.get(2));
        }
        String made = product.relu() ? to.unique("product") : name;
        to.node("Gemm", made, List.of(integer("transB", 1)), inputs.toArray(String[]::new));
        return product.relu() ? to.node("Relu", name, made) : made;
    }

    private static List<AttributeProto> window(Op.Window window, int groups) {
        var pads = new ArrayList<>(window.padBefore());
        pads.addAll(window.padAfter().stream().map(p -> Math.max(p, 0)).toList());
        var attributes = new ArrayList<AttributeProto>();
        attributes.add(integers("kernel_shape", window.kernel()));
        attributes.add(integers("strides", window.stride()));
        attributes.add(integers("dilations", window.dilation()));
        attributes.add(integers("pads", pads));
        if (groups > 0) {
            attributes.add(integer("group", groups));
        }
        return attributes;
    }

    /** Padding that is negative leaves elements at the end out. */
    private String cut(String x, Op.Window window) {
        if (window.padAfter().stream().allMatch(p -> p >= 0)) {
            return x;
        }
        var ends = new ArrayList<Long>();
        var axes = new ArrayList<Long>();
        var starts = new ArrayList<Long>();
        for (int i = 0; i < window.axes(); i++) {
            if (window.padAfter().get(i) < 0) {
                starts.add(0L);
                ends.add((long) window.padAfter().get(i));
                axes.add(2L + i);
            }
        }
        return to.step("Slice", x, to.list(starts), to.list(ends), to.list(axes));
    }

    private String convolution(Op.Convolution convolution, String name, List<String> in) {
        var inputs = new ArrayList<>(in);
        inputs.set(0, cut(in.getFirst(), convolution.window()));
        int plain = convolution.bias() ? 3 : 2;
        List<String> operands = inputs.subList(0, plain);
        String y = to.node(
                "Conv",
                to.unique("conv"),
                window(convolution.window(), convolution.groups()),
                operands.toArray(String[]::new));
        if (convolution.scaled()) {
            var shape = new ArrayList<>(List.of(-1L));
            shape.addAll(Collections.nCopies(convolution.window().axes(), 1L));
            String dims = to.list(shape);
            y = to.step("Mul", y, to.step("Reshape", inputs.get(plain), dims));
            y = to.step("Add", y, to.step("Reshape", inputs.get(plain + 1), dims));
        }
        return to.node(convolution.relu() ? "Relu" : "Identity", name, y);
    }

    private String transposed(Op.ConvolutionBackwardData op, Node node, String name, List<String> in) {
        Op.Window window = op.window();
        var attributes = new ArrayList<AttributeProto>();
        attributes.add(integers("strides", window.stride()));
        attributes.add(integers("dilations", window.dilation()));
        attributes.add(integer("group", op.groups()));
        var pads = new ArrayList<Long>();
        var after = new ArrayList<Long>();
        var extra = new ArrayList<Long>();
        for (int i = 0; i < window.axes(); i++) {
            Dim size = node.inputs().getFirst().type().dim(2 + i);
            Dim full = size.minus(Dim.ONE)
                    .times(window.stride().get(i))
                    .plus(Dim.of(window.extent(i) - window.padBefore().get(i)));
            long over = full.minus(op.inputDims().get(2 + i)).constant().orElseThrow(() -> unsupported(node));
            pads.add((long) window.padBefore().get(i));
            after.add(Math.max(over, 0));
            extra.add(Math.max(-over, 0));
        }
        pads.addAll(after);
        attributes.add(integers("pads", pads));
        attributes.add(integers("output_padding", extra));
        return to.node(
                "ConvTranspose", name, attributes, in.subList(0, op.reads()).toArray(String[]::new));
    }

    private String pool(Op.Pool pool, Node node, String name, String x) {
        if (pool.indices()) {
            throw unsupported(node);
        }
        var attributes = new ArrayList<>(window(pool.window(), 0));
        attributes.add(integer("ceil_mode", pool.window().ceil() ? 1 : 0));
        if (pool.function() == Op.PoolFunction.AVERAGE_WITH_PADDING) {
            attributes.add(integer("count_include_pad", 1));
        }
        boolean max = pool.function() == Op.PoolFunction.MAXIMUM;
        if (!max) {
            attributes.removeIf(a -> a.getName().equals("dilations"));
        }
        return to.node(max ? "MaxPool" : "AveragePool", name, attributes, cut(x, pool.window()));
    }

    private String batchNorm(Op.BatchNorm op, Node node, List<String> in) {
        long channels = node.inputs().getFirst().type().dim(1).constant().orElseThrow(() -> unsupported(node));
        List<Long> shape = List.of(channels);
        String scale =
                op.affine() ? in.get(3) : to.constant(shape, Collections.nCopies((int) channels, 1.0), DType.F32);
        String bias = op.affine() ? in.get(4) : to.constant(shape, Collections.nCopies((int) channels, 0.0), DType.F32);
        return to.node(
                "BatchNormalization",
                to.unique(node.output().name()),
                List.of(number("epsilon", op.eps())),
                in.get(0),
                scale,
                bias,
                in.get(1),
                in.get(2));
    }

    private void sort(Op.Sort sort, Node node, List<String> in) {
        String values = to.result(node.outputs().get(0));
        String places = to.unique("places");
        to.graph()
                .addNode(NodeProto.newBuilder()
                        .setOpType("TopK")
                        .addInput(in.getFirst())
                        .addInput(to.size(sort.count()))
                        .addOutput(values)
                        .addOutput(places)
                        .addAttribute(integer("axis", sort.axis()))
                        .addAttribute(integer("largest", sort.descending() ? 1 : 0)));
        if (node.outputs().size() > 1) {
            Value index = node.outputs().get(1);
            to.node(
                    "Cast",
                    to.result(index),
                    List.of(integer("to", OnnxExport.number(index.type().dtype()))),
                    places);
        }
    }

    /** In the one combination of types that runtimes have in common. */
    private String oneHot(Op.OneHot op, String name, String indexes) {
        String values = to.constant(List.of(2L), List.of(0.0, 1.0), DType.F32);
        String wide = to.step("Cast", List.of(integer("to", OnnxExport.number(DType.I64))), indexes);
        if (op.dtype() == DType.F32) {
            return to.node("OneHot", name, List.of(integer("axis", -1)), wide, to.size(op.depth()), values);
        }
        String hot = to.step("OneHot", List.of(integer("axis", -1)), wide, to.size(op.depth()), values);
        return to.node("Cast", name, List.of(integer("to", OnnxExport.number(op.dtype()))), hot);
    }
}
