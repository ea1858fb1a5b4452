package dev.nnd.runtime.kernel.onednn;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.nnd.runtime.Seed;
import dev.nnd.runtime.foreign.NativeCalls;
import dev.nnd.runtime.kernel.Provider;
import dev.nnd.runtime.kernel.Shapes;
import dev.nnd.runtime.kernel.Window;
import dev.nnd.runtime.memory.ElementType;
import dev.nnd.runtime.program.Binding;
import dev.nnd.runtime.program.Initializer;
import dev.nnd.runtime.program.Parameter;
import dev.nnd.runtime.program.ParameterSet;
import java.lang.foreign.Arena;
import java.lang.foreign.ValueLayout;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class WinogradConvolutionTest {

    private static void isPossible() {
        assumeTrue(OneDnnProvider.failure().isEmpty());
        assumeTrue(NativeCalls.FLOATS);
        assumeTrue(suits(1, 64, 64, 14, 14, Window.of(3, 3).pad(1, 1)));
    }

    /**
     * Images that lie as oneDNN likes (blocks of channels, last for small ones) and row-major ones; sizes that tiles fit and that they don't, with borders on
     * some sides; rows of many tiles; one block and several; two threads that share a block, and that take blocks.
     */
    @ParameterizedTest
    @CsvSource({
        "64, 64, 1, 14, 14, 1, 1, 1, 1",
        "64, 80, 3, 7, 7, 1, 1, 1, 1",
        "96, 64, 1, 15, 13, 1, 1, 1, 1",
        "64, 64, 1, 17, 16, 0, 1, 0, 0",
        "64, 64, 2, 13, 12, 0, 0, 2, 1",
        "64, 128, 1, 4, 150, 1, 1, 1, 1",
        "80, 64, 1, 40, 30, 2, 2, 2, 2",
        "192, 128, 1, 20, 20, 1, 1, 1, 1"
    })
    void givesTheSums(int c, int o, int n, int h, int w, int above, int left, int below, int right) {
        isPossible();
        var random = new Random(Seed.fresh());
        var window = Window.of(3, 3).pad(above, left).padAfter(below, right);
        assertTrue(suits(n, c, o, h, w, window));
        for (int threads = 1; threads <= 3; threads++) {
            for (boolean made : new boolean[] {true, false}) {
                try (var set = new ParameterSet("test.Winograd")) {
                    Parameter first = made ? set.add("first", new Initializer.Normal(0, 1), true, c, 4, 3, 3) : null;
                    var weights = set.add("w", new Initializer.Normal(0, 1), true, o, c, 3, 3);
                    new WholeConvolutions(set, first, weights, window, 2, random).check(threads, n, h, w, (_, _) -> {});
                }
            }
        }
    }

    /** What is compiled later gives what plain loops give, and both are near the sums in f64. */
    @Test
    void isAsExactAsF32() throws InterruptedException {
        isPossible();
        var random = new Random(Seed.fresh());
        int c = 128;
        int size = 14;
        var window = Window.of(3, 3).pad(1, 1);
        try (var set = new ParameterSet("test.Winograd")) {
            var weights = set.add("w", new Initializer.Normal(0, 1), true, 64, c, 3, 3);
            var at = new Binding("Exact", Provider.named("onednn", 1), set);
            var x = at.port("x", ElementType.F32, 1, c, size, size);
            var op = at.convolution("y", x, at.parameter(weights), null, window, 1, false);
            var plain = at.reorder("plain", op.output());
            try (var _ = at.commit()) {
                float[] image = random(random, c * size * size);
                float[] filters = random(random, 64 * c * 9);
                try (var arena = Arena.ofConfined()) {
                    set.write(weights, arena.allocateFrom(ValueLayout.JAVA_FLOAT, filters));
                    x.segment().copyFrom(arena.allocateFrom(ValueLayout.JAVA_FLOAT, image));
                }
                op.run();
                plain.run();
                float[] early = plain.output().segment().toArray(ValueLayout.JAVA_FLOAT);
                while (!KernelWarmUp.ofWinograd().compiled()) {
                    Thread.sleep(10);
                }
                op.run();
                plain.run();
                float[] late = plain.output().segment().toArray(ValueLayout.JAVA_FLOAT);
                double squares = 0;
                double largest = 0;
                for (int i = 0; i < size * size * 64; i++) {
                    assertEquals(early[i], late[i], "number " + i);
                    double exact = sum(image, filters, c, size, i);
                    squares += exact * exact;
                    largest = Math.max(largest, Math.abs(exact - late[i]));
                }
                // 1,152 terms: f32's own rounding of their sum is some 1e-6 of its size.
                double size1 = Math.sqrt(squares / (size * size * 64));
                assertTrue(largest < 1e-5 * size1, largest + " of " + size1);
            }
        }
    }

    /** Of a 3 by 3 window with a border of one: the number i of y [64, size, size]. */
    private static double sum(float[] x, float[] w, int c, int size, int i) {
        double sum = 0;
        for (int k = 0; k < c * 9; k++) {
            int column = i % size + k % 3 - 1;
            int line = i / size % size + k / 3 % 3 - 1;
            if (column >= 0 && line >= 0 && column < size && line < size) {
                sum += (double) x[(k / 9 * size + line) * size + column] * w[i / (size * size) * c * 9 + k];
            }
        }
        return sum;
    }

    private static float[] random(Random random, int count) {
        var all = new float[count];
        for (int i = 0; i < count; i++) {
            all[i] = (float) random.nextGaussian();
        }
        return all;
    }

    /** Two neighbours in the middle of a tile whose sum is too large for f32 show that it is taken; a convolution by its definition would not add them. */
    @Test
    void isTaken() {
        isPossible();
        try (var set = new ParameterSet("test.Winograd")) {
            var weights = set.add("w", new Initializer.Fill(0), true, 64, 64, 3, 3);
            var at = new Binding("Taken", Provider.named("onednn", 1), set);
            var x = at.port("x", ElementType.F32, 1, 64, 14, 14);
            var op = at.convolution(
                    "y", x, at.parameter(weights), null, Window.of(3, 3).pad(1, 1), 1, false);
            var plain = at.reorder("plain", op.output());
            try (var _ = at.commit()) {
                x.segment().fill((byte) 0);
                x.segment().setAtIndex(ValueLayout.JAVA_FLOAT, 3 * 14 + 4, Float.MAX_VALUE);
                x.segment().setAtIndex(ValueLayout.JAVA_FLOAT, 3 * 14 + 5, Float.MAX_VALUE);
                op.run();
                plain.run();
                assertTrue(Float.isNaN(plain.output().segment().getAtIndex(ValueLayout.JAVA_FLOAT, 3 * 14 + 4)));
                assertEquals(0f, plain.output().segment().getAtIndex(ValueLayout.JAVA_FLOAT, 7 * 14 + 7));
            }
        }
    }

    @Test
    void isForManyTilesAndChannelsAlone() {
        isPossible();
        var padded = Window.of(3, 3).pad(1, 1);
        assertTrue(suits(1, 256, 256, 14, 14, padded));
        assertFalse(suits(4, 512, 512, 7, 7, padded));
        assertFalse(suits(1, 512, 512, 7, 7, padded));
        assertFalse(suits(1, 32, 256, 14, 14, padded));
        assertFalse(suits(1, 256, 256, 14, 14, Window.of(3, 3).pad(1, 1).stride(2, 2)));
        assertFalse(suits(1, 256, 256, 14, 14, Window.of(3, 3).pad(2, 2).dilation(2, 2)));
        assertFalse(suits(1, 256, 256, 14, 14, Window.of(1, 3)));
    }

    @Test
    void weightsComeBack() {
        var random = new Random(Seed.fresh());
        var order = new WinogradWeights(3, 2);
        try (var arena = Arena.ofConfined()) {
            var given = arena.allocateFrom(ValueLayout.JAVA_FLOAT, random(random, 54));
            var stored = arena.allocate(4 * order.storedElements(), 64);
            var back = arena.allocate(4 * 54, 64);
            order.fromRowMajor(given, stored);
            order.toRowMajor(stored, back);
            for (int i = 0; i < 54; i++) {
                assertEquals(
                        given.getAtIndex(ValueLayout.JAVA_FLOAT, i), back.getAtIndex(ValueLayout.JAVA_FLOAT, i), 1e-5);
            }
        }
    }

    private static boolean suits(int n, int c, int o, int h, int w, Window window) {
        long[] x = {n, c, h, w};
        long[] dims = {o, c, window.kernel().get(0), window.kernel().get(1)};
        return WinogradConvolution.suits(Shapes.Convolution.of("y", x, dims, window, 1));
    }
}
