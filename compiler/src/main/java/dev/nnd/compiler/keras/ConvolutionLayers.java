package dev.nnd.compiler.keras;

import dev.nnd.compiler.onnx.TensorData;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Convolutions. */
final class ConvolutionLayers {

    private ConvolutionLayers() {}

    static void add(Map<String, LayerRule> table) {
        for (int axes = 1; axes <= 3; axes++) {
            int count = axes;
            table.put(
                    "Conv" + count + "D",
                    c -> convolution(c, count, c.config().integer("groups").orElse(1L)));
            table.put("Conv" + count + "DTranspose", c -> transposed(c, count));
            if (count < 3) {
                table.put("DepthwiseConv" + count + "D", c -> convolution(c, count, channels(c)));
                table.put("SeparableConv" + count + "D", c -> separable(c, count));
            }
        }
    }

    private static long channels(LayerCall c) {
        return c.data("weight").dims().getFirst()
                / c.config().integer("depth_multiplier").orElse(1L);
    }

    private static Map<String, Object> window(LayerCall c, TensorData weight, int axes) {
        var attributes = new HashMap<String, Object>();
        List<Long> kernel = weight.dims().subList(2, 2 + axes);
        List<Long> dilation = c.config().integers("dilation_rate", axes, 1);
        attributes.put("strides", c.config().integers("strides", axes, 1));
        attributes.put("dilations", dilation);
        String padding = c.config().text("padding", "valid");
        switch (padding) {
            case "valid" -> {}
            case "same" -> attributes.put("auto_pad", "SAME_UPPER");
            case "causal" -> attributes.put("pads", List.of((kernel.getFirst() - 1) * dilation.getFirst(), 0L));
            default ->
                throw c.refused(
                        "`padding` is `" + KerasProblem.shown(padding) + "`; valid, same and causal are supported");
        }
        return attributes;
    }

    private static List<String> inputs(LayerCall c, String x, String prefix) {
        var inputs = new ArrayList<String>(List.of(x, c.weight(prefix + "weight")));
        if (c.has(prefix + "bias")) {
            inputs.add(c.weight(prefix + "bias"));
        }
        return inputs;
    }

    private static Flow convolution(LayerCall c, int axes, long groups) {
        Spatial x = Spatial.of(c, axes);
        Map<String, Object> attributes = window(c, c.data("weight"), axes);
        attributes.put("group", groups);
        return c.activated(x.made(c.node("Conv", inputs(c, x.value(), ""), attributes)));
    }

    private static Flow separable(LayerCall c, int axes) {
        Spatial x = Spatial.of(c, axes);
        TensorData depth = c.data("depthwise.weight");
        Map<String, Object> attributes = window(c, depth, axes);
        attributes.put(
                "group",
                depth.dims().getFirst() / c.config().integer("depth_multiplier").orElse(1L));
        // Its first convolution has no bias in Keras.
        String inner = c.node("Conv", List.of(x.value(), c.weight("depthwise.weight")), attributes);
        String y = c.node("Conv", inputs(c, inner, "pointwise."), Map.of());
        return c.activated(x.made(y));
    }

    /** Keras cuts the output to {@code size * stride}, or leaves what a kernel wider than the stride adds. */
    private static Flow transposed(LayerCall c, int axes) {
        Spatial x = Spatial.of(c, axes);
        List<Long> kernel = c.data("weight").dims().subList(2, 2 + axes);
        List<Long> stride = c.config().integers("strides", axes, 1);
        boolean same = c.config().text("padding", "valid").equals("same");
        if (c.config().has("output_padding")
                || !c.config().integers("dilation_rate", axes, 1).equals(Collections.nCopies(axes, 1L))) {
            throw c.refused("`output_padding` and `dilation_rate` of a transposed convolution are not supported");
        }
        var before = new ArrayList<Long>();
        var behind = new ArrayList<Long>();
        var extra = new ArrayList<Long>();
        for (int i = 0; i < axes; i++) {
            long over = kernel.get(i) - stride.get(i);
            long cut = same ? Math.max(over, 0) : 0;
            before.add(cut / 2);
            behind.add(cut - cut / 2);
            extra.add(Math.max(-over, 0));
        }
        before.addAll(behind);
        Map<String, Object> attributes = Map.of("strides", stride, "pads", before, "output_padding", extra);
        return c.activated(x.made(c.node("ConvTranspose", inputs(c, x.value(), ""), attributes)));
    }
}
