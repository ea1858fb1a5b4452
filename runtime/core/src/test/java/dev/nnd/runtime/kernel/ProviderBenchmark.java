package dev.nnd.runtime.kernel;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.nnd.runtime.kernel.onednn.OneDnnProvider;
import dev.nnd.runtime.program.Rig;
import java.lang.management.ManagementFactory;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Function;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Times single ops of the provider in Java beside those of oneDNN, in turns, and prints a table: the least time of each, its
 * GFLOP/s, and the ratio of the times. {@code -Dnnd.threads} sets the number of threads, {@code -Dnnd.ops} is a regular
 * expression for the names of rows.
 */
@Tag("benchmark")
class ProviderBenchmark {

    private static final int ROUNDS = 15;
    private static final long ROUND_NANOS = 30_000_000;
    private static final long WARM_UP_NANOS = 600_000_000;

    /** The least ratio to oneDNN for matmuls from 64 rows on; what they reach is around 0.75, and a busy machine takes more. */
    private static final double LEAST_MATMUL = 0.6;

    /** A row of the table. */
    private record Case(double operations, Function<Rig, BoundOp> op) {}

    @Test
    void opsInJavaBesideOneDnn() {
        int threads = Integer.getInteger("nnd.threads", 1);
        boolean both = OneDnnProvider.failure().isEmpty();
        System.out.printf("%-44s %10s %8s %10s %8s %6s%n", "op", "java ms", "GFLOP/s", "onednn ms", "GFLOP/s", "ratio");
        var ratios = new LinkedHashMap<String, Double>();
        cases().forEach((name, work) -> {
            if (name.matches(System.getProperty("nnd.ops", ".*"))) {
                double[] times = both ? times(work, "java", "onednn", threads) : times(work, "java", "java", threads);
                double ratio = times[1] / times[0];
                ratios.put(name, ratio);
                System.out.printf(
                        "%-44s %10.4f %8.1f %10.4f %8.1f %6.2f%n",
                        name,
                        times[0] * 1e-6,
                        work.operations / times[0],
                        times[1] * 1e-6,
                        work.operations / times[1],
                        ratio);
            }
        });
        ratios.forEach((name, ratio) -> {
            if (name.matches("matmul (64|128|512|2048)x768x768")) {
                assertTrue(ratio >= LEAST_MATMUL, name + " reaches " + ratio + " of oneDNN");
            }
        });
    }

    private static double[] times(Case work, String first, String second, int threads) {
        try (var one = new Rig(Provider.named(first, threads), 1);
                var other = new Rig(Provider.named(second, threads), 1)) {
            var a = work.op.apply(one);
            one.commit();
            var b = work.op.apply(other);
            other.commit();
            boolean own = threads == 1;
            round(a, WARM_UP_NANOS, own);
            round(b, WARM_UP_NANOS, own);
            double[] least = {Double.MAX_VALUE, Double.MAX_VALUE};
            for (int round = 0; round < ROUNDS; round++) {
                least[0] = Math.min(least[0], round(a, ROUND_NANOS, own));
                least[1] = Math.min(least[1], round(b, ROUND_NANOS, own));
            }
            return least;
        }
    }

    /**
     * Nanoseconds of a run: the mean of some. With one thread it is that thread's own time, so that what else the machine
     * does counts less.
     */
    private static double round(BoundOp op, long nanos, boolean own) {
        var bean = ManagementFactory.getThreadMXBean();
        long start = own ? bean.getCurrentThreadCpuTime() : System.nanoTime();
        long end = System.nanoTime() + nanos;
        long runs = 0;
        do {
            op.run();
            runs++;
        } while (System.nanoTime() < end);
        return (double) ((own ? bean.getCurrentThreadCpuTime() : System.nanoTime()) - start) / runs;
    }

    private static Map<String, Case> cases() {
        var cases = new LinkedHashMap<String, Case>();
        for (int m : new int[] {1, 4, 16, 64, 128, 512, 2048}) {
            matmul(cases, false, m, 768, 768);
        }
        matmul(cases, true, 64, 768, 768);
        matmul(cases, true, 512, 768, 768);
        matmul(cases, false, 512, 1024, 1024);
        attention(cases, true);
        attention(cases, false);
        for (int n : new int[] {1, 64}) {
            dense(cases, n, 768, 3072);
        }
        dense(cases, 64, 21632, 10);
        convolution(cases, "conv 3x3 1->32 at 28x28, 64 images", 64, 1, 32, 28, Window.of(3, 3), 1);
        convolution(cases, "conv 3x3 32->64 at 26x26, 16 images", 16, 32, 64, 26, Window.of(3, 3), 1);
        convolution(
                cases,
                "conv 3x3 64->128 at 56x56",
                1,
                64,
                128,
                56,
                Window.of(3, 3).pad(1, 1),
                1);
        convolution(
                cases,
                "conv 3x3/2 64->128 at 56x56",
                1,
                64,
                128,
                56,
                Window.of(3, 3).pad(1, 1).stride(2, 2),
                1);
        convolution(cases, "conv 1x1 256->64 at 56x56", 1, 256, 64, 56, Window.of(1, 1), 1);
        convolution(
                cases,
                "conv 3x3 512->512 at 7x7, 4 images",
                4,
                512,
                512,
                7,
                Window.of(3, 3).pad(1, 1),
                1);
        convolution(
                cases,
                "conv 7x7/2 3->64 at 224x224",
                1,
                3,
                64,
                224,
                Window.of(7, 7).pad(3, 3).stride(2, 2),
                1);
        convolution(
                cases,
                "conv 3x3 depthwise 128 at 56x56",
                1,
                128,
                128,
                56,
                Window.of(3, 3).pad(1, 1),
                128);
        ofWorkloads(cases);
        normalization(cases);
        pooling(cases, Window.of(2, 2).stride(2, 2), "2x2/2");
        pooling(cases, Window.of(3, 3).stride(2, 2).pad(1, 1), "3x3/2");
        return cases;
    }

    /** Layers of the networks that the benchmark suite trains and asks; T3 with fewer images. */
    private static void ofWorkloads(Map<String, Case> cases) {
        var three = Window.of(3, 3);
        var five = Window.of(5, 5);
        convolution(cases, "T2 conv 5x5 3->6 at 32x32, 64 images", 64, 3, 6, 32, five, 1);
        convolution(cases, "T2 conv 5x5 6->16 at 14x14, 64 images", 64, 6, 16, 14, five, 1);
        convolution(cases, "T3 conv 3x3 3->32 at 150x150, 4 images", 4, 3, 32, 150, three, 1);
        convolution(cases, "T3 conv 3x3 32->64 at 74x74, 4 images", 4, 32, 64, 74, three, 1);
        convolution(cases, "T3 conv 3x3 64->128 at 36x36, 4 images", 4, 64, 128, 36, three, 1);
        convolution(cases, "T3 conv 3x3 128->128 at 17x17, 4 images", 4, 128, 128, 17, three, 1);
        convolution(
                cases,
                "I2 conv 1x1/2 256->512 at 56x56",
                1,
                256,
                512,
                56,
                Window.of(1, 1).stride(2, 2),
                1);
        dense(cases, 32, 6272, 512);
        dense(cases, 64, 784, 512);
        dense(cases, 1, 512, 512);
        dense(cases, 4, 400, 120);
    }

    private static void matmul(Map<String, Case> cases, boolean transposed, int m, int n, int k) {
        cases.put(
                "matmul " + (transposed ? "transposed " : "") + m + "x" + k + "x" + n,
                new Case(2.0 * m * n * k, rig -> {
                    var b = transposed ? rig.input("b", n, k) : rig.input("b", k, n);
                    return rig.at.matmul("y", rig.input("a", m, k), b, false, transposed);
                }));
    }

    private static void attention(Map<String, Case> cases, boolean scores) {
        cases.put(
                scores ? "attention scores 16x4x128x64" : "attention values 16x4x128x64",
                new Case(2.0 * 64 * 128 * 128 * 64, rig -> {
                    var a = rig.input("a", 16, 4, 128, scores ? 64 : 128);
                    return rig.at.matmul("y", a, rig.input("b", 16, 4, 128, 64), false, scores);
                }));
    }

    private static void dense(Map<String, Case> cases, int n, int f, int o) {
        String size = n + "x" + f + " to " + o;
        double operations = 2.0 * n * f * o;
        cases.put(
                "dense " + size,
                new Case(
                        operations,
                        rig -> rig.at.innerProduct(
                                "y",
                                rig.input("x", n, f),
                                rig.at.parameter(rig.parameter("w", o, f)),
                                rig.at.parameter(rig.parameter("b", o)),
                                true)));
        cases.put(
                "dense backward data " + size,
                new Case(
                        operations,
                        rig -> rig.at.innerProductBackwardData(
                                "dx",
                                rig.input("dy", n, o),
                                rig.at.parameter(rig.parameter("w", o, f)),
                                rig.input("x", n, f))));
        cases.put("dense backward weights " + size, new Case(operations, rig -> {
            var w = rig.parameter("w", o, f);
            rig.at.parameter(w);
            return rig.at.innerProductBackwardWeights(
                    "dw", rig.input("dy", n, o), rig.input("x", n, f), rig.at.gradient(w), null);
        }));
    }

    private static void convolution(
            Map<String, Case> cases, String name, int n, int c, int o, int size, Window window, int groups) {
        long out = window.output(0, size);
        int kernel = window.kernel().getFirst();
        double operations = 2.0 * n * o * out * out * (c / groups) * kernel * kernel;
        long[] weights = {o, c / groups, kernel, kernel};
        cases.put(name, new Case(operations, rig -> {
            // The provider gets its input in the layout that it likes.
            var x = ProviderEquality.input(rig, c > 3, n, c, size, size);
            return rig.at.convolution(
                    "y", x, rig.at.parameter(rig.parameter("w", weights)), null, window, groups, true);
        }));
        cases.put(name + ", data", new Case(operations, rig -> {
            var x = ProviderEquality.input(rig, c > 3, n, c, size, size);
            var w = rig.at.parameter(rig.parameter("w", weights));
            var y = rig.at.convolution("y", x, w, null, window, groups, true);
            return rig.at.convolutionBackwardData("dx", y.output(), w, x, window, groups);
        }));
        cases.put(name + ", weights", new Case(operations, rig -> {
            var x = ProviderEquality.input(rig, c > 3, n, c, size, size);
            var w = rig.parameter("w", weights);
            var y = rig.at.convolution("y", x, rig.at.parameter(w), null, window, groups, true);
            return rig.at.convolutionBackwardWeights("dw", y.output(), x, rig.at.gradient(w), null, window, groups);
        }));
    }

    private static void normalization(Map<String, Case> cases) {
        double elements = 16.0 * 64 * 56 * 56;
        cases.put(
                "batch norm in training, 16x64x56x56",
                new Case(
                        elements,
                        rig -> rig.at.batchNormTraining(
                                "y", ProviderEquality.input(rig, true, 16, 64, 56, 56), null, null, 1e-5)));
        cases.put("batch norm backward, 16x64x56x56", new Case(elements, rig -> {
            var x = ProviderEquality.input(rig, true, 16, 64, 56, 56);
            var y = rig.at.batchNormTraining("y", x, null, null, 1e-5);
            return rig.at.batchNormBackward("dx", y.output(), x, y.output(1), y.output(2), null, null, null, 1e-5);
        }));
    }

    private static void pooling(Map<String, Case> cases, Window window, String size) {
        for (var pooling : Pooling.values()) {
            boolean indices = pooling == Pooling.MAXIMUM;
            cases.put(
                    "pool " + size + " " + pooling + " 16x64x56x56",
                    new Case(
                            16.0 * 64 * 56 * 56,
                            rig -> rig.at.pool(
                                    "y", pooling, ProviderEquality.input(rig, true, 16, 64, 56, 56), window, indices)));
            cases.put("pool " + size + " " + pooling + " 16x64x56x56, data", new Case(16.0 * 64 * 56 * 56, rig -> {
                var x = ProviderEquality.input(rig, true, 16, 64, 56, 56);
                var y = rig.at.pool("y", pooling, x, window, indices);
                return rig.at.poolBackward("dx", pooling, y.output(), indices ? y.output(1) : null, x, window);
            }));
        }
    }
}
