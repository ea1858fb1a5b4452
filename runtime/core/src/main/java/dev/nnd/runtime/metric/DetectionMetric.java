package dev.nnd.runtime.metric;

import dev.nnd.runtime.memory.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Mean average precision of boxes found in images, as COCO computes it (Lin et al. 2014): a box of a class, taken by falling
 * score, is right if a box of that class is there that it covers well enough and that none before it took; the precision is
 * averaged over 101 recalls, then over the classes that occur and the thresholds. Of an image the 100 best of a class count.
 *
 * <p>A batch is boxes f32[N, P, 4] (left, top, right, bottom), scores f32[N, P, C], true boxes f32[N, G, 4] and their classes
 * i32[N, G], negative where there is none.
 */
public final class DetectionMetric implements StreamingMetric {

    private static final int MOST = 100;
    private static final int RECALLS = 101;

    /** A box that was found, and at which thresholds it is right, a bit each. */
    private record Found(double score, int right) {}

    private final double[] thresholds;
    private final List<List<Found>> found = new ArrayList<>();
    private long[] there = new long[0];

    /**
     * Without an example.
     *
     * @param overlap the intersection over union from which on a box is right; 0 for the mean over 0.50, 0.55 ... 0.95
     */
    public DetectionMetric(double overlap) {
        this.thresholds = overlap > 0
                ? new double[] {overlap}
                : IntStream.range(0, 10).mapToDouble(i -> 0.5 + 0.05 * i).toArray();
    }

    @Override
    public void add(Tensor... batch) {
        Tensor boxes = batch[0];
        Tensor truth = batch[2];
        int predicted = (int) boxes.dims()[1];
        int existing = (int) truth.dims()[1];
        int classes = (int) batch[1].dims()[2];
        if (there.length == 0) {
            there = new long[classes];
            IntStream.range(0, classes).forEach(c -> found.add(new ArrayList<>()));
        }
        for (long image = 0; image < boxes.dims()[0]; image++) {
            double[][] candidates = boxes(boxes, image * predicted, predicted);
            double[][] right = boxes(truth, image * existing, existing);
            for (int c = 0; c < classes; c++) {
                var scores = new double[predicted];
                for (int p = 0; p < predicted; p++) {
                    scores[p] = Elements.number(batch[1], (image * predicted + p) * classes + c);
                }
                add(c, candidates, scores, ofClass(c, right, batch[3], image * existing));
            }
        }
    }

    private static double[][] boxes(Tensor tensor, long from, int count) {
        var boxes = new double[count][4];
        for (int i = 0; i < count; i++) {
            for (int k = 0; k < 4; k++) {
                boxes[i][k] = Elements.number(tensor, (from + i) * 4 + k);
            }
        }
        return boxes;
    }

    private static double[][] ofClass(int c, double[][] boxes, Tensor labels, long from) {
        return IntStream.range(0, boxes.length)
                .filter(i -> Elements.label(labels, from + i) == c)
                .mapToObj(i -> boxes[i])
                .toArray(double[][]::new);
    }

    private void add(int c, double[][] boxes, double[] scores, double[][] truth) {
        there[c] += truth.length;
        int[] order = IntStream.range(0, boxes.length)
                .filter(i -> !Double.isNaN(scores[i]))
                .boxed()
                .sorted(Comparator.comparingDouble(i -> -scores[i]))
                .limit(MOST)
                .mapToInt(i -> i)
                .toArray();
        var taken = new boolean[thresholds.length][truth.length];
        for (int i : order) {
            int right = 0;
            for (int t = 0; t < thresholds.length; t++) {
                int best = best(boxes[i], truth, taken[t], thresholds[t]);
                if (best >= 0) {
                    taken[t][best] = true;
                    right |= 1 << t;
                }
            }
            found.get(c).add(new Found(scores[i], right));
        }
    }

    /** The box that is covered best of those not taken yet; -1 if none is covered well enough. */
    private static int best(double[] box, double[][] truth, boolean[] taken, double threshold) {
        int best = -1;
        double most = Math.min(threshold, 1 - 1e-10);
        for (int g = 0; g < truth.length; g++) {
            double overlap = overlap(box, truth[g]);
            if (!taken[g] && overlap >= most) {
                most = overlap;
                best = g;
            }
        }
        return best;
    }

    private static double overlap(double[] a, double[] b) {
        double width = Math.min(a[2], b[2]) - Math.max(a[0], b[0]);
        double height = Math.min(a[3], b[3]) - Math.max(a[1], b[1]);
        if (!(width > 0 && height > 0)) {
            return 0;
        }
        double both = width * height;
        return both / (area(a) + area(b) - both);
    }

    private static double area(double[] box) {
        return (box[2] - box[0]) * (box[3] - box[1]);
    }

    @Override
    public double value() {
        return IntStream.range(0, there.length)
                .filter(c -> there[c] > 0)
                .mapToDouble(this::ofClass)
                .average()
                .orElse(Double.NaN);
    }

    private double ofClass(int c) {
        List<Found> ordered = found.get(c).stream()
                .sorted(Comparator.comparingDouble(f -> -f.score()))
                .toList();
        return IntStream.range(0, thresholds.length)
                .mapToDouble(t -> precision(ordered, there[c], t))
                .average()
                .orElse(Double.NaN);
    }

    /** The mean over recalls 0, 0.01 ... 1 of the highest precision at that recall or a higher one. */
    private static double precision(List<Found> ordered, long there, int threshold) {
        var precisions = new double[ordered.size()];
        var recalls = new double[ordered.size()];
        long right = 0;
        for (int i = 0; i < ordered.size(); i++) {
            right += ordered.get(i).right() >> threshold & 1;
            precisions[i] = (double) right / (i + 1);
            recalls[i] = (double) right / there;
        }
        for (int i = precisions.length - 2; i >= 0; i--) {
            precisions[i] = Math.max(precisions[i], precisions[i + 1]);
        }
        double sum = 0;
        for (int r = 0; r < RECALLS; r++) {
            int at = Arrays.binarySearch(recalls, r / (RECALLS - 1.0));
            int first = at < 0 ? -at - 1 : first(recalls, at);
            sum += first < precisions.length ? precisions[first] : 0;
        }
        return sum / RECALLS;
    }

    private static int first(double[] ordered, int at) {
        int first = at;
        while (first > 0 && ordered[first - 1] == ordered[at]) {
            first--;
        }
        return first;
    }
}
