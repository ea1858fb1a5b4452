package dev.nnd.compiler.keras;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;

/** Pooling, borders and resizing. */
final class PoolLayers {

    private PoolLayers() {}

    static void add(Map<String, LayerRule> table) {
        for (int axes = 1; axes <= 3; axes++) {
            int count = axes;
            for (String name : List.of("Max", "Average")) {
                table.put(name + "Pooling" + count + "D", c -> pool(c, name + "Pool", count));
                table.put(
                        "Global" + name + "Pooling" + count + "D",
                        c -> global(c, name.equals("Max") ? "ReduceMax" : "ReduceMean", count));
            }
            table.put("ZeroPadding" + count + "D", c -> bordered(c, "padding", count, 1));
            table.put("Cropping" + count + "D", c -> bordered(c, "cropping", count, -1));
            table.put("UpSampling" + count + "D", c -> larger(c, count));
        }
    }

    private static Flow pool(LayerCall c, String op, int axes) {
        Spatial x = Spatial.of(c, axes);
        List<Long> size = c.config().integers("pool_size", axes, 2);
        var attributes = new HashMap<String, Object>();
        attributes.put("kernel_shape", size);
        attributes.put("strides", c.config().has("strides") ? c.config().integers("strides", axes, 1) : size);
        if (c.config().text("padding", "valid").equals("same")) {
            attributes.put("auto_pad", "SAME_UPPER");
        }
        return x.made(c.node(op, List.of(x.value()), attributes));
    }

    private static Flow global(LayerCall c, String op, int axes) {
        Flow in = c.in();
        if (in.rank() != axes + 2) {
            throw c.refused("its input has " + in.rank() + " dims and needs " + (axes + 2));
        }
        boolean behind =
                in.first() || c.config().text("data_format", "channels_last").equals("channels_first");
        boolean keeps = c.config().flag("keepdims", false);
        int from = behind ? 2 : 1;
        String over = c.graph()
                .integers(
                        c.layer().name() + ".axes",
                        LongStream.range(from, (long) from + axes).boxed().toList());
        String y = c.node(op, List.of(in.value(), over), Map.of("keepdims", keeps ? 1 : 0));
        return keeps ? in.with(y) : Flow.of(y, 2);
    }

    /** One number for all borders, one for each axis, or two for each axis. */
    private static Flow bordered(LayerCall c, String name, int axes, int sign) {
        Spatial x = Spatial.of(c, axes);
        var before = new ArrayList<Long>(List.of(0L, 0L));
        var behind = new ArrayList<Long>(List.of(0L, 0L));
        List<?> given = Json.list(c.config().get(name));
        boolean pair = axes == 1 && given.size() == 2 && given.getFirst() instanceof Number;
        for (int i = 0; i < axes; i++) {
            Object own = pair
                    ? given
                    : given.size() == axes
                            ? given.get(i)
                            : c.config().integer(name).orElse(1L);
            List<?> both = own instanceof List<?> l && l.size() == 2 ? l : List.of(own, own);
            before.add(sign * number(c, both.get(0), name));
            behind.add(sign * number(c, both.get(1), name));
        }
        before.addAll(behind);
        String pads = c.graph().integers(c.layer().name() + ".pads", before);
        return x.made(c.node("Pad", List.of(x.value(), pads), Map.of()));
    }

    private static long number(LayerCall c, Object value, String name) {
        if (value instanceof Number n) {
            return n.longValue();
        }
        throw c.refused("`" + name + "` is no number or pair of numbers for each axis");
    }

    private static Flow larger(LayerCall c, int axes) {
        Spatial x = Spatial.of(c, axes);
        String how = c.config().text("interpolation", "nearest");
        if (!how.equals("nearest") && !how.equals("bilinear")) {
            throw c.refused("`interpolation` is `" + KerasProblem.shown(how) + "`; nearest and bilinear are supported");
        }
        boolean nearest = how.equals("nearest");
        List<Long> size = c.config().integers("size", axes, 2);
        var scales = new ArrayList<Double>(List.of(1.0, 1.0));
        size.forEach(s -> scales.add((double) s));
        String numbers = c.graph()
                .weight(
                        c.layer().name() + ".scales",
                        dev.nnd.compiler.onnx.TensorData.floats(
                                dev.nnd.compiler.type.DType.F32, List.of((long) scales.size()), scales::get));
        Map<String, Object> attributes = nearest
                ? Map.of("mode", "nearest", "coordinate_transformation_mode", "asymmetric", "nearest_mode", "floor")
                : Map.of("mode", "linear", "coordinate_transformation_mode", "half_pixel");
        return x.made(c.node("Resize", List.of(x.value(), "", numbers), attributes));
    }
}
