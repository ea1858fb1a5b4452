package dev.nnd.compiler.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.nnd.compiler.type.Constant;
import dev.nnd.compiler.typed.TypedTune.Search;
import dev.nnd.compiler.typed.TypedTune.Space;
import dev.nnd.grammar.SourceFile;
import dev.nnd.grammar.Span;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Densities against their definition, and a search that finds what chance does not. */
class TreeParzenTest {

    private static final Span NOWHERE = new Span(new SourceFile("search.nnd", ""), 0, 0);
    private static final int TRIALS = 60;
    private static final int SEEDS = 20;

    private static Search search(String name, Space space) {
        return new Search(name, space, NOWHERE);
    }

    @Test
    void densitiesAreOneInAll() {
        var window = new ParzenWindow(-2, 3, 0, List.of(0.5, -1.9, 2.9, 2.8, 0.5));
        double sum = 0;
        int parts = 20_000;
        for (int i = 0; i < parts; i++) {
            sum += window.at(-2 + 5 * (i + 0.5) / parts) * 5 / parts;
        }
        assertEquals(1, sum, 1e-6);
        var whole = new ParzenWindow(2, 14, 3, List.of(5.0, 5.0, 14.0));
        assertEquals(1, IntStream.of(2, 5, 8, 11, 14).mapToDouble(whole::at).sum(), 1e-9);
        var random = new SplittableRandom(5);
        for (int i = 0; i < 500; i++) {
            double drawn = whole.draw(random);
            assertTrue(drawn >= 2 && drawn <= 14 && (drawn - 2) % 3 == 0, "drew " + drawn);
        }
    }

    @Test
    void densitiesAreThoseOfOptuna() {
        // optuna 5.0.0: _ParzenEstimator.log_pdf, prior weight 1, with magic clip, without end points.
        var floats = new ParzenWindow(-2, 3, 0, List.of(0.5, -1.9, 2.9, 2.8, 0.5));
        assertEquals(0.15216417340274688, floats.at(-1.5), 1e-9);
        assertEquals(0.18222200512481218, floats.at(0.4), 1e-9);
        assertEquals(0.24134116150797633, floats.at(2), 1e-9);
        var whole = new ParzenWindow(2, 14, 3, List.of(5.0, 5.0, 14.0));
        assertEquals(0.19522824318430523, whole.at(2), 1e-9);
        assertEquals(0.25204426576355204, whole.at(5), 1e-9);
        assertEquals(0.17653400809443373, whole.at(11), 1e-9);
        assertEquals(1.0707496606381777, new ParzenWindow(0, 1, 0, List.of(0.25)).at(0.4), 1e-9);
    }

    private static double square(double x) {
        return x * x;
    }

    @Test
    void oldTrialsCountLess() {
        double[] weights = ParzenWindow.weights(27);
        double sum = 1.0 / 27 + 1 + 25 + 1;
        assertEquals(1 / 27.0 / sum, weights[0], 1e-12);
        assertEquals(1 / sum, weights[1], 1e-12);
        assertEquals(1 / sum, weights[27], 1e-12);
    }

    @Test
    void sharesOfAListByHand() {
        var tried = List.of(result(1, Map.of("kind", "a"), 0), result(2, Map.of("kind", "c"), 0));
        // Three parts of a third each: (1/3 + [tried]) / 2 twice, and 1/3 of each.
        assertArrayEquals(
                new double[] {
                    (4.0 / 6 + 1.0 / 6 + 1.0 / 3) / 3,
                    (1.0 / 6 + 1.0 / 6 + 1.0 / 3) / 3,
                    (1.0 / 6 + 4.0 / 6 + 1.0 / 3) / 3
                },
                TreeParzen.shares(List.of("a", "b", "c"), tried, "kind"),
                1e-12);
    }

    private static TrialRunner.Result result(int number, Map<String, String> values, double value) {
        return new TrialRunner.Result(new Trial(number, values), value, 1, 0, "");
    }

    /** The best of a search, the lower the better. */
    private static double best(
            List<Search> space, ToDoubleFunction<Map<String, String>> cost, long seed, long startup) {
        var parzen = new TreeParzen(space, false, seed, startup);
        var over = new ArrayList<TrialRunner.Result>();
        for (int number = 1; number <= TRIALS; number++) {
            var values = parzen.propose(number, over);
            over.add(result(number, values, cost.applyAsDouble(values)));
        }
        return over.stream().mapToDouble(TrialRunner.Result::value).min().orElseThrow();
    }

    private static double mean(List<Search> space, ToDoubleFunction<Map<String, String>> cost, long startup) {
        return IntStream.range(0, SEEDS)
                .mapToDouble(seed -> best(space, cost, seed, startup))
                .average()
                .orElseThrow();
    }

    private static double number(Map<String, String> values, String name) {
        return Double.parseDouble(values.getOrDefault(name, "NaN"));
    }

    @Test
    void findsWhatChanceDoesNot() {
        // Branin's function, a rate whose best is 3e-3, and a mixed space with a wrong choice that hides the rest.
        var branin = List.of(search("x", new Space.Floats(-5, 10, false)), search("y", new Space.Floats(0, 15, false)));
        beatsChance("branin", branin, v -> {
            double x = number(v, "x");
            double y = number(v, "y");
            double bowl = y - 5.1 / (4 * Math.PI * Math.PI) * x * x + 5 / Math.PI * x - 6;
            return bowl * bowl + 10 * (1 - 1 / (8 * Math.PI)) * Math.cos(x) + 10 - 0.397887;
        });
        var rates = List.of(
                search("lr", new Space.Floats(1e-6, 1, true)), search("decay", new Space.Floats(1e-6, 1, true)));
        beatsChance(
                "rates",
                rates,
                v -> square(Math.log(number(v, "lr") / 3e-3)) + square(Math.log(number(v, "decay") / 1e-2)) / 2);
        var mixed = List.of(
                search("width", new Space.Ints(8, 512, 8)),
                search("lr", new Space.Floats(1e-5, 1e-1, true)),
                search(
                        "kind",
                        new Space.Choice(
                                List.of(new Constant.Text("a"), new Constant.Text("b"), new Constant.Text("c")))),
                search("depth", new Space.Ints(1, 12, 1)));
        beatsChance(
                "mixed",
                mixed,
                v -> square((number(v, "width") - 200) / 100)
                        + square(Math.log10(number(v, "lr")) + 3)
                        + ("\"b\"".equals(v.get("kind")) ? 0 : 1)
                        + square(number(v, "depth") - 5) / 4);
    }

    private static void beatsChance(String name, List<Search> space, ToDoubleFunction<Map<String, String>> cost) {
        double guided = mean(space, cost, 10);
        double chance = mean(space, cost, TRIALS);
        assertTrue(guided < 0.6 * chance, () -> name + ": " + guided + ", by chance " + chance);
    }

    @Test
    void failuresAreAvoidedAndTheSameSeedProposesTheSame() {
        var space = List.of(search("x", new Space.Floats(0, 1, false)));
        var over = new ArrayList<TrialRunner.Result>();
        for (int i = 1; i <= 30; i++) {
            double x = i / 31.0;
            over.add(result(i, Map.of("x", Double.toString(x)), x < 0.5 ? Double.NaN : 1 - x));
        }
        var parzen = new TreeParzen(space, false, 7, 10);
        for (int number = 31; number < 60; number++) {
            double x = number(parzen.propose(number, over), "x");
            assertTrue(x > 0.7, "proposed " + x);
        }
        var shuffled = new ArrayList<>(over);
        Collections.reverse(shuffled);
        assertEquals(parzen.propose(40, over), parzen.propose(40, shuffled));
        assertTrue(!parzen.propose(40, over).equals(parzen.propose(41, over)));
    }
}
