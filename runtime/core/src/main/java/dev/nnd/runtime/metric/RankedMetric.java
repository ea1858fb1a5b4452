package dev.nnd.runtime.metric;

import dev.nnd.runtime.memory.Tensor;
import java.util.Arrays;

/**
 * A metric made of the order of the scores, exact: all scores are kept. With more than one score for an example it is the
 * mean over the classes, each against the others; classes that never or always occur are left out.
 */
public final class RankedMetric implements StreamingMetric {

    /** What is computed of the order. */
    public enum Kind {
        /** The area under the ROC curve: how often a positive example has the higher score, equal ones counted half. */
        AUC,
        /** The average precision: the sum over thresholds of the step in recall times the precision. */
        PR_AUC
    }

    private static final int FIRST = 1024;

    private final Kind kind;
    private final int only;
    private int columns;
    private int rows;
    private float[] scores = new float[0];
    private int[] labels = new int[0];

    /** Without an example; the mean over the classes. */
    public RankedMetric(Kind kind) {
        this(kind, -1);
    }

    /** Without an example; of the class {@code only} against the others, if that is not negative. */
    public RankedMetric(Kind kind, int only) {
        this.kind = kind;
        this.only = only;
    }

    @Override
    public void add(Tensor... of) {
        Tensor batch = of[0];
        Tensor targets = of[1];
        boolean binary = batch.dims().length == targets.dims().length;
        columns = binary ? 1 : Elements.classes(batch, targets);
        int n = Math.toIntExact(targets.elements());
        reserve(rows + n);
        for (int i = 0; i < n; i++) {
            labels[rows + i] = Elements.label(targets, i);
            for (int c = 0; c < columns; c++) {
                scores[(rows + i) * columns + c] = (float) Elements.number(batch, (long) i * columns + c);
            }
        }
        rows += n;
    }

    private void reserve(int wanted) {
        if (wanted > labels.length) {
            int size = Math.max(wanted, Math.max(FIRST, labels.length + (labels.length >> 1)));
            labels = Arrays.copyOf(labels, size);
            scores = Arrays.copyOf(scores, Math.multiplyExact(size, columns));
        }
    }

    @Override
    public double value() {
        if (only >= 0 && columns > 0) {
            return of(only);
        }
        double sum = 0;
        int counted = 0;
        for (int column = 0; column < columns; column++) {
            double value = of(columns == 1 ? 1 : column);
            if (!Double.isNaN(value)) {
                sum += value;
                counted++;
            }
        }
        return counted == 0 ? Double.NaN : sum / counted;
    }

    /** With a class as the positive one; of two classes told by one score the first has its negative. */
    private double of(int positive) {
        int column = columns == 1 ? 0 : positive;
        float sign = columns == 1 && positive == 0 ? -1 : 1;
        // The score in the upper half, so that the numbers' order is that of the scores; whether positive in the lowest
        // bit.
        var ordered = new long[rows];
        long positives = 0;
        for (int i = 0; i < rows; i++) {
            int one = labels[i] == positive ? 1 : 0;
            positives += one;
            ordered[i] = (long) sortable(sign * scores[i * columns + column]) << 1 | one;
        }
        long negatives = rows - positives;
        if (positives == 0 || negatives == 0) {
            return Double.NaN;
        }
        Arrays.sort(ordered);
        return kind == Kind.AUC ? area(ordered, positives, negatives) : precision(ordered, positives);
    }

    /** An int that is ordered as the floats are; -0 is 0. */
    private static int sortable(float score) {
        int bits = Float.floatToIntBits(score + 0f);
        return bits >= 0 ? bits : bits ^ Integer.MAX_VALUE;
    }

    private static double area(long[] ordered, long positives, long negatives) {
        double pairs = 0;
        long below = 0;
        for (int from = 0; from < ordered.length; ) {
            long one = 0;
            int to = from;
            for (; to < ordered.length && ordered[to] >> 1 == ordered[from] >> 1; to++) {
                one += ordered[to] & 1;
            }
            long zero = to - from - one;
            pairs += one * (below + zero / 2.0);
            below += zero;
            from = to;
        }
        return pairs / positives / negatives;
    }

    private static double precision(long[] ordered, long positives) {
        double sum = 0;
        long hits = 0;
        for (int to = ordered.length; to > 0; ) {
            long one = 0;
            int from = to;
            for (; from > 0 && ordered[from - 1] >> 1 == ordered[to - 1] >> 1; from--) {
                one += ordered[from - 1] & 1;
            }
            hits += one;
            sum += (double) one / positives * hits / (ordered.length - from);
            to = from;
        }
        return sum;
    }
}
