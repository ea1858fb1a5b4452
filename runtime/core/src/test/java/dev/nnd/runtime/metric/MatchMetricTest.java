package dev.nnd.runtime.metric;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.nnd.runtime.kernel.Provider;
import dev.nnd.runtime.memory.ElementType;
import dev.nnd.runtime.memory.Tensor;
import dev.nnd.runtime.program.Binding;
import dev.nnd.runtime.program.ParameterSet;
import java.lang.foreign.ValueLayout;
import org.junit.jupiter.api.Test;

/** Sequences and boxes, against cases computed by hand. */
class MatchMetricTest {

    private static final double EXACT = 1e-12;

    /** Ids by their first letters; a dot is 0, a bar is 1. */
    private static double sequences(SequenceMetric metric, String[] predictions, String[] references) {
        for (int i = 0; i < predictions.length; i++) {
            add(metric, ids(predictions[i]), ids(references[i]));
        }
        return metric.value();
    }

    private static double[][] ids(String letters) {
        double[] row = letters.chars()
                .mapToDouble(c -> c == '.' ? 0 : c == '|' ? 1 : c)
                .toArray();
        return new double[][] {row};
    }

    private static void add(StreamingMetric metric, double[][]... rows) {
        try (var parameters = new ParameterSet("test")) {
            var at = new Binding("test", Provider.named("reference", 1), parameters);
            var tensors = new Tensor[rows.length];
            for (int t = 0; t < rows.length; t++) {
                tensors[t] = at.port("t" + t, ElementType.I32, rows[t].length, rows[t][0].length);
            }
            try (var memory = at.commit()) {
                for (int t = 0; t < rows.length; t++) {
                    for (int i = 0; i < rows[t].length; i++) {
                        for (int j = 0; j < rows[t][0].length; j++) {
                            tensors[t]
                                    .segment()
                                    .setAtIndex(ValueLayout.JAVA_INT, (long) i * rows[t][0].length + j, (int)
                                            rows[t][i][j]);
                        }
                    }
                }
                metric.add(tensors);
                assertTrue(memory.bytes() > 0);
            }
        }
    }

    private static SequenceMetric metric(SequenceMetric.Kind kind) {
        return new SequenceMetric(kind, 4, 1, 0);
    }

    @Test
    void bleuOfTheCorpus() {
        // abcdef against abcdxf: 5 of 6, 3 of 5, 2 of 4, 1 of 3. ab against abc, with padding and an end: 2 of 2 and 1
        // of 1.
        double runs = Math.log(7.0 / 8) + Math.log(4.0 / 6) + Math.log(2.0 / 4) + Math.log(1.0 / 3);
        assertEquals(
                Math.exp(1 - 9.0 / 8 + runs / 4),
                sequences(metric(SequenceMetric.Kind.BLEU), new String[] {"abcdef", "ab..|zz"}, new String[] {
                    "abcdxf", "abc"
                }),
                EXACT);
        // A run counts as often as it is in the reference (Papineni's example of seven times "the").
        assertEquals(
                2.0 / 7,
                sequences(
                        new SequenceMetric(SequenceMetric.Kind.BLEU, 1, -1, -1),
                        new String[] {"ttttttt"},
                        new String[] {"tcistm"}),
                EXACT);
        assertEquals(0, sequences(metric(SequenceMetric.Kind.BLEU), new String[] {"abc"}, new String[] {"abc"}), EXACT);
    }

    @Test
    void rougeIsTheMeanOfExamples() {
        String[] predictions = {"abcd", "|"};
        String[] references = {"acbde", "ab"};
        assertEquals(8.0 / 9 / 2, sequences(metric(SequenceMetric.Kind.ROUGE_1), predictions, references), EXACT);
        // ab bc cd against ac cb bd de: none. The longest common subsequence is abd or acd.
        assertEquals(0, sequences(metric(SequenceMetric.Kind.ROUGE_2), predictions, references), EXACT);
        assertEquals(6.0 / 9 / 2, sequences(metric(SequenceMetric.Kind.ROUGE_L), predictions, references), EXACT);
    }

    @Test
    void editsOverTheLengthOfTheReferences() {
        assertEquals(
                (3.0 + 2) / (7 + 2),
                sequences(metric(SequenceMetric.Kind.EDIT_ERROR), new String[] {"kitten", "||"}, new String[] {
                    "sitting", "ab"
                }),
                EXACT);
    }

    /** Whole numbers all: two images, two boxes in the first and one in the second, of one class; three found in each. */
    @Test
    void precisionOfBoxes() {
        double[][] boxes = {
            {0, 0, 10, 10}, {0, 0, 10, 9}, {20, 20, 30, 30}, {50, 50, 60, 60}, {0, 0, 4, 4}, {0, 0, 1, 1}
        };
        double[][] scores = {{9}, {8}, {6}, {7}, {5}, {1}};
        double[][] truth = {{0, 0, 10, 10}, {20, 20, 30, 30}, {0, 0, 4, 4}, {0, 0, 0, 0}};
        double[][] labels = {{0, 0}, {0, -1}};
        // By falling score: right, wrong (taken already), wrong, right, right, wrong; recalls 1/3, 2/3 and 1 at
        // precisions
        // 1, then the better of 2/4 and 3/5. 34 recalls are up to 1/3.
        double expected = (34 * 1 + 67 * (3.0 / 5)) / 101;
        assertEquals(expected, detected(new DetectionMetric(0.5), boxes, scores, truth, labels), EXACT);
        // All overlaps are 1, but for the box that finds nothing at 0.5 either.
        assertEquals(expected, detected(new DetectionMetric(0), boxes, scores, truth, labels), EXACT);
        double[][] shifted = boxes.clone();
        shifted[0] = new double[] {0, 0, 10, 8};
        // At 0.5 to 0.8 as before; from 0.85 on the second box takes its place, up to 0.9; at 0.95 nothing is there.
        double second = (34 * (3.0 / 5) + 67 * (3.0 / 5)) / 101;
        double none = (34 * (2.0 / 5) + 33 * (2.0 / 5)) / 101;
        assertEquals(
                (7 * expected + 2 * second + none) / 10,
                detected(new DetectionMetric(0), shifted, scores, truth, labels),
                EXACT);
    }

    private static double detected(
            DetectionMetric metric, double[][] boxes, double[][] scores, double[][] truth, double[][] labels) {
        try (var parameters = new ParameterSet("test")) {
            var at = new Binding("test", Provider.named("reference", 1), parameters);
            Tensor b = at.port("boxes", ElementType.F32, 2, 3, 4);
            Tensor s = at.port("scores", ElementType.F32, 2, 3, 1);
            Tensor t = at.port("truth", ElementType.F32, 2, 2, 4);
            Tensor l = at.port("labels", ElementType.I32, 2, 2);
            try (var memory = at.commit()) {
                fill(b, boxes);
                fill(s, scores);
                fill(t, truth);
                for (int i = 0; i < 4; i++) {
                    l.segment().setAtIndex(ValueLayout.JAVA_INT, i, (int) labels[i / 2][i % 2]);
                }
                metric.add(b, s, t, l);
                assertTrue(memory.bytes() > 0);
            }
        }
        return metric.value();
    }

    private static void fill(Tensor tensor, double[][] rows) {
        long i = 0;
        for (double[] row : rows) {
            for (double number : row) {
                tensor.segment().setAtIndex(ValueLayout.JAVA_FLOAT, i++, (float) number);
            }
        }
    }
}
