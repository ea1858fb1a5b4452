package dev.nnd.compiler.onnx;

import dev.nnd.compiler.type.DType;
import dev.nnd.compiler.type.Dim;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/** Sampling at computed places: each place reads the entries around it. */
final class SampleOps {

    private SampleOps() {}

    static void add(Map<String, Rule> table) {
        Rule.one(table, "GridSample", SampleOps::gridSample);
        Rule.one(table, "AffineGrid", SampleOps::affineGrid);
        Rule.one(table, "DeformConv", SampleOps::deformed);
    }

    /** How places are read. */
    private record Sampling(String mode, String border, boolean corners) {}

    private static Value gridSample(NodeCall c) {
        Value x = c.in(0);
        Value grid = c.in(1);
        List<Dim> dims = x.type().dims();
        int axes = dims.size() - 2;
        List<Dim> places = grid.type().dims().subList(1, axes + 1);
        Dim count = Dim.product(places);
        String mode = c.word("mode", "linear").replaceFirst("^bi", "");
        var sampling = new Sampling(mode, c.word("padding_mode", "zeros"), c.integer("align_corners", 0) == 1);
        Value flat = c.reshape(grid, dims.get(0), count, Dim.of(axes));
        var coordinates = new ArrayList<Value>();
        for (int i = 0; i < axes; i++) {
            Value raw = c.emit("{}[:, none, :, {}]", flat, axes - 1 - i);
            coordinates.add(placed(c, raw, dims.get(2 + i), sampling));
        }
        Value source = c.reshape(x, dims.get(0), dims.get(1), Dim.product(dims.subList(2, dims.size())));
        Value sampled = sampled(c, source, dims.subList(2, dims.size()), coordinates, sampling);
        var made = new ArrayList<>(dims.subList(0, 2));
        made.addAll(places);
        return c.reshape(sampled, made);
    }

    /** From -1 .. 1 to places of an axis, and back inside as the border says. */
    private static Value placed(NodeCall c, Value raw, Dim size, Sampling how) {
        Value x = how.corners()
                ? c.emit("({} + 1.0) * (0.5 * ({} - 1))", raw, size)
                : c.emit("(({} + 1.0) * {} - 1.0) * 0.5", raw, MoveOps.grouped(size));
        if (how.mode().equals("nearest")) {
            x = c.emit("{} -> round", x);
        }
        if (how.mode().equals("cubic")) {
            // The border is met entry by entry, as in PyTorch.
            return x;
        }
        return switch (how.border()) {
            case "border" -> c.emit("minimum(maximum({}, 0.0), {} - 1)", x, size);
            case "reflection" -> reflected(c, x, size, how.corners());
            default -> x;
        };
    }

    private static Value reflected(NodeCall c, Value x, Dim size, boolean corners) {
        if (corners && size.is(1)) {
            return c.emit("{} * 0.0", x);
        }
        String low = corners ? "0.0" : "0.5";
        Dim period = (corners ? size.minus(Dim.ONE) : size).times(2);
        Value around = c.emit("remainder({} + {}, {})", x, low, period);
        return c.emit("minimum({}, {} - {}) - {}", around, period, around, low);
    }

    /** x [..., places of the source] read at coordinates that broadcast to [..., new places]. */
    private static Value sampled(NodeCall c, Value x, List<Dim> sizes, List<Value> coordinates, Sampling how) {
        int from = how.mode().equals("cubic") ? -1 : 0;
        int to = how.mode().equals("cubic") ? 2 : how.mode().equals("nearest") ? 0 : 1;
        var bases = coordinates.stream().map(v -> c.emit("{} -> floor", v)).toList();
        var parts = new ArrayList<List<Part>>();
        for (int i = 0; i < sizes.size(); i++) {
            var axis = new ArrayList<Part>();
            for (int k = from; k <= to; k++) {
                Value place =
                        k == 0 ? bases.get(i) : c.emit("{} + {}", bases.get(i), k < 0 ? "(" + k + ".0)" : k + ".0");
                axis.add(new Part(place, weight(c, coordinates.get(i), place, how.mode()), sizes.get(i)));
            }
            parts.add(axis);
        }
        int all = (int) Math.pow(to - from + 1, sizes.size());
        Value sum = null;
        for (int n = 0; n < all; n++) {
            var chosen = new ArrayList<Part>();
            int rest = n;
            for (List<Part> axis : parts) {
                chosen.add(axis.get(rest % axis.size()));
                rest /= axis.size();
            }
            Value one = read(c, x, chosen, how);
            sum = sum == null ? one : c.emit("{} + {}", sum, one);
        }
        return sum == null ? x : sum;
    }

    /** One of the entries around a place on an axis; the weight is absent where it is 1. */
    private record Part(Value place, java.util.Optional<Value> weight, Dim size) {}

    private static java.util.Optional<Value> weight(NodeCall c, Value at, Value place, String mode) {
        if (mode.equals("nearest")) {
            return java.util.Optional.empty();
        }
        Value far = c.emit("abs({} - {})", at, place);
        if (mode.equals("linear")) {
            return java.util.Optional.of(c.emit("1.0 - {}", far));
        }
        return java.util.Optional.of(c.emit(
                "select({} <= 1.0, (1.25 * {} - 2.25) * {} * {} + 1.0, ((-0.75 * {} + 3.75) * {} - 6.0) * {} + 3.0)",
                far,
                far,
                far,
                far,
                far,
                far,
                far));
    }

    private static Value read(NodeCall c, Value x, List<Part> parts, Sampling how) {
        Value index = null;
        Value factor = null;
        for (Part part : parts) {
            Value place = part.place();
            if (how.border().equals("zeros")) {
                Value inside = c.emit("({} >= 0.0) and ({} <= {} - 1) -> cast[f32]", place, place, part.size());
                factor = times(c, factor, inside);
            } else if (how.border().equals("reflection")) {
                place = c.emit("{} -> round", reflected(c, place, part.size(), how.corners()));
            }
            if (part.weight().isPresent()) {
                factor = times(c, factor, part.weight().get());
            }
            Value safe = c.emit("minimum(maximum({}, 0.0), {} - 1) -> cast[i32]", place, part.size());
            index = index == null ? safe : c.emit("{} * {} + {}", index, MoveOps.grouped(part.size()), safe);
        }
        List<Dim> dims = x.type().dims();
        var wanted = new ArrayList<>(dims.subList(0, dims.size() - 1));
        wanted.add(index == null ? Dim.ONE : index.type().dim(-1));
        Value entry = c.emit(
                "gather({}, {}, axis: {})",
                x,
                ElementwiseOps.expand(c, index == null ? x : index, wanted),
                dims.size() - 1);
        return factor == null ? entry : c.emit("{} * {}", entry, factor);
    }

    private static Value times(NodeCall c, @org.jspecify.annotations.Nullable Value a, Value b) {
        return a == null ? b : c.emit("{} * {}", a, b);
    }

    private static Value affineGrid(NodeCall c) {
        List<Long> size = c.longs(1);
        boolean corners = c.integer("align_corners", 0) == 1;
        List<Long> spatial = size.subList(2, size.size());
        int axes = spatial.size();
        long places = TensorData.elements(spatial);
        long[] strides = TensorData.strides(spatial);
        TensorData base = TensorData.floats(DType.F32, List.of(places, axes + 1L), i -> {
            int column = i % (axes + 1);
            if (column == axes) {
                return 1;
            }
            int axis = axes - 1 - column;
            long n = spatial.get(axis);
            long at = i / (axes + 1) / strides[axis] % n;
            return corners ? (n == 1 ? -1 : -1 + 2.0 * at / (n - 1)) : (2.0 * at + 1) / n - 1;
        });
        var dims = new ArrayList<Dim>();
        dims.add(Dim.of(size.getFirst()));
        spatial.forEach(s -> dims.add(Dim.of(s)));
        dims.add(Dim.of(axes));
        Value grid = c.emit("matmul({}, {} -> transpose)", new Value.Known("grid", base, false), c.in(0));
        return c.reshape(grid, dims);
    }

    private static Value deformed(NodeCall c) {
        List<Long> x = GraphWalk.constants(c.type(0).dims());
        List<Long> w = GraphWalk.constants(c.type(1).dims());
        if (x.size() != 4) {
            throw new OnnxProblem("deformed convolutions of images are supported, its input is " + c.type(0));
        }
        List<Long> kernel = w.subList(2, 4);
        Windows window = Windows.of(c, kernel, c.type(0).dims().subList(2, 4));
        List<Long> out = GraphWalk.constants(c.type(2).dims()).subList(2, 4);
        long offsets = c.integer("offset_group", 1);
        long groups = c.integer("group", 1);
        long taps = kernel.get(0) * kernel.get(1);
        long places = out.get(0) * out.get(1);
        Value shift = c.reshape(c.in(2), dims(x.get(0), offsets, taps, 2, places));
        var coordinates = new ArrayList<Value>();
        for (int axis = 0; axis < 2; axis++) {
            int a = axis;
            TensorData base = TensorData.floats(DType.F32, List.of(taps, places), i -> {
                long tap = i / places;
                long place = i % places;
                long k = a == 0 ? tap / kernel.get(1) : tap % kernel.get(1);
                long o = a == 0 ? place / out.get(1) : place % out.get(1);
                return o * window.stride().get(a)
                        - window.before().get(a)
                        + k * window.dilation().get(a);
            });
            Value moved = c.emit("{}[:, :, :, {}] + {}", shift, axis, new Value.Known("taps", base, false));
            coordinates.add(c.reshape(moved, dims(x.get(0), offsets, 1, taps * places)));
        }
        Value source = c.reshape(c.in(0), dims(x.get(0), offsets, x.get(1) / offsets, x.get(2) * x.get(3)));
        Value read = sampled(c, source, dims(x.get(2), x.get(3)), coordinates, new Sampling("linear", "zeros", true));
        if (c.has(4)) {
            Value mask = c.reshape(c.in(4), dims(x.get(0), offsets, 1, taps * places));
            read = c.emit("{} * {}", read, mask);
        }
        Value columns = c.reshape(read, dims(x.get(0), groups, x.get(1) / groups * taps, places));
        Value weight = c.reshape(c.in(1), dims(groups, w.get(0) / groups, w.get(1) * taps));
        Value y =
                c.reshape(c.emit("matmul({}, {})", weight, columns), dims(x.get(0), w.get(0), out.get(0), out.get(1)));
        return c.has(3) ? ElementwiseOps.operator(c, "+", y, ConvolutionOps.perChannel(c, c.in(3), 2)) : y;
    }

    private static List<Dim> dims(long... sizes) {
        return IntStream.range(0, sizes.length).mapToObj(i -> Dim.of(sizes[i])).toList();
    }
}
