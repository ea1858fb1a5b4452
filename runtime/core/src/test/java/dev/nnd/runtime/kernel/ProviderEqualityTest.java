package dev.nnd.runtime.kernel;

import static dev.nnd.runtime.kernel.ProviderEquality.compareOp;
import static dev.nnd.runtime.kernel.ProviderEquality.input;
import static dev.nnd.runtime.kernel.ProviderEquality.pick;
import static dev.nnd.runtime.kernel.ProviderEquality.weights;
import static dev.nnd.runtime.kernel.ProviderEquality.window;

import dev.nnd.runtime.memory.ElementType;
import dev.nnd.runtime.program.Initializer;
import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Holds every provider to the reference kernels at awkward random sizes. Every failure names its seed; {@code -Dnnd.seed} runs one
 * again.
 */
class ProviderEqualityTest {

    static LongStream seeds() {
        return ProviderEquality.seeds();
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
        compareOp(seed, rig -> {
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
            var plainAdded = rig.input("added", y.dims());
            var added = blocked
                    ? rig.op(rig.at.reorderLike("addedLike", plainAdded, y)).output()
                    : plainAdded;
            rig.want(
                    "sum",
                    rig.op(rig.at.convolution("sum", x, tw, tb, null, null, added, window, g, relu))
                            .output());
            rig.want(
                    "scaledSum",
                    rig.op(rig.at.convolution("scaledSum", x, tw, tb, scale, shift, added, window, g, relu))
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
        compareOp(seed, rig -> {
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
        compareOp(seed, rig -> {
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
        compareOp(seed, rig -> {
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

    /** Products of few rows with weights that hold for a scan's run, and the weights' gradient over the rows of all steps. */
    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void productsOfARecurrence(long seed) {
        var random = new Random(seed);
        long n = 8 + random.nextInt(57);
        long all = 512 + random.nextInt(300);
        long f = 16 + random.nextInt(80);
        long o = 16 + random.nextInt(80);
        boolean bias = random.nextBoolean();
        compareOp(seed, rig -> {
            var weight = rig.parameter("w", o, f);
            var w = rig.at.parameter(weight);
            var x = rig.input("x", n, f);
            var dy = rig.input("dy", n, o);
            var scan = rig.at.scan(1, false);
            var y = rig.op(rig.at.innerProduct("y", x, w, null, false)).output();
            var dx = rig.op(rig.at.innerProductBackwardData("dx", dy, w, x)).output();
            rig.at.bound(scan);
            rig.want("y", y);
            rig.want("dx", dx);
            var allX = rig.input("allX", all, f);
            var db = bias ? rig.at.gradient(rig.parameter("b", o)) : null;
            rig.op(rig.at.innerProductBackwardWeights(
                    "dw", rig.input("allDy", all, o), allX, rig.at.gradient(weight), db));
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
        compareOp(seed, rig -> {
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
}
