package dev.nnd.compiler.onnx;

import dev.nnd.compiler.type.DType;
import dev.nnd.compiler.type.Dim;
import dev.nnd.compiler.type.TensorType;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Convolution and what is like it. */
final class ConvolutionOps {

    private ConvolutionOps() {}

    static void add(Map<String, Rule> table) {
        Rule.one(table, "Conv", ConvolutionOps::convolution);
        Rule.one(table, "ConvTranspose", ConvolutionOps::transposed);
        Rule.one(table, "Col2Im", ConvolutionOps::columnsToImage);
    }

    private static List<Long> kernel(NodeCall c) {
        List<Dim> dims = c.type(1).dims();
        if (dims.size() < 3 || dims.size() > 5) {
            throw new OnnxProblem("convolutions over one to three axes are supported, the weight is " + c.type(1));
        }
        List<Long> kernel = GraphWalk.constants(dims.subList(2, dims.size()));
        if (c.integers("kernel_shape").filter(k -> !k.equals(kernel)).isPresent()) {
            throw new OnnxProblem("its kernel_shape is not that of the weight, " + c.type(1));
        }
        return kernel;
    }

    static Value convolution(NodeCall c) {
        List<Long> kernel = kernel(c);
        Value x = c.in(0);
        if (x.type().rank() != kernel.size() + 2) {
            throw new OnnxProblem("its input is " + x.type() + ", its weight " + c.type(1));
        }
        Windows window =
                Windows.of(c, kernel, x.type().dims().subList(2, x.type().rank()));
        if (!window.symmetric()) {
            x = CutOps.border(c, x, window.before(), window.behind(), 0);
            window = window.without();
        }
        long groups = c.integer("group", 1);
        String options = window.options() + (groups == 1 ? "" : ", groups: " + groups);
        int axes = kernel.size();
        boolean bias = c.has(2);
        if (Layers.isWeight(c.in(1), axes + 2) && (!bias || Layers.isWeight(c.in(2), 1))) {
            var weights = new LinkedHashMap<String, Value.Known>();
            weights.put("weight", (Value.Known) c.in(1));
            if (bias) {
                weights.put("bias", (Value.Known) c.in(2));
            }
            String block = "Conv" + axes + "d(" + c.type(1).dim(0) + ", kernel: " + NodeCall.each(kernel) + options
                    + (bias ? "" : ", bias: false") + ")";
            return Layers.emit(c, x, block, "conv", weights);
        }
        Value y = c.emit("conv{}d({}, {}{})", axes, x, c.in(1), options);
        return biased(c, y, axes, 2);
    }

    /** A convolution with the node's window of an image and a kernel that are computed. */
    static Value convolved(NodeCall c, Value image, Value kernel) {
        List<Long> sizes = GraphWalk.constants(
                kernel.type().dims().subList(2, kernel.type().rank()));
        Windows window =
                Windows.of(c, sizes, image.type().dims().subList(2, image.type().rank()));
        Value x = image;
        if (!window.symmetric()) {
            TensorType type = x.type();
            var pads = new ArrayList<String>(List.of("[0, 0]", "[0, 0]"));
            for (int i = 0; i < sizes.size(); i++) {
                pads.add("[" + window.before().get(i) + ", " + window.behind().get(i) + "]");
            }
            x = c.emit("pad({}, [{}])", x, NodeCall.join(pads.subList(0, type.rank())));
            window = window.without();
        }
        long groups = c.integer("group", 1);
        String options = window.options() + (groups == 1 ? "" : ", groups: " + groups);
        return c.emit("conv{}d({}, {}{})", sizes.size(), x, kernel, options);
    }

    private static Value biased(NodeCall c, Value y, int axes, int input) {
        return c.has(input) ? ElementwiseOps.operator(c, "+", y, perChannel(c, c.in(input), axes)) : y;
    }

    /** One number for each channel, to be broadcast over the axes behind it. */
    static Value perChannel(NodeCall c, Value x, int axes) {
        if (axes == 0) {
            return x;
        }
        var dims = new ArrayList<Dim>();
        dims.add(x.type().elements());
        for (int i = 0; i < axes; i++) {
            dims.add(Dim.ONE);
        }
        return c.reshape(x, dims);
    }

    private static Value transposed(NodeCall c) {
        List<Long> kernel = kernel(c);
        Value x = c.in(0);
        int axes = kernel.size();
        List<Dim> spatial = x.type().dims().subList(2, x.type().rank());
        List<Long> stride = c.integers("strides").orElseGet(() -> Windows.all(1, axes));
        List<Long> dilation = c.integers("dilations").orElseGet(() -> Windows.all(1, axes));
        List<Long> extra = c.integers("output_padding").orElseGet(() -> Windows.all(0, axes));
        var before = new ArrayList<Long>();
        var behind = new ArrayList<Long>();
        for (int i = 0; i < axes; i++) {
            long total = total(c, kernel, stride, dilation, extra, spatial, i);
            List<Long> pads = c.integers("pads").orElseGet(() -> Windows.all(0, 2 * axes));
            boolean given = total == Long.MIN_VALUE;
            boolean upper = c.word("auto_pad", "NOTSET").equals("SAME_UPPER");
            if (!given && total < 0) {
                // What is missing is added at the end, as output padding is.
                before.add(0L);
                behind.add(total);
                continue;
            }
            before.add(given ? pads.get(i) : upper ? total / 2 : total - total / 2);
            behind.add(given ? pads.get(i + axes) : upper ? total - total / 2 : total / 2);
        }
        return transposed(c, x, new Windows(kernel, stride, dilation, before, behind), extra);
    }

    /** How much is cut away of an axis if the size of the output is given; otherwise the smallest long. */
    private static long total(
            NodeCall c,
            List<Long> kernel,
            List<Long> stride,
            List<Long> dilation,
            List<Long> extra,
            List<Dim> spatial,
            int i) {
        String auto = c.word("auto_pad", "NOTSET");
        var shape = c.integers("output_shape");
        if (shape.isEmpty() && !auto.startsWith("SAME")) {
            return Long.MIN_VALUE;
        }
        long size = GraphWalk.constants(List.of(spatial.get(i))).getFirst();
        long wanted = shape.map(s -> s.get(s.size() - spatial.size() + i)).orElse(size * stride.get(i));
        return stride.get(i) * (size - 1) + extra.get(i) + (kernel.get(i) - 1) * dilation.get(i) + 1 - wanted;
    }

    private static Value transposed(NodeCall c, Value x, Windows window, List<Long> extra) {
        int axes = extra.size();
        long groups = c.integer("group", 1);
        boolean plain = window.symmetric()
                && window.before().stream().allMatch(p -> p >= 0)
                && java.util.stream.IntStream.range(0, axes)
                        .allMatch(i -> extra.get(i)
                                < Math.max(
                                        window.stride().get(i),
                                        window.dilation().get(i)));
        String more = groups == 1 ? "" : ", groups: " + groups;
        if (plain) {
            String options = window.options()
                    + (extra.stream().allMatch(e -> e == 0) ? "" : ", output_padding: " + NodeCall.each(extra))
                    + more;
            boolean bias = c.has(2);
            if (Layers.isWeight(c.in(1), axes + 2) && (!bias || Layers.isWeight(c.in(2), 1))) {
                var weights = new LinkedHashMap<String, Value.Known>();
                weights.put("weight", (Value.Known) c.in(1));
                if (bias) {
                    weights.put("bias", (Value.Known) c.in(2));
                }
                String block = "ConvTranspose" + axes + "d(" + c.type(1).dim(1).times(groups) + ", kernel: "
                        + NodeCall.each(window.kernel()) + options + (bias ? "" : ", bias: false") + ")";
                return Layers.emit(c, x, block, "conv_transpose", weights);
            }
            return biased(c, c.emit("conv_transpose{}d({}, {}{})", axes, x, c.in(1), options), axes, 2);
        }
        Value whole = c.emit(
                "conv_transpose{}d({}, {}{})",
                axes,
                x,
                c.in(1),
                window.without().options() + more);
        Value cut = CutOps.border(
                c,
                whole,
                window.before().stream().map(p -> Math.max(-p, 0)).toList(),
                java.util.stream.IntStream.range(0, axes)
                        .mapToObj(i -> Math.max(extra.get(i) - window.behind().get(i), 0))
                        .toList(),
                0);
        for (int i = 0; i < axes; i++) {
            Dim size = cut.type().dim(2 + i);
            Dim from = Dim.of(Math.max(window.before().get(i), 0));
            Dim end = size.minus(Dim.of(Math.max(window.behind().get(i) - extra.get(i), 0)));
            cut = c.slice(cut, 2 + i, from, end);
        }
        return biased(c, cut, axes, 2);
    }

    /** Adds blocks to the places of an image that they were taken from: a transposed convolution with unit kernels. */
    private static Value columnsToImage(NodeCall c) {
        Value x = c.in(0);
        List<Long> image = c.longs(1);
        List<Long> block = c.longs(2);
        int axes = block.size();
        Windows window = Windows.of(c, block, image.stream().map(Dim::of).toList());
        long size = block.stream().reduce(1L, Math::multiplyExact);
        long channels = GraphWalk.constants(x.type().dims()).get(1) / size;
        var dims = new ArrayList<Dim>(x.type().dims().subList(0, 2));
        var extra = new ArrayList<Long>();
        for (int i = 0; i < axes; i++) {
            long padded =
                    image.get(i) + window.before().get(i) + window.behind().get(i);
            long count = (padded - window.extent(i)) / window.stride().get(i) + 1;
            dims.add(Dim.of(count));
            extra.add(padded - (count - 1) * window.stride().get(i) - window.extent(i));
        }
        var shape = new ArrayList<Long>(List.of(channels * size, 1L));
        shape.addAll(block);
        TensorData units = TensorData.floats(DType.F32, shape, i -> i % size == i / size % size ? 1 : 0);
        Value whole = c.emit(
                "conv_transpose{}d({}, {}{})",
                axes,
                c.reshape(x, dims),
                new Value.Known("units", units, false),
                window.without().options() + (channels == 1 ? "" : ", groups: " + channels));
        Value grown = CutOps.border(c, whole, Windows.all(0, axes), extra, 0);
        for (int i = 0; i < axes; i++) {
            grown = c.slice(
                    grown, 2 + i, window.before().get(i), window.before().get(i) + image.get(i));
        }
        return grown;
    }
}
