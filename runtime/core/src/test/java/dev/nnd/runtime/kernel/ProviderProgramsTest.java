package dev.nnd.runtime.kernel;

import static dev.nnd.runtime.kernel.ProviderEquality.compare;
import static dev.nnd.runtime.kernel.ProviderEquality.input;
import static dev.nnd.runtime.kernel.ProviderEquality.pick;

import dev.nnd.runtime.memory.Tensor;
import dev.nnd.runtime.program.Rig;
import java.lang.foreign.Arena;
import java.lang.foreign.ValueLayout;
import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Holds programs of several ops on every provider, in the layouts that it likes, to the reference. Every failure names its seed;
 * {@code -Dnnd.seed} runs one again.
 */
class ProviderProgramsTest {

    static LongStream seeds() {
        return ProviderEquality.seeds();
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
}
