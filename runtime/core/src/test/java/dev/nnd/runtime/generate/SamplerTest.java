package dev.nnd.runtime.generate;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.nnd.runtime.NndException;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

/** Choices against values computed by hand. */
class SamplerTest {

    private static final double[] SCORES = {2, 1, 0, -1, 0.5};

    /** What the scores become, as probabilities. */
    private static double[] probabilities(Generation how, double... scores) {
        var sampler = new Sampler(how, Sampler.Room.of(scores.length));
        System.arraycopy(scores, 0, sampler.scores(), 0, scores.length);
        sampler.probabilities();
        double sum = Arrays.stream(sampler.scores()).sum();
        return Arrays.stream(sampler.scores()).map(p -> p / sum).toArray();
    }

    private static int choice(Generation how, boolean[] seen, double... scores) {
        var sampler = new Sampler(how, Sampler.Room.of(scores.length));
        System.arraycopy(scores, 0, sampler.scores(), 0, scores.length);
        return sampler.choose(seen, 0, 0);
    }

    private static double[] softmax(double... scores) {
        double sum = Arrays.stream(scores).map(Math::exp).sum();
        return Arrays.stream(scores).map(s -> Math.exp(s) / sum).toArray();
    }

    @Test
    void temperatureDividesTheScores() {
        assertArrayEquals(softmax(4, 2, 0, -2, 1), probabilities(Generation.sampling(0.5, 0), SCORES), 1e-15);
    }

    @Test
    void topKKeepsTheHighestAndWhatEqualsTheLast() {
        double out = Double.NEGATIVE_INFINITY;
        Generation two = Generation.sampling(1, 0).withTopK(2);
        assertArrayEquals(softmax(2, 1, out, out, out), probabilities(two, SCORES), 1e-15);
        assertArrayEquals(softmax(2, 1, 1, out), probabilities(two, 2, 1, 1, 0), 1e-15);
        assertArrayEquals(softmax(SCORES), probabilities(two.withTopK(9), SCORES), 1e-15);
    }

    /** Probabilities 0.5, 0.3, 0.15, 0.05. */
    @Test
    void topPKeepsTheLikeliestUntilTheyReachIt() {
        double[] scores = {Math.log(0.3), Math.log(0.05), Math.log(0.5), Math.log(0.15)};
        Generation how = Generation.sampling(1, 0);
        assertArrayEquals(new double[] {0, 0, 1, 0}, probabilities(how.withTopP(0.4), scores), 1e-12);
        assertArrayEquals(new double[] {0.375, 0, 0.625, 0}, probabilities(how.withTopP(0.7), scores), 1e-12);
        assertArrayEquals(
                new double[] {0.3 / 0.95, 0, 0.5 / 0.95, 0.15 / 0.95}, probabilities(how.withTopP(0.9), scores), 1e-12);
        assertArrayEquals(new double[] {0.3, 0.05, 0.5, 0.15}, probabilities(how.withTopP(0.99), scores), 1e-12);
        assertArrayEquals(new double[] {0, 0, 1, 0}, probabilities(how.withTopP(1e-9), scores), 1e-12);
    }

    /** Temperature comes before top-p: at 0.5 the probabilities are 0.25, 0.09, 0.0225, 0.0025 over 0.365. */
    @Test
    void topPSeesTheTemperature() {
        double[] scores = {Math.log(0.3), Math.log(0.05), Math.log(0.5), Math.log(0.15)};
        assertArrayEquals(
                new double[] {0, 0, 1, 0},
                probabilities(Generation.sampling(0.5, 0).withTopP(0.68), scores),
                1e-12);
    }

    @Test
    void repetitionPenaltyLowersWhatIsThere() {
        boolean[] seen = {true, false, false, true};
        Generation how = Generation.greedy().withRepetitionPenalty(2);
        // 1.5 / 2 = 0.75 is below 1.
        assertEquals(1, choice(how, seen, 1.5, 1, 0, -1));
        assertEquals(0, choice(how, seen, 2.5, 1, 0, -1));
        // -1 * 2 = -2 is below -1.5.
        assertEquals(1, choice(how, seen, -1, -1.5, -9, -9));
    }

    @Test
    void greedyTakesTheFirstOfTheHighest() {
        assertEquals(1, choice(Generation.greedy(), new boolean[4], 0, 3, 3, 1));
    }

    @Test
    void drawsFollowTheProbabilitiesAndTheSeed() {
        double[] scores = {Math.log(0.5), Math.log(0.3), Math.log(0.2)};
        var counts = new int[3];
        int draws = 20_000;
        var sampler = new Sampler(Generation.sampling(1, 7), Sampler.Room.of(3));
        var again = new Sampler(Generation.sampling(1, 7), Sampler.Room.of(3));
        for (int i = 0; i < draws; i++) {
            System.arraycopy(scores, 0, sampler.scores(), 0, 3);
            System.arraycopy(scores, 0, again.scores(), 0, 3);
            int token = sampler.choose(new boolean[3], 2, i);
            assertEquals(token, again.choose(new boolean[3], 2, i));
            counts[token]++;
        }
        // Four standard deviations are at most 4 * sqrt(20000 / 4) = 283.
        assertEquals(10_000, counts[0], 283);
        assertEquals(6_000, counts[1], 283);
        assertEquals(4_000, counts[2], 283);
    }

    @Test
    void whatIsNoNumberIsAnError() {
        var thrown = assertThrows(NndException.class, () -> choice(Generation.greedy(), new boolean[2], 1, Double.NaN));
        assertEquals("The model's scores are no numbers (NaN), so there is no next token.", thrown.getMessage());
    }

    @Test
    void optionsAreChecked() {
        assertEquals(
                "top-p is above 0 and at most 1, got 1.5.",
                assertThrows(NndException.class, () -> Generation.greedy().withTopP(1.5))
                        .getMessage());
        assertEquals(
                "A temperature is 0 (greedy) or more, got -1.0.",
                assertThrows(NndException.class, () -> Generation.greedy().withTemperature(-1))
                        .getMessage());
        assertEquals(
                "The number of tokens to generate is at least 1, got 0.",
                assertThrows(NndException.class, () -> Generation.greedy().withMaxTokens(0))
                        .getMessage());
    }
}
