package dev.nnd.runtime.metric;

import dev.nnd.runtime.memory.Tensor;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * How near sequences of ids are to reference sequences: predictions and references are ids [..., T] and [..., U], one sequence
 * to a row.
 */
public final class SequenceMetric implements StreamingMetric {

    /** What is computed. */
    public enum Kind {
        /** Of the whole corpus, without smoothing, with the brevity penalty (Papineni et al. 2002); 0 to 1. */
        BLEU,
        /** The mean over examples of the F1 of shared single ids (Lin 2004). */
        ROUGE_1,
        /** The mean over examples of the F1 of shared pairs of ids (Lin 2004). */
        ROUGE_2,
        /** The mean over examples of the F1 of the longest common subsequence (Lin 2004). */
        ROUGE_L,
        /** Insertions, deletions and substitutions over the length of the references: the word error rate of words. */
        EDIT_ERROR
    }

    private final Kind kind;
    private final int longest;
    private final long end;
    private final long ignored;
    /** By length of the run of ids, for {@link Kind#BLEU}. */
    private final long[] matches;

    private final long[] runs;
    private long predictedIds;
    private long referenceIds;
    private double sum;
    private long examples;

    /**
     * Without an example.
     *
     * @param longest the longest runs of ids that {@link Kind#BLEU} compares, usually 4
     * @param end a sequence is over before this id; negative for none
     * @param ignored ids that are left out, such as padding; negative for none
     */
    public SequenceMetric(Kind kind, int longest, long end, long ignored) {
        this.kind = kind;
        this.longest = longest;
        this.end = end;
        this.ignored = ignored;
        this.matches = new long[longest];
        this.runs = new long[longest];
    }

    @Override
    public void add(Tensor... batch) {
        Tensor predictions = batch[0];
        Tensor references = batch[1];
        int width = last(predictions);
        int referenceWidth = last(references);
        long rows = predictions.elements() / width;
        for (long row = 0; row < rows; row++) {
            add(ids(predictions, row * width, width), ids(references, row * referenceWidth, referenceWidth));
        }
    }

    private static int last(Tensor tensor) {
        long[] dims = tensor.dims();
        return Math.toIntExact(dims[dims.length - 1]);
    }

    private Integer[] ids(Tensor tensor, long from, int width) {
        var found = new Integer[width];
        int n = 0;
        for (int i = 0; i < width; i++) {
            int id = Elements.label(tensor, from + i);
            if (end >= 0 && id == end) {
                break;
            }
            if (ignored < 0 || id != ignored) {
                found[n++] = id;
            }
        }
        return Arrays.copyOf(found, n);
    }

    private void add(Integer[] predicted, Integer[] reference) {
        examples++;
        predictedIds += predicted.length;
        referenceIds += reference.length;
        switch (kind) {
            case BLEU -> {
                for (int n = 1; n <= longest; n++) {
                    matches[n - 1] += shared(predicted, reference, n);
                    runs[n - 1] += runs(predicted, n);
                }
            }
            case ROUGE_1 -> sum += runsF1(predicted, reference, 1);
            case ROUGE_2 -> sum += runsF1(predicted, reference, 2);
            case ROUGE_L -> sum += f1(common(predicted, reference), predicted.length, reference.length);
            case EDIT_ERROR -> sum += distance(predicted, reference);
        }
    }

    private static int runs(Integer[] ids, int length) {
        return Math.max(0, ids.length - length + 1);
    }

    private static double runsF1(Integer[] predicted, Integer[] reference, int length) {
        return f1(shared(predicted, reference, length), runs(predicted, length), runs(reference, length));
    }

    private static double f1(long shared, long predicted, long reference) {
        return shared == 0 ? 0 : 2.0 * shared / (predicted + reference);
    }

    /** How many runs of the prediction are in the reference, each as often as there at most. */
    private static long shared(Integer[] predicted, Integer[] reference, int length) {
        Map<List<Integer>, Integer> there = new HashMap<>();
        for (int i = 0; i < runs(reference, length); i++) {
            there.merge(Arrays.asList(reference).subList(i, i + length), 1, Integer::sum);
        }
        long shared = 0;
        for (int i = 0; i < runs(predicted, length); i++) {
            List<Integer> run = Arrays.asList(predicted).subList(i, i + length);
            int left = there.getOrDefault(run, 0);
            if (left > 0) {
                there.put(run, left - 1);
                shared++;
            }
        }
        return shared;
    }

    /** The length of the longest common subsequence. */
    private static int common(Integer[] a, Integer[] b) {
        var above = new int[b.length + 1];
        for (Integer x : a) {
            var row = new int[b.length + 1];
            for (int j = 0; j < b.length; j++) {
                row[j + 1] = x.equals(b[j]) ? above[j] + 1 : Math.max(above[j + 1], row[j]);
            }
            above = row;
        }
        return above[b.length];
    }

    /** Levenshtein's distance. */
    private static int distance(Integer[] a, Integer[] b) {
        var above = new int[b.length + 1];
        Arrays.setAll(above, j -> j);
        for (int i = 0; i < a.length; i++) {
            var row = new int[b.length + 1];
            row[0] = i + 1;
            for (int j = 0; j < b.length; j++) {
                int replaced = above[j] + (a[i].equals(b[j]) ? 0 : 1);
                row[j + 1] = Math.min(replaced, 1 + Math.min(above[j + 1], row[j]));
            }
            above = row;
        }
        return above[b.length];
    }

    @Override
    public double value() {
        return switch (kind) {
            case BLEU -> bleu();
            case ROUGE_1, ROUGE_2, ROUGE_L -> sum / examples;
            case EDIT_ERROR -> sum / referenceIds;
        };
    }

    private double bleu() {
        if (examples == 0) {
            return Double.NaN;
        }
        double logarithms = 0;
        for (int i = 0; i < longest; i++) {
            if (matches[i] == 0) {
                return 0;
            }
            logarithms += Math.log((double) matches[i] / runs[i]);
        }
        double penalty = predictedIds < referenceIds ? 1 - (double) referenceIds / predictedIds : 0;
        return Math.exp(penalty + logarithms / longest);
    }
}
