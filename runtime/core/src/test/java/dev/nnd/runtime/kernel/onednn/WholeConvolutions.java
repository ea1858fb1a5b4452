package dev.nnd.runtime.kernel.onednn;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import dev.nnd.runtime.kernel.BoundOp;
import dev.nnd.runtime.kernel.Provider;
import dev.nnd.runtime.kernel.Shapes;
import dev.nnd.runtime.kernel.Window;
import dev.nnd.runtime.memory.ElementType;
import dev.nnd.runtime.memory.Tensor;
import dev.nnd.runtime.program.Binding;
import dev.nnd.runtime.program.Parameter;
import dev.nnd.runtime.program.ParameterSet;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * A convolution with each kind of tail against plain loops, on small whole numbers, whose sums are exact in any order.
 *
 * @param set holds the parameters
 * @param first weights [c, 4, 3, 3] of a convolution that makes the image, in whatever order it likes; null if the image is row-major
 * @param weights [o, c, kernel, kernel]
 * @param runs how often the program runs before its results are read
 * @param random its numbers
 */
record WholeConvolutions(
        ParameterSet set, @Nullable Parameter first, Parameter weights, Window window, int runs, Random random) {

    private static final int TAILS = 16;

    /**
     * Of images [n, c, h, w] on so many threads.
     *
     * @param prepare is given the weights and the shape before the program is made
     */
    void check(int threads, int n, int h, int w, BiConsumer<Tensor, Shapes.Convolution> prepare) {
        var at = new Binding("Convolutions", Provider.named("onednn", threads), set);
        var kernels = at.parameter(weights);
        int c = (int) kernels.dims()[1];
        var shape = Shapes.Convolution.of("Convolutions", new long[] {n, c, h, w}, kernels.dims(), window, 1);
        prepare.accept(kernels, shape);
        int o = (int) shape.o();
        var x = at.port("x", ElementType.F32, n, first == null ? c : 4, h, w);
        var numbers = List.of(
                at.port("bias", ElementType.F32, o),
                at.port("scale", ElementType.F32, o),
                at.port("shift", ElementType.F32, o),
                at.port("added", ElementType.F32, shape.output()));
        var ops = new ArrayList<BoundOp>();
        var image = x;
        if (first != null) {
            var padded = Window.of(3, 3).pad(1, 1);
            ops.add(at.convolution("image", x, at.parameter(first), null, padded, 1, false));
            image = ops.getLast().output();
        }
        ops.add(at.reorder("plainImage", image));
        var plainImage = ops.getLast().output();
        var results = new ArrayList<Tensor>();
        for (int tail = 0; tail < TAILS; tail++) {
            ops.add(convolution(at, tail, image, kernels, numbers));
            ops.add(at.reorder("plain" + tail, ops.getLast().output()));
            results.add(ops.getLast().output());
        }
        try (var _ = at.commit()) {
            if (first != null) {
                write(first, whole(c * 36));
            }
            float[] filters = whole(Math.toIntExact(kernels.elements()));
            write(weights, filters);
            fill(x);
            numbers.forEach(this::fill);
            for (int run = 0; run < runs; run++) {
                ops.forEach(BoundOp::run);
            }
            float[] sums = sums(shape, floats(plainImage), filters);
            for (int tail = 0; tail < TAILS; tail++) {
                String which = "tail " + tail + ", threads " + threads + ", " + n + " of " + h + "x" + w;
                assertArrayEquals(wanted(sums, tail, o, n, numbers), floats(results.get(tail)), which);
            }
        }
    }

    private BoundOp convolution(Binding at, int tail, Tensor image, Tensor kernels, List<Tensor> numbers) {
        String name = "y" + tail;
        var withBias = (tail & 1) == 0 ? null : numbers.get(0);
        var withScale = (tail & 2) == 0 ? null : numbers.get(1);
        var withShift = (tail & 2) == 0 ? null : numbers.get(2);
        boolean relu = (tail & 8) != 0;
        if ((tail & 4) != 0) {
            return at.convolution(
                    name, image, kernels, withBias, withScale, withShift, numbers.get(3), window, 1, relu);
        }
        if (withScale != null && withShift != null) {
            return at.convolution(name, image, kernels, withBias, withScale, withShift, window, 1, relu);
        }
        return at.convolution(name, image, kernels, withBias, window, 1, relu);
    }

    private static float[] wanted(float[] sums, int tail, int o, int n, List<Tensor> numbers) {
        float[] bias = floats(numbers.get(0));
        float[] scale = floats(numbers.get(1));
        float[] shift = floats(numbers.get(2));
        float[] added = floats(numbers.get(3));
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
        return wanted;
    }

    /** By plain loops: x [n, c, h, w], w [o, c, kernel, kernel]. */
    private static float[] sums(Shapes.Convolution shape, float[] x, float[] w) {
        int c = (int) shape.c();
        int height = (int) shape.in()[0];
        int width = (int) shape.in()[1];
        int down = (int) shape.out()[0];
        int across = (int) shape.out()[1];
        int kernel = shape.window().kernel().getFirst();
        int stride = shape.window().stride().getFirst();
        var y = new float[(int) (shape.n() * shape.o()) * down * across];
        for (int i = 0; i < y.length; i++) {
            int left = i % across * stride - shape.window().padBefore().get(1);
            int top = i / across % down * stride - shape.window().padBefore().get(0);
            int o = i / (across * down) % (int) shape.o();
            int n = i / (across * down) / (int) shape.o();
            for (int k = 0; k < c * kernel * kernel; k++) {
                int column = left + k % kernel;
                int line = top + k / kernel % kernel;
                if (Math.min(column, line) >= 0 && column < width && line < height) {
                    int channel = k / (kernel * kernel);
                    y[i] += x[((n * c + channel) * height + line) * width + column] * w[o * c * kernel * kernel + k];
                }
            }
        }
        return y;
    }

    private void write(Parameter parameter, float[] values) {
        try (var arena = Arena.ofConfined()) {
            set.write(parameter, arena.allocateFrom(ValueLayout.JAVA_FLOAT, values));
        }
    }

    private static float[] floats(Tensor tensor) {
        return tensor.segment().asSlice(0, tensor.elements() * Float.BYTES).toArray(ValueLayout.JAVA_FLOAT);
    }

    private void fill(Tensor tensor) {
        float[] values = whole(Math.toIntExact(tensor.elements()));
        MemorySegment.copy(values, 0, tensor.segment(), ValueLayout.JAVA_FLOAT, 0, values.length);
    }

    private float[] whole(int count) {
        var all = new float[count];
        for (int i = 0; i < count; i++) {
            all[i] = random.nextInt(-3, 4);
        }
        return all;
    }
}
