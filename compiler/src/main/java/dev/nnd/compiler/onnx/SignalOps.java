package dev.nnd.compiler.onnx;

import dev.nnd.compiler.type.DType;
import dev.nnd.compiler.type.Dim;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.DoubleUnaryOperator;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** Windows and spectra. A Fourier transform of a known length is a product with a known matrix. */
final class SignalOps {

    /** A longer transform would need a matrix larger than what it is applied to. */
    private static final long LONGEST = 4096;

    private SignalOps() {}

    static void add(Map<String, Rule> table) {
        window(table, "HannWindow", x -> 0.5 - 0.5 * Math.cos(x));
        window(table, "HammingWindow", x -> 25.0 / 46 - 21.0 / 46 * Math.cos(x));
        window(table, "BlackmanWindow", x -> 0.42 - 0.5 * Math.cos(x) + 0.08 * Math.cos(2 * x));
        Rule.one(table, "MelWeightMatrix", SignalOps::mel);
        Rule.one(table, "DFT", SignalOps::transform);
        Rule.one(table, "STFT", SignalOps::spectrogram);
    }

    private static DType dtype(NodeCall c) {
        int number = (int) c.integer("output_datatype", 1);
        return Tensors.dtype(number)
                .orElseThrow(() -> new OnnxProblem("its result is of " + Tensors.word(number) + ", not supported"));
    }

    /** A function of the angle, which goes once around over the window, with or without its last point. */
    private static void window(Map<String, Rule> table, String op, DoubleUnaryOperator shape) {
        Rule.one(table, op, c -> {
            long size = c.longs(0).getFirst();
            long around = c.integer("periodic", 1) == 1 ? size : size - 1;
            return c.known(TensorData.floats(
                    dtype(c), List.of(size), i -> shape.applyAsDouble(2 * Math.PI * i / Math.max(around, 1))));
        });
    }

    /** Triangles that are even on the mel scale, one for each column. */
    private static Value mel(NodeCall c) {
        int bins = Math.toIntExact(c.longs(0).getFirst());
        long length = c.longs(1).getFirst();
        long rate = c.longs(2).getFirst();
        double low = 2595 * Math.log10(1 + c.data(3).number(0) / 700);
        double high = 2595 * Math.log10(1 + c.data(4).number(0) / 700);
        double step = (high - low) / (bins + 2);
        var edges = new long[bins + 2];
        for (int i = 0; i < edges.length; i++) {
            double hertz = 700 * (Math.pow(10, (i * step + low) / 2595) - 1);
            edges[i] = (long) Math.floor((length + 1) * hertz / rate);
        }
        TensorData made = TensorData.empty(dtype(c), List.of(length / 2 + 1, (long) bins));
        for (int i = 0; i < bins; i++) {
            long before = edges[i];
            long center = edges[i + 1];
            long after = edges[i + 2];
            for (long j = before; j <= center; j++) {
                made.set(
                        Math.toIntExact(j * bins + i),
                        center == before ? 1.0 : (double) (j - before) / (center - before));
            }
            for (long j = center; j < after; j++) {
                made.set(Math.toIntExact(j * bins + i), (double) (after - j) / (after - center));
            }
        }
        return c.known(made);
    }

    /** The axis that is transformed goes last, the parts of the numbers are handled one by one. */
    private static Value transform(NodeCall c) {
        Value x = c.in(0);
        int rank = x.type().rank();
        boolean asInput = c.opset() >= 20;
        long given = asInput ? c.has(2) ? c.longs(2).getFirst() : -2 : c.integer("axis", 1);
        int axis = NodeCall.axis(given, rank);
        long size = GraphWalk.constants(List.of(x.type().dim(axis))).getFirst();
        long length = c.has(1) ? c.longs(1).getFirst() : size;
        boolean inverse = c.integer("inverse", 0) == 1;
        boolean half = c.integer("onesided", 0) == 1;
        if (axis == rank - 1 || inverse && half) {
            throw new OnnxProblem(
                    inverse && half
                            ? "a transform that is inverse and one-sided is not supported"
                            : "the last axis holds the parts of a number and cannot be transformed");
        }
        Value part = c.slice(x, axis, 0, Math.min(size, length));
        Value real = component(c, part, 0, axis);
        Value imaginary = x.type().dim(-1).is(2) ? component(c, part, 1, axis) : null;
        Value made = spectrum(c, real, imaginary, new Transform(Math.min(size, length), length, inverse, half));
        // The parts are the last axis, the frequencies the one before.
        List<Integer> back =
                new ArrayList<>(IntStream.range(0, rank - 2).boxed().toList());
        back.add(axis, rank - 2);
        back.add(rank - 1);
        return c.transpose(made, back);
    }

    /** One part of the numbers, with the axis in question last. */
    private static Value component(NodeCall c, Value x, int part, int axis) {
        int rank = x.type().rank();
        Value taken = c.emit("{}[{}{}]", x, ":, ".repeat(rank - 1), part);
        List<Integer> order = new ArrayList<>(
                IntStream.range(0, rank - 1).filter(i -> i != axis).boxed().toList());
        order.add(axis);
        return c.transpose(taken, order);
    }

    /** A transform of the first {@code size} numbers, the others up to {@code length} being 0. */
    private record Transform(long size, long length, boolean inverse, boolean half) {
        TensorData matrix(DType dtype, DoubleUnaryOperator wave) {
            if (length > LONGEST || length < 1) {
                throw new OnnxProblem(
                        "transforms of 1 to " + LONGEST + " numbers are supported, it is one of " + length);
            }
            long bins = half ? length / 2 + 1 : length;
            double scale = inverse ? 1.0 / length : 1;
            return TensorData.floats(
                    dtype,
                    List.of(size, bins),
                    i -> scale * wave.applyAsDouble(2 * Math.PI * (i / bins * (i % bins) % length) / length));
        }
    }

    /** [..., size] as [..., bins, 2]. */
    private static Value spectrum(NodeCall c, Value real, @Nullable Value imaginary, Transform transform) {
        DType dtype = real.type().dtype();
        int sign = transform.inverse() ? -1 : 1;
        Value cos = new Value.Known("cosines", transform.matrix(dtype, Math::cos), false);
        Value sin = new Value.Known("sines", transform.matrix(dtype, a -> sign * Math.sin(a)), false);
        Value re = MatrixOps.product(c, real, cos);
        Value im = c.emit("-{}", MatrixOps.product(c, real, sin));
        if (imaginary != null) {
            re = c.emit("{} + {}", re, MatrixOps.product(c, imaginary, sin));
            im = c.emit("{} + {}", im, MatrixOps.product(c, imaginary, cos));
        }
        return c.emit("stack({}, {}, axis: {})", re, im, re.type().rank());
    }

    private static Value spectrogram(NodeCall c) {
        Value x = c.in(0);
        long step = c.longs(1).getFirst();
        long length = c.has(3)
                ? c.longs(3).getFirst()
                : GraphWalk.constants(c.type(2).dims()).getFirst();
        long time = GraphWalk.constants(List.of(x.type().dim(1))).getFirst();
        if (step < 1 || length < 1 || length > time) {
            throw new OnnxProblem("frames of " + length + ", one each " + step + ", do not fit a signal of " + time);
        }
        long frames = (time - length) / step + 1;
        TensorData index = TensorData.integers(DType.I64, List.of(frames, length), i -> i / length * step + i % length);
        boolean complex = x.type().rank() == 3 && x.type().dim(2).is(2);
        var transform = new Transform(length, length, false, c.integer("onesided", 1) == 1);
        Value real = framed(c, x, 0, index);
        Value imaginary = complex ? framed(c, x, 1, index) : null;
        return spectrum(c, real, imaginary, transform);
    }

    private static Value framed(NodeCall c, Value x, int part, TensorData index) {
        Value signal = x.type().rank() == 3 ? c.emit("{}[:, :, {}]", x, part) : x;
        Value frames = c.emit("take({}, {}, axis: 1)", signal, new Value.Known("frames", index, false));
        if (!c.has(2)) {
            return frames;
        }
        Dim length = frames.type().dim(2);
        Dim missing = length.minus(c.type(2).dim(0));
        if (!missing.is(0)) {
            throw new OnnxProblem("its window has " + c.type(2).dim(0) + " numbers, a frame has " + length);
        }
        return ElementwiseOps.operator(c, "*", frames, c.in(2));
    }
}
