package dev.nnd.compiler.emit.program;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.nnd.compiler.Seed;
import dev.nnd.compiler.incremental.DecoderTexts;
import dev.nnd.runtime.generate.DecoderStep;
import dev.nnd.runtime.kernel.Provider;
import dev.nnd.runtime.program.Caches;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The scores of generated steps in f32 are near those of the whole model. */
class GenerateScoresTest {

    /** Of scores of size 1, or of the largest if that is more. */
    private static final double TOLERANCE = 1e-4;

    private static final int POSITIONS = 11;

    @ParameterizedTest
    @EnumSource(DecoderTexts.class)
    void cachedScoresAreNearTheWholeModels(DecoderTexts decoder) throws Exception {
        long seed = Seed.fresh();
        var project = new GeneratedProject("net.nnd", decoder.text());
        boolean wide = decoder.text().contains("i64[N, T]");
        var random = new Random(seed);
        int[] tokens = random.ints(POSITIONS, 0, 7).toArray();
        for (String name : new String[] {"reference", "best"}) {
            Provider provider = Provider.named(name, 1);
            try (var net = (AutoCloseable) Objects.requireNonNull(project.load("Net")
                            .getMethod("initialize", long.class, Provider.class)
                            .invoke(null, seed, provider));
                    var caches = new Caches("Net")) {
                try (DecoderStep prompt = step(net, provider, caches, 4);
                        DecoderStep single = step(net, provider, caches, 1)) {
                    run(prompt, tokens, 0, 4, wide);
                    compare(whole(net, tokens, 4, wide), prompt, decoder + ", " + name + ", seed " + seed);
                    for (int t = 4; t < POSITIONS; t++) {
                        run(single, tokens, t, 1, wide);
                        compare(
                                whole(net, tokens, t + 1, wide),
                                single,
                                decoder + ", " + name + " at " + t + ", seed " + seed);
                    }
                }
            }
        }
    }

    private static DecoderStep step(Object net, Provider provider, Caches caches, int count) throws Exception {
        Field weights = net.getClass().getDeclaredField("net");
        weights.setAccessible(true);
        Method bind = Arrays.stream(
                        Class.forName("NetStep", true, net.getClass().getClassLoader())
                                .getDeclaredMethods())
                .filter(m -> m.getName().equals("bind"))
                .findFirst()
                .orElseThrow();
        bind.setAccessible(true);
        return (DecoderStep)
                Objects.requireNonNull(bind.invoke(null, provider, weights.get(net), caches, 1, count, 12));
    }

    private static void run(DecoderStep step, int[] tokens, int from, int count, boolean wide) {
        for (int i = 0; i < count; i++) {
            if (wide) {
                step.tokens().setAtIndex(ValueLayout.JAVA_LONG, i, tokens[from + i]);
            } else {
                step.tokens().setAtIndex(ValueLayout.JAVA_INT, i, tokens[from + i]);
            }
        }
        step.start().set(ValueLayout.JAVA_INT, 0, from);
        step.last().set(ValueLayout.JAVA_INT, 0, count - 1);
        step.run();
    }

    private static float[] whole(Object net, int[] tokens, int count, boolean wide) throws Exception {
        int[] some = Arrays.copyOf(tokens, count);
        float[] scores = (float[]) Objects.requireNonNull(
                wide
                        ? net.getClass().getMethod("predict", long[].class).invoke(net, (Object)
                                Arrays.stream(some).asLongStream().toArray())
                        : net.getClass().getMethod("predict", int[].class).invoke(net, (Object) some));
        return Arrays.copyOfRange(scores, scores.length - scores.length / count, scores.length);
    }

    private static void compare(float[] whole, DecoderStep step, String where) {
        MemorySegment scores = step.scores();
        assertEquals(whole.length, scores.byteSize() / Float.BYTES);
        double largest = 1;
        for (float score : whole) {
            largest = Math.max(largest, Math.abs(score));
        }
        for (int i = 0; i < whole.length; i++) {
            assertEquals(whole[i], scores.getAtIndex(ValueLayout.JAVA_FLOAT, i), TOLERANCE * largest, where);
        }
    }
}
