package dev.nnd.compiler.onnx;

import dev.nnd.compiler.type.DType;
import dev.nnd.compiler.type.Dim;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/** Pooling. What the library's pools do not do (uneven borders, dilated means) is padded or written as a convolution. */
final class PoolOps {

    private PoolOps() {}

    static void add(Map<String, Rule> table) {
        table.put("MaxPool", PoolOps::max);
        Rule.one(table, "AveragePool", PoolOps::average);
        Rule.one(table, "LpPool", PoolOps::root);
        Rule.one(table, "GlobalAveragePool", c -> global(c, "mean"));
        Rule.one(table, "GlobalMaxPool", c -> global(c, "max"));
        Rule.one(table, "GlobalLpPool", PoolOps::globalRoot);
    }

    private static List<Dim> spatial(Value x) {
        List<Dim> dims = x.type().dims();
        if (dims.size() < 3 || dims.size() > 5) {
            throw new OnnxProblem("pools over one to three axes are supported, the input is " + x.type());
        }
        return dims.subList(2, dims.size());
    }

    private static Windows window(NodeCall c) {
        return Windows.of(c, c.integers("kernel_shape").orElseThrow(), spatial(c.in(0)));
    }

    private static Value global(NodeCall c, String function) {
        List<Integer> axes = IntStream.range(2, c.rank(0)).boxed().toList();
        return c.emit("{}({}, axis: {}, keep_dims: true)", function, c.in(0), NodeCall.axisList(axes));
    }

    private static Value globalRoot(NodeCall c) {
        String axes = NodeCall.axisList(IntStream.range(2, c.rank(0)).boxed().toList());
        long p = c.integer("p", 2);
        Value sum = c.emit("sum(abs({}) ** {}.0, axis: {}, keep_dims: true)", c.in(0), p, axes);
        return c.emit("{} ** (1.0 / {}.0)", sum, p);
    }

    /** How far the last windows of a pool that rounds up reach beyond the border; 0 otherwise. */
    private static List<Long> overhang(NodeCall c, Windows window, List<Dim> spatial) {
        if (c.integer("ceil_mode", 0) == 0) {
            return Windows.all(0, spatial.size());
        }
        List<Long> sizes = GraphWalk.constants(spatial);
        var over = new ArrayList<Long>();
        for (int i = 0; i < sizes.size(); i++) {
            long padded =
                    sizes.get(i) + window.before().get(i) + window.behind().get(i);
            long stride = window.stride().get(i);
            long count = Math.ceilDiv(padded - window.extent(i), stride) + 1;
            if ((count - 1) * stride >= sizes.get(i) + window.before().get(i)) {
                count--;
            }
            over.add(Math.max(0, (count - 1) * stride + window.extent(i) - padded));
        }
        return over;
    }

    private static List<Long> plus(List<Long> a, List<Long> b) {
        return IntStream.range(0, a.size()).mapToObj(i -> a.get(i) + b.get(i)).toList();
    }

    private static List<Value> max(NodeCall c) {
        Value x = c.in(0);
        Windows window = window(c);
        if (c.wants(1)) {
            return maxWithPlaces(c, window);
        }
        List<Long> over = overhang(c, window, spatial(x));
        boolean even = window.symmetric()
                && over.stream().allMatch(o -> o == 0)
                && IntStream.range(0, over.size())
                        .allMatch(i ->
                                2 * window.before().get(i) <= window.kernel().get(i));
        Value padded = even ? x : CutOps.border(c, x, window.before(), plus(window.behind(), over), -Float.MAX_VALUE);
        return List.of(pool(c, "MaxPool", padded, even ? window : window.without(), ""));
    }

    private static Value pool(NodeCall c, String block, Value x, Windows window, String more) {
        boolean strideIsKernel = window.stride().equals(window.kernel());
        String options = window.options().replace(", stride: " + NodeCall.each(window.stride()), "")
                + (strideIsKernel ? "" : ", stride: " + NodeCall.each(window.stride()));
        return c.emit(
                "{} -> {}{}d({}{}{})", x, block, window.kernel().size(), NodeCall.each(window.kernel()), options, more);
    }

    private static Value average(NodeCall c) {
        Value x = c.in(0);
        Windows window = window(c);
        boolean counted = c.integer("count_include_pad", 0) == 1;
        List<Long> over = overhang(c, window, spatial(x));
        boolean plain = window.symmetric()
                && over.stream().allMatch(o -> o == 0)
                && window.dilation().stream().allMatch(d -> d == 1)
                && IntStream.range(0, over.size())
                        .allMatch(i ->
                                2 * window.before().get(i) <= window.kernel().get(i));
        if (plain) {
            return pool(c, "AvgPool", x, window, counted || window.unpadded() ? "" : ", count_include_pad: false");
        }
        Value sum = summed(c, CutOps.border(c, x, window.before(), plus(window.behind(), over), 0), window);
        return ElementwiseOps.divide(c, sum, c.known(counts(window, GraphWalk.constants(spatial(x)), over, counted)));
    }

    /** The sum of each window: a convolution of each channel with ones. */
    private static Value summed(NodeCall c, Value x, Windows window) {
        List<Dim> dims = x.type().dims();
        int axes = dims.size() - 2;
        var flat = new ArrayList<Dim>(List.of(dims.get(0).times(dims.get(1)), Dim.ONE));
        flat.addAll(spatial(x));
        var kernel = new ArrayList<Dim>(List.of(Dim.ONE, Dim.ONE));
        window.kernel().forEach(k -> kernel.add(Dim.of(k)));
        Value ones = c.body().filled(x.type().withDims(kernel), "1.0", 1);
        Value sum = c.emit(
                "conv{}d({}, {}{})",
                axes,
                c.reshape(x, flat),
                ones,
                window.without().options());
        var made = new ArrayList<Dim>(dims.subList(0, 2));
        made.addAll(sum.type().dims().subList(2, axes + 2));
        return c.reshape(sum, made);
    }

    /** How many elements the mean of each window is over. */
    private static TensorData counts(Windows window, List<Long> sizes, List<Long> over, boolean padding) {
        var dims = new ArrayList<Long>(List.of(1L, 1L));
        for (int i = 0; i < sizes.size(); i++) {
            long padded =
                    sizes.get(i) + window.before().get(i) + window.behind().get(i) + over.get(i);
            dims.add((padded - window.extent(i)) / window.stride().get(i) + 1);
        }
        long[] strides = TensorData.strides(dims);
        return TensorData.floats(DType.F32, dims, at -> {
            double count = 1;
            for (int i = 0; i < sizes.size(); i++) {
                long start =
                        at / strides[i + 2] % dims.get(i + 2) * window.stride().get(i)
                                - window.before().get(i);
                long low = padding ? -window.before().get(i) : 0;
                long high = sizes.get(i) + (padding ? window.behind().get(i) : 0);
                long inside = 0;
                for (long k = 0; k < window.kernel().get(i); k++) {
                    long place = start + k * window.dilation().get(i);
                    inside += place >= low && place < high ? 1 : 0;
                }
                count *= inside;
            }
            return count;
        });
    }

    private static Value root(NodeCall c) {
        Windows window = window(c);
        long p = c.integer("p", 2);
        Value x = c.in(0);
        List<Long> over = overhang(c, window, spatial(x));
        Value powered = p == 2 ? c.emit("{} -> square", x) : c.emit("abs({}) ** {}.0", x, p);
        Value sum = summed(c, CutOps.border(c, powered, window.before(), plus(window.behind(), over), 0), window);
        return p == 2 ? c.emit("{} -> sqrt", sum) : c.emit("{} ** (1.0 / {}.0)", sum, p);
    }

    /** The maximum and its place in the whole input: the windows are laid out side by side. */
    private static List<Value> maxWithPlaces(NodeCall c, Windows window) {
        Value x = c.in(0);
        List<Long> sizes = GraphWalk.constants(spatial(x));
        List<Long> over = overhang(c, window, spatial(x));
        var out = new ArrayList<Long>();
        for (int i = 0; i < sizes.size(); i++) {
            long padded =
                    sizes.get(i) + window.before().get(i) + window.behind().get(i) + over.get(i);
            out.add((padded - window.extent(i)) / window.stride().get(i) + 1);
        }
        long places = TensorData.elements(out);
        long kernel = TensorData.elements(window.kernel());
        long size = TensorData.elements(sizes);
        boolean columns = c.integer("storage_order", 0) == 1;
        TensorData index = TensorData.integers(
                DType.I64, List.of(places, kernel), i -> place(window, sizes, out, i / kernel, i % kernel, false));
        TensorData reported = TensorData.integers(
                DType.I64, List.of(places, kernel), i -> place(window, sizes, out, i / kernel, i % kernel, columns));
        List<Dim> dims = x.type().dims();
        Dim rows = dims.get(0).times(dims.get(1));
        Value flat = c.reshape(x, rows, Dim.of(size));
        Value padded = c.emit("pad({}, [[0, 0], [0, 1]], value: {})", flat, Literals.of(-Float.MAX_VALUE));
        Value windows = c.emit("take({}, {}, axis: 1)", padded, new Value.Known("windows", index, false));
        Value best = c.emit("argmax({}, axis: 2, keep_dims: true)", windows);
        var made = new ArrayList<Dim>(dims.subList(0, 2));
        out.forEach(o -> made.add(Dim.of(o)));
        Value all = c.emit(
                "{} -> broadcast_to[{}, {}, {}]", new Value.Known("places", reported, false), rows, places, kernel);
        Value found = c.emit("gather({}, {}, axis: 2) -> squeeze[2]", all, best);
        Value offset = c.emit("(range({}) -> cast[i64])[:, none] * {}", rows, size);
        return List.of(
                c.reshape(c.emit("max({}, axis: 2)", windows), made),
                c.reshape(c.emit("{} + {}", found, offset), made));
    }

    /** The flat place that a window's element has in a channel; one behind the end for the border. */
    private static long place(
            Windows window, List<Long> sizes, List<Long> out, long at, long element, boolean columns) {
        long place = 0;
        long outRest = at;
        long kernelRest = element;
        var all = new long[sizes.size()];
        for (int i = sizes.size() - 1; i >= 0; i--) {
            long o = outRest % out.get(i);
            long k = kernelRest % window.kernel().get(i);
            outRest /= out.get(i);
            kernelRest /= window.kernel().get(i);
            all[i] = o * window.stride().get(i)
                    - window.before().get(i)
                    + k * window.dilation().get(i);
            if (all[i] < 0 || all[i] >= sizes.get(i)) {
                return TensorData.elements(sizes);
            }
        }
        for (int i = 0; i < all.length; i++) {
            int axis = columns ? all.length - 1 - i : i;
            place = place * sizes.get(axis) + all[axis];
        }
        return place;
    }
}
