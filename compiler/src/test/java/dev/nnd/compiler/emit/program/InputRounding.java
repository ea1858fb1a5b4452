package dev.nnd.compiler.emit.program;

import dev.nnd.compiler.ir.Evaluator;
import dev.nnd.compiler.ir.Graph;
import dev.nnd.compiler.ir.Port;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;

/**
 * How far the numbers of a graph move when its inputs move by some roundings of single precision. Behind a relu or a maximum a gradient
 * jumps where its argument is 0 up to rounding, and such an element tells nothing about whoever computes in that precision.
 */
public final class InputRounding {

    /** Some dozens of roundings, as many as a sum of some hundred terms goes through. */
    private static final double ROUNDING = 1e-5;

    /** An element that one of them leaves on its side of a jump is moved over it by another. */
    private static final int TRIALS = 12;

    private InputRounding() {}

    /** The largest change of each element of an output. */
    public static double[] spread(
            Graph graph, Map<String, Long> dims, Map<String, double[]> inputs, Port.Role role, String name) {
        double[] middle = Evaluator.evaluate(graph, dims, inputs).output(role, name);
        double[] spread = new double[middle.length];
        var random = new Random(1);
        for (int trial = 0; trial < TRIALS; trial++) {
            double[] moved = Evaluator.evaluate(graph, dims, moved(graph, inputs, random))
                    .output(role, name);
            for (int i = 0; i < spread.length; i++) {
                spread[i] = Math.max(spread[i], Math.abs(moved[i] - middle[i]));
            }
        }
        return spread;
    }

    /** Only what has fractions. */
    private static Map<String, double[]> moved(Graph graph, Map<String, double[]> inputs, Random random) {
        var moved = new HashMap<>(inputs);
        for (Port port : graph.inputs()) {
            double[] values = inputs.get(port.name());
            if (values != null && port.value().type().dtype().isFloat()) {
                moved.put(
                        port.name(),
                        Arrays.stream(values)
                                .map(v -> v + ROUNDING * Math.max(1, Math.abs(v)) * random.nextDouble(-1, 1))
                                .toArray());
            }
        }
        return moved;
    }
}
