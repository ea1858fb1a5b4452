package dev.nnd.runtime.kernel.packed;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.fail;

import dev.nnd.runtime.Seed;
import dev.nnd.runtime.kernel.BoundOp;
import dev.nnd.runtime.kernel.Pooling;
import dev.nnd.runtime.kernel.Provider;
import dev.nnd.runtime.kernel.Window;
import dev.nnd.runtime.memory.ElementType;
import dev.nnd.runtime.memory.Tensor;
import dev.nnd.runtime.program.Binding;
import dev.nnd.runtime.program.ParameterSet;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the provider in Java promises beyond the others: doubles too, and the same bits for every number of threads. */
class JavaProviderTest {

    private static final int CASES = 12;

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void doublesAreThoseOfTheReference(boolean vectors) {
        long first = Seed.fresh();
        for (int i = 0; i < CASES; i++) {
            long seed = first + i;
            var expected = run(Provider.named("reference", 1), ElementType.F64, seed, 1);
            var provider = vectors ? new JavaProvider(2) : JavaProvider.withoutVectors(2);
            run(provider, ElementType.F64, seed, 1)
                    .forEach((name, actual) -> assertClose(seed, name, expected, actual));
        }
    }

    private static void assertClose(long seed, String name, Map<String, double[]> all, double[] actual) {
        double[] expected = all.getOrDefault(name, new double[0]);
        assertEquals(expected.length, actual.length, name);
        for (int i = 0; i < actual.length; i++) {
            if (!(Math.abs(actual[i] - expected[i]) <= 1e-11 * (1 + Math.abs(expected[i])))) {
                fail(name + "[" + i + "] is " + actual[i] + " but the reference says " + expected[i] + " at seed "
                        + seed);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {2, 3, 7})
    void everyNumberOfThreadsGivesTheSameBits(int threads) {
        long first = Seed.fresh();
        for (int i = 0; i < CASES; i++) {
            long seed = first + i;
            var one = run(new JavaProvider(1), ElementType.F32, seed, 4);
            run(new JavaProvider(threads), ElementType.F32, seed, 4)
                    .forEach((name, bits) -> assertArrayEquals(
                            one.getOrDefault(name, new double[0]), bits, 0.0, name + " at seed " + seed));
        }
    }

    /** As for the reference: the first of equals wins, and the first NaN over all. */
    @ParameterizedTest
    @ValueSource(strings = {"reference", "java"})
    void nanWinsAMaximum(String name) {
        var parameters = new ParameterSet("test.JavaProvider");
        var at = new Binding("Case", Provider.named(name, 1), parameters);
        var x = at.port("x", ElementType.F32, 1, 3, 4);
        var pool = at.pool("pool", Pooling.MAXIMUM, x, Window.of(2).stride(2), true);
        float[] values = {1, 1, 2, 3, Float.NaN, 5, 7, Float.NaN, Float.NaN, Float.NaN, Float.NEGATIVE_INFINITY, -1};
        try (var _ = at.commit()) {
            x.segment().copyFrom(MemorySegment.ofArray(values));
            pool.run();
            assertArrayEquals(
                    new int[] {0, 3, 0, 3, 0, 3}, pool.output(1).segment().toArray(ValueLayout.JAVA_INT));
            assertArrayEquals(
                    new float[] {1, 3, Float.NaN, Float.NaN, Float.NaN, -1},
                    pool.output().segment().toArray(ValueLayout.JAVA_FLOAT));
        } finally {
            parameters.close();
        }
    }

    /** Every product and convolution at random sizes, {@code factor} times the small ones. */
    private static Map<String, double[]> run(Provider provider, ElementType type, long seed, int factor) {
        var random = new Random(seed);
        var parameters = new ParameterSet("test.JavaProvider");
        var at = new Binding("Case", provider, parameters);
        long n = 1 + random.nextInt(5 * factor);
        long c = 2L * (1 + random.nextInt(5 * factor));
        long o = 2L * (1 + random.nextInt(12 * factor));
        int groups = random.nextBoolean() ? 2 : 1;
        long size = 5 + random.nextInt(7);
        var window = Window.of(3, 2)
                .stride(1 + random.nextInt(2), 1 + random.nextInt(3))
                .pad(random.nextInt(3), 1)
                .dilation(1 + random.nextInt(2), 1);
        var x = at.port("x", type, n, c, size, size);
        var w = at.port("w", type, o, c / groups, 3, 2);
        var b = at.port("b", type, o);
        var dw = at.port("dw", type, w.dims());
        var db = at.port("db", type, o);
        var conv = at.convolution("conv", x, w, b, window, groups, true);
        long features = c * size * size;
        var v = at.port("v", type, o, features);
        var dv = at.port("dv", type, o, features);
        var dense = at.innerProduct("dense", x, v, b, false);
        var k = at.port("k", type, 3, o, 9L * factor);
        // They run in the order in which they were bound: scratch memory of one is memory of the next ones.
        var ops = new LinkedHashMap<String, BoundOp>();
        ops.put("conv", conv);
        ops.put("dense", dense);
        ops.put("dx", at.convolutionBackwardData("dx", conv.output(), w, x, window, groups));
        ops.put("dw", at.convolutionBackwardWeights("dw", conv.output(), x, dw, db, window, groups));
        ops.put("denseData", at.innerProductBackwardData("denseData", dense.output(), v, x));
        ops.put("dv", at.innerProductBackwardWeights("dv", dense.output(), x, dv, db));
        ops.put("product", at.matmul("product", dense.output(), k, false, false));
        try (var _ = at.commit()) {
            for (Tensor tensor : new Tensor[] {x, w, b, v, k}) {
                fill(tensor, random);
            }
            ops.values().forEach(BoundOp::run);
            var results = new LinkedHashMap<String, double[]>();
            for (String name : new String[] {"conv", "dx", "dense", "denseData", "product"}) {
                var op = ops.get(name);
                if (op != null) {
                    results.put(name, values(op.output()));
                }
            }
            results.put("dw", values(dw));
            results.put("dv", values(dv));
            results.put("db", values(db));
            return results;
        } finally {
            parameters.close();
        }
    }

    private static void fill(Tensor tensor, Random random) {
        for (long i = 0; i < tensor.elements(); i++) {
            if (tensor.type() == ElementType.F64) {
                tensor.segment().setAtIndex(ValueLayout.JAVA_DOUBLE, i, random.nextGaussian());
            } else {
                tensor.segment().setAtIndex(ValueLayout.JAVA_FLOAT, i, (float) random.nextGaussian());
            }
        }
    }

    private static double[] values(Tensor tensor) {
        var values = new double[(int) tensor.elements()];
        for (int i = 0; i < values.length; i++) {
            values[i] = tensor.type() == ElementType.F64
                    ? tensor.segment().getAtIndex(ValueLayout.JAVA_DOUBLE, i)
                    : tensor.segment().getAtIndex(ValueLayout.JAVA_FLOAT, i);
        }
        return values;
    }
}
