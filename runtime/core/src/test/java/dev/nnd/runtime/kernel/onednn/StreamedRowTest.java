package dev.nnd.runtime.kernel.onednn;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.nnd.runtime.kernel.Provider;
import dev.nnd.runtime.program.Initializer;
import dev.nnd.runtime.program.ParameterSet;
import dev.nnd.runtime.program.Rig;
import java.lang.foreign.Arena;
import java.lang.foreign.ValueLayout;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Dense layers of one row whose weights are read from memory: rows that are no multiple of vectors, outputs that are no multiple of four. */
class StreamedRowTest {

    private static final int SEED = 7;

    @ParameterizedTest
    @CsvSource({"768, 768", "768, 1001", "1000, 525", "5, 104858", "524289, 1", "262147, 2", "180001, 3", "77777, 7"})
    void isTheReferences(int in, int out) {
        assumeTrue(OneDnnProvider.failure().isEmpty());
        assertTrue(4L * in * out >= StreamedRow.LEAST_BYTES);
        for (boolean bare : new boolean[] {true, false}) {
            float[] wanted = dense("reference", 1, in, out, bare);
            for (int threads = 1; threads <= 3; threads++) {
                assertArrayEquals(wanted, dense("onednn", threads, in, out, bare), threads + " threads");
            }
        }
    }

    /** On numbers whose sums are exact in any order; without bias and relu if it is {@code bare}. */
    private static float[] dense(String provider, int threads, int in, int out, boolean bare) {
        try (var set = new ParameterSet("test.Dense")) {
            var weight = set.add("w", new Initializer.Normal(0, 1), true, out, in);
            var bias = set.add("b", new Initializer.Normal(0, 1), true, out);
            set.initialize(SEED);
            try (var rig = new Rig(Provider.named(provider, threads), SEED, set).coarse()) {
                var x = rig.input("x", 1, in);
                var w = rig.at.parameter(weight);
                var b = bare ? null : rig.at.parameter(bias);
                rig.want(
                        "y",
                        rig.op(rig.at.innerProduct("dense", x, w, b, !bare)).output());
                return Objects.requireNonNull(rig.commit().run().get("y"));
            }
        }
    }

    /** So that it does not matter when the JVM has compiled them. */
    @Test
    void vectorsAndPlainLoopsGiveTheSameBits() {
        var kernels = RowKernels.INSTANCE;
        int vectors = 37;
        int count = vectors * kernels.lanes();
        var random = new Random(SEED);
        try (var arena = Arena.ofConfined()) {
            var x = arena.allocate(4L * count, 64);
            var w = arena.allocate(16L * count, 64);
            for (long i = 0; i < 5L * count; i++) {
                (i < count ? x : w)
                        .setAtIndex(ValueLayout.JAVA_FLOAT, i < count ? i : i - count, (float) random.nextGaussian());
            }
            double[] wanted = new double[RowKernels.ROWS];
            for (int i = 0; i < RowKernels.ROWS * count; i++) {
                wanted[i / count] += (double) x.getAtIndex(ValueLayout.JAVA_FLOAT, i % count)
                        * w.getAtIndex(ValueLayout.JAVA_FLOAT, i);
            }
            var fast = arena.allocate(16L * kernels.lanes(), 64);
            var plain = arena.allocate(16L * kernels.lanes(), 64);
            long row = 4L * count;
            long at = w.address();
            for (int round = 0; round < 2_000; round++) {
                kernels.four(x.address(), at, at + row, at + 2 * row, at + 3 * row, row, fast.address());
                kernels.plainFour(x.address(), at, at + row, at + 2 * row, at + 3 * row, row, plain.address());
                for (int r = 0; r < RowKernels.ROWS; r++) {
                    assertEquals(wanted[r], kernels.sum(fast.address(), r), 1e-6 * count);
                    assertEquals(kernels.sum(plain.address(), r), kernels.sum(fast.address(), r));
                }
            }
        }
    }

    @Test
    void aNumberThatIsNoneIsNotLost() {
        assumeTrue(OneDnnProvider.failure().isEmpty());
        try (var set = new ParameterSet("test.Dense")) {
            var weight = set.add("w", new Initializer.Normal(0, 1), true, 900, 600);
            set.initialize(SEED);
            try (var rig = new Rig(Provider.named("onednn", 2), SEED, set)) {
                var x = rig.input("x", 1, 600);
                rig.want(
                        "y",
                        rig.op(rig.at.innerProduct("dense", x, rig.at.parameter(weight), null, true))
                                .output());
                rig.commit();
                x.segment().setAtIndex(ValueLayout.JAVA_FLOAT, 300, Float.NaN);
                for (float sum : Objects.requireNonNull(rig.run().get("y"))) {
                    assertTrue(Float.isNaN(sum));
                }
            }
        }
    }
}
