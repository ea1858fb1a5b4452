package dev.nnd.compiler.cli;

import dev.nnd.runtime.NndException;
import dev.nnd.runtime.generate.Generation;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** How {@code generate} chooses tokens. */
final class SamplingOptions {

    @Option(names = "--max-tokens", paramLabel = "N", description = "at most so many tokens (default: 256)")
    private int maxTokens = Generation.DEFAULT_MAX_TOKENS;

    @Option(
            names = "--temperature",
            paramLabel = "X",
            description = "draws by probabilities; below 1 likelier tokens more often; 0 takes the likeliest "
                    + "(default: 0, or 1 with --top-k, --top-p, --seed or --count)")
    private @Nullable Double temperature;

    @Option(names = "--top-k", paramLabel = "N", description = "draws among the N likeliest tokens")
    private @Nullable Integer topK;

    @Option(
            names = "--top-p",
            paramLabel = "P",
            description = "draws among the likeliest tokens that together have the probability P")
    private @Nullable Double topP;

    @Option(
            names = "--repetition-penalty",
            paramLabel = "X",
            description = "above 1, tokens that are there already become less likely (default: 1)")
    private double repetitionPenalty = 1;

    @Option(
            names = "--stop",
            paramLabel = "TOKEN",
            description = "ends at this token, a number, or with a vocabulary its text; may be given several times")
    private List<String> stop = List.of();

    @Option(names = "--seed", paramLabel = "N", description = "the same seed draws the same tokens (default: 0)")
    private @Nullable Long seed;

    /**
     * What was asked for.
     *
     * @param text the vocabulary, if prompts are texts
     * @param several whether each prompt is continued more than once
     */
    Generation generation(@Nullable PromptText text, boolean several) {
        boolean draws = topK != null || topP != null || seed != null || several;
        double heat = temperature != null ? temperature : draws ? 1 : 0;
        return Generation.greedy()
                .withMaxTokens(maxTokens)
                .withTemperature(heat)
                .withTopK(topK == null ? 0 : topK)
                .withTopP(topP == null ? 1 : topP)
                .withRepetitionPenalty(repetitionPenalty)
                .withStop(stop.stream().mapToInt(s -> stop(s, text)).toArray())
                .withSeed(seed == null ? 0 : seed);
    }

    private static int stop(String word, @Nullable PromptText text) {
        int[] tokens = text == null ? tokens("--stop", word) : text.tokens(word.replace("\\n", "\n"));
        if (tokens.length != 1) {
            throw new NndException("--stop \"" + word + "\" is " + tokens.length + " tokens; a stop is one.");
        }
        return tokens[0];
    }

    /** {@code 1,2,3}. */
    static int[] tokens(String option, String list) {
        String[] parts = list.split("[,\\s]+", -1);
        var tokens = new int[parts.length];
        for (int i = 0; i < parts.length; i++) {
            try {
                tokens[i] = Integer.parseInt(parts[i]);
            } catch (NumberFormatException e) {
                throw new NndException(
                        option + " needs whole numbers with commas between them, such as 1,2,3; got \"" + list + "\".",
                        e);
            }
        }
        return tokens;
    }
}
