package dev.nnd.runtime.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.fail;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.nnd.runtime.kernel.onednn.OneDnnProvider;
import dev.nnd.runtime.memory.Tensor;
import dev.nnd.runtime.program.Rig;
import java.lang.foreign.Arena;
import java.lang.foreign.ValueLayout;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.function.Consumer;
import java.util.stream.LongStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Holds oneDNN to the reference kernels at awkward random sizes. Every failure names its seed. */
class OneDnnEqualityTest {

    private static final int CASES = 24;

    @BeforeAll
    static void oneDnnMustBeThere() {
        assumeTrue(
                OneDnnProvider.failure().isEmpty(),
                () -> "oneDNN is not here: " + OneDnnProvider.failure().orElse(""));
    }

    static LongStream seeds() {
        return new Random().longs(CASES);
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void convolution(long seed) {
        var random = new Random(seed);
        int groups = pick(random, 1, 1, 1, 2, 3);
        boolean depthwise = random.nextInt(6) == 0;
        int perGroup = depthwise ? 1 : pick(random, 1, 3, 5, 8, 16, 17);
        int outPerGroup = depthwise ? 1 : pick(random, 1, 4, 7, 16, 20, 33);
        int g = depthwise ? pick(random, 3, 16, 19) : groups;
        var window = window(random, false);
        long h = reach(window.kernelHeight(), window.dilationHeight()) + random.nextInt(9);
        long w = reach(window.kernelWidth(), window.dilationWidth()) + random.nextInt(9);
        long n = 1 + random.nextInt(4);
        boolean relu = random.nextBoolean();
        boolean bias = random.nextBoolean();
        boolean blocked = random.nextBoolean();
        compare(seed, rig -> {
            long c = (long) perGroup * g;
            long o = (long) outPerGroup * g;
            var x = input(rig, blocked, n, c, h, w);
            var weight = rig.parameter("w", o, perGroup, window.kernelHeight(), window.kernelWidth());
            var b = bias ? rig.parameter("b", o) : null;
            var tw = rig.at.parameter(weight);
            var tb = b == null ? null : rig.at.parameter(b);
            var y = rig.op(rig.at.convolution2d("conv", x, tw, tb, window, g, relu))
                    .output();
            rig.want("y", y);
            var dy = rig.op(rig.at.reorderLike("dyLike", rig.input("dy", y.dims()), y))
                    .output();
            rig.want(
                    "dx",
                    rig.op(rig.at.convolution2dBackwardData("dx", dy, tw, x, window, g))
                            .output());
            var db = b == null ? null : rig.at.gradient(b);
            rig.op(rig.at.convolution2dBackwardWeights("dw", dy, x, rig.at.gradient(weight), db, window, g));
            rig.want("dw", rig.at.gradient(weight));
            if (db != null) {
                rig.want("db", db);
            }
        });
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void innerProduct(long seed) {
        var random = new Random(seed);
        long n = 1 + random.nextInt(9);
        long o = pick(random, 1, 2, 10, 16, 31, 64, 100);
        boolean deep = random.nextBoolean();
        boolean blocked = deep && random.nextBoolean();
        boolean flatWeights = random.nextBoolean();
        boolean relu = random.nextBoolean();
        boolean bias = random.nextBoolean();
        long c = pick(random, 1, 3, 8, 16, 20);
        long h = 1 + random.nextInt(6);
        long w = 1 + random.nextInt(6);
        compare(seed, rig -> {
            var x = deep ? input(rig, blocked, n, c, h, w) : rig.input("x", n, c * h * w);
            var weight = flatWeights || !deep ? rig.parameter("w", o, c * h * w) : rig.parameter("w", o, c, h, w);
            var b = bias ? rig.parameter("b", o) : null;
            var tw = rig.at.parameter(weight);
            var tb = b == null ? null : rig.at.parameter(b);
            rig.want("y", rig.op(rig.at.innerProduct("ip", x, tw, tb, relu)).output());
            var dy = rig.input("dy", n, o);
            rig.want(
                    "dx",
                    rig.op(rig.at.innerProductBackwardData("dx", dy, tw, x)).output());
            var db = b == null ? null : rig.at.gradient(b);
            rig.op(rig.at.innerProductBackwardWeights("dw", dy, x, rig.at.gradient(weight), db));
            rig.want("dw", rig.at.gradient(weight));
            if (db != null) {
                rig.want("db", db);
            }
        });
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void maxPooling(long seed) {
        var random = new Random(seed);
        var window = window(random, true);
        long h = reach(window.kernelHeight(), window.dilationHeight()) + random.nextInt(9);
        long w = reach(window.kernelWidth(), window.dilationWidth()) + random.nextInt(9);
        long n = 1 + random.nextInt(4);
        long c = pick(random, 1, 3, 7, 16, 20, 32);
        boolean blocked = random.nextBoolean();
        compare(seed, rig -> {
            var x = input(rig, blocked, n, c, h, w);
            var pool = rig.op(rig.at.maxPool2d("pool", x, window, true));
            rig.want("y", pool.output());
            rig.want(
                    "inference",
                    rig.op(rig.at.maxPool2d("inference", x, window, false)).output());
            var dy = rig.input("dy", pool.output().dims());
            rig.want(
                    "dx",
                    rig.op(rig.at.maxPool2dBackward("dx", dy, pool.output(1), x, window))
                            .output());
        });
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void matmul(long seed) {
        var random = new Random(seed);
        long m = pick(random, 1, 2, 7, 16, 33, 64);
        long n = pick(random, 1, 3, 8, 17, 48);
        long k = pick(random, 1, 5, 16, 31, 100);
        for (int form = 0; form < 6; form++) {
            matmul(seed, m, n, k, random.nextBoolean(), random.nextBoolean(), form);
        }
    }

    private static void matmul(long seed, long m, long n, long k, boolean ta, boolean tb, int form) {
        compare(seed, rig -> {
            long[] a = ta ? new long[] {k, m} : new long[] {m, k};
            long[] b = tb ? new long[] {n, k} : new long[] {k, n};
            var left = switch (form) {
                case 0, 1 -> a;
                case 2, 3 -> new long[] {3, a[0], a[1]};
                case 4 -> new long[] {2, 1, a[0], a[1]};
                default -> new long[] {1, 3, a[0], a[1]};
            };
            var right = switch (form) {
                case 0, 2 -> b;
                case 1, 3 -> new long[] {3, b[0], b[1]};
                case 4 -> new long[] {2, 4, b[0], b[1]};
                default -> new long[] {2, 1, b[0], b[1]};
            };
            var y = rig.op(rig.at.matmul("y", rig.input("a", left), rig.input("b", right), ta, tb))
                    .output();
            rig.want("y", y);
        });
    }

    /**
     * conv, relu, pool, inner product and everything backward, in whatever layouts the provider likes. The operands are
     * coarse, and each forward sum is exact: at most 16 * 9 + 1 products of size 4, then 32 * 9 of size 2 * 580 in units of
     * 1/8, below 2^22 units. So both providers let the same gradients through relu and, of equal maxima the first, through
     * pooling.
     */
    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void chain(long seed) {
        var random = new Random(seed);
        long n = 1 + random.nextInt(5);
        long c = pick(random, 1, 3, 4, 16);
        long c1 = pick(random, 5, 6, 8, 16, 20, 32);
        long c2 = pick(random, 3, 16, 24, 33);
        long size = 9 + random.nextInt(12);
        long o = pick(random, 2, 10, 17);
        compare(seed, rig -> chain(rig, n, c, c1, c2, size, o));
    }

    private static void chain(Rig rig, long n, long c, long c1, long c2, long size, long o) {
        var at = rig.coarse().at;
        var three = new Window2d(3, 3, 1, 1, 1, 1, 1, 1, 1, 1);
        var two = new Window2d(2, 2, 2, 2, 0, 0, 0, 0, 1, 1);
        var x = rig.input("x", n, c, size, size);
        var w1 = rig.parameter("w1", c1, c, 3, 3);
        var b1 = rig.parameter("b1", c1);
        var w2 = rig.parameter("w2", c2, c1, 3, 3);
        long half = size / 2;
        var w3 = rig.parameter("w3", o, c2 * half * half);
        var y1 = rig.op(at.convolution2d("y1", x, at.parameter(w1), at.parameter(b1), three, 1, true))
                .output();
        var y2 = rig.op(at.convolution2d("y2", y1, at.parameter(w2), null, three, 1, true))
                .output();
        var pool = rig.op(at.maxPool2d("pool", y2, two, true));
        var y3 = rig.op(at.innerProduct("y3", pool.output(), at.parameter(w3), null, false))
                .output();
        rig.want("y3", y3);
        var dy3 = rig.input("dy3", n, o);
        rig.op(at.innerProductBackwardWeights("dw3", dy3, pool.output(), at.gradient(w3), null));
        rig.want("dw3", at.gradient(w3));
        var dp = rig.op(at.innerProductBackwardData("dp", dy3, at.parameter(w3), pool.output()))
                .output();
        at.release(pool.output(), dy3);
        var dy2 =
                rig.op(at.maxPool2dBackward("dy2", dp, pool.output(1), y2, two)).output();
        at.release(dp, pool.output(1));
        var dz2 = rig.reluBackward("dz2", dy2, y2);
        at.release(dy2, y2);
        rig.op(at.convolution2dBackwardWeights("dw2", dz2, y1, at.gradient(w2), null, three, 1));
        rig.want("dw2", at.gradient(w2));
        var dy1 = rig.op(at.convolution2dBackwardData("dy1", dz2, at.parameter(w2), y1, three, 1))
                .output();
        at.release(dz2);
        var dz1 = rig.reluBackward("dz1", dy1, y1);
        at.release(dy1, y1);
        rig.op(at.convolution2dBackwardWeights("dw1", dz1, x, at.gradient(w1), at.gradient(b1), three, 1));
        rig.want("dw1", at.gradient(w1));
        rig.want("db1", at.gradient(b1));
        rig.want(
                "dx",
                rig.op(at.convolution2dBackwardData("dx", dz1, at.parameter(w1), x, three, 1))
                        .output());
    }

    /** Generated kernels write anything into the padding of a layout; no result may depend on it. */
    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void paddingIsOfNoConsequence(long seed) {
        var random = new Random(seed);
        long n = 1 + random.nextInt(3);
        long c = pick(random, 3, 5, 6, 17, 20, 30);
        long o = pick(random, 2, 3, 6, 17);
        long size = 5 + random.nextInt(6);
        var three = new Window2d(3, 3, 1, 1, 1, 1, 1, 1, 1, 1);
        var two = new Window2d(2, 2, 2, 2, 0, 0, 0, 0, 1, 1);
        compare(seed, rig -> {
            var at = rig.at;
            var w = rig.parameter("w", o, c, 3, 3);
            var dense = rig.parameter("dense", 7, c * size * size);
            var clean = input(rig, true, n, c, size, size);
            var x = disturbed(rig, "x2", clean);
            rig.want(
                    "y",
                    rig.op(at.convolution2d("y", x, at.parameter(w), null, three, 1, false))
                            .output());
            var dy = disturbed(
                    rig,
                    "dy2",
                    rig.op(at.convolution2d("y3", x, at.parameter(w), null, three, 1, false))
                            .output());
            rig.op(at.convolution2dBackwardWeights(
                    "dw", dy, disturbed(rig, "x3", clean), at.gradient(w), null, three, 1));
            rig.want("dw", at.gradient(w));
            rig.want(
                    "dx",
                    rig.op(at.convolution2dBackwardData("dx", dy, at.parameter(w), x, three, 1))
                            .output());
            var features = disturbed(rig, "x4", clean);
            rig.want(
                    "z",
                    rig.op(at.innerProduct("z", features, at.parameter(dense), null, false))
                            .output());
            var dz = rig.input("dz", n, 7);
            rig.op(at.innerProductBackwardWeights("dDense", dz, disturbed(rig, "x5", clean), at.gradient(dense), null));
            rig.want("dDense", at.gradient(dense));
            rig.want(
                    "pool",
                    rig.op(at.maxPool2d("pool", disturbed(rig, "x6", clean), two, false))
                            .output());
        });
    }

    /** The same elements, with a NaN in every place of the memory that is none of them. */
    private static Tensor disturbed(Rig rig, String name, Tensor clean) {
        var copy = rig.at.valueLike(name, clean);
        var plain = rig.op(rig.at.reorder(name + "Plain", clean)).output();
        rig.kernel(() -> {
            var layout = copy.layout();
            try (var arena = Arena.ofConfined()) {
                // Ones become ones and padding becomes zero: so the zeros tell where the padding is.
                var ones = arena.allocate(ValueLayout.JAVA_FLOAT, plain.elements());
                for (long i = 0; i < plain.elements(); i++) {
                    ones.setAtIndex(ValueLayout.JAVA_FLOAT, i, 1f);
                }
                var mask = arena.allocate(copy.segment().byteSize(), 64);
                layout.fromRowMajor(ones, mask);
                copy.segment().copyFrom(clean.segment());
                for (long i = 0; i < copy.storedElements(); i++) {
                    if (mask.getAtIndex(ValueLayout.JAVA_FLOAT, i) == 0) {
                        copy.segment().setAtIndex(ValueLayout.JAVA_FLOAT, i, Float.NaN);
                    }
                }
            }
        });
        return copy;
    }

    /** One set of weights, bound for several batch sizes and for x in several layouts, and read by ops of every kind. */
    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void weightsServeEveryProgramThatReadsThem(long seed) {
        var random = new Random(seed);
        long c = pick(random, 3, 8, 16, 20);
        long o = pick(random, 4, 10, 32);
        long size = 2 + random.nextInt(3);
        var window = new Window2d((int) size, (int) size, 1, 1, 0, 0, 0, 0, 1, 1);
        var order = random.ints(0, 5).distinct().limit(5).toArray();
        compare(seed, rig -> {
            var weight = rig.parameter("w", o, c, size, size);
            var flat = rig.parameter("f", o, c * size * size);
            for (int use : order) {
                long n = 1 + use;
                var x = rig.input("in" + use, n, c, size, size);
                var w = rig.at.parameter(weight);
                var f = rig.at.parameter(flat);
                var name = "use" + use;
                switch (use) {
                    case 0 ->
                        rig.want(
                                name,
                                rig.op(rig.at.convolution2d(name, x, w, null, window, 1, false))
                                        .output());
                    case 1 -> {
                        rig.want(
                                name,
                                rig.op(rig.at.innerProduct(name, x, w, null, false))
                                        .output());
                        var dy = rig.input("dy", n, o);
                        rig.op(rig.at.innerProductBackwardWeights("dw", dy, x, rig.at.gradient(weight), null));
                        rig.want("dw", rig.at.gradient(weight));
                        rig.want(
                                "dx",
                                rig.op(rig.at.innerProductBackwardData("dx", dy, w, x))
                                        .output());
                    }
                    case 2 ->
                        rig.want(
                                name,
                                rig.op(rig.at.innerProduct(name, x, f, null, true))
                                        .output());
                    case 3 -> {
                        var blocked = rig.op(rig.at.reorderLike("b", x, like(rig, "like3", n, c, size)))
                                .output();
                        rig.want(
                                name,
                                rig.op(rig.at.innerProduct(name, blocked, f, null, true))
                                        .output());
                        var dy = rig.input("dy3", n, o);
                        rig.want(
                                "dx3",
                                rig.op(rig.at.innerProductBackwardData("dx3", dy, f, blocked))
                                        .output());
                        rig.op(rig.at.innerProductBackwardWeights("df", dy, blocked, rig.at.gradient(flat), null));
                        rig.want("df", rig.at.gradient(flat));
                    }
                    default ->
                        rig.want(
                                name,
                                rig.op(rig.at.matmul(name, rig.input("rows", n, c * size * size), f, false, true))
                                        .output());
                }
            }
        });
    }

    private static Tensor like(Rig rig, String name, long n, long c, long size) {
        var one = new Window2d(1, 1, 1, 1, 0, 0, 0, 0, 1, 1);
        var weights = rig.at.parameter(rig.parameter(name + "Weights", c, 4, 1, 1));
        var seed = rig.input(name + "Seed", n, 4, size, size);
        return rig.op(rig.at.convolution2d(name, seed, weights, null, one, 1, false))
                .output();
    }

    /** The input as it is, or in the layout that a convolution gives to its result. */
    private static Tensor input(Rig rig, boolean blocked, long n, long c, long h, long w) {
        var x = rig.input("x", n, c, h, w);
        if (!blocked) {
            return x;
        }
        var weights = rig.at.parameter(rig.parameter("first", c, 4, 1, 1));
        var one = new Window2d(1, 1, 1, 1, 0, 0, 0, 0, 1, 1);
        var like = rig.op(rig.at.convolution2d("like", rig.input("seed", n, 4, h, w), weights, null, one, 1, false));
        return rig.op(rig.at.reorderLike("blocked", x, like.output())).output();
    }

    private static Window2d window(Random random, boolean pooling) {
        int kh = 1 + random.nextInt(4);
        int kw = 1 + random.nextInt(4);
        int dh = 1 + random.nextInt(2);
        int dw = 1 + random.nextInt(2);
        int maxH = pooling ? (int) reach(kh, dh) : 4;
        int maxW = pooling ? (int) reach(kw, dw) : 4;
        return new Window2d(
                kh,
                kw,
                1 + random.nextInt(3),
                1 + random.nextInt(3),
                random.nextInt(maxH),
                random.nextInt(maxW),
                random.nextInt(maxH),
                random.nextInt(maxW),
                dh,
                dw);
    }

    private static long reach(int kernel, int dilation) {
        return (long) dilation * (kernel - 1) + 1;
    }

    private static int pick(Random random, int... choices) {
        return choices[random.nextInt(choices.length)];
    }

    private static void compare(long seed, Consumer<Rig> program) {
        var expected = run(Provider.named("reference", 1), seed, program);
        for (int threads = 1; threads <= 2; threads++) {
            var actual = run(Provider.named("onednn", threads), seed, program);
            assertEquals(expected.keySet(), actual.keySet());
            expected.forEach(
                    (name, values) -> assertClose(seed, name, values, Objects.requireNonNull(actual.get(name))));
        }
    }

    private static Map<String, float[]> run(Provider provider, long seed, Consumer<Rig> program) {
        try (var rig = new Rig(provider, seed)) {
            program.accept(rig);
            rig.run();
            return rig.run();
        }
    }

    private static void assertClose(long seed, String name, float[] expected, float[] actual) {
        assertEquals(expected.length, actual.length, name);
        float scale = 0;
        for (float value : expected) {
            scale = Math.max(scale, Math.abs(value));
        }
        for (int i = 0; i < expected.length; i++) {
            if (!(Math.abs(expected[i] - actual[i]) <= 2e-5 * scale + 1e-6)) {
                fail(name + "[" + i + "] is " + actual[i] + " but the reference says " + expected[i] + " at seed "
                        + seed);
            }
        }
    }
}
