package dev.nnd.compiler.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalInt;
import java.util.Random;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A sweep by hand, and {@code nnd train --find-lr}. */
class RateFinderTest {

    private static final String PROGRAM = """
            model Net { input x: f32[N, 1] output y: f32[N, 1] = x -> Dense(8) -> tanh -> Dense(1) }
            data Points {
              source all = csv("points.csv")
              split all into train 70%, validation 30% seed 3
              field x: f32[1] = column("x")
              field y: f32[1] = column("y")
            }
            train Fit(lr: float = 1e-3) {
              model net = Net()
              data Points
              minimize mse(net(x), y) using RULE
              epochs 3
              batch 16
              ema 0.9
              checkpoint every 1 epoch
              stop early on validation.loss patience 2 epochs
              keep best by validation.loss
            }
            """;

    @TempDir
    private Path folder;

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @Test
    void smoothsSuggestsAndEndsAsByHand() {
        var sweep = new RateSweep(1e-7, 10, 101);
        assertEquals(Math.pow(10, 0.08), sweep.factor(), 1e-12);
        assertEquals(1e-3, sweep.rate(50), 1e-15);
        assertTrue(sweep.add(4));
        assertTrue(sweep.add(2));
        // (0.98 * 0.02 * 4 + 0.02 * 2) / (1 - 0.98^2)
        assertEquals(0.1184 / 0.0396, sweep.smoothed(1), 1e-12);
        assertFalse(sweep.add(Double.NaN));
        assertEquals(OptionalInt.empty(), sweep.steepest());

        var falls = new RateSweep(1e-7, 10, 101);
        int step = 0;
        for (; step < 60; step++) {
            assertTrue(falls.add(step < 30 ? 1 : step < 40 ? 1 - (step - 29) * 0.09 : 0.1));
        }
        // The losses reach their bottom at step 39, where the mean is the farthest above them.
        assertEquals(OptionalInt.of(39), falls.steepest());
        assertEquals(OptionalInt.of(59), falls.lowest());
        boolean goesOn = true;
        for (; goesOn && step < 101; step++) {
            goesOn = falls.add(100);
        }
        assertFalse(goesOn);
        assertEquals(OptionalInt.of(39), falls.steepest());
        // A loss that only grows has no steepest fall.
        var grows = new RateSweep(1e-7, 10, 101);
        for (int i = 0; i < 50; i++) {
            grows.add(1 + i);
        }
        assertEquals(OptionalInt.empty(), grows.steepest());
    }

    private int find(String rule, String... more) throws IOException {
        return find(3, rule, more);
    }

    private int find(double largest, String rule, String... more) throws IOException {
        var random = new Random(3);
        var text = new StringBuilder("x,y\n");
        for (int i = 0; i < 100; i++) {
            double x = random.nextDouble() * 2 - 1;
            text.append(x).append(',').append(largest * x * x).append('\n');
        }
        Files.writeString(folder.resolve("points.csv"), text);
        Files.writeString(folder.resolve("fit.nnd"), PROGRAM.replace("RULE", rule));
        out.getBuffer().setLength(0);
        err.getBuffer().setLength(0);
        var words = new java.util.ArrayList<>(java.util.List.of(
                "train", folder.resolve("fit.nnd").toString(), "--data", folder.toString(), "--threads", "1"));
        words.addAll(java.util.List.of("--out", folder.resolve("found").toString(), "--find-lr"));
        words.addAll(java.util.List.of(more));
        return Nnd.run(Terminal.plain(new PrintWriter(out), new PrintWriter(err)), words.toArray(String[]::new));
    }

    @Test
    void saysARateAndKeepsNoWeights() throws IOException {
        assertEquals(0, find("adam(lr: lr)"), err::toString);
        assertEquals("", err.toString());
        assertTrue(out.toString().contains("`--set lr="), out::toString);
        assertTrue(out.toString().contains("fit.nnd:11"), out::toString);
        try (var files = Files.list(folder.resolve("found"))) {
            assertEquals(
                    java.util.List.of("find-lr.csv", "find-lr.png"),
                    files.map(f -> f.getFileName().toString()).sorted().toList());
        }
        assertEquals(
                640, ImageIO.read(folder.resolve("found/find-lr.png").toFile()).getWidth());
        var csv = Files.readAllLines(folder.resolve("found/find-lr.csv"));
        assertEquals("lr,loss,smoothed", csv.getFirst());
        assertTrue(csv.size() > 60, () -> csv.size() + " lines");
        String told = out.toString();
        assertEquals(0, find("adam(lr: lr)"));
        assertEquals(told, out.toString());
        assertEquals(0, find("sgd(cosine(0.1, warmup: 10%), momentum: 0.9)", "40"), err::toString);
        assertTrue(out.toString().contains("the first number of `cosine(0.1, warmup: 10%)`"), out::toString);
        assertEquals(1, find("adam(lr: lr)", "3"));
        assertTrue(err.toString().contains("from 20 to 100,000"), err::toString);
    }

    @Test
    void endsWhereTheLossIsInfinite() throws IOException {
        // Squares near the largest float: three times as far off is infinite.
        assertEquals(0, find(6e18, "sgd(lr: lr)"), err::toString);
        assertTrue(out.toString().contains("from ") && out.toString().contains("on it diverges"), out::toString);
    }
}
