package dev.nnd.runtime.metric;

import dev.nnd.runtime.memory.Tensor;

/** {@code exp} of the mean of {@code -log(softmax(scores)[label])} over all labels. */
public final class Perplexity implements StreamingMetric {

    private final long ignored;
    private double sum;
    private long n;

    /** Without an example; labels that are {@code ignored} don't count. */
    public Perplexity(long ignored) {
        this.ignored = ignored;
    }

    @Override
    public void add(Tensor... batch) {
        Tensor scores = batch[0];
        Tensor targets = batch[1];
        int classes = Elements.classes(scores, targets);
        long labels = targets.elements();
        for (long i = 0; i < labels; i++) {
            int label = Elements.label(targets, i);
            if (label != ignored && label >= 0 && label < classes) {
                sum += surprise(scores, i * classes, classes, label);
                n++;
            }
        }
    }

    private static double surprise(Tensor scores, long from, int classes, int label) {
        double largest = Elements.number(scores, from + Elements.largest(scores, from, classes));
        double total = 0;
        for (int c = 0; c < classes; c++) {
            total += Math.exp(Elements.number(scores, from + c) - largest);
        }
        return Math.log(total) - (Elements.number(scores, from + label) - largest);
    }

    @Override
    public double value() {
        return Math.exp(sum / n);
    }
}
