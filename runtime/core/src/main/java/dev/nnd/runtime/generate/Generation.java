package dev.nnd.runtime.generate;

import dev.nnd.runtime.NndException;
import java.util.Set;
import java.util.TreeSet;

/**
 * How the next token is chosen, and when to stop. The scores go through the repetition penalty, then if the temperature is
 * above 0 through temperature, top-k and top-p, in the order of Hugging Face's {@code generate}.
 *
 * @param maxTokens at most so many tokens, at least 1
 * @param temperature what scores are divided by; 0 takes the highest score, greedily
 * @param topK only the highest so many scores count, and those equal to the last of them; 0 for all
 * @param topP only the likeliest tokens whose probabilities together reach it count (nucleus sampling, Holtzman et al.
 *     2020); 1 for all
 * @param repetitionPenalty what the scores of tokens that are there already are divided by if positive and multiplied by if
 *     negative (Keskar et al. 2019); 1 for none
 * @param stop tokens that end a row
 * @param seed of the draws: the same seed gives the same tokens
 */
public record Generation(
        int maxTokens,
        double temperature,
        int topK,
        double topP,
        double repetitionPenalty,
        Set<Integer> stop,
        long seed) {

    /** At most so many tokens, where nothing is said. */
    public static final int DEFAULT_MAX_TOKENS = 256;

    public Generation {
        require(maxTokens >= 1, "The number of tokens to generate is at least 1, got " + maxTokens + ".");
        require(
                temperature >= 0 && temperature < Double.POSITIVE_INFINITY,
                "A temperature is 0 (greedy) or more, got " + temperature + ".");
        require(topK >= 0, "top-k is 0 (all tokens) or more, got " + topK + ".");
        require(topP > 0 && topP <= 1, "top-p is above 0 and at most 1, got " + topP + ".");
        require(
                repetitionPenalty > 0 && repetitionPenalty < Double.POSITIVE_INFINITY,
                "A repetition penalty is above 0 (1 for none), got " + repetitionPenalty + ".");
        stop = Set.copyOf(stop);
    }

    private static void require(boolean condition, String problem) {
        if (!condition) {
            throw new NndException(problem);
        }
    }

    /** The highest score each time. */
    public static Generation greedy() {
        return new Generation(DEFAULT_MAX_TOKENS, 0, 0, 1, 1, Set.of(), 0);
    }

    /** Draws by the probabilities at a temperature. */
    public static Generation sampling(double temperature, long seed) {
        return greedy().withTemperature(temperature).withSeed(seed);
    }

    /** With at most so many tokens. */
    public Generation withMaxTokens(int count) {
        return new Generation(count, temperature, topK, topP, repetitionPenalty, stop, seed);
    }

    /** With scores divided by that; 0 for greedy. */
    public Generation withTemperature(double value) {
        return new Generation(maxTokens, value, topK, topP, repetitionPenalty, stop, seed);
    }

    /** With the highest so many scores; 0 for all. */
    public Generation withTopK(int count) {
        return new Generation(maxTokens, temperature, count, topP, repetitionPenalty, stop, seed);
    }

    /** With the likeliest tokens that together reach that probability. */
    public Generation withTopP(double probability) {
        return new Generation(maxTokens, temperature, topK, probability, repetitionPenalty, stop, seed);
    }

    /** With lower scores for tokens that are there already. */
    public Generation withRepetitionPenalty(double penalty) {
        return new Generation(maxTokens, temperature, topK, topP, penalty, stop, seed);
    }

    /** With tokens that end a row. */
    public Generation withStop(int... tokens) {
        var all = new TreeSet<Integer>();
        for (int token : tokens) {
            all.add(token);
        }
        return new Generation(maxTokens, temperature, topK, topP, repetitionPenalty, all, seed);
    }

    /** With other draws. */
    public Generation withSeed(long value) {
        return new Generation(maxTokens, temperature, topK, topP, repetitionPenalty, stop, value);
    }
}
