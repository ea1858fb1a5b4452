package dev.nnd.runtime.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.fail;

import dev.nnd.runtime.Seed;
import dev.nnd.runtime.kernel.onednn.OneDnnProvider;
import dev.nnd.runtime.kernel.packed.JavaProvider;
import dev.nnd.runtime.memory.Tensor;
import dev.nnd.runtime.program.Rig;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import java.util.function.LongFunction;
import java.util.stream.LongStream;

/** Runs a program on the reference and on every other provider, and compares all that it wants. */
final class ProviderEquality {

    private static final int CASES = Integer.getInteger("nnd.cases", 24);

    /** So many normal numbers have one that is not small. */
    private static final int FEW = 8;

    private ProviderEquality() {}

    /** All that work here but the reference; one thread and two, and the kernels in Java with and without vectors. */
    static List<Provider> providers() {
        var all = new ArrayList<Provider>();
        for (int threads = 1; threads <= 2; threads++) {
            if (OneDnnProvider.failure().isEmpty()) {
                all.add(Provider.named("onednn", threads));
            }
            all.add(Provider.named("java", threads));
        }
        all.add(JavaProvider.withoutVectors(2));
        return all;
    }

    static LongStream seeds() {
        return Seed.several(CASES);
    }

    /** The input as it is, or in the layout that a convolution gives to its result. */
    static Tensor input(Rig rig, boolean blocked, long... dims) {
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
    static Window window(Random random, int axes, boolean pooling) {
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

    static int[] numbers(Random random, int count, int low, int high) {
        return random.ints(count, low, high + 1).toArray();
    }

    static int pick(Random random, int... choices) {
        return choices[random.nextInt(choices.length)];
    }

    static void compare(long seed, Consumer<Rig> program) {
        compare(seed, providers(), (provider, drawn) -> run(provider, drawn, program), "");
    }

    private static void compare(
            long seed,
            List<Provider> providers,
            BiFunction<Provider, Long, Map<String, float[]>> results,
            String precision) {
        var reference = Provider.named("reference", 1);
        var expected = results.apply(reference, seed);
        var scales = scales(expected, drawn -> results.apply(reference, seed + drawn));
        for (var provider : providers) {
            var actual = results.apply(provider, seed);
            assertEquals(expected.keySet(), actual.keySet());
            expected.forEach((name, values) -> assertClose(
                    provider.name() + precision + ", seed " + seed,
                    name,
                    values,
                    Objects.requireNonNull(actual.get(name)),
                    scales.getOrDefault(name, 0f)));
        }
    }

    /**
     * How large the elements of each result are. Those of a result of a few may all be near 0 by chance, as sums of numbers that
     * are not and whose rounding stays: then those of results from other numbers count too.
     */
    private static Map<String, Float> scales(
            Map<String, float[]> expected, LongFunction<Map<String, float[]>> otherNumbers) {
        var scales = new HashMap<String, Float>();
        expected.forEach((name, values) -> scales.put(name, largest(values)));
        if (expected.values().stream().anyMatch(values -> values.length < FEW)) {
            for (int other = 1; other <= 3; other++) {
                otherNumbers.apply(other).forEach((name, values) -> {
                    if (values.length < FEW) {
                        scales.merge(name, largest(values), Math::max);
                    }
                });
            }
        }
        return scales;
    }

    static float largest(float[] values) {
        float largest = 0;
        for (float value : values) {
            largest = Math.max(largest, Math.abs(value));
        }
        return largest;
    }

    /** The same for a program in which no op reads the result of another, also with products in bfloat16. */
    static void compareOp(long seed, Consumer<Rig> program) {
        compare(seed, program);
        compareNarrow(seed, program);
    }

    /** With operands that bfloat16 holds exactly, products in bfloat16 are those of f32. */
    private static void compareNarrow(long seed, Consumer<Rig> program) {
        var narrow = providers().stream()
                .map(provider -> Bfloat16.forced("on", provider))
                .filter(provider -> provider.precision() == Precision.BF16)
                .toList();
        if (narrow.isEmpty()) {
            return;
        }
        compare(seed, narrow, (provider, drawn) -> coarse(provider, drawn, program), " in bf16");
    }

    private static Map<String, float[]> coarse(Provider provider, long seed, Consumer<Rig> program) {
        try (var rig = new Rig(provider, seed).coarse()) {
            program.accept(rig);
            return rig.run();
        }
    }

    static Map<String, float[]> run(Provider provider, long seed, Consumer<Rig> program) {
        try (var rig = new Rig(provider, seed)) {
            program.accept(rig);
            rig.run();
            return rig.run();
        }
    }

    static void assertClose(String where, String name, float[] expected, float[] actual) {
        assertClose(where, name, expected, actual, largest(expected));
    }

    /** The same with the size of the numbers of which these are sums. */
    static void assertClose(String where, String name, float[] expected, float[] actual, float scale) {
        assertEquals(expected.length, actual.length, name);
        for (int i = 0; i < expected.length; i++) {
            if (!(Math.abs(expected[i] - actual[i]) <= 2e-5 * scale + 1e-6)) {
                fail(name + "[" + i + "] is " + actual[i] + " but the reference says " + expected[i] + " at " + where);
            }
        }
    }

    static long[] weights(Window window, long outputs, long inputs) {
        return LongStream.concat(
                        LongStream.of(outputs, inputs), window.kernel().stream().mapToLong(Integer::longValue))
                .toArray();
    }
}
