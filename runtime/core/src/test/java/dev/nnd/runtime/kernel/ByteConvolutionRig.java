package dev.nnd.runtime.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import dev.nnd.runtime.memory.ElementType;
import dev.nnd.runtime.memory.Tensor;
import dev.nnd.runtime.program.Binding;
import dev.nnd.runtime.program.Initializer;
import dev.nnd.runtime.program.Parameter;
import dev.nnd.runtime.program.ParameterSet;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/** Convolutions in eight bits of random sizes, and what they should give: their definition, with integers and doubles. */
final class ByteConvolutionRig {

    private ByteConvolutionRig() {}

    /** What a convolution does behind its sums, with what numbers. */
    record Tail(float[] bias, float[] scale, float[] shift, boolean biased, boolean scaled, boolean relu) {

        static Tail draw(Random random, int o) {
            return new Tail(
                    normal(random, o),
                    normal(random, o),
                    normal(random, o),
                    random.nextBoolean(),
                    random.nextBoolean(),
                    random.nextBoolean());
        }

        double of(double sum, int output) {
            double value = sum + (biased ? bias[output] : 0);
            double scaledValue = scaled ? value * scale[output] + shift[output] : value;
            return relu ? Math.max(scaledValue, 0) : scaledValue;
        }

        /** What its terms add up to without their signs. */
        double terms(double sum, int output) {
            double value = Math.abs(sum) + (biased ? Math.abs(bias[output]) : 0);
            return scaled ? value * Math.abs(scale[output]) + Math.abs(shift[output]) : value;
        }

        double factor(int output) {
            return scaled ? Math.abs(scale[output]) : 1;
        }
    }

    /** One convolution over two axes. */
    record Case(int n, int c, int h, int w, int o, Window window, boolean home) {

        static Case draw(Random random) {
            while (true) {
                int kh = 1 + random.nextInt(3);
                int kw = 1 + random.nextInt(3);
                var window = Window.of(kh, kw)
                        .stride(1 + random.nextInt(2), 1 + random.nextInt(2))
                        .pad(random.nextInt(kh), random.nextInt(kw))
                        .dilation(1 + random.nextInt(2), 1 + random.nextInt(2));
                var drawn = new Case(
                        1 + random.nextInt(4),
                        16 + random.nextInt(60),
                        5 + random.nextInt(14),
                        5 + random.nextInt(14),
                        16 + random.nextInt(80),
                        window,
                        random.nextBoolean());
                double places = (double) drawn.out(0) * drawn.out(1) / (drawn.h * drawn.w);
                if (places * drawn.o * kh * kw >= 32) {
                    return drawn;
                }
            }
        }

        int k(int axis) {
            return window.kernel().get(axis);
        }

        int out(int axis) {
            int size = axis == 0 ? h : w;
            int extent = window.dilation().get(axis) * (k(axis) - 1) + 1;
            return (size + window.padBefore().get(axis) + window.padAfter().get(axis) - extent)
                            / window.stride().get(axis)
                    + 1;
        }

        int image() {
            return c * h * w;
        }

        int outputs() {
            return o * out(0) * out(1);
        }

        int features() {
            return c * k(0) * k(1);
        }

        Case alone() {
            return new Case(1, c, h, w, o, window, home);
        }

        float[] run(Provider provider, float[] x, float[] weights, Tail tail) {
            return run(provider, x, weights, tail, null);
        }

        /** With a shortcut's numbers added before the relu, if there are any. */
        float[] run(Provider provider, float[] x, float[] weights, Tail tail, float @Nullable [] shortcut) {
            try (var set = new ParameterSet("test.Bytes")) {
                var zero = new Initializer.Normal(0, 1);
                var weight = set.add("w", zero, home, o, c, k(0), k(1));
                var bias = set.add("b", zero, false, o);
                var at = new Binding("Bytes", provider, set);
                var in = at.port("x", ElementType.F32, n, c, h, w);
                var scale = at.port("scale", ElementType.F32, o);
                var shift = at.port("shift", ElementType.F32, o);
                var kernel = at.parameter(weight);
                var added = tail.biased ? at.parameter(bias) : null;
                var sum = at.port("sum", ElementType.F32, n, o, out(0), out(1));
                var scales = tail.scaled ? scale : null;
                var op = shortcut != null
                        ? at.convolution(
                                "y", in, kernel, added, scales, tail.scaled ? shift : null, sum, window, 1, tail.relu)
                        : tail.scaled
                                ? at.convolution("y", in, kernel, added, scale, shift, window, 1, tail.relu)
                                : at.convolution("y", in, kernel, added, window, 1, tail.relu);
                var y = at.reorder("plain", op.output());
                try (var _ = at.commit()) {
                    write(set, weight, weights);
                    write(set, bias, tail.bias);
                    fill(in, x);
                    fill(scale, tail.scale);
                    fill(shift, tail.shift);
                    if (shortcut != null) {
                        fill(sum, shortcut);
                    }
                    op.run();
                    y.run();
                    assertFalse(
                            home
                                    && provider.precision() == Precision.INT8
                                    && kernel.layout().exact(),
                            "f32");
                    return values(y.output());
                }
            }
        }

        /** A sum over the places of the kernel that are in the image, of what {@code term} says of x and w by their numbers. */
        double sum(int image, int output, int row, int column, Term term) {
            double sum = 0;
            for (int i = 0; i < k(0); i++) {
                int y = row * window.stride().get(0)
                        - window.padBefore().get(0)
                        + i * window.dilation().get(0);
                for (int j = 0; j < k(1); j++) {
                    int at = column * window.stride().get(1)
                            - window.padBefore().get(1)
                            + j * window.dilation().get(1);
                    for (int channel = 0; channel < c && y >= 0 && y < h && at >= 0 && at < w; channel++) {
                        int x = image * image() + (channel * h + y) * w + at;
                        sum += term.of(x, output * features() + (channel * k(0) + i) * k(1) + j);
                    }
                }
            }
            return sum;
        }
    }

    interface Term {

        double of(int x, int w);
    }

    /** An image's bytes by their definition. */
    record Steps(double scale, float inverse) {

        static Steps of(float[] values, int from, int count) {
            float low = 0;
            float high = 0;
            for (int i = from; i < from + count; i++) {
                low = Math.min(low, values[i]);
                high = Math.max(high, values[i]);
            }
            float steps = low < 0 ? 254 : 255;
            float width = high - low;
            return width == 0 ? new Steps(0, 0) : new Steps(width / steps, steps / width);
        }

        static Steps ofWeights(float[] values, int from, int count) {
            float largest = 0;
            for (int i = from; i < from + count; i++) {
                largest = Math.max(largest, Math.abs(values[i]));
            }
            return largest == 0 ? new Steps(0, 0) : new Steps(largest / 127, 127 / largest);
        }

        /** The nearest step, ties to even. */
        double step(float value) {
            return Math.rint(value * inverse);
        }
    }

    static float[] normal(Random random, int count) {
        var all = new float[count];
        for (int i = 0; i < count; i++) {
            all[i] = (float) random.nextGaussian();
        }
        return all;
    }

    /** Images of very different ranges: zeros, without negative numbers, without positive ones, and with both. */
    static float[] images(Random random, int n, int size) {
        var all = normal(random, n * size);
        for (int image = 0; image < n; image++) {
            int kind = random.nextInt(5);
            double range = Math.pow(10, random.nextInt(-4, 5));
            for (int i = image * size; i < (image + 1) * size; i++) {
                double value = all[i] * range;
                all[i] = (float)
                        switch (kind) {
                            case 0 -> 0;
                            case 1 -> -Math.abs(value);
                            case 2 -> value;
                            default -> Math.max(value, 0);
                        };
            }
        }
        return all;
    }

    static void write(ParameterSet set, Parameter parameter, float[] values) {
        try (var arena = Arena.ofConfined()) {
            set.write(parameter, arena.allocateFrom(ValueLayout.JAVA_FLOAT, values));
        }
    }

    static void fill(Tensor tensor, float[] values) {
        MemorySegment.copy(values, 0, tensor.segment(), ValueLayout.JAVA_FLOAT, 0, values.length);
    }

    static float[] values(Tensor tensor) {
        return tensor.segment().asSlice(0, tensor.elements() * Float.BYTES).toArray(ValueLayout.JAVA_FLOAT);
    }

    static void check(Case of, float[] x, float[] w, Tail tail, float[] actual, String what) {
        for (int i = 0; i < actual.length; i++) {
            int column = i % of.out(1);
            int row = i / of.out(1) % of.out(0);
            int output = i / of.out(1) / of.out(0) % of.o;
            int image = i / of.outputs();
            var xSteps = Steps.of(x, image * of.image(), of.image());
            var wSteps = Steps.ofWeights(w, output * of.features(), of.features());
            double sum = of.sum(image, output, row, column, (a, b) -> xSteps.step(x[a]) * wSteps.step(w[b]))
                    * xSteps.scale
                    * wSteps.scale;
            String where = what + " at " + i;
            assertEquals(tail.of(sum, output), actual[i], 2e-6 * tail.terms(sum, output) + 1e-30, where);
            double exact = of.sum(image, output, row, column, (a, b) -> (double) x[a] * w[b]);
            // Half a step of each factor, times the other one.
            double rounding = of.sum(
                    image,
                    output,
                    row,
                    column,
                    (a, b) ->
                            (Math.abs(x[a]) + xSteps.scale / 2) * wSteps.scale / 2 + Math.abs(w[b]) * xSteps.scale / 2);
            double tolerance = 1.001 * rounding * tail.factor(output) + 2e-6 * tail.terms(exact, output) + 1e-30;
            assertEquals(tail.of(exact, output), actual[i], tolerance, where + ", exact");
        }
    }
}
