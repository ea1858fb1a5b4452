package dev.nnd.compiler.onnx;

import dev.nnd.compiler.type.DType;
import dev.nnd.compiler.type.Dim;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/** Resizing: each axis by itself, as a choice of entries (nearest) or as a product with a known matrix. */
final class ResizeOps {

    private ResizeOps() {}

    static void add(Map<String, Rule> table) {
        Rule.one(table, "Resize", ResizeOps::resize);
        Rule.one(table, "Upsample", ResizeOps::upsample);
    }

    /** One axis that changes its size. */
    private record Axis(int axis, Dim size, double scale, long made, double from, double to) {}

    private static Value upsample(NodeCall c) {
        List<Double> scales = c.has(1)
                ? IntStream.range(0, c.data(1).size())
                        .mapToObj(i -> c.data(1).number(i))
                        .toList()
                : c.numbers("scales").stream().map(Float::doubleValue).toList();
        return resized(
                c, axes(c, scales, IntStream.range(0, scales.size()).boxed().toList(), List.of()), true);
    }

    private static Value resize(NodeCall c) {
        if (c.opset() < 11) {
            return upsample(c);
        }
        int rank = c.rank(0);
        List<Integer> axes = c.integers("axes")
                .map(a -> a.stream().map(i -> NodeCall.axis(i, rank)).toList())
                .orElseGet(() -> IntStream.range(0, rank).boxed().toList());
        boolean crops = c.word("coordinate_transformation_mode", "half_pixel").equals("tf_crop_and_resize");
        List<Double> roi = crops
                ? IntStream.range(0, c.data(1).size())
                        .mapToObj(i -> c.data(1).number(i))
                        .toList()
                : List.of();
        boolean sized = c.has(3) && c.type(3).dims().stream().noneMatch(d -> d.is(0));
        if (!sized) {
            TensorData scales = c.data(2);
            List<Double> all =
                    IntStream.range(0, scales.size()).mapToObj(scales::number).toList();
            return resized(c, axes(c, all, axes, roi), false);
        }
        return resized(c, sized(c, c.longs(3), axes, roi), false);
    }

    private static List<Axis> axes(NodeCall c, List<Double> scales, List<Integer> axes, List<Double> roi) {
        var made = new ArrayList<Axis>();
        for (int i = 0; i < axes.size(); i++) {
            Dim size = c.type(0).dim(axes.get(i));
            double scale = scales.get(i);
            long grown = size.constant().isPresent()
                    ? (long) Math.floor((float) size.constant().getAsLong() * (float) scale)
                    : -1;
            made.add(new Axis(axes.get(i), size, scale, grown, at(roi, i, 0), at(roi, i + axes.size(), 1)));
        }
        return made;
    }

    private static double at(List<Double> roi, int index, double otherwise) {
        return index < roi.size() ? roi.get(index) : otherwise;
    }

    private static List<Axis> sized(NodeCall c, List<Long> sizes, List<Integer> axes, List<Double> roi) {
        List<Long> before =
                GraphWalk.constants(axes.stream().map(a -> c.type(0).dim(a)).toList());
        String policy = c.word("keep_aspect_ratio_policy", "stretch");
        var scales = IntStream.range(0, axes.size()).mapToDouble(i -> (double) sizes.get(i) / before.get(i));
        double common = policy.equals("not_larger")
                ? scales.min().orElse(1)
                : scales.max().orElse(1);
        var made = new ArrayList<Axis>();
        for (int i = 0; i < axes.size(); i++) {
            boolean stretch = policy.equals("stretch");
            double scale = stretch ? (double) sizes.get(i) / before.get(i) : common;
            long size = stretch ? sizes.get(i) : (long) (common * before.get(i) + 0.5);
            made.add(new Axis(
                    axes.get(i), Dim.of(before.get(i)), scale, size, at(roi, i, 0), at(roi, i + axes.size(), 1)));
        }
        return made;
    }

    private static Value resized(NodeCall c, List<Axis> axes, boolean old) {
        String mode = c.word("mode", "nearest");
        Value x = c.in(0);
        List<Axis> changed = axes.stream()
                .filter(a -> a.scale() != 1 || a.from() != 0 || a.to() != 1)
                .toList();
        if (changed.stream().anyMatch(a -> a.made() < 0)) {
            return free(c, x, changed, mode, old);
        }
        var outside = new ArrayList<TensorData>();
        for (Axis axis : changed) {
            Weights weights = new Weights(c, axis, mode, old);
            x = mode.equals("nearest") ? chosen(c, x, axis, weights) : mixed(c, x, axis, weights.matrix());
            weights.outside(x.type().rank()).ifPresent(outside::add);
        }
        for (TensorData mask : outside) {
            Value value = c.literal(x.type().dtype(), c.number("extrapolation_value", 0));
            x = ElementwiseOps.select(c, new Value.Known("outside", mask, false), value, x);
        }
        return x;
    }

    /** Axes of free size: whole factors for nearest, the library's function for linear. */
    private static Value free(NodeCall c, Value x, List<Axis> axes, String mode, boolean old) {
        String transform = old ? "asymmetric" : c.word("coordinate_transformation_mode", "half_pixel");
        boolean whole = axes.stream().allMatch(a -> a.scale() == Math.rint(a.scale()) && a.scale() >= 1);
        boolean floor =
                old || c.word("nearest_mode", "round_prefer_floor").equals("floor") || transform.equals("half_pixel");
        if (mode.equals("nearest") && whole && floor) {
            for (Axis axis : axes) {
                x = c.emit("repeat({}, {}, axis: {})", x, (long) axis.scale(), axis.axis());
            }
            return x;
        }
        int rank = x.type().rank();
        boolean images = rank == 4 && axes.stream().allMatch(a -> a.axis() >= 2) && axes.size() == 2 && whole;
        boolean half = transform.endsWith("half_pixel") || transform.equals("align_corners");
        if (mode.equals("linear") && images && half) {
            return c.emit(
                    "resize({}, [{} * {}, {} * {}], mode: \"bilinear\", align_corners: {})",
                    x,
                    x.type().dim(2),
                    (long) axes.get(0).scale(),
                    x.type().dim(3),
                    (long) axes.get(1).scale(),
                    transform.equals("align_corners"));
        }
        throw new OnnxProblem("resizing a free size in mode " + mode + ", " + transform + " is not supported");
    }

    private static Value chosen(NodeCall c, Value x, Axis axis, Weights weights) {
        TensorData index = weights.nearest();
        long factor = axis.size().constant().isPresent()
                ? axis.made() / axis.size().constant().getAsLong()
                : 0;
        boolean repeats = factor > 0
                && IntStream.range(0, index.size()).allMatch(i -> index.integer(i) == i / factor)
                && index.size() == factor * axis.size().constant().orElse(0);
        return repeats
                ? c.emit("repeat({}, {}, axis: {})", x, factor, axis.axis())
                : IndexOps.take(c, x, new Value.Known("nearest", index, false), axis.axis());
    }

    private static Value mixed(NodeCall c, Value x, Axis axis, TensorData matrix) {
        int rank = x.type().rank();
        if (axis.axis() == rank - 1) {
            return c.emit("matmul({}, {})", x, new Value.Known("resize", matrix.transposed(List.of(1, 0)), false));
        }
        if (axis.axis() == rank - 2) {
            return c.emit("matmul({}, {})", new Value.Known("resize", matrix, false), x);
        }
        var order = new ArrayList<>(IntStream.range(0, rank).boxed().toList());
        order.set(axis.axis(), rank - 1);
        order.set(rank - 1, axis.axis());
        Value turned = c.transpose(x, order);
        return c.transpose(
                c.emit("matmul({}, {})", turned, new Value.Known("resize", matrix.transposed(List.of(1, 0)), false)),
                order);
    }

    /** What each new entry of an axis is made of. */
    private static final class Weights {
        private final NodeCall c;
        private final Axis axis;
        private final int size;
        private final String transform;
        private final String mode;
        private final boolean old;

        Weights(NodeCall c, Axis axis, String mode, boolean old) {
            this.c = c;
            this.axis = axis;
            this.size = (int) axis.size().constant().orElseThrow();
            this.transform = old ? "asymmetric" : c.word("coordinate_transformation_mode", "half_pixel");
            this.mode = mode;
            this.old = old;
            if (axis.made() < 1) {
                throw new OnnxProblem("axis " + axis.axis() + " would have " + axis.made() + " entries");
            }
        }

        /**
         * Where new entry {@code i} lies on the old axis. In f32, as ONNX Runtime computes it: a scale such as 0.6 is a little
         * more than that as an f32, and in f64 a place that should be whole would fall short of it.
         */
        private float origin(long i) {
            float scale = (float) axis.scale();
            float width = scale * size;
            return switch (transform) {
                case "align_corners" -> width == 1 ? 0 : i * (size - 1) / (width - 1);
                case "asymmetric" -> i / scale;
                case "tf_crop_and_resize" -> cropped(i, width);
                case "pytorch_half_pixel" -> width == 1 ? -0.5f : (i + 0.5f) / scale - 0.5f;
                case "half_pixel" -> (i + 0.5f) / scale - 0.5f;
                case "half_pixel_symmetric" -> size / 2f * (1 - axis.made() / width) + (i + 0.5f) / scale - 0.5f;
                default -> throw new OnnxProblem("the transformation `" + transform + "` is not supported");
            };
        }

        private float cropped(long i, float width) {
            float from = (float) axis.from();
            float length = (float) axis.to() - from;
            return from * (size - 1) + (width == 1 ? length * (size - 1) / 2 : i * length * (size - 1) / (width - 1));
        }

        /** The entry left of a place, and how far it is away: more than 0, at most 1. */
        private static int left(double x) {
            return (int) (x == Math.rint(x) ? x - 1 : Math.floor(x));
        }

        TensorData nearest() {
            // Operator set 10 says nothing of it: ONNX Runtime takes the next entry where an axis shrinks.
            String rounding = old
                    ? c.op().equals("Resize") && axis.scale() < 1 ? "ceil" : "floor"
                    : c.word("nearest_mode", "round_prefer_floor");
            return TensorData.integers(DType.I64, List.of(axis.made()), i -> {
                double x = origin(i);
                double ratio = x - left(x);
                boolean right = switch (rounding) {
                    case "round_prefer_ceil" -> ratio >= 0.5;
                    case "floor" -> ratio == 1;
                    case "ceil" -> true;
                    default -> ratio > 0.5;
                };
                return Math.clamp(left(x) + (right ? 1 : 0), 0, size - 1);
            });
        }

        TensorData matrix() {
            var made = TensorData.empty(DType.F32, List.of(axis.made(), (long) size));
            boolean excludes = c.integer("exclude_outside", 0) == 1;
            double squeeze = c.integer("antialias", 0) == 1 ? Math.min(axis.scale(), 1) : 1;
            double reach = mode.equals("cubic") ? 2 : 1;
            int start = (int) Math.floor(-reach / squeeze) + 1;
            for (int i = 0; i < axis.made(); i++) {
                double x = origin(i);
                int base = left(x);
                int end = 2 - start;
                double sum = 0;
                for (int k = start; k < end; k++) {
                    boolean in = base + k >= 0 && base + k < size;
                    sum += excludes && !in ? 0 : weight(squeeze * (k - (x - base)));
                }
                for (int k = start; k < end; k++) {
                    boolean in = base + k >= 0 && base + k < size;
                    if (in || !excludes) {
                        int at = i * size + Math.clamp(base + k, 0, size - 1);
                        made.set(at, made.number(at) + weight(squeeze * (k - (x - base))) / sum);
                    }
                }
            }
            return made;
        }

        private double weight(double distance) {
            double d = Math.abs(distance);
            if (!mode.equals("cubic")) {
                return Math.max(0, 1 - d);
            }
            double a = c.number("cubic_coeff_a", -0.75);
            if (d <= 1) {
                return (a + 2) * d * d * d - (a + 3) * d * d + 1;
            }
            return d < 2 ? a * d * d * d - 5 * a * d * d + 8 * a * d - 4 * a : 0;
        }

        /** Which new entries lie outside of the old axis and have the extrapolation value. */
        java.util.Optional<TensorData> outside(int rank) {
            if (!transform.equals("tf_crop_and_resize")) {
                return java.util.Optional.empty();
            }
            var dims = new ArrayList<>(Windows.all(1, rank - axis.axis()));
            dims.set(0, axis.made());
            TensorData mask = TensorData.integers(DType.BOOL, dims, i -> origin(i) < 0 || origin(i) > size - 1 ? 1 : 0);
            boolean any = IntStream.range(0, mask.size()).anyMatch(i -> mask.integer(i) != 0);
            return any ? java.util.Optional.of(mask) : java.util.Optional.empty();
        }
    }
}
