package dev.nnd.runtime.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.nnd.runtime.Seed;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class PairLearnerTest {

    private static JsonTree resource() throws IOException {
        try (var in = PairLearnerTest.class.getResourceAsStream("/tokenizers/learned.json")) {
            return JsonTree.parse(new String(in.readAllBytes(), StandardCharsets.UTF_8));
        }
    }

    /** The file holds 100 reviews and the merges that Hugging Face's tokenizers 0.23.2 learn of them. */
    @Test
    void learnsTheMergesOfHuggingFace() throws IOException {
        var pairs = BytePairs.learned("tokens", 800);
        assertFalse(pairs.ready());
        for (String text : TextSteps.texts(resource().get("texts"))) {
            pairs.accept(text);
        }
        assertEquals(List.of(), pairs.finish());
        assertTrue(pairs.ready());
        assertEquals(800, pairs.size());
        assertEquals(TextSteps.texts(resource().get("merges")), pairs.saved().texts());
        var again = BytePairs.learned("tokens", 800);
        again.restore(pairs.saved());
        String text = "the film isn't bad \u00e9\ud83c\udf89";
        assertArrayEquals(pairs.ids(text), again.ids(text));
    }

    @Test
    void saysThatTheTextIsTooShort() {
        var pairs = BytePairs.learned("tokens", 300);
        pairs.accept("abab abab");
        assertEquals(
                List.of("`tokens` has 259 ids, not 300: no further pair of symbols is there twice in the training"
                        + " rows."),
                pairs.finish());
    }

    /** Against counting everything anew for each merge. */
    @Test
    void countsRightly() {
        for (int round = 0; round < 200; round++) {
            long seed = Seed.fresh();
            var random = new Random(seed);
            var words = new ArrayList<int[]>();
            var counts = new ArrayList<Integer>();
            var learner = new PairLearner();
            for (int w = random.nextInt(1, 12); w > 0; w--) {
                int[] word = random.ints(random.nextInt(0, 12), 0, 4).toArray();
                words.add(word);
                counts.add(random.nextInt(1, 5));
                learner.add(word, counts.getLast());
            }
            List<int[]> merges = learner.merges(4, 20, 2);
            for (int m = 0; m < 20; m++) {
                int[] best = mostFrequent(words, counts, 4 + m);
                if (best.length == 0) {
                    assertEquals(m, merges.size(), "seed " + seed);
                    break;
                }
                assertArrayEquals(best, merges.get(m), "merge " + m + ", seed " + seed);
                for (int w = 0; w < words.size(); w++) {
                    words.set(w, joined(words.get(w), best, 4 + m));
                }
            }
        }
    }

    private static int[] mostFrequent(List<int[]> words, List<Integer> counts, int ids) {
        var of = new int[ids][ids];
        for (int w = 0; w < words.size(); w++) {
            for (int i = 0; i + 1 < words.get(w).length; i++) {
                of[words.get(w)[i]][words.get(w)[i + 1]] += counts.get(w);
            }
        }
        int[] best = {};
        int most = 1;
        for (int a = 0; a < ids; a++) {
            for (int b = 0; b < ids; b++) {
                if (of[a][b] > most) {
                    most = of[a][b];
                    best = new int[] {a, b};
                }
            }
        }
        return best;
    }

    private static int[] joined(int[] word, int[] pair, int made) {
        var out = new ArrayList<Integer>();
        for (int i = 0; i < word.length; i++) {
            boolean joins = i + 1 < word.length && word[i] == pair[0] && word[i + 1] == pair[1];
            out.add(joins ? made : word[i]);
            i += joins ? 1 : 0;
        }
        return out.stream().mapToInt(Integer::intValue).toArray();
    }
}
