package dev.nnd.runtime.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.fail;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.nnd.runtime.kernel.onednn.OneDnnProvider;
import dev.nnd.runtime.memory.ElementType;
import dev.nnd.runtime.memory.Tensor;
import dev.nnd.runtime.program.Initializer;
import dev.nnd.runtime.program.Rig;
import java.lang.foreign.Arena;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.function.Consumer;
import java.util.stream.LongStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Holds oneDNN to the reference kernels at awkward random sizes. Every failure names its seed; {@code -Dnnd.seed} runs one
 * again.
 */
class OneDnnEqualityTest {

    private static final int CASES = 24;

    @BeforeAll
    static void oneDnnMustBeThere() {
        assumeTrue(
                OneDnnProvider.failure().isEmpty(),
                () -> "oneDNN is not here: " + OneDnnProvider.failure().orElse(""));
    }

    static LongStream seeds() {
        Long again = Long.getLong("nnd.seed");
        return again == null ? new Random().longs(CASES) : LongStream.of(again);
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void convolution(long seed) {
        var random = new Random(seed);
        int axes = pick(random, 1, 2, 2, 3);
        int groups = pick(random, 1, 1, 1, 2, 3);
        boolean depthwise = random.nextInt(6) == 0;
        int perGroup = depthwise ? 1 : pick(random, 1, 3, 5, 8, 16, 17);
        int outPerGroup = depthwise ? 1 : pick(random, 1, 4, 7, 16, 20, 33);
        int g = depthwise ? pick(random, 3, 16, 19) : groups;
        var window = window(random, axes, false);
        long c = (long) perGroup * g;
        long[] dims = image(random, window, c);
        boolean relu = random.nextBoolean();
        boolean bias = random.nextBoolean();
        boolean blocked = random.nextBoolean();
        compare(seed, rig -> {
            long o = (long) outPerGroup * g;
            var x = input(rig, blocked, dims);
            var weight = rig.parameter("w", weights(window, o, perGroup));
            var b = bias ? rig.parameter("b", o) : null;
            var tw = rig.at.parameter(weight);
            var tb = b == null ? null : rig.at.parameter(b);
            var y = rig.op(rig.at.convolution("conv", x, tw, tb, window, g, relu))
                    .output();
            rig.want("y", y);
            var scale = rig.input("scale", o);
            var shift = rig.input("shift", o);
            rig.want(
                    "scaled",
                    rig.op(rig.at.convolution("scaled", x, tw, tb, scale, shift, window, g, relu))
                            .output());
            var dy = rig.op(rig.at.reorderLike("dyLike", rig.input("dy", y.dims()), y))
                    .output();
            rig.want(
                    "dx",
                    rig.op(rig.at.convolutionBackwardData("dx", dy, tw, x, window, g))
                            .output());
            var db = b == null ? null : rig.at.gradient(b);
            rig.op(rig.at.convolutionBackwardWeights("dw", dy, x, rig.at.gradient(weight), db, window, g));
            rig.want("dw", rig.at.gradient(weight));
            if (db != null) {
                rig.want("db", db);
            }
        });
    }

    /** A convolution's gradient as a layer of its own, whose result has whatever layout the provider likes. */
    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void transposedConvolution(long seed) {
        var random = new Random(seed);
        int axes = pick(random, 1, 2, 2, 3);
        int groups = pick(random, 1, 1, 2, 3);
        int perGroup = pick(random, 1, 3, 8, 16, 17);
        int outPerGroup = pick(random, 1, 4, 16, 20);
        var window = window(random, axes, false);
        long[] large = image(random, window, (long) perGroup * groups);
        boolean blocked = random.nextBoolean();
        compare(seed, rig -> {
            long o = (long) outPerGroup * groups;
            long[] small = large.clone();
            small[1] = o;
            for (int axis = 0; axis < axes; axis++) {
                small[2 + axis] = window.output(axis, large[2 + axis]);
            }
            var x = input(rig, blocked, small);
            var weight = rig.parameter("w", weights(window, o, perGroup));
            var tw = rig.at.parameter(weight);
            var y = rig.op(rig.at.convolutionBackwardData(
                            "y", x, tw, rig.at.shape("like", ElementType.F32, large), window, groups))
                    .output();
            rig.want("y", y);
            rig.want(
                    "biased",
                    rig.op(rig.at.convolutionBackwardData(
                                    "biased",
                                    x,
                                    tw,
                                    rig.input("b", large[1]),
                                    rig.at.shape("like2", ElementType.F32, large),
                                    window,
                                    groups))
                            .output());
            var dy = rig.op(rig.at.reorderLike("dyLike", rig.input("dy", y.dims()), y))
                    .output();
            rig.want(
                    "dx",
                    rig.op(rig.at.convolution("dx", dy, tw, null, window, groups, false))
                            .output());
            rig.op(rig.at.convolutionBackwardWeights("dw", x, dy, rig.at.gradient(weight), null, window, groups));
            rig.want("dw", rig.at.gradient(weight));
        });
    }

    private static long[] image(Random random, Window window, long channels) {
        var dims = new long[window.axes() + 2];
        dims[0] = 1 + random.nextInt(4);
        dims[1] = channels;
        for (int axis = 0; axis < window.axes(); axis++) {
            dims[2 + axis] = window.extent(axis) + random.nextInt(window.axes() == 3 ? 4 : 9);
        }
        return dims;
    }

    private static long[] weights(Window window, long outputs, long inputs) {
        return LongStream.concat(
                        LongStream.of(outputs, inputs), window.kernel().stream().mapToLong(Integer::longValue))
                .toArray();
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void batchNorm(long seed) {
        var random = new Random(seed);
        int axes = pick(random, 0, 1, 2, 2, 2, 3);
        var dims = new long[axes + 2];
        for (int i = 0; i < dims.length; i++) {
            dims[i] = i == 1 ? pick(random, 1, 3, 7, 16, 20, 32, 33) : 2 + random.nextInt(6);
        }
        boolean blocked = axes > 0 && random.nextBoolean();
        boolean affine = random.nextBoolean();
        compare(seed, rig -> {
            var x = input(rig, blocked, dims);
            var weight = affine ? rig.parameters.add("w", new Initializer.Normal(0, 1), false, dims[1]) : null;
            var bias = affine ? rig.parameters.add("b", new Initializer.Normal(0, 1), false, dims[1]) : null;
            var tw = weight == null ? null : rig.at.parameter(weight);
            var tb = bias == null ? null : rig.at.parameter(bias);
            var training = rig.op(rig.at.batchNormTraining("training", x, tw, tb, 1e-3));
            rig.want("y", training.output());
            rig.want("mean", training.output(1));
            rig.want("variance", training.output(2));
            rig.want(
                    "use",
                    rig.op(rig.at.batchNorm("use", x, training.output(1), training.output(2), tw, tb, 1e-3))
                            .output());
            var dw = weight == null ? null : rig.at.gradient(weight);
            var db = bias == null ? null : rig.at.gradient(bias);
            rig.want(
                    "dx",
                    rig.op(rig.at.batchNormBackward(
                                    "dx",
                                    rig.input("dy", dims),
                                    x,
                                    training.output(1),
                                    training.output(2),
                                    tw,
                                    dw,
                                    db,
                                    1e-3))
                            .output());
            if (dw != null && db != null) {
                rig.want("dw", dw);
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
    void pooling(long seed) {
        var random = new Random(seed);
        var pooling = Pooling.values()[random.nextInt(Pooling.values().length)];
        var window = window(random, pick(random, 1, 2, 2, 3), true);
        long[] dims = image(random, window, pick(random, 1, 3, 7, 16, 20, 32));
        boolean maximum = pooling == Pooling.MAXIMUM;
        boolean blocked = random.nextBoolean() && !(pooling == Pooling.AVERAGE_WITH_PADDING && window.ceil());
        compare(seed, rig -> {
            var x = input(rig, blocked, dims);
            var pool = rig.op(rig.at.pool("pool", pooling, x, window, maximum));
            rig.want("y", pool.output());
            rig.want(
                    "inference",
                    rig.op(rig.at.pool("inference", pooling, x, window, false)).output());
            var dy = rig.input("dy", pool.output().dims());
            rig.want(
                    "dx",
                    rig.op(rig.at.poolBackward("dx", pooling, dy, maximum ? pool.output(1) : null, x, window))
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
        var three = Window.of(3, 3).pad(1, 1);
        var two = Window.of(2, 2).stride(2, 2);
        var x = rig.input("x", n, c, size, size);
        var w1 = rig.parameter("w1", c1, c, 3, 3);
        var b1 = rig.parameter("b1", c1);
        var w2 = rig.parameter("w2", c2, c1, 3, 3);
        long half = size / 2;
        var w3 = rig.parameter("w3", o, c2 * half * half);
        var y1 = rig.op(at.convolution("y1", x, at.parameter(w1), at.parameter(b1), three, 1, true))
                .output();
        var y2 = rig.op(at.convolution("y2", y1, at.parameter(w2), null, three, 1, true))
                .output();
        var pool = rig.op(at.pool("pool", Pooling.MAXIMUM, y2, two, true));
        var y3 = rig.op(at.innerProduct("y3", pool.output(), at.parameter(w3), null, false))
                .output();
        rig.want("y3", y3);
        var dy3 = rig.input("dy3", n, o);
        rig.op(at.innerProductBackwardWeights("dw3", dy3, pool.output(), at.gradient(w3), null));
        rig.want("dw3", at.gradient(w3));
        var dp = rig.op(at.innerProductBackwardData("dp", dy3, at.parameter(w3), pool.output()))
                .output();
        at.release(pool.output(), dy3);
        var dy2 = rig.op(at.poolBackward("dy2", Pooling.MAXIMUM, dp, pool.output(1), y2, two))
                .output();
        at.release(dp, pool.output(1));
        var dz2 = rig.reluBackward("dz2", dy2, y2);
        at.release(dy2, y2);
        rig.op(at.convolutionBackwardWeights("dw2", dz2, y1, at.gradient(w2), null, three, 1));
        rig.want("dw2", at.gradient(w2));
        var dy1 = rig.op(at.convolutionBackwardData("dy1", dz2, at.parameter(w2), y1, three, 1))
                .output();
        at.release(dz2);
        var dz1 = rig.reluBackward("dz1", dy1, y1);
        at.release(dy1, y1);
        rig.op(at.convolutionBackwardWeights("dw1", dz1, x, at.gradient(w1), at.gradient(b1), three, 1));
        rig.want("dw1", at.gradient(w1));
        rig.want("db1", at.gradient(b1));
        rig.want(
                "dx",
                rig.op(at.convolutionBackwardData("dx", dz1, at.parameter(w1), x, three, 1))
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
        var three = Window.of(3, 3).pad(1, 1);
        var two = Window.of(2, 2).stride(2, 2);
        compare(seed, rig -> {
            var at = rig.at;
            var w = rig.parameter("w", o, c, 3, 3);
            var dense = rig.parameter("dense", 7, c * size * size);
            var clean = input(rig, true, n, c, size, size);
            var x = disturbed(rig, "x2", clean);
            rig.want(
                    "y",
                    rig.op(at.convolution("y", x, at.parameter(w), null, three, 1, false))
                            .output());
            var dy = disturbed(
                    rig,
                    "dy2",
                    rig.op(at.convolution("y3", x, at.parameter(w), null, three, 1, false))
                            .output());
            rig.op(at.convolutionBackwardWeights(
                    "dw", dy, disturbed(rig, "x3", clean), at.gradient(w), null, three, 1));
            rig.want("dw", at.gradient(w));
            rig.want(
                    "dx",
                    rig.op(at.convolutionBackwardData("dx", dy, at.parameter(w), x, three, 1))
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
                    rig.op(at.pool("pool", Pooling.MAXIMUM, disturbed(rig, "x6", clean), two, false))
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
        var window = Window.of((int) size, (int) size);
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
                                rig.op(rig.at.convolution(name, x, w, null, window, 1, false))
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
        var one = Window.of(1, 1);
        var weights = rig.at.parameter(rig.parameter(name + "Weights", c, 4, 1, 1));
        var seed = rig.input(name + "Seed", n, 4, size, size);
        return rig.op(rig.at.convolution(name, seed, weights, null, one, 1, false))
                .output();
    }

    /** The input as it is, or in the layout that a convolution gives to its result. */
    private static Tensor input(Rig rig, boolean blocked, long... dims) {
        var x = rig.input("x", dims);
        if (!blocked) {
            return x;
        }
        var kernel = new int[dims.length - 2];
        Arrays.fill(kernel, 1);
        var one = Window.of(kernel);
        var weights = rig.at.parameter(rig.parameter("first", weights(one, dims[1], 4)));
        long[] seed = dims.clone();
        seed[1] = 4;
        var like = rig.op(rig.at.convolution("like", rig.input("seed", seed), weights, null, one, 1, false));
        return rig.op(rig.at.reorderLike("blocked", x, like.output())).output();
    }

    /** Any window; the padding of a pool is less than half of it if it is rounded up, so that none is all padding. */
    private static Window window(Random random, int axes, boolean pooling) {
        boolean ceil = pooling && random.nextBoolean();
        var kernel = numbers(random, axes, 1, 4);
        var dilation = numbers(random, axes, 1, 2);
        var window = Window.of(kernel).dilation(dilation).stride(numbers(random, axes, 1, 3));
        var before = new int[axes];
        var after = new int[axes];
        for (int axis = 0; axis < axes; axis++) {
            int most = pooling ? kernel[axis] - 1 : 3;
            before[axis] = random.nextInt((ceil ? most / 2 : most) + 1);
            after[axis] = ceil ? before[axis] : random.nextInt(most + 1);
        }
        window = window.pad(before).padAfter(after);
        return ceil ? window.roundedUp() : window;
    }

    private static int[] numbers(Random random, int count, int low, int high) {
        return random.ints(count, low, high + 1).toArray();
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
