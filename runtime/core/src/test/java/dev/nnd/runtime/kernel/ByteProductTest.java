package dev.nnd.runtime.kernel;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
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
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Products in eight bits against their definition, written down here with integers and doubles. */
class ByteProductTest {

    private static final int CASES = Integer.getInteger("nnd.cases", 24);

    @BeforeEach
    void byteProductsMustBeThere() {
        assumeTrue(OneDnnProvider.failure().isEmpty(), "oneDNN is not here");
        assumeTrue(bytes(1).precision() == Precision.INT8, "this processor does not sum products of bytes");
    }

    private static Provider bytes(int threads) {
        return Provider.named("onednn", threads).with(Precision.INT8);
    }

    /** One product with weights that are drawn or written. */
    private record Product(int m, int k, int n, boolean bias, boolean relu, boolean home, boolean matmul) {

        float[] run(Provider provider, float[] x, float[] w, float[] b) {
            try (var set = new ParameterSet("test.Bytes")) {
                long[] dims = matmul ? new long[] {k, n} : new long[] {n, k};
                var weight = set.add("w", new Initializer.Normal(0, 1), home, dims);
                var added = set.add("b", new Initializer.Normal(0, 1), false, n);
                var at = new Binding("Bytes", provider, set);
                var in = at.port("x", ElementType.F32, m, k);
                BoundOp op = matmul
                        ? at.matmul("y", in, at.parameter(weight), false, false)
                        : at.innerProduct("y", in, at.parameter(weight), bias ? at.parameter(added) : null, relu);
                try (var _ = at.commit()) {
                    write(set, weight, w);
                    write(set, added, b);
                    fill(in, x);
                    op.run();
                    return values(op.output());
                }
            }
        }

        /** The definition: steps in f32, sums in integers, the rest in doubles. */
        double[] expected(float[] x, float[] w, float[] b) {
            var y = new double[m * n];
            for (int row = 0; row < m; row++) {
                float largest = largest(x, row * k, 1, k);
                for (int out = 0; out < n; out++) {
                    int from = matmul ? out : out * k;
                    int stride = matmul ? n : 1;
                    float largestWeight = largest(w, from, stride, k);
                    long sum = 0;
                    for (int i = 0; i < k; i++) {
                        sum += (long) step(x[row * k + i], largest) * step(w[from + i * stride], largestWeight);
                    }
                    double value = sum * (largest / 127.0) * (largestWeight / 127.0) + (bias ? b[out] : 0);
                    y[row * n + out] = relu ? Math.max(value, 0) : value;
                }
            }
            return y;
        }

        private static float largest(float[] values, int from, int stride, int count) {
            float largest = 0;
            for (int i = 0; i < count; i++) {
                largest = Math.max(largest, Math.abs(values[from + i * stride]));
            }
            return largest;
        }

        /** The nearest step, ties to even. */
        private static int step(float value, float largest) {
            return largest == 0 ? 0 : (int) Math.rint(value * (127 / largest));
        }
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

    /** Normal numbers, of which those of some rows are zero and one of a row is huge. */
    private static float[] numbers(Random random, int rows, int columns) {
        var all = new float[rows * columns];
        for (int row = 0; row < rows; row++) {
            int kind = random.nextInt(6);
            for (int i = row * columns; i < (row + 1) * columns; i++) {
                all[i] = kind == 0 ? 0 : (float) random.nextGaussian();
            }
            if (kind == 1) {
                all[row * columns + random.nextInt(columns)] = 1e4f;
            }
        }
        return all;
    }

    /** The integers are the definition's; a product and a sum in f32 are rounded. */
    private static void assertNear(double[] expected, float[] actual, float[] b, String what) {
        for (int i = 0; i < expected.length; i++) {
            double terms = Math.abs(expected[i]) + 2 * Math.abs(b[i % b.length]);
            assertEquals(expected[i], actual[i], 1e-6 * terms + 1e-7, what + " at " + i);
        }
    }

    @Test
    void asDefined() {
        for (long seed : Seed.several(CASES).toArray()) {
            var random = new Random(seed);
            boolean matmul = random.nextInt(4) == 0;
            var product = new Product(
                    1 + random.nextInt(40),
                    16 + random.nextInt(300),
                    16 + random.nextInt(200),
                    !matmul && random.nextBoolean(),
                    !matmul && random.nextBoolean(),
                    random.nextBoolean(),
                    matmul);
            var x = numbers(random, product.m(), product.k());
            var w = numbers(random, product.n(), product.k());
            var b = numbers(random, 1, product.n());
            String what = product + ", seed " + seed;
            var one = product.run(bytes(1), x, w, b);
            assertNear(product.expected(x, w, b), one, b, what);
            for (int threads = 2; threads <= 3; threads++) {
                assertArrayEquals(one, product.run(bytes(threads), x, w, b), what + ", threads " + threads);
            }
        }
    }

    /** Numbers that are multiples of their scale come back as they are: 127 is the largest of each row. */
    @Test
    void exactOnWholeNumbers() {
        var random = new Random(5);
        var product = new Product(7, 61, 35, true, false, true, false);
        var x = wholes(random, 7, 61);
        var w = wholes(random, 35, 61);
        var b = wholes(random, 1, 35);
        var actual = product.run(bytes(1), x, w, b);
        for (int row = 0; row < 7; row++) {
            for (int out = 0; out < 35; out++) {
                int sum = (int) b[out];
                for (int i = 0; i < 61; i++) {
                    sum += (int) x[row * 61 + i] * (int) w[out * 61 + i];
                }
                assertEquals(sum, actual[row * 35 + out]);
            }
        }
    }

    private static float[] wholes(Random random, int rows, int columns) {
        var all = new float[rows * columns];
        for (int i = 0; i < all.length; i++) {
            all[i] = i % columns == 3 ? 127 : random.nextInt(-127, 128);
        }
        return all;
    }

    @Test
    void rowsThatAreNotFiniteAreNotNumbers() {
        var random = new Random(1);
        var product = new Product(5, 40, 20, true, true, true, false);
        var x = numbers(random, 5, 40);
        x[7] = Float.NaN;
        x[80 + 39] = Float.POSITIVE_INFINITY;
        x[160] = 1e-38f;
        var w = numbers(random, 20, 40);
        w[3 * 40 + 33] = Float.NEGATIVE_INFINITY;
        var y = product.run(bytes(1), x, w, new float[20]);
        for (int i = 0; i < y.length; i++) {
            boolean lost = i / 20 == 0 || i / 20 == 2 || i % 20 == 3;
            assertEquals(lost, Float.isNaN(y[i]), "at " + i);
        }
    }

    /** Weights at home take a quarter of the memory, and are those that were written, rounded. */
    @Test
    void weightsLieInBytes() {
        try (var set = new ParameterSet("test.Home")) {
            var weight = set.add("w", new Initializer.Normal(0, 1), true, 256, 512);
            set.initialize(1);
            var at = new Binding("Home", bytes(1), set);
            var op = at.innerProduct("y", at.port("x", ElementType.F32, 4, 512), at.parameter(weight), null, false);
            try (var _ = at.commit();
                    var arena = Arena.ofConfined()) {
                assertTrue(
                        set.values().byteSize() <= 256 * (512 + 8) + 128,
                        set.values().byteSize() + " bytes");
                var rounded = arena.allocate(256L * 512 * Float.BYTES);
                set.read(weight, rounded);
                var exact = arena.allocate(256L * 512 * Float.BYTES);
                new Initializer.Normal(0, 1).fill(exact, 1, "w");
                for (int i = 0; i < 256 * 512; i++) {
                    float was = exact.getAtIndex(ValueLayout.JAVA_FLOAT, i);
                    assertEquals(was, rounded.getAtIndex(ValueLayout.JAVA_FLOAT, i), 6 / 127f / 2);
                }
                assertEquals(4 * 256, op.output().elements());
                assertThrows(IllegalStateException.class, set::enableGradients);
            }
        }
    }

    /** Two programs of different sizes read the same weights; a changed weight changes both. */
    @Test
    void programsShareWeights() {
        for (boolean home : new boolean[] {true, false}) {
            try (var set = new ParameterSet("test.Shared")) {
                var weight = set.add("w", new Initializer.Normal(0, 1), home, 64, 96);
                set.initialize(2);
                var one = new Binding("One", bytes(1), set);
                var xOne = one.port("x", ElementType.F32, 1, 96);
                var opOne = one.innerProduct("y", xOne, one.parameter(weight), null, false);
                try (var _ = one.commit()) {
                    var many = new Binding("Many", bytes(1), set);
                    var xMany = many.port("x", ElementType.F32, 200, 96);
                    var opMany = many.innerProduct("y", xMany, many.parameter(weight), null, false);
                    try (var _ = many.commit()) {
                        xOne.segment().fill((byte) 0);
                        new Philox(1, "x").fillNormal(xOne.segment(), 0, 1);
                        xMany.segment().fill((byte) 0);
                        MemorySegment.copy(xOne.segment(), 0, xMany.segment(), 0, 96 * Float.BYTES);
                        for (int seed = 3; seed < 6; seed++) {
                            set.initialize(seed);
                            opOne.run();
                            opMany.run();
                            for (int i = 0; i < 64; i++) {
                                assertEquals(values(opOne.output())[i], values(opMany.output())[i], "home " + home);
                            }
                        }
                    }
                }
            }
        }
    }

    /** While weights are trained, and for what is no weight, products stay f32. */
    @Test
    void trainingStaysInFloats() {
        var random = new Random(9);
        var x = numbers(random, 8, 64);
        var w = numbers(random, 32, 64);
        var results = new float[2][];
        for (int i = 0; i < 2; i++) {
            try (var set = new ParameterSet("test.Trained")) {
                var weight = set.add("w", new Initializer.Normal(0, 1), true, 32, 64);
                set.enableGradients();
                var at = new Binding("Trained", i == 0 ? Provider.named("onednn", 1) : bytes(1), set);
                var in = at.port("x", ElementType.F32, 8, 64);
                var op = at.innerProduct("y", in, at.parameter(weight), null, false);
                try (var _ = at.commit()) {
                    write(set, weight, w);
                    fill(in, x);
                    op.run();
                    results[i] = values(op.output());
                }
            }
        }
        assertArrayEquals(results[0], results[1]);
    }

    @Test
    void runsAllocateNothing() {
        try (var set = new ParameterSet("test.Heap")) {
            var weight = set.add("w", new Initializer.Normal(0, 1), true, 333, 250);
            var bias = set.add("b", new Initializer.Normal(0, 1), false, 333);
            set.initialize(1);
            var at = new Binding("Heap", bytes(1), set);
            var x = at.port("x", ElementType.F32, 33, 250);
            var op = at.innerProduct("y", x, at.parameter(weight), at.parameter(bias), true);
            var plain = at.innerProduct("z", x, at.parameter(weight), null, false);
            try (var _ = at.commit()) {
                new Philox(1, "x").fillNormal(x.segment(), 0, 1);
                long allocated = SteadyHeap.bytes(500, () -> {
                    op.run();
                    plain.run();
                });
                assertEquals(0, allocated);
            }
        }
    }

    @Test
    void otherProvidersStayInFloats() {
        for (String name : new String[] {"reference", "java"}) {
            assertEquals(
                    Precision.F32, Provider.named(name, 1).with(Precision.INT8).precision());
        }
        assertEquals(Precision.F32, bytes(1).with(Precision.F32).precision());
        assertEquals(3, bytes(3).threads());
    }
}
