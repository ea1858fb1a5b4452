package dev.nnd.compiler.emit.program;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.nnd.compiler.ir.Evaluator;
import dev.nnd.compiler.ir.Graph;
import dev.nnd.compiler.ir.Port;
import java.util.Arrays;
import java.util.Map;

/**
 * A graph's numbers in double precision, to which a program's are held.
 *
 * @param inputs by name
 */
record ReferenceNumbers(Graph graph, Map<String, Long> dims, Map<String, double[]> inputs, Evaluator.Result result) {

    static ReferenceNumbers of(Graph graph, Map<String, Long> dims, Map<String, double[]> inputs) {
        return new ReferenceNumbers(graph, dims, inputs, Evaluator.evaluate(graph, dims, inputs));
    }

    /**
     * Fails for a number that is further off than an output's largest number allows, and than it moves when the inputs are rounded.
     *
     * @param relative to the largest number, or to {@code least} if that is more: in f32, sums of terms that cancel are off by parts
     *     of the terms
     */
    void holds(Port.Role role, String name, double[] actual, double relative, double least, String where) {
        double[] expected = result.output(role, name);
        double tolerance = relative * Arrays.stream(expected).map(Math::abs).reduce(least, Math::max);
        double[] spread = new double[0];
        for (int i = 0; i < expected.length; i++) {
            int at = i;
            boolean near = Math.abs(expected[i] - actual[i]) <= tolerance;
            if (!near && spread.length == 0) {
                spread = InputRounding.spread(graph, dims, inputs, role, name);
            }
            double allowed = near ? tolerance : tolerance + 2 * spread[i];
            assertEquals(expected[i], actual[i], allowed, () -> where + name + "[" + at + "]");
        }
        assertEquals(expected.length, actual.length, where + name);
    }
}
