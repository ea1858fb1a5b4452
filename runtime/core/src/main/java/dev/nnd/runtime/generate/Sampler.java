package dev.nnd.runtime.generate;

import dev.nnd.runtime.NndException;
import dev.nnd.runtime.random.Philox;
import java.util.Arrays;

/**
 * Chooses tokens by their scores as {@link Generation} says; the steps are those of Hugging Face's logits processors of the
 * same names. For one thread.
 */
final class Sampler {

    private static final double OUT = Double.NEGATIVE_INFINITY;

    private final Generation how;
    private final Philox draws;
    private final double[] scores;
    private final double[] sorted;
    private final long[] order;

    /** Room to choose in, which one generation after another may use: some hundred kilobytes for a large vocabulary. */
    record Room(double[] scores, double[] sorted, long[] order) {

        static Room of(int vocabulary) {
            return new Room(new double[vocabulary], new double[vocabulary], new long[vocabulary]);
        }
    }

    Sampler(Generation how, Room room) {
        this.how = how;
        this.draws = new Philox(how.seed(), "generate");
        this.scores = room.scores();
        this.sorted = room.sorted();
        this.order = room.order();
    }

    /** To fill with the scores of the next choice. */
    double[] scores() {
        return scores;
    }

    /**
     * The next token of a row.
     *
     * @param seen which tokens the row has already, by token
     * @param index how many tokens were chosen for the row
     */
    int choose(boolean[] seen, int row, int index) {
        for (double score : scores) {
            if (Double.isNaN(score)) {
                throw new NndException(
                        "The model's scores are no numbers (NaN), so there is no next token.",
                        "look at the weights: training may have diverged",
                        null);
            }
        }
        penalize(seen);
        return how.temperature() == 0 ? highest() : drawn(row, index);
    }

    /** Keskar et al. 2019, "CTRL", section 4.1, with a factor for negative scores as in Hugging Face. */
    private void penalize(boolean[] seen) {
        if (how.repetitionPenalty() != 1) {
            for (int i = 0; i < scores.length; i++) {
                if (seen[i]) {
                    double score = scores[i];
                    scores[i] = score < 0 ? score * how.repetitionPenalty() : score / how.repetitionPenalty();
                }
            }
        }
    }

    private int highest() {
        int best = 0;
        for (int i = 1; i < scores.length; i++) {
            best = scores[i] > scores[best] ? i : best;
        }
        return best;
    }

    private int drawn(int row, int index) {
        probabilities();
        double total = 0;
        for (double weight : scores) {
            total += weight;
        }
        double point = draws.uniform(((long) row << Integer.SIZE) + index) * total;
        int last = 0;
        for (int i = 0; i < scores.length; i++) {
            if (scores[i] > 0) {
                last = i;
                point -= scores[i];
                if (point < 0) {
                    return i;
                }
            }
        }
        return last;
    }

    /** Turns the scores into probabilities, up to a factor: temperature, top-k, top-p, softmax. */
    void probabilities() {
        for (int i = 0; i < scores.length; i++) {
            scores[i] /= how.temperature();
        }
        keepHighest();
        exponentials();
        keepLikeliest();
    }

    /** Fan et al. 2018: only the k highest scores, and what equals the last of these. */
    private void keepHighest() {
        int k = how.topK();
        if (k > 0 && k < scores.length) {
            System.arraycopy(scores, 0, sorted, 0, scores.length);
            Arrays.sort(sorted);
            double least = sorted[sorted.length - k];
            for (int i = 0; i < scores.length; i++) {
                scores[i] = scores[i] < least ? OUT : scores[i];
            }
        }
    }

    private void exponentials() {
        double highest = OUT;
        for (double score : scores) {
            highest = Math.max(highest, score);
        }
        for (int i = 0; i < scores.length; i++) {
            // A score of plus infinity is as likely as all others of it.
            scores[i] = scores[i] == highest ? 1 : Math.exp(scores[i] - highest);
        }
    }

    /**
     * Holtzman et al. 2020: the likeliest tokens until their probabilities reach p. As in Hugging Face, from the least likely
     * on those are left out that together have at most 1 - p; the likeliest always stays.
     */
    private void keepLikeliest() {
        if (how.topP() >= 1) {
            return;
        }
        double total = 0;
        int count = 0;
        for (int i = 0; i < scores.length; i++) {
            total += scores[i];
            if (scores[i] > 0) {
                // Probabilities are at least 0, so their bits are in their order; ties go by token.
                order[count++] = (long) Float.floatToIntBits((float) scores[i]) << Integer.SIZE | i;
            }
        }
        Arrays.sort(order, 0, count);
        double out = 0;
        for (int i = 0; i < count - 1; i++) {
            int token = (int) order[i];
            out += scores[token];
            if (out > (1 - how.topP()) * total) {
                return;
            }
            scores[token] = 0;
        }
    }
}
