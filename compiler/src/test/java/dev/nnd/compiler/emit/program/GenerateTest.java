package dev.nnd.compiler.emit.program;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.nnd.compiler.Seed;
import dev.nnd.compiler.incremental.DecoderTexts;
import dev.nnd.runtime.NndException;
import dev.nnd.runtime.generate.Completion;
import dev.nnd.runtime.generate.Generation;
import dev.nnd.runtime.generate.TokenListener;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Generated Java with caches gives, token by token, what the whole model gives. */
class GenerateTest {

    private static final int[][] PROMPTS = {{1, 2, 3}, {4}, {5, 0, 1, 2, 6}};

    /** A generated model, called by name. */
    private record Net(Object model) implements AutoCloseable {

        static Net of(GeneratedProject project, long seed) throws Exception {
            return new Net(
                    project.load("Net").getMethod("initialize", long.class).invoke(null, seed));
        }

        @SuppressWarnings("unchecked")
        List<Completion> generate(int[][] prompts, Generation how, TokenListener onToken) throws Exception {
            Method method =
                    model.getClass().getMethod("generate", int[][].class, Generation.class, TokenListener.class);
            try {
                return (List<Completion>) method.invoke(model, prompts, how, onToken);
            } catch (InvocationTargetException e) {
                if (e.getCause() instanceof NndException known) {
                    throw known;
                }
                throw e;
            }
        }

        /** The scores of what may be behind all of these, by the whole model. */
        float[] scores(int[] tokens) throws Exception {
            Method predict = Arrays.stream(model.getClass().getMethods())
                    .filter(m -> m.getName().equals("predict"))
                    .findFirst()
                    .orElseThrow();
            boolean wide = predict.getParameterTypes()[0] == long[].class;
            Object ids = wide ? Arrays.stream(tokens).asLongStream().toArray() : tokens;
            float[] scores = (float[]) Objects.requireNonNull(predict.invoke(model, ids));
            int vocabulary = scores.length / tokens.length;
            return Arrays.copyOfRange(scores, scores.length - vocabulary, scores.length);
        }

        @Override
        public void close() {
            try {
                ((AutoCloseable) model).close();
            } catch (Exception e) {
                throw new AssertionError(e);
            }
        }
    }

    /** No token has a higher score, but for rounding. */
    private static void isBest(float[] scores, int token, String where) {
        double best = Double.NEGATIVE_INFINITY;
        double largest = 1;
        for (float score : scores) {
            best = Math.max(best, score);
            largest = Math.max(largest, Math.abs(score));
        }
        assertEquals(best, scores[token], 1e-4 * largest, where);
    }

    @ParameterizedTest
    @EnumSource(DecoderTexts.class)
    void tokensAreThoseOfTheWholeModel(DecoderTexts decoder) throws Exception {
        long seed = Seed.fresh();
        var project = new GeneratedProject("net.nnd", decoder.text());
        try (Net net = Net.of(project, seed)) {
            for (int run = 0; run < 2; run++) {
                List<Completion> got = net.generate(PROMPTS, Generation.greedy().withMaxTokens(6), (_, _) -> {});
                for (int row = 0; row < PROMPTS.length; row++) {
                    int[] tokens = PROMPTS[row];
                    for (int token : got.get(row).tokens()) {
                        isBest(
                                net.scores(tokens),
                                token,
                                decoder + ", seed " + seed + ", row " + row + " after " + Arrays.toString(tokens));
                        tokens = Arrays.copyOf(tokens, tokens.length + 1);
                        tokens[tokens.length - 1] = token;
                    }
                    assertEquals(PROMPTS[row].length + 6, tokens.length);
                }
            }
        }
    }

    @Test
    void rowsEndOnTheirOwn() throws Exception {
        var project = new GeneratedProject("net.nnd", DecoderTexts.GPT.text());
        try (Net net = Net.of(project, 5)) {
            Generation how = Generation.sampling(1.5, 3).withMaxTokens(100);
            var heard = new ArrayList<List<Integer>>(List.of(new ArrayList<>(), new ArrayList<>(), new ArrayList<>()));
            List<Completion> all =
                    net.generate(PROMPTS, how, (row, token) -> heard.get(row).add(token));
            for (int row = 0; row < PROMPTS.length; row++) {
                assertEquals(Completion.Finish.CONTEXT, all.get(row).finish());
                // The last token needs no position.
                assertEquals(12 + 1 - PROMPTS[row].length, all.get(row).tokens().length);
                assertArrayEquals(
                        heard.get(row).stream().mapToInt(i -> i).toArray(),
                        all.get(row).tokens());
            }
            int stop = all.getFirst().tokens()[2];
            List<Completion> stopped = net.generate(PROMPTS, how.withStop(stop), (_, _) -> {});
            for (int row = 0; row < PROMPTS.length; row++) {
                int[] before = all.get(row).tokens();
                int at = 0;
                while (at < before.length && before[at] != stop) {
                    at++;
                }
                assertArrayEquals(Arrays.copyOf(before, at), stopped.get(row).tokens());
                assertEquals(
                        at < before.length ? Completion.Finish.STOP : Completion.Finish.CONTEXT,
                        stopped.get(row).finish());
            }
        }
    }

    @Test
    void wrongPromptsAreOneError() throws Exception {
        var project = new GeneratedProject("net.nnd", DecoderTexts.GPT.text());
        try (Net net = Net.of(project, 5)) {
            assertEquals("Prompt 2 has 13 tokens, and Net has a context of 12.", failure(net, new int[1], new int[13]));
            assertEquals(
                    "The token 11 is not in the vocabulary of Net, whose tokens are 0 to 10.",
                    failure(net, new int[] {1, 11}));
            assertEquals("Prompt 1 is empty.", failure(net, new int[0]));
            assertEquals("There is no prompt to continue.", failure(net));
        }
    }

    private static String failure(Net net, int[]... prompts) {
        return assertThrows(NndException.class, () -> net.generate(prompts, Generation.greedy(), (_, _) -> {}))
                .getMessage();
    }
}
