package dev.nnd.runtime.kernel;

import static dev.nnd.runtime.kernel.ProviderEquality.assertClose;
import static dev.nnd.runtime.kernel.ProviderEquality.input;
import static dev.nnd.runtime.kernel.ProviderEquality.largest;
import static dev.nnd.runtime.kernel.ProviderEquality.pick;
import static dev.nnd.runtime.kernel.ProviderEquality.weights;
import static dev.nnd.runtime.kernel.ProviderEquality.window;

import dev.nnd.runtime.memory.Tensor;
import dev.nnd.runtime.program.ParameterSet;
import dev.nnd.runtime.program.Rig;
import dev.nnd.runtime.random.Philox;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.function.Function;
import java.util.stream.LongStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Where nothing is trained, providers may prepare weights once: in blocks, or multiplied by what scales a convolution. Holds them to the
 * reference in three runs, of which the second has other inputs and the third other weights. Every failure names its seed.
 */
class InferenceEqualityTest {

    static LongStream seeds() {
        return ProviderEquality.seeds();
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void scaledConvolution(long seed) {
        compare(seed, rig -> {
            var random = new Random(seed);
            int axes = pick(random, 1, 2, 2, 3);
            var window = window(random, axes, false);
            int groups = pick(random, 1, 1, 1, 2);
            int c = groups * pick(random, 1, 3, 5, 16, 17, 32);
            int o = groups * pick(random, 1, 4, 16, 20, 32, 48);
            long[] dims = new long[axes + 2];
            dims[0] = 1 + random.nextInt(3);
            dims[1] = c;
            for (int axis = 0; axis < axes; axis++) {
                dims[axis + 2] = 8 + random.nextInt(axes == 3 ? 4 : 20);
            }
            var x = input(rig, random.nextBoolean(), dims);
            var w = rig.at.parameter(rig.parameter("w", weights(window, o, c / groups)));
            var bias = random.nextInt(4) == 0 ? rig.at.parameter(rig.parameter("b", o)) : null;
            var scale = rig.input("scale", o);
            var shift = rig.input("shift", o);
            boolean relu = random.nextBoolean();
            var y = rig.op(rig.at.convolution("y", x, w, bias, scale, shift, window, groups, relu));
            rig.want("y", y.output());
            var added = rig.input("added", y.output().dims());
            rig.want(
                    "sum",
                    rig.op(rig.at.convolution("sum", x, w, bias, scale, shift, added, window, groups, relu))
                            .output());
            // The same weights again, as they are.
            rig.want(
                    "unscaled",
                    rig.op(rig.at.convolution("unscaled", x, w, null, window, groups, relu))
                            .output());
            return List.of(scale, shift);
        });
    }

    /** Convolutions behind one of a small padded image, which gives its result channels last; two batches share the weights. */
    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void channelsLast(long seed) {
        compare(seed, rig -> {
            var random = new Random(seed);
            int c = pick(random, 5, 32, 33, 64, 130, 200);
            int o = pick(random, 1, 16, 24, 48, 64, 130);
            int size = 3 + random.nextInt(5);
            int kernel = pick(random, 1, 1, 1, 2, 3);
            int stride = pick(random, 1, 1, 2, 3);
            int pad = random.nextInt(kernel);
            var window = Window.of(kernel, kernel).stride(stride, stride).pad(pad, pad);
            var padded = Window.of(3, 3).pad(1, 1);
            var first = rig.at.parameter(rig.parameter("first", weights(padded, c, 4)));
            var w = rig.at.parameter(rig.parameter("w", weights(window, o, c)));
            var back = rig.at.parameter(rig.parameter("back", weights(Window.of(1, 1), c, o)));
            var bias = random.nextBoolean() ? rig.at.parameter(rig.parameter("b", o)) : null;
            var scale = rig.input("scale", o);
            var shift = rig.input("shift", o);
            boolean relu = random.nextBoolean();
            for (long n : new long[] {1, 2 + random.nextInt(16)}) {
                var x = rig.input("x" + n, n, 4, size, size);
                var small = rig.op(rig.at.convolution("small" + n, x, first, null, padded, 1, true))
                        .output();
                var scaled = rig.op(rig.at.convolution("scaled" + n, small, w, bias, scale, shift, window, 1, relu))
                        .output();
                rig.want("scaled" + n, scaled);
                rig.want(
                        "plain" + n,
                        rig.op(rig.at.convolution("plain" + n, small, w, bias, window, 1, relu))
                                .output());
                rig.want(
                        "back" + n,
                        rig.op(rig.at.convolution("back" + n, scaled, back, null, Window.of(1, 1), 1, false))
                                .output());
            }
            return List.of(scale, shift);
        });
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void innerProduct(long seed) {
        compare(seed, rig -> {
            var random = new Random(seed);
            long[] dims = {
                pick(random, 1, 2, 16, 33), pick(random, 1, 8, 17, 32), 1 + random.nextInt(5), 1 + random.nextInt(5)
            };
            var x = input(rig, random.nextBoolean(), dims);
            int o = pick(random, 1, 10, 16, 64, 100);
            var w = rig.at.parameter(rig.parameter("w", o, dims[1] * dims[2] * dims[3]));
            var bias = random.nextBoolean() ? rig.at.parameter(rig.parameter("b", o)) : null;
            var y = rig.op(rig.at.innerProduct("y", x, w, bias, random.nextBoolean()));
            rig.want("y", y.output());
            var few = rig.input("few", 1, dims[1] * dims[2] * dims[3]);
            rig.want(
                    "few",
                    rig.op(rig.at.innerProduct("few", few, w, bias, false)).output());
            return List.of(few);
        });
    }

    /** A program gives back the inputs that change from the first run to the second. */
    private static void compare(long seed, Function<Rig, List<Tensor>> program) {
        var expected = runs(Provider.named("reference", 1), seed, program);
        // A result of one number may be near 0 by chance, but not in all runs.
        var scales = new HashMap<String, Float>();
        expected.forEach(results -> results.forEach((name, values) -> scales.merge(name, largest(values), Math::max)));
        for (var provider : ProviderEquality.providers()) {
            var actual = runs(provider, seed, program);
            for (int run = 0; run < expected.size(); run++) {
                String where = provider.name() + ", run " + run + ", seed " + seed;
                var found = actual.get(run);
                expected.get(run)
                        .forEach((name, values) -> assertClose(
                                where,
                                name,
                                values,
                                Objects.requireNonNull(found.get(name)),
                                scales.getOrDefault(name, 0f)));
            }
        }
    }

    private static List<Map<String, float[]>> runs(Provider provider, long seed, Function<Rig, List<Tensor>> program) {
        var parameters = new ParameterSet("test.InferenceEqualityTest");
        parameters.initialize(seed);
        var results = new ArrayList<Map<String, float[]>>();
        try (var rig = new Rig(provider, seed, parameters)) {
            var changing = program.apply(rig);
            rig.run();
            results.add(rig.run());
            for (var tensor : changing) {
                new Philox(seed + 1, tensor.name()).fillNormal(tensor.segment(), 0, 1);
                tensor.segment().setAtIndex(ValueLayout.JAVA_FLOAT, 0, 0f);
            }
            results.add(rig.run());
            parameters.initialize(seed + 1);
            results.add(rig.run());
        }
        return results;
    }
}
