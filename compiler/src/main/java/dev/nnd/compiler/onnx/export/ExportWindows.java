package dev.nnd.compiler.onnx.export;

import static dev.nnd.compiler.onnx.export.ExportNodes.integer;
import static dev.nnd.compiler.onnx.export.ExportNodes.integers;
import static dev.nnd.compiler.onnx.export.ExportNodes.number;

import ai.onnx.proto.OnnxMl.AttributeProto;
import dev.nnd.compiler.ir.Node;
import dev.nnd.compiler.ir.Op;
import dev.nnd.compiler.type.DType;
import dev.nnd.compiler.type.Dim;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** The nodes of ONNX for convolutions, pooling and batch norm. */
final class ExportWindows {

    private final ExportNodes to;

    ExportWindows(ExportNodes to) {
        this.to = to;
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

    String convolution(Op.Convolution convolution, String name, List<String> in) {
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
        if (convolution.added()) {
            y = to.step("Add", y, inputs.getLast());
        }
        return to.node(convolution.relu() ? "Relu" : "Identity", name, y);
    }

    String transposed(Op.ConvolutionBackwardData op, Node node, String name, List<String> in) {
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
            long over = full.minus(op.inputDims().get(2 + i)).constant().orElseThrow(() -> ExportOps.unsupported(node));
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

    String pool(Op.Pool pool, Node node, String name, String x) {
        if (pool.indices()) {
            throw ExportOps.unsupported(node);
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

    String batchNorm(Op.BatchNorm op, Node node, List<String> in) {
        long channels =
                node.inputs().getFirst().type().dim(1).constant().orElseThrow(() -> ExportOps.unsupported(node));
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
}
