package dev.nnd.runtime.kernel;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.nnd.runtime.Seed;
import dev.nnd.runtime.SteadyHeap;
import dev.nnd.runtime.kernel.onednn.OneDnnProvider;
import dev.nnd.runtime.memory.ElementType;
import dev.nnd.runtime.memory.Tensor;
import dev.nnd.runtime.program.Binding;
import dev.nnd.runtime.program.Initializer;
import dev.nnd.runtime.program.Parameter;
import dev.nnd.runtime.program.ParameterSet;
import dev.nnd.runtime.random.Philox;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Convolutions in eight bits against their definition, written down here with integers and doubles. */
class ByteConvolutionTest {

    private static final int CASES = Integer.getInteger("nnd.cases", 24);

    @BeforeEach
    void byteProductsMustBeThere() {
        assumeTrue(OneDnnProvider.failure().isEmpty(), "oneDNN is not here");
        assumeTrue(bytes(1).precision() == Precision.INT8, "this processor does not sum products of bytes");
    }

    private static Provider bytes(int threads) {
        return Provider.named("onednn", threads).with(Precision.INT8);
    }

    /** What a convolution does behind its sums, with what numbers. */
    private record Tail(float[] bias, float[] scale, float[] shift, boolean biased, boolean scaled, boolean relu) {

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
    private record Case(int n, int c, int h, int w, int o, Window window, boolean home) {

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

    private interface Term {

        double of(int x, int w);
    }

    /** An image's bytes by their definition. */
    private record Steps(double scale, float inverse) {

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

    private static float[] normal(Random random, int count) {
        var all = new float[count];
        for (int i = 0; i < count; i++) {
            all[i] = (float) random.nextGaussian();
        }
        return all;
    }

    /** Images of very different ranges: zeros, without negative numbers, without positive ones, and with both. */
    private static float[] images(Random random, int n, int size) {
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

    private static void write(ParameterSet set, Parameter parameter, float[] values) {
        try (var arena = Arena.ofConfined()) {
            set.write(parameter, arena.allocateFrom(ValueLayout.JAVA_FLOAT, values));
        }
    }

    private static void fill(Tensor tensor, float[] values) {
        MemorySegment.copy(values, 0, tensor.segment(), ValueLayout.JAVA_FLOAT, 0, values.length);
    }

    private static float[] values(Tensor tensor) {
        return tensor.segment().asSlice(0, tensor.elements() * Float.BYTES).toArray(ValueLayout.JAVA_FLOAT);
    }

    private static void check(Case of, float[] x, float[] w, Tail tail, float[] actual, String what) {
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

    @Test
    void asDefined() {
        for (long seed : Seed.several(CASES).toArray()) {
            var random = new Random(seed);
            var of = Case.draw(random);
            var x = images(random, of.n, of.image());
            var w = normal(random, of.o * of.features());
            var tail = Tail.draw(random, of.o);
            String what = of + ", " + tail.biased + tail.scaled + tail.relu + ", seed " + seed;
            var one = of.run(bytes(1), x, w, tail);
            check(of, x, w, tail, one, what);
            for (int threads = 2; threads <= 3; threads++) {
                assertArrayEquals(one, of.run(bytes(threads), x, w, tail), what + ", threads " + threads);
            }
            for (int image = 0; image < of.n; image++) {
                var single = Arrays.copyOfRange(x, image * of.image(), (image + 1) * of.image());
                var expected = Arrays.copyOfRange(one, image * of.outputs(), (image + 1) * of.outputs());
                assertArrayEquals(expected, of.alone().run(bytes(1), single, w, tail), what + ", image " + image);
            }
        }
    }

    /** Large enough that threads share one image. */
    @Test
    void sharedImages() {
        var random = new Random(Seed.fresh());
        var of = new Case(2, 32, 41, 43, 48, Window.of(3, 3).pad(1, 1), true);
        var x = images(random, of.n, of.image());
        var w = normal(random, of.o * of.features());
        var tail = Tail.draw(random, of.o);
        var one = of.run(bytes(1), x, w, tail);
        for (int threads = 2; threads <= 5; threads++) {
            assertArrayEquals(one, of.run(bytes(threads), x, w, tail), "threads " + threads);
        }
    }

    @Test
    void addsAShortcut() {
        for (long seed : Seed.several(8).toArray()) {
            var random = new Random(seed);
            var drawn = Case.draw(random);
            var of = new Case(drawn.n, drawn.c, drawn.h, drawn.w, drawn.o, drawn.window, true);
            var x = normal(random, of.n * of.image());
            var w = normal(random, of.o * of.features());
            var shortcut = normal(random, of.n * of.outputs());
            var drawnTail = Tail.draw(random, of.o);
            var straight = new Tail(
                    drawnTail.bias, drawnTail.scale, drawnTail.shift, drawnTail.biased, drawnTail.scaled, false);
            String what = of + ", " + drawnTail.biased + drawnTail.scaled + drawnTail.relu + ", seed " + seed;
            var alone = of.run(bytes(1), x, w, straight);
            var summed = of.run(bytes(1), x, w, drawnTail, shortcut);
            for (int i = 0; i < summed.length; i++) {
                double sum = (double) alone[i] + shortcut[i];
                double tolerance = 2e-6 * (Math.abs(alone[i]) + Math.abs(shortcut[i])) + 1e-5;
                assertEquals(drawnTail.relu ? Math.max(sum, 0) : sum, summed[i], tolerance, what + " at " + i);
            }
            assertArrayEquals(summed, of.run(bytes(2), x, w, drawnTail, shortcut), what + ", threads 2");
        }
    }

    @Test
    void imagesThatAreNotFiniteDoNotTouchOthers() {
        var random = new Random(3);
        var of = new Case(4, 20, 6, 7, 33, Window.of(3, 3).pad(1, 1), true);
        var x = normal(random, of.n * of.image());
        x[7] = Float.NaN;
        x[of.image() * 2 + 39] = Float.NEGATIVE_INFINITY;
        var w = normal(random, of.o * of.features());
        var tail = new Tail(new float[of.o], new float[of.o], new float[of.o], true, false, false);
        var y = of.run(bytes(1), x, w, tail);
        for (int i = 0; i < y.length; i++) {
            assertEquals(i / of.outputs() % 2 == 0, Float.isNaN(y[i]), "at " + i);
        }
    }

    /** Weights at home take a quarter of the memory, and are those that were written, rounded; two programs read them. */
    @Test
    void weightsLieInBytes() {
        weightsLieInBytes(64, 64, 0.27);
        // Outputs are padded to 128.
        weightsLieInBytes(70, 50, 0.5);
    }

    private static void weightsLieInBytes(int o, int c, double share) {
        try (var set = new ParameterSet("test.Home")) {
            var weight = set.add("w", new Initializer.Normal(0, 1), true, o, c, 3, 3);
            set.initialize(1);
            var at = new Binding("Home", bytes(1), set);
            at.convolution(
                    "y", at.port("x", ElementType.F32, 2, c, 9, 9), at.parameter(weight), null, window(), 1, false);
            var other = new Binding("Other", bytes(1), set);
            try (var _ = at.commit();
                    var arena = Arena.ofConfined()) {
                var x = other.port("x", ElementType.F32, 1, c, 30, 30);
                var op = other.convolution("y", x, other.parameter(weight), null, window(), 1, false);
                try (var _ = other.commit()) {
                    fill(x, new float[c * 30 * 30]);
                    op.run();
                }
                long floats = 9L * o * c * Float.BYTES;
                assertTrue(
                        set.values().byteSize() <= floats * share, set.values().byteSize() + " bytes");
                var rounded = arena.allocate(floats);
                set.read(weight, rounded);
                var exact = arena.allocate(floats);
                new Initializer.Normal(0, 1).fill(exact, 1, "w");
                for (int i = 0; i < 9 * o * c; i++) {
                    float was = exact.getAtIndex(ValueLayout.JAVA_FLOAT, i);
                    assertEquals(was, rounded.getAtIndex(ValueLayout.JAVA_FLOAT, i), 6 / 127f / 2);
                }
                assertThrows(IllegalStateException.class, set::enableGradients);
            }
        }
    }

    private static Window window() {
        return Window.of(3, 3).pad(1, 1);
    }

    /** Two convolutions of one x round it once, and both are right. */
    @Test
    void opsShareAnImagesBytes() {
        var random = new Random(Seed.fresh());
        var of = new Case(2, 24, 8, 8, 40, window(), false);
        var x = images(random, of.n, of.image());
        var w = normal(random, of.o * of.features());
        var plain = new Tail(new float[of.o], new float[of.o], new float[of.o], false, false, false);
        var expected = of.run(bytes(1), x, w, plain);
        try (var set = new ParameterSet("test.Two")) {
            var weight = set.add("w", new Initializer.Normal(0, 1), false, of.o, of.c, 3, 3);
            var at = new Binding("Two", bytes(1), set);
            var in = at.port("x", ElementType.F32, of.n, of.c, of.h, of.w);
            var one = at.convolution("one", in, at.parameter(weight), null, window(), 1, false);
            var two = at.convolution("two", in, at.parameter(weight), null, window(), 1, false);
            var y = at.reorder("plain", two.output());
            try (var _ = at.commit()) {
                write(set, weight, w);
                fill(in, x);
                one.run();
                two.run();
                y.run();
                assertArrayEquals(expected, values(y.output()));
            }
        }
    }

    @Test
    void severalAxes() {
        var random = new Random(Seed.fresh());
        for (int axes = 1; axes <= 3; axes += 2) {
            var sizes = new int[axes];
            Arrays.fill(sizes, 3);
            var pads = new int[axes];
            Arrays.fill(pads, 1);
            var window = Window.of(sizes).pad(pads);
            int places = (int) Math.pow(6, axes);
            var x = normal(random, 2 * 16 * places);
            var w = normal(random, 32 * 16 * (int) Math.pow(3, axes));
            var exact = overAxes(Provider.named("onednn", 1), axes, window, x, w);
            var rounded = overAxes(bytes(1), axes, window, x, w);
            double difference = 0;
            double norm = 0;
            for (int i = 0; i < exact.length; i++) {
                difference += Math.pow(exact[i] - rounded[i], 2);
                norm += Math.pow(exact[i], 2);
            }
            assertTrue(Math.sqrt(difference / norm) < 0.03, "axes " + axes + ": " + Math.sqrt(difference / norm));
        }
    }

    private static float[] overAxes(Provider provider, int axes, Window window, float[] x, float[] w) {
        try (var set = new ParameterSet("test.Axes")) {
            var weight = set.add("w", new Initializer.Normal(0, 1), true, dims(32, 16, axes, 3));
            var at = new Binding("Axes", provider, set);
            var in = at.port("x", ElementType.F32, dims(2, 16, axes, 6));
            var op = at.convolution("y", in, at.parameter(weight), null, window, 1, false);
            var y = at.reorder("plain", op.output());
            try (var _ = at.commit()) {
                write(set, weight, w);
                fill(in, x);
                op.run();
                y.run();
                return values(y.output());
            }
        }
    }

    private static long[] dims(long first, long second, int axes, long size) {
        var dims = new ArrayList<>(List.of(first, second));
        dims.addAll(Collections.nCopies(axes, size));
        return dims.stream().mapToLong(Long::longValue).toArray();
    }

    /** While weights are trained, for groups, few channels and few products, convolutions stay f32. */
    @Test
    void othersStayInFloats() {
        var random = new Random(9);
        for (int kind = 0; kind < 4; kind++) {
            int groups = kind == 1 ? 2 : 1;
            int c = kind == 2 ? 8 : 32;
            int k = kind == 3 ? 1 : 3;
            int o = kind == 3 ? 20 : 32;
            var x = normal(random, 3 * c * 64);
            var w = normal(random, o * c / groups * k * k);
            var results = new float[2][];
            for (int i = 0; i < 2; i++) {
                try (var set = new ParameterSet("test.Floats")) {
                    var weight = set.add("w", new Initializer.Normal(0, 1), true, o, c / groups, k, k);
                    if (kind == 0) {
                        set.enableGradients();
                    }
                    var at = new Binding("Floats", i == 0 ? Provider.named("onednn", 1) : bytes(1), set);
                    var in = at.port("x", ElementType.F32, 3, c, 8, 8);
                    var op = at.convolution("y", in, at.parameter(weight), null, Window.of(k, k), groups, false);
                    var y = at.reorder("plain", op.output());
                    try (var _ = at.commit()) {
                        write(set, weight, w);
                        fill(in, x);
                        op.run();
                        y.run();
                        results[i] = values(y.output());
                    }
                }
            }
            assertArrayEquals(results[0], results[1], "kind " + kind);
        }
    }

    @Test
    void runsAllocateNothing() {
        try (var set = new ParameterSet("test.Heap")) {
            var weight = set.add("w", new Initializer.Normal(0, 1), true, 48, 33, 3, 3);
            set.initialize(1);
            var at = new Binding("Heap", bytes(1), set);
            var x = at.port("x", ElementType.F32, 3, 33, 7, 9);
            var scale = at.port("scale", ElementType.F32, 48);
            var op = at.convolution("y", x, at.parameter(weight), null, scale, scale, window(), 1, true);
            var plain = at.convolution("z", x, at.parameter(weight), null, window(), 1, false);
            try (var _ = at.commit()) {
                new Philox(1, "x").fillNormal(x.segment(), 0, 1);
                new Philox(1, "s").fillNormal(scale.segment(), 0, 1);
                long allocated = SteadyHeap.bytes(500, () -> {
                    op.run();
                    plain.run();
                });
                assertEquals(0, allocated);
            }
        }
    }
}
