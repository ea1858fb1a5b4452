package dev.nnd.runtime.kernel.onednn;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.nnd.runtime.Seed;
import dev.nnd.runtime.foreign.NativeCalls;
import dev.nnd.runtime.kernel.Shapes;
import dev.nnd.runtime.kernel.Window;
import dev.nnd.runtime.memory.Tensor;
import dev.nnd.runtime.program.Initializer;
import dev.nnd.runtime.program.ParameterSet;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Convolutions whose weights lie in columns. */
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
                var all = new WholeConvolutions(set, firstWeights, weights, window, 2, random);
                for (int n = 1; n <= 2; n++) {
                    all.check(threads, n, SIZE, SIZE, PixelProductTest::inColumns);
                }
            }
        }
    }

    private static void inColumns(Tensor w, Shapes.Convolution shape) {
        if (!w.decided()) {
            try (var handles = new DnnlHandles()) {
                w.decide(DnnlLayout.of(PixelProduct.weights(new Descriptors(handles), shape)));
            }
        }
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
}
