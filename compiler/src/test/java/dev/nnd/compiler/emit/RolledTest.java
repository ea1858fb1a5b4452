package dev.nnd.compiler.emit;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.IntFunction;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** Repeated statements become loops, and only those that really count evenly. */
class RolledTest {

    private static String rolled(int count, IntFunction<Lines> repetition, Map<String, Integer> lengths) {
        var repetitions = new ArrayList<Lines>();
        for (int k = 0; k < count; k++) {
            repetitions.add(repetition.apply(k));
        }
        return Rolled.of(repetitions, "i", lengths).stream()
                .map(Lines::toString)
                .collect(Collectors.joining());
    }

    private static String layer(int index) {
        return Indexed.element("layer", index);
    }

    @Test
    void theFirstReadsSomethingElseAndTheOthersAreALoop() {
        String text = rolled(
                5,
                k -> new Lines()
                        .comment("five")
                        .add(layer(k) + " = at.op(\"" + Indexed.label("layer", k) + "\", "
                                + (k == 0 ? "x" : layer(k - 1)) + ")"),
                Map.of("layer", 5));
        assertEquals("""
                // five
                layer[0] = at.op("layer0", x);
                for (int i = 1; i < layer.length; i++) {
                    // five
                    layer[i] = at.op("layer" + i, layer[i - 1]);
                }
                """, text);
    }

    @Test
    void backwardCountsDown() {
        String text = rolled(
                4,
                k -> new Lines().add(layer(3 - k) + ".back(" + layer(4 - k) + ", " + Indexed.element("kept", k) + ")"),
                Map.of("layer", 4));
        assertEquals("""
                for (int i = layer.length - 1; i >= 0; i--) {
                    layer[i].back(layer[i + 1], kept[3 - i]);
                }
                """, text);
    }

    @Test
    void anExceptionInTheMiddlePartsTheLoop() {
        String text = rolled(
                8,
                k -> k == 3
                        ? new Lines().add(layer(k) + ".run()").add("at.release(skip)")
                        : new Lines().add(layer(k) + ".run()"),
                Map.of("layer", 8));
        assertEquals("""
                for (int i = 0; i < 3; i++) {
                    layer[i].run();
                }
                layer[3].run();
                at.release(skip);
                for (int i = 4; i < layer.length; i++) {
                    layer[i].run();
                }
                """, text);
    }

    @Test
    void twoAreWrittenOutAndSoIsWhatDoesNotCountEvenly() {
        assertEquals(
                "layer[0].run();\nlayer[1].run();\n", rolled(2, k -> new Lines().add(layer(k) + ".run()"), Map.of()));
        List<Integer> uneven = List.of(0, 1, 3, 4, 6);
        String text = rolled(5, k -> new Lines().add(layer(uneven.get(k)) + ".run()"), Map.of());
        assertEquals("layer[0].run();\nlayer[1].run();\nlayer[3].run();\nlayer[4].run();\nlayer[6].run();\n", text);
    }

    @Test
    void stridesAndWhatStaysTheSame() {
        String text = rolled(
                3,
                k -> new Lines()
                        .add(layer(k) + ".add(" + Indexed.element("pair", 2 * k + 1) + ", "
                                + Indexed.element("table", 7) + ", \"" + Indexed.label("pair", 2 * k) + "\")"),
                Map.of());
        assertEquals("""
                for (int i = 0; i < 3; i++) {
                    layer[i].add(pair[2 * i + 1], table[7], "pair" + (2 * i));
                }
                """, text);
    }

    @Test
    void withoutALoopNoMarksAreLeft() {
        assertEquals(
                "layer[12].run(\"layer12\");\n",
                new Lines()
                        .add(layer(12) + ".run(\"" + Indexed.label("layer", 12) + "\")")
                        .toString());
        assertEquals("layer[12]", Indexed.plain(layer(12)));
    }
}
