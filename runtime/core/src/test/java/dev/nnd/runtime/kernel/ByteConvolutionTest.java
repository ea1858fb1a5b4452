package dev.nnd.runtime.kernel;

import static dev.nnd.runtime.kernel.ByteConvolutionRig.check;
import static dev.nnd.runtime.kernel.ByteConvolutionRig.fill;
import static dev.nnd.runtime.kernel.ByteConvolutionRig.images;
import static dev.nnd.runtime.kernel.ByteConvolutionRig.normal;
import static dev.nnd.runtime.kernel.ByteConvolutionRig.values;
import static dev.nnd.runtime.kernel.ByteConvolutionRig.write;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.nnd.runtime.Seed;
import dev.nnd.runtime.SteadyHeap;
import dev.nnd.runtime.kernel.ByteConvolutionRig.Case;
import dev.nnd.runtime.kernel.ByteConvolutionRig.Tail;
import dev.nnd.runtime.kernel.onednn.OneDnnProvider;
import dev.nnd.runtime.memory.ElementType;
import dev.nnd.runtime.program.Binding;
import dev.nnd.runtime.program.Initializer;
import dev.nnd.runtime.program.ParameterSet;
import dev.nnd.runtime.random.Philox;
import java.lang.foreign.Arena;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Convolutions in eight bits against their definition, which {@link ByteConvolutionRig} has. */
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

    @Test
    void asDefined() {
        for (long seed : Seed.several(CASES).toArray()) {
            var random = new Random(seed);
            var of = Case.draw(random);
            var x = images(random, of.n(), of.image());
            var w = normal(random, of.o() * of.features());
            var tail = Tail.draw(random, of.o());
            String what = of + ", " + tail.biased() + tail.scaled() + tail.relu() + ", seed " + seed;
            var one = of.run(bytes(1), x, w, tail);
            check(of, x, w, tail, one, what);
            for (int threads = 2; threads <= 3; threads++) {
                assertArrayEquals(one, of.run(bytes(threads), x, w, tail), what + ", threads " + threads);
            }
            for (int image = 0; image < of.n(); image++) {
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
        var x = images(random, of.n(), of.image());
        var w = normal(random, of.o() * of.features());
        var tail = Tail.draw(random, of.o());
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
            var of = new Case(drawn.n(), drawn.c(), drawn.h(), drawn.w(), drawn.o(), drawn.window(), true);
            var x = normal(random, of.n() * of.image());
            var w = normal(random, of.o() * of.features());
            var shortcut = normal(random, of.n() * of.outputs());
            var drawnTail = Tail.draw(random, of.o());
            var straight = new Tail(
                    drawnTail.bias(),
                    drawnTail.scale(),
                    drawnTail.shift(),
                    drawnTail.biased(),
                    drawnTail.scaled(),
                    false);
            String what = of + ", " + drawnTail.biased() + drawnTail.scaled() + drawnTail.relu() + ", seed " + seed;
            var alone = of.run(bytes(1), x, w, straight);
            var summed = of.run(bytes(1), x, w, drawnTail, shortcut);
            for (int i = 0; i < summed.length; i++) {
                double sum = (double) alone[i] + shortcut[i];
                double tolerance = 2e-6 * (Math.abs(alone[i]) + Math.abs(shortcut[i])) + 1e-5;
                assertEquals(drawnTail.relu() ? Math.max(sum, 0) : sum, summed[i], tolerance, what + " at " + i);
            }
            assertArrayEquals(summed, of.run(bytes(2), x, w, drawnTail, shortcut), what + ", threads 2");
        }
    }

    @Test
    void imagesThatAreNotFiniteDoNotTouchOthers() {
        var random = new Random(3);
        var of = new Case(4, 20, 6, 7, 33, Window.of(3, 3).pad(1, 1), true);
        var x = normal(random, of.n() * of.image());
        x[7] = Float.NaN;
        x[of.image() * 2 + 39] = Float.NEGATIVE_INFINITY;
        var w = normal(random, of.o() * of.features());
        var tail = new Tail(new float[of.o()], new float[of.o()], new float[of.o()], true, false, false);
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
        var x = images(random, of.n(), of.image());
        var w = normal(random, of.o() * of.features());
        var plain = new Tail(new float[of.o()], new float[of.o()], new float[of.o()], false, false, false);
        var expected = of.run(bytes(1), x, w, plain);
        try (var set = new ParameterSet("test.Two")) {
            var weight = set.add("w", new Initializer.Normal(0, 1), false, of.o(), of.c(), 3, 3);
            var at = new Binding("Two", bytes(1), set);
            var in = at.port("x", ElementType.F32, of.n(), of.c(), of.h(), of.w());
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
