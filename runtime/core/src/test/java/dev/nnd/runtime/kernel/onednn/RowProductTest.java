package dev.nnd.runtime.kernel.onednn;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.nnd.runtime.Seed;
import dev.nnd.runtime.kernel.Provider;
import dev.nnd.runtime.memory.ElementType;
import dev.nnd.runtime.memory.Memory;
import dev.nnd.runtime.memory.Tensor;
import dev.nnd.runtime.program.Initializer;
import dev.nnd.runtime.program.ParameterSet;
import dev.nnd.runtime.program.Rig;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadFactory;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Dense layers of one example, of a few weights and of so many that threads share them. */
class RowProductTest {

    private static final int SEED = 7;
    /** More than there are seats for, so that some are served by conductors. */
    private static final int CALLERS = 6 * Runtime.getRuntime().availableProcessors();

    private static final int CALLS = 50;

    @BeforeEach
    void oneDnnIsHere() {
        assumeTrue(OneDnnProvider.failure().isEmpty());
    }

    @ParameterizedTest
    @CsvSource({"1, 1", "3, 5", "17, 33", "512, 10", "784, 512", "733, 701", "5000, 70", "40, 9001"})
    void isTheReferences(int in, int out) {
        for (boolean plain : new boolean[] {true, false}) {
            float[] wanted = coarse("reference", 1, in, out, plain);
            for (int threads = 1; threads <= 3; threads++) {
                assertArrayEquals(wanted, coarse("onednn", threads, in, out, plain), in + " to " + out);
            }
        }
    }

    /** On numbers whose sums are exact in any order. */
    private static float[] coarse(String provider, int threads, int in, int out, boolean plain) {
        try (var rig = new Rig(Provider.named(provider, threads), SEED)) {
            dense(rig.coarse(), in, out, plain);
            rig.commit();
            return y(rig);
        }
    }

    /** Without bias and relu if it is {@code plain}. */
    private static void dense(Rig rig, int in, int out, boolean plain) {
        var x = rig.input("x", 1, in);
        var w = rig.at.parameter(rig.parameter("w", out, in));
        var bias = plain ? null : rig.at.parameter(rig.parameter("b", out));
        rig.want("y", rig.op(rig.at.innerProduct("dense", x, w, bias, !plain)).output());
    }

    private static float[] y(Rig rig) {
        return Objects.requireNonNull(rig.run().get("y"));
    }

    /** Blocks from the first and from the last one, on a processor with a large cache and on one with a small one. */
    @ParameterizedTest
    @CsvSource({"784, 512", "300000, 1", "100000, 3", "2, 150001", "511, 513"})
    void blocksGiveTheSumsInBothDirections(int in, int out) {
        var random = new Random(Seed.fresh());
        try (var memory = Memory.open("test")) {
            var x = tensor(memory, "x", random, 1, in);
            var w = tensor(memory, "w", random, out, in);
            var bias = tensor(memory, "bias", random, out);
            float[] wanted = new float[out];
            for (int row = 0; row < out; row++) {
                wanted[row] = bias.segment().getAtIndex(ValueLayout.JAVA_FLOAT, row);
                for (int k = 0; k < in; k++) {
                    wanted[row] += w.segment().getAtIndex(ValueLayout.JAVA_FLOAT, (long) row * in + k)
                            * x.segment().getAtIndex(ValueLayout.JAVA_FLOAT, k);
                }
            }
            for (long cache : new long[] {0, 1 << 20, 2 << 20}) {
                var y = tensor(memory, "y" + cache, random, out);
                var operands = new RowProduct.Operands(x, w, bias, false, y, in, out);
                var product = new RowProduct(operands, OpenMpTeam.of(1), cache);
                for (int call = 0; call < 3; call++) {
                    y.segment().fill((byte) 0);
                    product.run();
                    assertArrayEquals(wanted, y.segment().toArray(ValueLayout.JAVA_FLOAT), cache + " " + call);
                }
            }
        }
    }

    /** Small whole numbers, whose sums are exact in any order. */
    private static Tensor tensor(Memory memory, String name, Random random, long... dims) {
        var tensor = Tensor.rowMajor(name, ElementType.F32, dims);
        tensor.place(memory.allocate(tensor.storedBytes()));
        for (long i = 0; i < tensor.elements(); i++) {
            tensor.segment().setAtIndex(ValueLayout.JAVA_FLOAT, i, random.nextInt(-3, 4));
        }
        return tensor;
    }

    @Test
    void aNumberThatIsNoneIsNotLost() {
        try (var rig = new Rig(Provider.named("onednn", 2), SEED)) {
            var x = rig.input("x", 1, 600);
            var w = rig.at.parameter(rig.parameter("w", 600, 600));
            rig.want("y", rig.op(rig.at.innerProduct("dense", x, w, null, true)).output());
            rig.commit();
            x.segment().setAtIndex(ValueLayout.JAVA_FLOAT, 300, Float.NaN);
            for (float sum : y(rig)) {
                assertTrue(Float.isNaN(sum));
            }
        }
    }

    @Test
    void threadsOfTheSystemGetTheSameBytes() throws Exception {
        sameBytes(Thread.ofPlatform().factory());
    }

    @Test
    void virtualThreadsGetTheSameBytes() throws Exception {
        sameBytes(Thread.ofVirtual().factory());
    }

    private static void sameBytes(ThreadFactory factory) throws Exception {
        var rigs = new ArrayList<Rig>();
        try (var set = new ParameterSet("test.Dense");
                var callers = Executors.newThreadPerTaskExecutor(factory)) {
            var weight = set.add("w", new Initializer.Normal(0, 1), true, 640, 800);
            set.initialize(SEED);
            var provider = Provider.named("onednn", 2);
            for (int i = 0; i <= CALLERS; i++) {
                var rig = new Rig(provider, SEED, set);
                var x = rig.input("x", 1, 800);
                rig.want(
                        "y",
                        rig.op(rig.at.innerProduct("dense", x, rig.at.parameter(weight), null, true))
                                .output());
                rigs.add(rig.commit());
            }
            float[] wanted = y(rigs.getFirst());
            assertFalse(wanted[0] == wanted[1]);
            var all = new ArrayList<Future<?>>();
            for (var rig : rigs.subList(1, rigs.size())) {
                all.add(callers.submit(() -> {
                    for (int call = 0; call < CALLS; call++) {
                        assertArrayEquals(wanted, y(rig));
                    }
                }));
            }
            for (var one : all) {
                one.get();
            }
        } finally {
            rigs.forEach(Rig::close);
        }
    }
}
