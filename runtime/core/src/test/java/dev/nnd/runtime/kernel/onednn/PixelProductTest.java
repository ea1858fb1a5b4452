package dev.nnd.runtime.kernel.onednn;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.nnd.runtime.Seed;
import dev.nnd.runtime.foreign.NativeCalls;
import dev.nnd.runtime.kernel.BoundOp;
import dev.nnd.runtime.kernel.Provider;
import dev.nnd.runtime.kernel.Shapes;
import dev.nnd.runtime.kernel.Window;
import dev.nnd.runtime.memory.ElementType;
import dev.nnd.runtime.memory.Tensor;
import dev.nnd.runtime.program.Binding;
import dev.nnd.runtime.program.Initializer;
import dev.nnd.runtime.program.Parameter;
import dev.nnd.runtime.program.ParameterSet;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Convolutions whose weights lie in columns, on small whole numbers, whose sums are exact in any order. */
class PixelProductTest {

    private static final int SIZE = 7;

    @BeforeEach
    void oneDnnIsHere() {
        assumeTrue(OneDnnProvider.failure().isEmpty());
        assumeTrue(NativeCalls.FLOATS);
    }

    /**
     * With each kind of tail, on one thread, where they are products of matrices, and on two, where they are not; the image is
     * the result of a convolution that gives it channels last.
     */
    @ParameterizedTest
    @CsvSource({
        "130, 64, 1, 1, 0",
        "128, 1024, 1, 1, 0",
        "160, 40, 3, 1, 1",
        "64, 33, 3, 2, 1",
        "33, 16, 1, 3, 0",
        "48, 17, 2, 2, 0"
    })
    void givesTheSums(int c, int o, int kernel, int stride, int pad) {
        var random = new Random(Seed.fresh());
        var window = Window.of(kernel, kernel).stride(stride, stride).pad(pad, pad);
        for (int threads = 1; threads <= 2; threads++) {
            try (var set = new ParameterSet("test.Pixels")) {
                var firstWeights = set.add("first", new Initializer.Normal(0, 1), true, c, 4, 3, 3);
                var weights = set.add("w", new Initializer.Normal(0, 1), true, o, c, kernel, kernel);
                for (int n = 1; n <= 2; n++) {
                    check(set, firstWeights, weights, window, n, threads, random);
                }
            }
        }
    }

    private static void check(
            ParameterSet set, Parameter first, Parameter weights, Window window, int n, int threads, Random random) {
        var at = new Binding("Pixels", Provider.named("onednn", threads), set);
        var w = at.parameter(weights);
        long[] imageDims = {n, at.parameter(first).dims()[0], SIZE, SIZE};
        var shape = Shapes.Convolution.of("Pixels", imageDims, w.dims(), window, 1);
        if (!w.decided()) {
            try (var handles = new DnnlHandles()) {
                w.decide(DnnlLayout.of(PixelProduct.weights(new Descriptors(handles), shape)));
            }
        }
        int o = (int) shape.o();
        var x = at.port("x", ElementType.F32, n, 4, SIZE, SIZE);
        var numbers = List.of(
                at.port("bias", ElementType.F32, o),
                at.port("scale", ElementType.F32, o),
                at.port("shift", ElementType.F32, o),
                at.port("added", ElementType.F32, shape.output()));
        var ops = new ArrayList<BoundOp>();
        var padded = Window.of(3, 3).pad(1, 1);
        ops.add(at.convolution("image", x, at.parameter(first), null, padded, 1, false));
        var image = ops.getLast().output();
        ops.add(at.reorder("plainImage", image));
        var plainImage = ops.getLast().output();
        var results = new ArrayList<Tensor>();
        for (int tail = 0; tail < 16; tail++) {
            String name = "y" + tail;
            var withBias = (tail & 1) == 0 ? null : numbers.get(0);
            var withScale = (tail & 2) == 0 ? null : numbers.get(1);
            var withShift = (tail & 2) == 0 ? null : numbers.get(2);
            boolean relu = (tail & 8) != 0;
            if ((tail & 4) != 0) {
                ops.add(at.convolution(
                        name, image, w, withBias, withScale, withShift, numbers.get(3), window, 1, relu));
            } else if (withScale != null && withShift != null) {
                ops.add(at.convolution(name, image, w, withBias, withScale, withShift, window, 1, relu));
            } else {
                ops.add(at.convolution(name, image, w, withBias, window, 1, relu));
            }
            ops.add(at.reorder("plain" + name, ops.getLast().output()));
            results.add(ops.getLast().output());
        }
        try (var _ = at.commit()) {
            float[] filters = whole(random, Math.toIntExact(w.elements()));
            write(set, first, whole(random, Math.toIntExact(imageDims[1]) * 36));
            write(set, weights, filters);
            fill(x, random);
            numbers.forEach(tensor -> fill(tensor, random));
            ops.forEach(BoundOp::run);
            ops.forEach(BoundOp::run);
            float[] sums = sums(shape, floats(plainImage), filters);
            float[] bias = floats(numbers.get(0));
            float[] scale = floats(numbers.get(1));
            float[] shift = floats(numbers.get(2));
            float[] added = floats(numbers.get(3));
            for (int tail = 0; tail < 16; tail++) {
                float[] wanted = sums.clone();
                int places = wanted.length / n / o;
                for (int i = 0; i < wanted.length; i++) {
                    int channel = i / places % o;
                    wanted[i] += (tail & 1) == 0 ? 0 : bias[channel];
                    if ((tail & 2) != 0) {
                        wanted[i] = wanted[i] * scale[channel] + shift[channel];
                    }
                    wanted[i] += (tail & 4) == 0 ? 0 : added[i];
                    wanted[i] = (tail & 8) == 0 ? wanted[i] : Math.max(wanted[i], 0);
                }
                assertArrayEquals(wanted, floats(results.get(tail)), "tail " + tail + ", threads " + threads);
            }
        }
    }

    /** By plain loops: x [n, c, h, w], w [o, c, kernel, kernel]. */
    private static float[] sums(Shapes.Convolution shape, float[] x, float[] w) {
        int c = (int) shape.c();
        int size = (int) shape.out()[0];
        int kernel = shape.window().kernel().getFirst();
        int stride = shape.window().stride().getFirst();
        int pad = shape.window().padBefore().getFirst();
        var y = new float[(int) (shape.n() * shape.o()) * size * size];
        for (int i = 0; i < y.length; i++) {
            int across = i % size * stride - pad;
            int down = i / size % size * stride - pad;
            int o = i / (size * size) % (int) shape.o();
            int n = i / (size * size) / (int) shape.o();
            for (int k = 0; k < c * kernel * kernel; k++) {
                int column = across + k % kernel;
                int line = down + k / kernel % kernel;
                if (Math.min(column, line) >= 0 && Math.max(column, line) < SIZE) {
                    int channel = k / (kernel * kernel);
                    y[i] += x[((n * c + channel) * SIZE + line) * SIZE + column] * w[o * c * kernel * kernel + k];
                }
            }
        }
        return y;
    }

    @Test
    void isTakenForSmallImagesAndALargeCacheAlone() {
        boolean amd64 = System.getProperty("os.arch").matches("amd64|x86_64");
        assertEquals(amd64, suits(7, 512, 2048, 1, 1, 2 << 20));
        assertEquals(amd64, suits(7, 512, 512, 3, 1, 2 << 20));
        assertEquals(amd64, suits(14, 1024, 2048, 1, 2, 2 << 20));
        assertFalse(suits(7, 512, 2048, 1, 1, 1 << 20));
        // Too few pixels; patches of 1.8 MB; few channels in the result.
        assertFalse(suits(6, 512, 2048, 1, 1, 2 << 20));
        assertFalse(suits(14, 256, 256, 3, 1, 2 << 20));
        assertFalse(suits(7, 512, 64, 1, 1, 2 << 20));
    }

    private static boolean suits(int size, int c, int o, int kernel, int stride, long cache) {
        var window = Window.of(kernel, kernel).stride(stride, stride).pad(kernel / 2, kernel / 2);
        long[] x = {1, c, size, size};
        long[] w = {o, c, kernel, kernel};
        return PixelProduct.suits(Shapes.Convolution.of("y", x, w, window, 1), cache);
    }

    private static void write(ParameterSet set, Parameter parameter, float[] values) {
        try (var arena = Arena.ofConfined()) {
            set.write(parameter, arena.allocateFrom(ValueLayout.JAVA_FLOAT, values));
        }
    }

    private static float[] floats(Tensor tensor) {
        return tensor.segment().asSlice(0, tensor.elements() * Float.BYTES).toArray(ValueLayout.JAVA_FLOAT);
    }

    private static void fill(Tensor tensor, Random random) {
        float[] values = whole(random, Math.toIntExact(tensor.elements()));
        MemorySegment.copy(values, 0, tensor.segment(), ValueLayout.JAVA_FLOAT, 0, values.length);
    }

    private static float[] whole(Random random, int count) {
        var all = new float[count];
        for (int i = 0; i < count; i++) {
            all[i] = random.nextInt(-3, 4);
        }
        return all;
    }
}
