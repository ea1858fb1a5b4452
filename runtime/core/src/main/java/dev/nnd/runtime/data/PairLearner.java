package dev.nnd.runtime.data;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;

/**
 * Learns merges (Sennrich et al. 2016): the pair that is there most often is joined, again and again; of equal ones that of
 * the lower ids. The counts are kept up to date, so that a merge costs no more than the words that have the pair.
 */
final class PairLearner {
    private final List<int[]> words = new ArrayList<>();
    private final List<Integer> counts = new ArrayList<>();
    private final Map<Long, Long> pairCounts = new HashMap<>();
    private final Map<Long, IntList> pairWords = new HashMap<>();
    private final PriorityQueue<Candidate> queue = new PriorityQueue<>(
            Comparator.comparingLong(Candidate::count).reversed().thenComparingLong(Candidate::pair));

    /** A pair, left id in the upper half, with how often it was there when it was put in. */
    private record Candidate(long pair, long count) {}

    /** A word as ids of bytes, and how often it is there. */
    void add(int[] word, int count) {
        int index = words.size();
        words.add(word);
        counts.add(count);
        for (int i = 0; i + 1 < word.length; i++) {
            count(pair(word[i], word[i + 1]), count, index);
        }
    }

    private static long pair(int left, int right) {
        return (long) left << 32 | right;
    }

    private void count(long pair, long change, int word) {
        pairCounts.merge(pair, change, Long::sum);
        if (change > 0) {
            IntList in = pairWords.computeIfAbsent(pair, p -> new IntList());
            if (in.size() == 0 || in.get(in.size() - 1) != word) {
                in.add(word);
            }
        }
    }

    /** Up to {@code most} merges of pairs that are there at least {@code least} times; merge i makes the id {@code first + i}. */
    List<int[]> merges(int first, int most, int least) {
        pairCounts.forEach((pair, count) -> queue.add(new Candidate(pair, count)));
        var merges = new ArrayList<int[]>();
        while (merges.size() < most && !queue.isEmpty()) {
            Candidate top = queue.poll();
            long now = pairCounts.getOrDefault(top.pair, 0L);
            if (now != top.count) {
                if (now > 0 && now < top.count) {
                    queue.add(new Candidate(top.pair, now));
                }
                continue;
            }
            if (top.count < least) {
                break;
            }
            int left = (int) (top.pair >>> 32);
            int right = (int) top.pair;
            join(top.pair, left, right, first + merges.size());
            merges.add(new int[] {left, right});
        }
        return merges;
    }

    private void join(long pair, int left, int right, int made) {
        var touched = new HashMap<Long, Boolean>();
        IntList in = pairWords.getOrDefault(pair, new IntList());
        for (int w = 0; w < in.size(); w++) {
            int index = in.get(w);
            int[] word = words.get(index);
            int[] joined = joined(word, left, right, made);
            if (joined.length == word.length) {
                continue;
            }
            for (int i = 0; i + 1 < word.length; i++) {
                count(pair(word[i], word[i + 1]), -counts.get(index), index);
            }
            for (int i = 0; i + 1 < joined.length; i++) {
                long next = pair(joined[i], joined[i + 1]);
                count(next, counts.get(index), index);
                if (joined[i] == made || joined[i + 1] == made) {
                    touched.put(next, true);
                }
            }
            words.set(index, joined);
        }
        pairCounts.remove(pair);
        pairWords.remove(pair);
        for (long next : touched.keySet()) {
            queue.add(new Candidate(next, pairCounts.getOrDefault(next, 0L)));
        }
    }

    private static int[] joined(int[] word, int left, int right, int made) {
        var out = new int[word.length];
        int n = 0;
        for (int i = 0; i < word.length; n++) {
            boolean joins = i + 1 < word.length && word[i] == left && word[i + 1] == right;
            out[n] = joins ? made : word[i];
            i += joins ? 2 : 1;
        }
        return Arrays.copyOf(out, n);
    }
}
