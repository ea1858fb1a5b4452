package dev.nnd.runtime.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.nnd.runtime.memory.ElementType;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.DoubleUnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MixerTest {
    private static final int ROWS = 12;
    private static final int PIXELS = 2 * 6 * 8;

    @TempDir
    Path folder;

    /** Row k is an image full of k and a row of zeros with a one at k. */
    private record Ones(Mixing.Kind kind, double alpha) implements Dataset {
        @Override
        public String name() {
            return "Ones";
        }

        @Override
        public List<SourceSpec> sources() {
            return List.of(new SourceSpec("train", Format.CSV, List.of("t.csv"), List.of("x")));
        }

        @Override
        public List<SplitSpec> splits() {
            return List.of();
        }

        @Override
        public List<FieldSpec> fields() {
            return List.of(
                    new FieldSpec("image", ElementType.F32, new long[] {2, 6, 8}, null),
                    new FieldSpec("target", ElementType.F32, new long[] {ROWS}, null));
        }

        @Override
        public void encode(int field, Row row, MemorySegment out, long at) {
            int x = (int) row.value(0);
            int n = field == 0 ? PIXELS : ROWS;
            for (int i = 0; i < n; i++) {
                out.setAtIndex(ValueLayout.JAVA_FLOAT, at + i, field == 0 ? x : i == x ? 1 : 0);
            }
        }

        @Override
        public Optional<Mixing> mixing() {
            return Optional.of(new Mixing(kind, alpha, List.of(0, 1)));
        }

        @Override
        public List<Learned> learned() {
            return List.of();
        }

        @Override
        public void observe(int learned, Row row) {
            throw new AssertionError();
        }
    }

    private List<float[][]> batches(Dataset data, boolean shuffled, int batch, int count, int threads)
            throws Exception {
        Files.writeString(
                folder.resolve("t.csv"),
                "x\n" + IntStream.range(0, ROWS).mapToObj(i -> i + "\n").collect(Collectors.joining()));
        var all = new ArrayList<float[][]>();
        try (var session = DataSession.open(data, folder, 1 << 20)) {
            RowSet rows = session.split("train").orElseThrow();
            try (var arena = Arena.ofConfined();
                    var feed = shuffled
                            ? BatchFeed.shuffled(data, rows, batch, 5, 0, 0, threads)
                            : BatchFeed.inOrder(data, rows, batch)) {
                for (int b = 0; b < count; b++) {
                    int n = feed.next();
                    var fields = List.of(arena.allocate(4L * n * PIXELS), arena.allocate(4L * n * ROWS));
                    feed.take(fields);
                    all.add(fields.stream()
                            .map(f -> f.toArray(ValueLayout.JAVA_FLOAT))
                            .toArray(float[][]::new));
                }
            }
        }
        return all;
    }

    /** The rows that a target names, with their shares. */
    private static float[] shares(float[][] batch, int example) {
        return Arrays.copyOfRange(batch[1], example * ROWS, (example + 1) * ROWS);
    }

    private static int largest(float[] shares) {
        return IntStream.range(0, shares.length).reduce(0, (a, b) -> shares[b] > shares[a] ? b : a);
    }

    @Test
    void mixupSharesInputAndTargetAlike() throws Exception {
        for (float[][] batch : batches(new Ones(Mixing.Kind.MIXUP, 1), true, 4, 12, 1)) {
            for (int e = 0; e < 4; e++) {
                float[] shares = shares(batch, e);
                float pixel = 0;
                float sum = 0;
                int two = 0;
                for (int k = 0; k < ROWS; k++) {
                    pixel += k * shares[k];
                    sum += shares[k];
                    two += shares[k] > 0 ? 1 : 0;
                }
                assertEquals(1, sum, 1e-6);
                // The example before has the larger part of its own row, and a smaller one of it is here.
                int before = largest(shares(batch, (e + 3) % 4));
                assertTrue(shares[largest(shares)] >= 0.5);
                assertEquals(1 - shares[largest(shares)], shares[before], 1e-6);
                assertEquals(2, two);
                for (int i = 0; i < PIXELS; i++) {
                    assertEquals(pixel, batch[0][e * PIXELS + i], 1e-5);
                }
            }
        }
    }

    /** The share of the pixels of each of the two is that of the target. */
    @Test
    void cutmixSharesAreThoseOfTheArea() throws Exception {
        int cut = 0;
        for (float[][] batch : batches(new Ones(Mixing.Kind.CUTMIX, 1), true, 5, 30, 1)) {
            int n = batch[1].length / ROWS;
            for (int e = 0; e < n; e++) {
                float[] shares = shares(batch, e);
                var counted = new float[ROWS];
                for (int i = 0; i < PIXELS; i++) {
                    counted[(int) batch[0][e * PIXELS + i]] += 1f / PIXELS;
                }
                assertArrayEquals(counted, shares, 1e-5f);
                cut += IntStream.range(0, ROWS).filter(k -> counted[k] > 0).count() == 2 ? 1 : 0;
            }
        }
        assertTrue(cut > 50, "cut " + cut);
    }

    /** The part that is cut out is one rectangle, the same in both channels. */
    @Test
    void cutmixCutsARectangle() throws Exception {
        for (float[][] batch : batches(new Ones(Mixing.Kind.CUTMIX, 1), true, 4, 30, 1)) {
            float[] image = Arrays.copyOf(batch[0], PIXELS);
            assertArrayEquals(Arrays.copyOf(image, 48), Arrays.copyOfRange(image, 48, 96));
            for (float value : new float[] {image[0], image[47], image[20]}) {
                int[] inside =
                        IntStream.range(0, 48).filter(i -> image[i] == value).toArray();
                int rows =
                        (int) Arrays.stream(inside).map(i -> i / 8).distinct().count();
                int columns =
                        (int) Arrays.stream(inside).map(i -> i % 8).distinct().count();
                boolean whole = rows == 6 && columns == 8;
                assertTrue(whole || rows * columns == inside.length, Arrays.toString(image));
            }
        }
    }

    @Test
    void leavesOtherBatchesAlone() throws Exception {
        var plain = batches(new Ones(Mixing.Kind.MIXUP, 1), false, 4, 1, 1).getFirst();
        for (int e = 0; e < 4; e++) {
            assertEquals(e, plain[0][e * PIXELS]);
            assertEquals(1, plain[1][e * ROWS + e]);
        }
        for (float[][] batch : batches(new Ones(Mixing.Kind.MIXUP, 0), true, 4, 3, 1)) {
            for (float share : batch[1]) {
                assertTrue(share == 0 || share == 1);
            }
        }
    }

    @Test
    void followsFromTheSeedWhoeverLoads() throws Exception {
        for (Mixing.Kind kind : Mixing.Kind.values()) {
            var one = batches(new Ones(kind, 0.3), true, 5, 20, 1);
            var many = batches(new Ones(kind, 0.3), true, 5, 20, 4);
            for (int b = 0; b < one.size(); b++) {
                assertArrayEquals(one.get(b)[0], many.get(b)[0]);
                assertArrayEquals(one.get(b)[1], many.get(b)[1]);
            }
        }
    }

    /** By the largest distance to the distribution function, which 20,000 draws keep below 0.0138 once in a thousand. */
    private static void assertDistribution(double alpha, DoubleUnaryOperator function) {
        var draws = ExampleDraws.ofBatches(11, 3);
        double[] all = IntStream.range(0, 20_000)
                .mapToDouble(i -> {
                    draws.row(i);
                    return draws.beta(alpha);
                })
                .sorted()
                .toArray();
        double most = 0;
        for (int i = 0; i < all.length; i++) {
            most = Math.max(most, Math.abs(function.applyAsDouble(all[i]) - (i + 0.5) / all.length));
        }
        assertTrue(most < 0.0138, alpha + ": " + most);
    }

    /** The distribution functions of Beta(1, 1), Beta(1/2, 1/2), Beta(2, 2) and Beta(3, 3) in closed form. */
    @Test
    void drawsFromTheBetaDistribution() {
        assertDistribution(1, x -> x);
        assertDistribution(0.5, x -> 2 / Math.PI * Math.asin(Math.sqrt(x)));
        assertDistribution(2, x -> x * x * (3 - 2 * x));
        assertDistribution(3, x -> x * x * x * (10 - 15 * x + 6 * x * x));
    }

    /** Its variance is 1 / (4 (2 alpha + 1)). */
    @Test
    void smallAndLargeAlphasHaveTheirSpread() {
        for (double alpha : new double[] {1e-3, 0.1, 0.2, 50}) {
            var draws = ExampleDraws.ofBatches(2, 1);
            double sum = 0;
            double squares = 0;
            int n = 20_000;
            for (int i = 0; i < n; i++) {
                draws.row(i);
                double x = draws.beta(alpha);
                assertTrue(x >= 0 && x <= 1);
                sum += x / n;
                squares += x * x / n;
            }
            assertEquals(0.5, sum, 0.02, "alpha " + alpha);
            double variance = 1 / (4 * (2 * alpha + 1));
            assertEquals(variance, squares - sum * sum, 0.03 * variance, "alpha " + alpha);
        }
    }
}
