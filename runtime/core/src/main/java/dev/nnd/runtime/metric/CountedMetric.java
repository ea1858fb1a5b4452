package dev.nnd.runtime.metric;

import dev.nnd.runtime.memory.Tensor;

/**
 * A metric made of how often a class is predicted where another is right. A prediction is the class of the highest score, or
 * with one score for two classes the second if it is more than 0. Of two classes told by one score, the second counts as
 * the positive one; else each class does in turn, and {@link Average} says how their values become one.
 */
public final class CountedMetric implements StreamingMetric {

    /** What is computed of the counts; 0 where the denominator is 0, as in scikit-learn. */
    public enum Kind {
        /** 2 TP / (2 TP + FP + FN). */
        F1,
        /** TP / (TP + FP). */
        PRECISION,
        /** TP / (TP + FN). */
        RECALL,
        /** TN / (TN + FP). */
        SPECIFICITY,
        /** TP / (TP + FP + FN). */
        IOU,
        /** The mean of the recalls of all classes, two included, that occur. */
        BALANCED_ACCURACY,
        /** The correlation of predictions and labels (Gorodkin 2004). */
        MATTHEWS
    }

    /** How one value is made of those of more than two classes. */
    public enum Average {
        /** The mean over the classes that are predicted or right anywhere. */
        MACRO,
        /** Of the counts of all classes added up. */
        MICRO,
        /** The mean weighted by how often a class is right. */
        WEIGHTED
    }

    private final Kind kind;
    private final Average average;
    private final int only;
    private boolean binary;
    /** By the right class, then by the predicted one. */
    private long[][] counts = new long[0][0];

    /** Without an example; an average of the classes. */
    public CountedMetric(Kind kind, Average average) {
        this(kind, average, -1);
    }

    /** Without an example; of the class {@code only} against the others, if that is not negative. */
    public CountedMetric(Kind kind, Average average, int only) {
        this.kind = kind;
        this.average = average;
        this.only = only;
    }

    @Override
    public void add(Tensor... batch) {
        Tensor scores = batch[0];
        Tensor targets = batch[1];
        int classes = Elements.classes(scores, targets);
        binary = scores.dims().length == targets.dims().length;
        if (counts.length == 0) {
            counts = new long[classes][classes];
        }
        long n = targets.elements();
        for (long i = 0; i < n; i++) {
            int right = Elements.label(targets, i);
            if (right >= 0 && right < classes) {
                int predicted = binary
                        ? (Elements.number(scores, i) > 0 ? 1 : 0)
                        : Elements.largest(scores, i * classes, classes);
                counts[right][predicted]++;
            }
        }
    }

    @Override
    public double value() {
        if (total() == 0) {
            return Double.NaN;
        }
        return switch (kind) {
            case BALANCED_ACCURACY -> balanced();
            case MATTHEWS -> matthews();
            case F1, PRECISION, RECALL, SPECIFICITY, IOU -> only >= 0 ? of(only) : binary ? of(1) : averaged();
        };
    }

    private double averaged() {
        if (average == Average.MICRO) {
            return micro();
        }
        double sum = 0;
        double weights = 0;
        for (int c = 0; c < counts.length; c++) {
            long occurs = right(c);
            double weight = average == Average.WEIGHTED ? occurs : occurs + predicted(c) > 0 ? 1 : 0;
            sum += weight * of(c);
            weights += weight;
        }
        return sum / weights;
    }

    private double micro() {
        double tp = 0;
        double fp = 0;
        double fn = 0;
        double tn = 0;
        for (int c = 0; c < counts.length; c++) {
            tp += counts[c][c];
            fp += predicted(c) - counts[c][c];
            fn += right(c) - counts[c][c];
            tn += total() - predicted(c) - right(c) + counts[c][c];
        }
        return of(tp, fp, fn, tn);
    }

    /** With a class as the positive one. */
    private double of(int c) {
        long tp = counts[c][c];
        return of(tp, predicted(c) - tp, right(c) - tp, total() - predicted(c) - right(c) + tp);
    }

    private double of(double tp, double fp, double fn, double tn) {
        return switch (kind) {
            case F1 -> share(2 * tp, 2 * tp + fp + fn);
            case PRECISION -> share(tp, tp + fp);
            case RECALL -> share(tp, tp + fn);
            case SPECIFICITY -> share(tn, tn + fp);
            case IOU -> share(tp, tp + fp + fn);
            case BALANCED_ACCURACY, MATTHEWS -> throw new IllegalStateException(kind + " is of all classes");
        };
    }

    private static double share(double part, double whole) {
        return whole == 0 ? 0 : part / whole;
    }

    private double balanced() {
        double sum = 0;
        int occurring = 0;
        for (int c = 0; c < counts.length; c++) {
            if (right(c) > 0) {
                sum += (double) counts[c][c] / right(c);
                occurring++;
            }
        }
        return sum / occurring;
    }

    private double matthews() {
        double n = total();
        double hits = 0;
        double both = 0;
        double rightSquares = 0;
        double predictedSquares = 0;
        for (int c = 0; c < counts.length; c++) {
            hits += counts[c][c];
            both += (double) right(c) * predicted(c);
            rightSquares += (double) right(c) * right(c);
            predictedSquares += (double) predicted(c) * predicted(c);
        }
        return share(hits * n - both, Math.sqrt((n * n - predictedSquares) * (n * n - rightSquares)));
    }

    private long right(int c) {
        long sum = 0;
        for (long count : counts[c]) {
            sum += count;
        }
        return sum;
    }

    private long predicted(int c) {
        long sum = 0;
        for (long[] row : counts) {
            sum += row[c];
        }
        return sum;
    }

    private long total() {
        long sum = 0;
        for (int c = 0; c < counts.length; c++) {
            sum += right(c);
        }
        return sum;
    }
}
