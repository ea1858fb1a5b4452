package dev.nnd.runtime.kernel;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.nnd.runtime.NndException;
import dev.nnd.runtime.Seed;
import dev.nnd.runtime.kernel.onednn.OneDnnProvider;
import dev.nnd.runtime.memory.ElementType;
import dev.nnd.runtime.memory.Memory;
import dev.nnd.runtime.memory.Tensor;
import dev.nnd.runtime.program.Binding;
import dev.nnd.runtime.program.Initializer;
import dev.nnd.runtime.program.Parameter;
import dev.nnd.runtime.program.ParameterSet;
import dev.nnd.runtime.program.Rig;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Where bfloat16 pays for nothing but reading weights: single rows of predictions are rounded, and all else is f32 to the bit. */
class NarrowRowsTest {

    private static final int F = 520;
    private static final int O = 264;

    @BeforeEach
    void bfloat16MustBeThere() {
        assumeTrue(OneDnnProvider.failure().isEmpty(), "oneDNN is not here");
        assumeTrue(
                Bfloat16.forced("on", full()).precision() == Precision.BF16,
                "this processor has no bfloat16 instructions");
    }

    private static Provider full() {
        return Provider.named("onednn", 1);
    }

    private static Provider rows() {
        return Bfloat16.forced("rows", full());
    }

    /** Products of one set of weights, as programs that are bound one after another make them. */
    private record Model(ParameterSet set, Parameter dense, Parameter last, Random random) implements AutoCloseable {

        static Model drawn(long seed) {
            var set = new ParameterSet("test.Rows");
            var dense = set.add("dense", new Initializer.Normal(0, 1), false, O, F);
            var last = set.add("last", new Initializer.Normal(0, 1), false, F, O);
            set.initialize(seed);
            return new Model(set, dense, last, new Random(seed));
        }

        /** An inner product, and a matrix product with weights in the same and in the other order, of so many rows. */
        float[][] products(Provider provider, int rows) {
            var at = new Binding("Rows", provider, set);
            var x = at.port("x", ElementType.F32, rows, F);
            var y = at.port("y", ElementType.F32, rows, O);
            BoundOp[] ops = {
                at.innerProduct("inner", x, at.parameter(dense), null, false),
                at.matmul("plain", x, at.parameter(last), false, false),
                at.matmul("turned", y, at.parameter(last), false, true)
            };
            try (Memory _ = at.commit()) {
                for (var port : new Tensor[] {x, y}) {
                    for (long i = 0; i < port.elements(); i++) {
                        port.segment().setAtIndex(ValueLayout.JAVA_FLOAT, i, (float) random.nextGaussian());
                    }
                }
                var results = new float[ops.length][];
                for (int i = 0; i < ops.length; i++) {
                    ops[i].run();
                    results[i] = ops[i].output().segment().toArray(ValueLayout.JAVA_FLOAT);
                }
                return results;
            }
        }

        @Override
        public void close() {
            set.close();
        }
    }

    @Test
    void oneRowIsRoundedAndSeveralAreNot() {
        Seed.several(6).forEach(seed -> {
            for (int rows = 1; rows <= 3; rows++) {
                try (var one = Model.drawn(seed);
                        var other = Model.drawn(seed)) {
                    float[][] exact = one.products(full(), rows);
                    float[][] actual = other.products(rows(), rows);
                    for (int i = 0; i < exact.length; i++) {
                        String where = "product " + i + " of " + rows + " rows, seed " + seed;
                        if (rows == 1) {
                            assertRounded(exact[i], actual[i], where);
                        } else {
                            assertArrayEquals(exact[i], actual[i], 0, where);
                        }
                    }
                }
            }
        });
    }

    /** Each product has a relative error of at most 2^-8, of sums of some hundred products of normal numbers; times five. */
    private static void assertRounded(float[] exact, float[] actual, String where) {
        double largest = 0;
        for (int i = 0; i < exact.length; i++) {
            largest = Math.max(largest, Math.abs(exact[i] - actual[i]));
        }
        assertTrue(largest < 5 * Math.sqrt(F) / 256, where + ": " + largest);
        assertTrue(largest > 1e-4, where + ": nothing was rounded");
    }

    /** Few weights are multiplied before the row is rounded, so that it would cost time. */
    @Test
    void fewWeightsAreReadAsTheyAre() {
        long seed = Seed.fresh();
        float[][] results = new float[2][];
        Provider[] providers = {full(), rows()};
        for (int i = 0; i < 2; i++) {
            try (var set = new ParameterSet("test.Few")) {
                var weight = set.add("w", new Initializer.Normal(0, 1), false, 64, 64);
                set.initialize(seed);
                var at = new Binding("Few", providers[i], set);
                var x = at.port("x", ElementType.F32, 1, 64);
                var op = at.innerProduct("y", x, at.parameter(weight), null, false);
                try (var _ = at.commit()) {
                    var random = new Random(seed);
                    for (long j = 0; j < x.elements(); j++) {
                        x.segment().setAtIndex(ValueLayout.JAVA_FLOAT, j, (float) random.nextGaussian());
                    }
                    op.run();
                    results[i] = op.output().segment().toArray(ValueLayout.JAVA_FLOAT);
                }
            }
        }
        assertArrayEquals(results[0], results[1], 0, "seed " + seed);
    }

    /** Whichever program comes first, weights are at home in f32: the other reads and a file holds what they are. */
    @Test
    void whoIsBoundFirstDoesNotMatter() {
        long seed = Seed.fresh();
        try (var one = Model.drawn(seed);
                var other = Model.drawn(seed);
                var arena = Arena.ofConfined()) {
            var exact = new float[][][] {one.products(full(), 1), one.products(full(), 4)};
            var actual = new float[][][] {other.products(rows(), 1), other.products(rows(), 4)};
            for (int i = 0; i < exact[0].length; i++) {
                assertRounded(exact[0][i], actual[0][i], "seed " + seed);
                assertArrayEquals(exact[1][i], actual[1][i], 0, "seed " + seed);
            }
            MemorySegment expected = arena.allocate(4L * O * F, 64);
            MemorySegment values = arena.allocate(4L * O * F, 64);
            one.set().read(one.dense(), expected);
            other.set().read(other.dense(), values);
            assertEquals(-1, expected.mismatch(values), "seed " + seed);
        }
    }

    @Test
    void changedWeightsAreRoundedAnew() {
        try (var model = Model.drawn(Seed.fresh())) {
            var at = new Binding("Changed", rows(), model.set());
            var x = at.port("x", ElementType.F32, 1, F);
            var op = at.innerProduct("inner", x, at.parameter(model.dense()), null, false);
            try (var _ = at.commit()) {
                x.segment().fill((byte) 0).setAtIndex(ValueLayout.JAVA_FLOAT, 0, 1);
                op.run();
                float before = op.output().segment().getAtIndex(ValueLayout.JAVA_FLOAT, 0);
                model.set().initialize(Seed.fresh() + 1);
                op.run();
                assertNotEquals(before, op.output().segment().getAtIndex(ValueLayout.JAVA_FLOAT, 0));
            }
        }
    }

    /** Weights that are trained are read as they are, also for one row. */
    @Test
    void trainingIsInFullPrecision() {
        long seed = Seed.fresh();
        float[][] results = new float[2][];
        Provider[] providers = {full(), rows()};
        for (int i = 0; i < 2; i++) {
            try (var rig = new Rig(providers[i], seed)) {
                var w = rig.at.parameter(rig.parameter("w", O, F));
                var dy = rig.input("dy", 1, O);
                var x = rig.input("x", 1, F);
                rig.want(
                        "y", rig.op(rig.at.innerProduct("y", x, w, null, false)).output());
                rig.want(
                        "dx",
                        rig.op(rig.at.innerProductBackwardData("dx", dy, w, x)).output());
                var made = rig.run();
                results[i] = new float[O + F];
                System.arraycopy(made.get("y"), 0, results[i], 0, O);
                System.arraycopy(made.get("dx"), 0, results[i], O, F);
            }
        }
        assertArrayEquals(results[0], results[1], 0, "seed " + seed);
    }

    @Test
    void whatIsSaidIsWhatIsComputed() {
        assertEquals(Precision.F32, rows().precision());
        assertTrue(rows().numbers().startsWith("f32 (bf16 "), rows().numbers());
        assertEquals("f32", rows().with(Precision.F32).numbers());
        assertEquals("bf16", Bfloat16.forced("on", full()).numbers());
        var off = Bfloat16.forced("off", full());
        assertEquals("f32", off.numbers());
        long seed = Seed.fresh();
        try (var one = Model.drawn(seed);
                var other = Model.drawn(seed)) {
            float[][] exact = one.products(full(), 1);
            float[][] actual = other.products(off, 1);
            assertArrayEquals(exact[0], actual[0], 0, "seed " + seed);
        }
        var wrong = assertThrows(NndException.class, () -> Bfloat16.forced("maybe", full()));
        assertTrue(wrong.getMessage().contains("nnd.bf16"), wrong.getMessage());
        assertFalse(wrong.help().isEmpty());
    }
}
