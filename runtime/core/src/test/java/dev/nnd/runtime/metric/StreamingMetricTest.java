package dev.nnd.runtime.metric;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.nnd.runtime.Seed;
import dev.nnd.runtime.kernel.Provider;
import dev.nnd.runtime.memory.ElementType;
import dev.nnd.runtime.memory.Tensor;
import dev.nnd.runtime.program.Binding;
import dev.nnd.runtime.program.ParameterSet;
import java.lang.foreign.ValueLayout;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Against cases computed by hand, in batches of different sizes. */
class StreamingMetricTest {

    private static final double EXACT = 1e-12;

    /** Hands a metric rows of scores with labels, {@code first} of them in a batch of their own. */
    private static double of(StreamingMetric metric, float[][] scores, double[] targets, ElementType type, int first) {
        add(metric, scores, targets, type, 0, first);
        add(metric, scores, targets, type, first, targets.length);
        return metric.value();
    }

    private static void add(
            StreamingMetric metric, float[][] scores, double[] targets, ElementType type, int from, int to) {
        int n = to - from;
        int width = scores[0].length;
        if (n == 0) {
            return;
        }
        try (var parameters = new ParameterSet("test")) {
            var at = new Binding("test", Provider.named("reference", 1), parameters);
            Tensor x = width == 1 ? at.port("x", ElementType.F32, n) : at.port("x", ElementType.F32, n, width);
            Tensor y = at.port("y", type, n);
            try (var memory = at.commit()) {
                for (int i = 0; i < n; i++) {
                    for (int c = 0; c < width; c++) {
                        x.segment().setAtIndex(ValueLayout.JAVA_FLOAT, (long) i * width + c, scores[from + i][c]);
                    }
                    if (type == ElementType.I32) {
                        y.segment().setAtIndex(ValueLayout.JAVA_INT, i, (int) targets[from + i]);
                    } else {
                        y.segment().setAtIndex(ValueLayout.JAVA_FLOAT, i, (float) targets[from + i]);
                    }
                }
                metric.add(x, y);
                assertTrue(memory.bytes() > 0);
            }
        }
    }

    private static float[][] column(double... values) {
        var rows = new float[values.length][1];
        for (int i = 0; i < values.length; i++) {
            rows[i][0] = (float) values[i];
        }
        return rows;
    }

    private static double counted(
            CountedMetric.Kind kind, CountedMetric.Average average, float[][] scores, double... labels) {
        return of(new CountedMetric(kind, average), scores, labels, ElementType.I32, 2);
    }

    /** Predicted 1 1 0 0 1, right 1 0 1 0 1: 2 true and 1 false positive, 1 true and 1 false negative. */
    @Test
    void countsOfTwoClasses() {
        float[][] scores = column(0.5, 2, -1, 0, 3);
        double[] labels = {1, 0, 1, 0, 1};
        var macro = CountedMetric.Average.MACRO;
        assertEquals(4.0 / 6, counted(CountedMetric.Kind.F1, macro, scores, labels), EXACT);
        assertEquals(2.0 / 3, counted(CountedMetric.Kind.PRECISION, macro, scores, labels), EXACT);
        assertEquals(2.0 / 3, counted(CountedMetric.Kind.RECALL, macro, scores, labels), EXACT);
        assertEquals(1.0 / 2, counted(CountedMetric.Kind.SPECIFICITY, macro, scores, labels), EXACT);
        assertEquals(2.0 / 4, counted(CountedMetric.Kind.IOU, macro, scores, labels), EXACT);
        assertEquals(
                (2.0 / 3 + 1.0 / 2) / 2, counted(CountedMetric.Kind.BALANCED_ACCURACY, macro, scores, labels), EXACT);
        // (TP TN - FP FN) / sqrt((TP + FP) (TP + FN) (TN + FP) (TN + FN))
        assertEquals(1 / Math.sqrt(3 * 3 * 2 * 2), counted(CountedMetric.Kind.MATTHEWS, macro, scores, labels), EXACT);
    }

    /** Right 0 0 1 1 2 2, predicted 0 1 1 1 0 0. */
    @Test
    void countsOfThreeClasses() {
        float[][] scores = {{3, 1, 0}, {0, 1, 0}, {0, 2, 1}, {0, 5, 1}, {1, 0, 0}, {1, 0, 1}};
        double[] labels = {0, 0, 1, 1, 2, 2};
        double zero = 2.0 / 5;
        double one = 4.0 / 5;
        assertEquals(
                (zero + one) / 3, counted(CountedMetric.Kind.F1, CountedMetric.Average.MACRO, scores, labels), EXACT);
        assertEquals(3.0 / 6, counted(CountedMetric.Kind.F1, CountedMetric.Average.MICRO, scores, labels), EXACT);
        assertEquals(
                (zero + one) / 3,
                counted(CountedMetric.Kind.F1, CountedMetric.Average.WEIGHTED, scores, labels),
                EXACT);
        assertEquals(
                (1.0 / 3 + 2.0 / 3) / 3,
                counted(CountedMetric.Kind.PRECISION, CountedMetric.Average.MACRO, scores, labels),
                EXACT);
    }

    @Test
    void oneClassAgainstTheOthers() {
        float[][] scores = {{3, 1, 0}, {0, 1, 0}, {0, 2, 1}, {0, 5, 1}, {1, 0, 0}, {1, 0, 1}};
        double[] labels = {0, 0, 1, 1, 2, 2};
        var macro = CountedMetric.Average.MACRO;
        // Of class 1: 2 true and 1 false positive, no false negative.
        assertEquals(
                4.0 / 5,
                of(new CountedMetric(CountedMetric.Kind.F1, macro, 1), scores, labels, ElementType.I32, 2),
                EXACT);
        // Column 0: positives 3, 0; negatives 0, 0, 1, 1: 4 of the first's pairs, 2 halves of the second's.
        assertEquals(
                5.0 / 8, of(new RankedMetric(RankedMetric.Kind.AUC, 0), scores, labels, ElementType.I32, 2), EXACT);
        float[][] single = column(0.8, 0.5, 0.3, 0.5, 0.2);
        double[] two = {1, 1, 1, 0, 0};
        // Told by one score, the first class has the same area, and its recall is the second's specificity.
        assertEquals(4.5 / 6, of(new RankedMetric(RankedMetric.Kind.AUC, 0), single, two, ElementType.I32, 3), EXACT);
        assertEquals(
                0, of(new CountedMetric(CountedMetric.Kind.RECALL, macro, 0), single, two, ElementType.I32, 3), EXACT);
    }

    @Test
    void areasUnderCurves() {
        // Positives 0.8, 0.5, 0.3; negatives 0.5, 0.2: of 6 pairs 4 are right and 1 is even.
        float[][] scores = column(0.8, 0.5, 0.3, 0.5, 0.2);
        double[] labels = {1, 1, 1, 0, 0};
        assertEquals(4.5 / 6, of(new RankedMetric(RankedMetric.Kind.AUC), scores, labels, ElementType.I32, 3), EXACT);
        // Thresholds 0.8: 1 of 1; 0.5: 2 of 3; 0.3: 3 of 4.
        assertEquals(
                (1 + 2.0 / 3 + 3.0 / 4) / 3,
                of(new RankedMetric(RankedMetric.Kind.PR_AUC), scores, labels, ElementType.I32, 1),
                EXACT);
        assertTrue(Double.isNaN(
                of(new RankedMetric(RankedMetric.Kind.AUC), column(1, 2), new double[] {1, 1}, ElementType.I32, 1)));
    }

    @Test
    void theAreaIsTheShareOfRightPairs() {
        long seed = Seed.fresh();
        var random = new Random(seed);
        int n = 3000;
        var scores = new float[n][1];
        var labels = new double[n];
        for (int i = 0; i < n; i++) {
            labels[i] = random.nextInt(3) == 0 ? 1 : 0;
            scores[i][0] = (float) (random.nextInt(40) - 20 + labels[i] * 3) / 8;
        }
        double right = 0;
        double pairs = 0;
        for (int i = 0; i < n; i++) {
            for (int j = 0; j < n; j++) {
                if (labels[i] > labels[j]) {
                    pairs++;
                    right += scores[i][0] > scores[j][0] ? 1 : scores[i][0] == scores[j][0] ? 0.5 : 0;
                }
            }
        }
        double value = of(new RankedMetric(RankedMetric.Kind.AUC), scores, labels, ElementType.I32, 1000);
        assertEquals(right / pairs, value, EXACT, () -> "seed " + seed);
    }

    @Test
    void sums() {
        float[][] predictions = column(1, 2, 4, 0);
        double[] targets = {1, 4, 2, -1};
        var type = ElementType.F32;
        assertEquals(
                Math.sqrt(9.0 / 4), of(new SummedMetric(SummedMetric.Kind.RMSE), predictions, targets, type, 1), EXACT);
        // The mean is 1.5, the distances -0.5, 2.5, 0.5, -2.5.
        assertEquals(1 - 9 / 13.0, of(new SummedMetric(SummedMetric.Kind.R2), predictions, targets, type, 3), EXACT);
        assertEquals(
                (0 + 0.5 + 1 + 1) / 4,
                of(new SummedMetric(SummedMetric.Kind.MAPE), predictions, targets, type, 2),
                EXACT);
        double xy = -0.75 * -0.5 + 0.25 * 2.5 + 2.25 * 0.5 + -1.75 * -2.5;
        double xx = 0.75 * 0.75 + 0.25 * 0.25 + 2.25 * 2.25 + 1.75 * 1.75;
        assertEquals(
                xy / Math.sqrt(xx * 13),
                of(new SummedMetric(SummedMetric.Kind.CORRELATION), predictions, targets, type, 2),
                EXACT);
    }

    @Test
    void perplexityIsThatOfAllTokens() {
        float[][] scores = {{0, 0}, {(float) Math.log(3), 0}, {5, 1}};
        double[] labels = {1, 0, -1};
        // Probabilities 1/2 and 3/4; the last label is left out.
        assertEquals(
                Math.exp((Math.log(2) + Math.log(4.0 / 3)) / 2),
                of(new Perplexity(-1), scores, labels, ElementType.I32, 1),
                1e-7);
    }
}
