package dev.nnd.compiler.emit.program;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.nnd.compiler.Seed;
import dev.nnd.compiler.plan.RowIndependence;
import dev.nnd.runtime.kernel.Provider;
import java.lang.foreign.MemorySegment;
import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Threads take rows of a batch through a whole prediction where rows have nothing to do with one another. */
class RowPartsTest {

    @ParameterizedTest(name = "{0}")
    @CsvSource(
            delimiter = '|',
            value = {
                "softmax(x)                                     | true",
                "x -> Dense(8) -> relu -> Dense(3)              | true",
                "x - mean(x, axis: [1, 2], keep_dims: true)     | true",
                "x -> MultiHeadAttention(heads: 2)              | true",
                "x -> TransformerEncoderLayer(heads: 2, ffn: 16) | true",
                "x -> LayerNorm()                               | true",
                "cumsum(x, axis: 1)                             | true",
                "flip(x, axis: 1)                               | true",
                "x[:, :, 1:3]                                   | true",
                "matmul(x, transpose(x))                        | true",
                "concat(x, x * 2, axis: 1)                      | true",
                "x -> reshape[N * T, 4] -> Dense(6) -> reshape[N, T, 6] | true",
                "(concat(x, x, axis: 0) -> reshape[2 * N, T, 4])[0:N] | false",
                "softmax(x, axis: 0)                            | false",
                "cumsum(x, axis: 0)                             | false",
                "flip(x, axis: 0)                               | false",
                "x - mean(x, axis: 0)                           | false",
                "x / N                                          | false",
                "concat(x[1:], x[:1], axis: 0)                  | false",
                "matmul(x -> reshape[N, T * 4], transpose(x -> reshape[N, T * 4])) | false",
                "x -> rearrange[N, T, D -> T, N, D] -> reshape[N, T, 4] | false"
            })
    void rowsThatNeedEachOtherAreFound(String value, boolean independent) {
        var project = new GeneratedProject("net.nnd", """
                model Net {
                  input x: f32[N, T, 4]
                  output y = %s
                }
                """.formatted(value.strip()));
        assertEquals(
                independent,
                RowIndependence.holds(project.compiled().models().getFirst().graph(), "N"));
    }

    static List<Long> seeds() {
        return Seed.several(3).boxed().toList();
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void partsGiveTheNumbersOfSingleExamples(long seed) throws Exception {
        var random = new Random(seed);
        var net = new Net(text(random));
        for (int threads = 1; threads <= 3; threads++) {
            for (String name : List.of("onednn", "java")) {
                var provider = Provider.named(name, threads);
                try (var single = net.model(seed, Provider.named(name, 1));
                        var parts = net.model(seed, provider)) {
                    for (int n : new int[] {1, 2, 3, 4, 6, 8, 9}) {
                        float[] image = image(n, new Random(seed + n));
                        String where = "seed " + seed + ", " + name + ", n " + n + ", " + threads + " threads";
                        float[] expected = oneByOne(single, n, image);
                        float[] actual = run(parts, n, image);
                        close(expected, actual, where);
                        assertArrayEquals(actual, run(parts, n, image), where + ", again");
                    }
                }
            }
        }
    }

    private static float[] oneByOne(AutoCloseable model, int n, float[] image) throws Exception {
        var all = new float[0];
        int size = image.length / n;
        for (int i = 0; i < n; i++) {
            float[] one = run(model, 1, Arrays.copyOfRange(image, i * size, (i + 1) * size));
            all = Arrays.copyOf(all, one.length * n);
            System.arraycopy(one, 0, all, i * one.length, one.length);
        }
        return all;
    }

    /** On one thread, too, whose memory does not grow with the batch. */
    @Test
    void oneThreadTakesPartsToo() throws Exception {
        long seed = Seed.fresh();
        var net = new Net(text(new Random(seed)));
        try (var model = net.model(seed, Provider.best(1))) {
            Method bytes = model.getClass().getMethod("arenaBytes", int.class);
            assertTrue(
                    (long) bytes.invoke(model, 16) < 1.5 * (long) bytes.invoke(model, 8), "parts reuse their memory");
        }
    }

    @Test
    void aPartIsACallOfItsRows() throws Exception {
        long seed = Seed.fresh();
        var net = new Net(text(new Random(seed)));
        var provider = Provider.best(2);
        try (var one = net.model(seed, Provider.best(1));
                var two = net.model(seed, provider)) {
            float[] image = image(8, new Random(seed));
            float[] both = run(two, 8, image);
            int half = image.length / 2;
            float[] first = run(one, 4, Arrays.copyOf(image, half));
            assertArrayEquals(first, Arrays.copyOf(both, first.length), "seed " + seed);
            float[] second = run(one, 4, Arrays.copyOfRange(image, half, image.length));
            assertArrayEquals(second, Arrays.copyOfRange(both, first.length, both.length), "seed " + seed);
            Method bytes = two.getClass().getMethod("arenaBytes", int.class);
            assertTrue((long) bytes.invoke(two, 16) < 1.5 * (long) bytes.invoke(two, 8), "parts reuse their memory");
        }
    }

    @Test
    void manyCallersGetTheirOwnNumbers() throws Exception {
        long seed = Seed.fresh();
        var net = new Net(text(new Random(seed)));
        try (var model = net.model(seed, Provider.best(2));
                var threads = Executors.newFixedThreadPool(4);
                var virtual = Executors.newVirtualThreadPerTaskExecutor()) {
            var calls = new ArrayList<Future<Boolean>>();
            for (int i = 0; i < 12; i++) {
                float[] image = image(8, new Random(seed + i % 3));
                float[] expected = run(model, 8, image);
                Callable<Boolean> call = () -> {
                    assertArrayEquals(expected, run(model, 8, image), "seed " + seed);
                    return true;
                };
                calls.add((i % 2 == 0 ? threads : virtual).submit(call));
            }
            for (var call : calls) {
                assertTrue(call.get());
            }
        }
    }

    /** Convolutions with enough arithmetic for each weight, in an order and with sizes that are drawn. */
    private static String text(Random random) {
        var text = new StringBuilder("model Net {\n  input image: f32[N, 3, 64, 64]\n");
        text.append("  output y = image -> Conv2d(32, kernel: 3, padding: 1)");
        for (int i = 0; i < 3; i++) {
            text.append(" -> Conv2d(").append(24 + 8 * random.nextInt(4)).append(", kernel: 3, padding: 1)");
            text.append(List.of(" -> relu", " -> BatchNorm() -> relu", " -> gelu", "")
                    .get(random.nextInt(4)));
        }
        text.append(" -> Conv2d(16, kernel: 1) -> Residual(Conv2d(16, kernel: 3, padding: 1)) -> relu");
        text.append(List.of(" -> MaxPool2d(2)", " -> AvgPool2d(2)", "").get(random.nextInt(3)));
        return text + " -> GlobalAvgPool2d() -> Dense(10) -> softmax\n}\n";
    }

    private static float[] image(int n, Random random) {
        float[] values = new float[n * 3 * 64 * 64];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) random.nextGaussian();
        }
        return values;
    }

    private static float[] run(AutoCloseable model, int n, float[] image) throws Exception {
        try (var call =
                (AutoCloseable) model.getClass().getMethod("call", int.class).invoke(model, n)) {
            var type = call.getClass();
            var input = (MemorySegment) type.getMethod("image").invoke(call);
            MemorySegment.copy(image, 0, input, JAVA_FLOAT, 0, image.length);
            type.getMethod("run").invoke(call);
            return ((MemorySegment) type.getMethod("y").invoke(call)).toArray(JAVA_FLOAT);
        }
    }

    private static void close(float[] expected, float[] actual, String where) {
        assertEquals(expected.length, actual.length, where);
        for (int i = 0; i < expected.length; i++) {
            assertEquals(expected[i], actual[i], 1e-4 * Math.abs(expected[i]) + 1e-6, where + ", element " + i);
        }
    }

    /** A network compiled once. */
    private static final class Net {

        private final GeneratedProject project;

        Net(String text) {
            project = new GeneratedProject("net.nnd", text);
            assertTrue(project.files().stream().anyMatch(f -> f.content().contains("RowParts.of(")), text);
        }

        AutoCloseable model(long seed, Provider provider) throws Exception {
            return (AutoCloseable) project.load("Net")
                    .getMethod("initialize", long.class, Provider.class)
                    .invoke(null, seed, provider);
        }
    }
}
