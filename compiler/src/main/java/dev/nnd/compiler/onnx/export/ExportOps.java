package dev.nnd.compiler.onnx.export;

import static dev.nnd.compiler.onnx.export.ExportNodes.integer;
import static dev.nnd.compiler.onnx.export.ExportNodes.integers;

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
import dev.nnd.compiler.type.TensorType;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** The nodes of ONNX for each op of the graph. */
final class ExportOps {

    private final ExportNodes to;
    private final ExportMoves moves;
    private final ExportElementwise elementwise;
    private final ExportWindows windows;

    ExportOps(ExportNodes to) {
        this.to = to;
        this.moves = new ExportMoves(to);
        this.elementwise = new ExportElementwise(to);
        this.windows = new ExportWindows(to);
    }

    void add(Node node) {
        List<String> in = node.inputs().stream().map(to::of).toList();
        if (node.op() instanceof Op.BatchNorm b) {
            to.alias(node.output(), windows.batchNorm(b, node, in));
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

    static OnnxExport.Unsupported unsupported(Node node) {
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
            case Op.Unary u -> elementwise.unary(u.function(), name, in.getFirst(), type.dtype());
            case Op.Binary b -> elementwise.binary(b.function(), name, in.get(0), in.get(1), type.dtype());
            case Op.Compare c -> elementwise.compare(c.comparison(), name, in.get(0), in.get(1));
            case Op.Select _ -> to.node("Where", name, in.get(0), in.get(1), in.get(2));
            case Op.Cast c -> to.node("Cast", name, List.of(integer("to", OnnxExport.number(c.to()))), in.getFirst());
            case Op.Reshape r -> to.node("Reshape", name, in.getFirst(), to.sizes(r.dims()));
            case Op.Transpose t ->
                to.node("Transpose", name, List.of(integers("perm", t.permutation())), in.getFirst());
            case Op.Broadcast b -> to.node("Expand", name, in.getFirst(), to.sizes(b.dims()));
            case Op.Reduce r -> elementwise.reduce(r, name, in.getFirst(), type.dtype());
            case Op.MatMul m -> matMul(m, node, name, in);
            case Op.InnerProduct p -> innerProduct(p, node, name, in);
            case Op.Convolution c -> windows.convolution(c, name, in);
            case Op.ConvolutionBackwardData c -> windows.transposed(c, node, name, in);
            case Op.Pool p -> windows.pool(p, node, name, in.getFirst());
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
