package dev.nnd.runtime.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.nnd.runtime.data.FieldSpec;
import dev.nnd.runtime.memory.ElementType;
import dev.nnd.runtime.memory.Tensor;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReportTest {
    private static final FieldSpec IMAGE = new FieldSpec("image", ElementType.F32, new long[] {1, 4, 4}, null);
    private static final FieldSpec LABEL =
            new FieldSpec("label", ElementType.I32, new long[0], List.of("cat", "<dog>", "cow"));

    @TempDir
    Path folder;

    private static Tensor floats(Arena arena, long[] dims, float... values) {
        var tensor = Tensor.rowMajor("scores", ElementType.F32, dims);
        tensor.place(arena.allocateFrom(ValueLayout.JAVA_FLOAT, values));
        return tensor;
    }

    private static Tensor ints(Arena arena, int... values) {
        var tensor = Tensor.rowMajor("labels", ElementType.I32, values.length);
        tensor.place(arena.allocateFrom(ValueLayout.JAVA_INT, values));
        return tensor;
    }

    private static List<MemorySegment> batch(Arena arena, int n) {
        var pixels = arena.allocate(16L * n * Float.BYTES, 4);
        for (int i = 0; i < 16 * n; i++) {
            pixels.setAtIndex(ValueLayout.JAVA_FLOAT, i, i % 7);
        }
        return List.of(pixels, arena.allocate(4L * n, 4));
    }

    @Test
    void countsWhatIsTakenForWhat() {
        try (var arena = Arena.ofConfined()) {
            var classes = new ClassPredictions("test", false, LABEL, List.of(IMAGE, LABEL));
            // Two right, one cat taken for a cow with 90%, one cow taken for a dog with 50%.
            classes.add(
                    floats(
                            arena,
                            new long[] {4, 3},
                            3,
                            0,
                            0,
                            0,
                            2,
                            0,
                            0,
                            0,
                            (float) Math.log(18),
                            0,
                            (float) Math.log(2),
                            0),
                    ints(arena, 0, 1, 0, 2),
                    batch(arena, 4));
            assertEquals(1, classes.confusion()[0][0]);
            assertEquals(1, classes.confusion()[0][2]);
            assertEquals(1, classes.confusion()[1][1]);
            assertEquals(1, classes.confusion()[2][1]);
            assertEquals(
                    List.of("cow", "<dog>"),
                    classes.worst().stream().map(Example::said).toList());
            assertEquals(0.9, classes.worst().getFirst().weight(), 1e-6);
            assertEquals(2, classes.worst().getFirst().index());
            var html = classes.html((split, i) -> "row " + i + " of " + split);
            assertTrue(html.contains("row 2 of test"), html);
            assertTrue(html.contains("&lt;dog&gt;") && !html.contains("<dog>"), html);
            assertTrue(html.contains("data:image/png;base64,"), html);
        }
    }

    @Test
    void theAreaUnderTheCurveIsTheShareOfPairsInOrder() {
        var label = new FieldSpec("label", ElementType.I32, new long[0], List.of("no", "yes"));
        var logits = new float[] {-2, -1, -0.5f, 0.1f, 0.4f, 1, 2};
        int[] truth = {0, 1, 0, 0, 1, 1, 0};
        try (var arena = Arena.ofConfined()) {
            var classes = new ClassPredictions("validation", true, label, List.of(label));
            classes.add(floats(arena, new long[] {7}, logits), ints(arena, truth), List.of(arena.allocate(28, 4)));
            int pairs = 0;
            int inOrder = 0;
            for (int i = 0; i < 7; i++) {
                for (int j = 0; j < 7; j++) {
                    if (truth[i] == 1 && truth[j] == 0) {
                        pairs++;
                        inOrder += logits[i] > logits[j] ? 1 : 0;
                    }
                }
            }
            assertEquals(
                    (double) inOrder / pairs,
                    ClassPredictions.area(classes.roc().getFirst()),
                    1e-12);
            assertEquals(1, classes.roc().size());
            double right = 0;
            double sure = 0;
            // All probabilities of answers lie in bins of their own but those that share one; computed by hand.
            double[] p = new double[7];
            for (int i = 0; i < 7; i++) {
                double yes = 1 / (1 + Math.exp(-logits[i]));
                p[i] = Math.max(yes, 1 - yes);
            }
            double error = 0;
            for (int bin = 0; bin < 10; bin++) {
                right = 0;
                sure = 0;
                for (int i = 0; i < 7; i++) {
                    if ((int) (p[i] * 10) == bin) {
                        sure += p[i];
                        right += (logits[i] > 0 ? 1 : 0) == truth[i] ? 1 : 0;
                    }
                }
                error += Math.abs(sure - right);
            }
            assertEquals(error / 7, classes.calibrationError(), 1e-6);
        }
    }

    @Test
    void thePageStandsByItself() throws IOException {
        Files.writeString(
                folder.resolve("metrics.csv"),
                "epoch,step,train.loss,validation.loss,validation.auc,seconds,samples_per_second\n"
                        + "1,9,2.5,3.0,0.5,1,100\n2,18,1.5,NaN,0.75,2,110\n3,27,0.0");
        var history = History.read(folder.resolve("metrics.csv"));
        assertEquals(2, history.lines().size());
        assertEquals(List.of("loss", "auc"), history.metrics());
        var report = new Report(
                "Fit <script>alert(1)</script>",
                "running",
                Map.of("epochs", "2"),
                Map.of("validation.auc", 0.75),
                history,
                List.of(),
                (split, i) -> "",
                Optional.of("data:image/png;base64,AAAA"),
                Map.of("train", 100.0),
                Optional.empty(),
                Map.of("configuration", Map.of("lr", "<0.1>")));
        var page = report.html(0);
        assertFalse(page.contains("<script"), page);
        assertFalse(page.contains("http"), "it asks a server for something");
        assertTrue(page.contains("&lt;0.1&gt;"));
        assertTrue(page.contains(
                "<img class=\"drawn\" alt=\"what the generator draws\" src=\"data:image/png;base64,AAAA\">"));
        assertTrue(report.html(5).contains("http-equiv=\"refresh\" content=\"5\""));
        assertFalse(page.contains("NaN"), page);
        var picture = ImageIO.read(new ByteArrayInputStream(CurvesPicture.of(history)));
        assertEquals(1280, picture.getWidth());
        assertEquals(360, picture.getHeight());
        assertTrue(has(picture, 0x3366CC) && has(picture, 0xE07B00), "both curves are drawn");
    }

    private static boolean has(java.awt.image.BufferedImage picture, int rgb) {
        for (int y = 0; y < picture.getHeight(); y++) {
            for (int x = 0; x < picture.getWidth(); x++) {
                if ((picture.getRGB(x, y) & 0xFFFFFF) == rgb) {
                    return true;
                }
            }
        }
        return false;
    }

    @Test
    void marksRoundNumbers() {
        assertEquals(
                List.of(0.0, 0.2, 0.4, 0.6000000000000001, 0.8, 1.0),
                Axis.unit().ticks());
        assertEquals(List.of(1.0, 2.0, 3.0), new Axis(0.9, 3.1, false).ticks(1));
        assertEquals("0.00012", Axis.text(0.00012));
        assertEquals("1e-05", Axis.text(1e-5));
        assertTrue(Axis.around(List.of(new double[] {1e-4, 10}), true).logarithmic());
    }
}
