package dev.nnd.runtime.kernel;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.nnd.runtime.Seed;
import dev.nnd.runtime.kernel.onednn.OneDnnProvider;
import dev.nnd.runtime.memory.ElementType;
import dev.nnd.runtime.memory.Tensor;
import dev.nnd.runtime.program.Binding;
import dev.nnd.runtime.program.Initializer;
import dev.nnd.runtime.program.ParameterSet;
import dev.nnd.runtime.program.Rig;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Products in bfloat16: as near as its 8 bits allow, and with weights that are converted when they change and not else. */
class PrecisionTest {

    @BeforeEach
    void bfloat16MustBeThere() {
        assumeTrue(OneDnnProvider.failure().isEmpty(), "oneDNN is not here");
        assumeTrue(narrow().precision() == Precision.BF16, "this processor has no bfloat16 instructions");
    }

    private static Provider narrow() {
        return Bfloat16.forced("on", Provider.named("onednn", 1));
    }

    private static Map<String, float[]> product(Provider provider, long seed) {
        return ProviderEquality.run(provider, seed, rig -> {
            var w = rig.at.parameter(rig.parameter("w", 48, 200));
            rig.want(
                    "y",
                    rig.op(rig.at.innerProduct("y", rig.input("x", 32, 200), w, null, false))
                            .output());
        });
    }

    @Test
    void rounded() {
        long seed = Seed.fresh();
        var exact = Objects.requireNonNull(
                product(Provider.named("onednn", 1), seed).get("y"));
        var rounded = Objects.requireNonNull(product(narrow(), seed).get("y"));
        double largest = 0;
        for (int i = 0; i < exact.length; i++) {
            // A sum of 200 products of normal numbers, each with a relative error of at most 2^-8: 14 * 2^-8, times
            // five.
            largest = Math.max(largest, Math.abs(exact[i] - rounded[i]));
        }
        assertTrue(largest < 5 * Math.sqrt(200) / 256, largest + " at seed " + seed);
        assertTrue(largest > 1e-4, "nothing was rounded at seed " + seed);
    }

    @Test
    void thinProductsStayExact() {
        long seed = Seed.fresh();
        for (String name : new String[] {"reference", "onednn"}) {
            var thin = ProviderEquality.run(Bfloat16.forced("on", Provider.named(name, 1)), seed, rig -> {
                var w = rig.at.parameter(rig.parameter("w", 3, 5));
                rig.want(
                        "y",
                        rig.op(rig.at.innerProduct("y", rig.input("x", 4, 5), w, null, false))
                                .output());
            });
            var exact = ProviderEquality.run(Provider.named("reference", 1), seed, rig -> {
                var w = rig.at.parameter(rig.parameter("w", 3, 5));
                rig.want(
                        "y",
                        rig.op(rig.at.innerProduct("y", rig.input("x", 4, 5), w, null, false))
                                .output());
            });
            assertArrayEquals(exact.get("y"), thin.get("y"), 1e-5f, name + " at seed " + seed);
        }
    }

    @Test
    void otherProvidersStayInFullPrecision() {
        assertEquals(
                Precision.F32,
                Provider.named("reference", 1).with(Precision.BF16).precision());
        assertEquals(Precision.F32, narrow().with(Precision.F32).precision());
        assertEquals(1, narrow().threads());
    }

    /** In inference the copy of the weights is kept, and made anew when they are drawn, loaded or written. */
    @Test
    void changedWeights() {
        try (var parameters = new ParameterSet("test.Changed")) {
            var weight = parameters.add("w", new Initializer.Normal(0, 1), true, 32, 64);
            parameters.initialize(1);
            var at = new Binding("Changed", narrow(), parameters);
            var x = at.port("x", ElementType.F32, 4, 64);
            var op = at.innerProduct("y", x, at.parameter(weight), null, false);
            try (var _ = at.commit()) {
                x.segment().fill((byte) 0);
                x.segment().setAtIndex(ValueLayout.JAVA_FLOAT, 0, 1);
                op.run();
                float first = op.output().segment().getAtIndex(ValueLayout.JAVA_FLOAT, 0);
                op.run();
                assertEquals(first, op.output().segment().getAtIndex(ValueLayout.JAVA_FLOAT, 0));
                parameters.initialize(2);
                op.run();
                float second = op.output().segment().getAtIndex(ValueLayout.JAVA_FLOAT, 0);
                assertNotEquals(first, second);
                try (var arena = Arena.ofConfined()) {
                    var fives = arena.allocate(32L * 64 * Float.BYTES);
                    for (int i = 0; i < 32 * 64; i++) {
                        fives.setAtIndex(ValueLayout.JAVA_FLOAT, i, 5);
                    }
                    parameters.write(weight, fives);
                }
                op.run();
                assertEquals(5, op.output().segment().getAtIndex(ValueLayout.JAVA_FLOAT, 0));
            }
        }
    }

    /** Weights of predictions lie in bfloat16, or have one copy in it; with numbers that it holds, results are exact. */
    @Test
    void roundedWeightsOfPredictions() {
        ProviderEquality.seeds().forEach(seed -> {
            var random = new Random(seed);
            boolean home = random.nextBoolean();
            int groups = ProviderEquality.pick(random, 1, 1, 2);
            int channels = 16 * groups;
            int outputs = groups * (1 + random.nextInt(20));
            int batch = 1 + random.nextInt(3);
            var exact = chain(Provider.named("reference", 1), seed, home, batch, channels, outputs, groups);
            for (int threads = 1; threads <= 2; threads++) {
                for (String products : new String[] {"on", "rows"}) {
                    var provider = Bfloat16.forced(products, Provider.named("onednn", threads));
                    var actual = chain(provider, seed, home, batch, channels, outputs, groups);
                    String where = products + ", seed " + seed + ", threads " + threads;
                    ProviderEquality.assertClose(where, "y", exact, actual);
                }
            }
        });
    }

    /** A convolution, and an inner product and a matrix product, of whole numbers. */
    private static float[] chain(
            Provider provider, long seed, boolean home, int batch, int channels, int outputs, int groups) {
        var random = new Random(seed);
        try (var set = new ParameterSet("test.Chain")) {
            var kernel = set.add("kernel", new Initializer.Fill(0), home, outputs, channels / groups, 3, 3);
            var dense = set.add("dense", new Initializer.Fill(0), home, 24, outputs * 9L);
            var last = set.add("last", new Initializer.Fill(0), home, 24, 17);
            var at = new Binding("Chain", provider, set);
            var x = at.port("x", ElementType.F32, batch, channels, 5, 5);
            var conv = at.convolution("c", x, at.parameter(kernel), null, Window.of(3, 3), groups, true);
            var flat = at.reorder("plain", conv.output());
            var y = at.innerProduct("y", conv.output(), at.parameter(dense), null, false);
            var v = at.port("v", ElementType.F32, batch, 24);
            var z = at.matmul("z", v, at.parameter(last), false, false);
            try (var _ = at.commit();
                    var arena = Arena.ofConfined()) {
                for (var parameter : set.parameters()) {
                    var values = arena.allocate(parameter.elements() * Float.BYTES, Float.BYTES);
                    wholes(random, values, 1);
                    set.write(parameter, values);
                }
                wholes(random, x.segment(), 1);
                wholes(random, v.segment(), 100);
                for (var op : new BoundOp[] {conv, flat, y, z}) {
                    op.run();
                }
                return joined(flat.output(), y.output(), z.output());
            }
        }
    }

    private static float[] joined(Tensor... tensors) {
        int count = (int) Stream.of(tensors).mapToLong(Tensor::elements).sum();
        var all = new float[count];
        int at = 0;
        for (var tensor : tensors) {
            int elements = (int) tensor.elements();
            MemorySegment.copy(tensor.segment(), ValueLayout.JAVA_FLOAT, 0, all, at, elements);
            at += elements;
        }
        return all;
    }

    private static void wholes(Random random, MemorySegment floats, int largest) {
        for (long i = 0; i < floats.byteSize() / Float.BYTES; i++) {
            floats.setAtIndex(ValueLayout.JAVA_FLOAT, i, random.nextInt(-largest, largest + 1));
        }
    }

    /** Products of one value share its rounding, under whatever dims they read it, and round new values in its memory anew. */
    @Test
    void sharedRoundings() {
        try (var rig = new Rig(narrow(), 4)) {
            var x = rig.input("x", 8, 4, 32);
            var rows = rig.at.view("rows", x, 32, 32);
            var w = rig.at.parameter(rig.parameter("w", 48, 32));
            rig.want(
                    "first",
                    rig.op(rig.at.innerProduct("first", rows, w, null, false)).output());
            rig.want(
                    "square", rig.op(rig.at.matmul("square", x, x, true, false)).output());
            rig.want(
                    "again",
                    rig.op(rig.at.innerProduct("again", rows, w, null, false)).output());
            rig.kernel(() -> scale(x, 2));
            rig.at.rewritten(rows);
            rig.want(
                    "twice",
                    rig.op(rig.at.innerProduct("twice", rows, w, null, false)).output());
            rig.want(
                    "fourfold",
                    rig.op(rig.at.matmul("fourfold", x, x, true, false)).output());
            var made = rig.run();
            float[] first = Objects.requireNonNull(made.get("first"));
            assertArrayEquals(first, made.get("again"), 0);
            assertArrayEquals(scaled(first, 2), made.get("twice"), 0);
            assertArrayEquals(scaled(Objects.requireNonNull(made.get("square")), 4), made.get("fourfold"), 0);
        }
    }

    private static void scale(Tensor x, float factor) {
        for (long i = 0; i < x.elements(); i++) {
            float value = x.segment().getAtIndex(ValueLayout.JAVA_FLOAT, i);
            x.segment().setAtIndex(ValueLayout.JAVA_FLOAT, i, factor * value);
        }
    }

    private static float[] scaled(float[] values, float factor) {
        var scaled = values.clone();
        for (int i = 0; i < scaled.length; i++) {
            scaled[i] *= factor;
        }
        return scaled;
    }

    /** While weights are trained, each run reads them anew, whoever changed them. */
    @Test
    void trainedWeights() {
        try (var rig = new Rig(narrow(), 3)) {
            var weight = rig.parameter("w", 16, 64);
            var y = rig.want(
                    "y",
                    rig.op(rig.at.innerProduct("y", rig.input("x", 2, 64), rig.at.parameter(weight), null, false))
                            .output());
            var before = Objects.requireNonNull(rig.run().get("y"));
            rig.parameters.values().fill((byte) 0);
            var after = Objects.requireNonNull(rig.run().get("y"));
            assertNotEquals(0, before[0]);
            assertEquals(0, after[0], y.name());
        }
    }
}
