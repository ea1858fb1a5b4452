package dev.nnd.compiler.plan;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.nnd.compiler.autodiff.Differentiation;
import dev.nnd.compiler.ir.Evaluator;
import dev.nnd.compiler.ir.Graph;
import dev.nnd.compiler.ir.GraphPrinter;
import dev.nnd.compiler.ir.Port;
import dev.nnd.compiler.rewrite.Passes;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.LongStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Rewriting, differentiating and planning keep the values of random graphs. */
class RandomPlanTest {

    private static final int GRAPHS = 60;
    private static final Map<String, Long> SIZES = Map.of("N", 3L);

    static LongStream seeds() {
        return new Random().longs(GRAPHS);
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void optimizedEqualsUnoptimized(long seed) {
        Graph lowered = RandomGraphs.make(seed, 4 + (int) Math.floorMod(seed, 22L));
        Graph plain = withGradients(lowered);
        Graph optimized = Passes.afterAutodiff(withGradients(Passes.beforeAutodiff(lowered)));
        assertTrue(optimized.nodes().size() <= plain.nodes().size(), () -> "seed " + seed + " grows");
        Map<String, double[]> inputs = RandomGraphs.inputs(lowered, SIZES, seed);
        Evaluator.Result expected = Evaluator.evaluate(plain, SIZES, inputs);
        for (Graph graph : List.of(optimized, plain)) {
            ExecutionPlan plan = new Planner(new KernelNames()).plan(graph, Set.of("N"), "Random");
            Map<String, double[]> actual = PlanInterpreter.run(plan, SIZES, inputs, seed);
            for (Port port : plain.outputs()) {
                assertArrayEquals(
                        expected.output(port.role(), port.name()),
                        actual.get(port.role() + " " + port.name()),
                        1e-9,
                        () -> "seed " + seed + ", " + port + "\n" + GraphPrinter.print(graph)
                                + PlanPrinter.print(plan));
            }
        }
    }

    private static Graph withGradients(Graph graph) {
        List<Port> parameters = graph.inputs().stream()
                .filter(p -> p.role() == Port.Role.PARAMETER)
                .toList();
        return Differentiation.gradients(graph, parameters).graph();
    }
}
