package dev.nnd.runtime.report;

import dev.nnd.runtime.data.FieldSpec;
import dev.nnd.runtime.memory.Tensor;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;

/** Labels: how often each class is taken for each other, how sure the model is, and how well its scores tell a class from the rest. */
public final class ClassPredictions implements Predictions {
    /** Scores are counted in so many equal steps. */
    private static final int STEPS = 1000;

    private static final int BINS = 10;
    /** Curves of more classes can't be told apart. */
    private static final int CURVES = 20;

    private final String split;
    private final boolean sigmoid;
    private final List<String> names;
    private final Examples examples;
    private final long[][] confusion;
    private final long[][][] scores;
    private final double[] sure = new double[BINS];
    private final long[] right = new long[BINS];
    private final long[] all = new long[BINS];
    private final double[] probabilities;
    private int count;

    /**
     * @param sigmoid there is one logit, of the second of two classes
     * @param label the field of the label
     * @param fields all fields of an example
     */
    public ClassPredictions(String split, boolean sigmoid, FieldSpec label, List<FieldSpec> fields) {
        this.split = split;
        this.sigmoid = sigmoid;
        this.names = label.labelNames() == null ? List.of() : label.labelNames();
        this.examples = new Examples(fields);
        this.confusion = new long[names.size()][names.size()];
        this.scores = new long[Math.min(names.size(), CURVES)][2][STEPS + 1];
        this.probabilities = new double[names.size()];
    }

    @Override
    public String split() {
        return split;
    }

    List<String> names() {
        return names;
    }

    /** How often a class, the first index, was taken for another. */
    long[][] confusion() {
        return confusion;
    }

    int count() {
        return count;
    }

    @Override
    public void add(Tensor outputs, Tensor targets, List<MemorySegment> batch) {
        long n = targets.elements();
        for (int i = 0; i < n; i++) {
            probabilities(outputs.segment(), i);
            add(targets.segment().getAtIndex(ValueLayout.JAVA_INT, i), i, batch);
            count++;
        }
    }

    private void probabilities(MemorySegment logits, long example) {
        if (sigmoid) {
            double second = 1 / (1 + Math.exp(-logits.getAtIndex(ValueLayout.JAVA_FLOAT, example)));
            probabilities[0] = 1 - second;
            probabilities[1] = second;
            return;
        }
        int classes = probabilities.length;
        double largest = Double.NEGATIVE_INFINITY;
        for (int c = 0; c < classes; c++) {
            probabilities[c] = logits.getAtIndex(ValueLayout.JAVA_FLOAT, example * classes + c);
            largest = Math.max(largest, probabilities[c]);
        }
        double sum = 0;
        for (int c = 0; c < classes; c++) {
            probabilities[c] = Math.exp(probabilities[c] - largest);
            sum += probabilities[c];
        }
        for (int c = 0; c < classes; c++) {
            probabilities[c] /= sum;
        }
    }

    private void add(int truth, int place, List<MemorySegment> batch) {
        int said = 0;
        for (int c = 1; c < probabilities.length; c++) {
            said = probabilities[c] > probabilities[said] ? c : said;
        }
        confusion[truth][said]++;
        double probability = probabilities[said];
        int bin = (int) Math.min(BINS - 1, probability * BINS);
        all[bin]++;
        sure[bin] += probability;
        for (int c = 0; c < scores.length; c++) {
            scores[c][c == truth ? 1 : 0][(int) Math.round(probabilities[c] * STEPS)]++;
        }
        if (said == truth) {
            right[bin]++;
        } else if (examples.takes(probability)) {
            examples.add(count, names.get(truth), names.get(said), probability, place, batch);
        }
    }

    /** Of each class against the others: the share that is found over the share of false alarms. */
    List<Series> roc() {
        return curves(false);
    }

    /** Of each class: how much of what is called so is so, over the share that is found. */
    List<Series> precisionRecall() {
        return curves(true);
    }

    private List<Series> curves(boolean precision) {
        int first = names.size() == 2 ? 1 : 0; // of two classes the second says it all
        return java.util.stream.IntStream.range(first, scores.length)
                .filter(c -> sum(scores[c][1]) > 0 && sum(scores[c][0]) > 0)
                .mapToObj(c -> curve(c, precision))
                .toList();
    }

    private Series curve(int of, boolean precision) {
        var x = new double[STEPS + 2];
        var y = new double[STEPS + 2];
        double positives = sum(scores[of][1]);
        double negatives = sum(scores[of][0]);
        double found = 0;
        double alarms = 0;
        x[0] = 0;
        y[0] = precision ? 1 : 0;
        for (int s = STEPS; s >= 0; s--) {
            found += scores[of][1][s];
            alarms += scores[of][0][s];
            int i = STEPS - s + 1;
            x[i] = precision ? found / positives : alarms / negatives;
            y[i] = precision ? (found + alarms == 0 ? 1 : found / (found + alarms)) : found / positives;
        }
        return new Series(names.get(of), x, y);
    }

    private static double sum(long[] counts) {
        double sum = 0;
        for (long c : counts) {
            sum += c;
        }
        return sum;
    }

    /** The area under a curve of {@link #roc}, by trapezoids. */
    static double area(Series curve) {
        double area = 0;
        for (int i = 1; i < curve.x().length; i++) {
            area += (curve.x()[i] - curve.x()[i - 1]) * (curve.y()[i] + curve.y()[i - 1]) / 2;
        }
        return area;
    }

    /** The share of right answers over how sure the model was. */
    Series calibration() {
        var x = new double[BINS];
        var y = new double[BINS];
        for (int b = 0; b < BINS; b++) {
            x[b] = all[b] == 0 ? Double.NaN : sure[b] / all[b];
            y[b] = all[b] == 0 ? Double.NaN : (double) right[b] / all[b];
        }
        return new Series("", x, y);
    }

    /** The mean distance between how sure the model was and how often it was right. */
    double calibrationError() {
        double error = 0;
        for (int b = 0; b < BINS; b++) {
            error += Math.abs(sure[b] - right[b]);
        }
        return count == 0 ? Double.NaN : error / count;
    }

    List<Example> worst() {
        return examples.worst();
    }

    @Override
    public String html(ShownExamples shown) {
        return new ClassPart(this).html(shown);
    }
}
