package dev.nnd.compiler.plan;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.nnd.compiler.Seed;
import dev.nnd.compiler.autodiff.Differentiation;
import dev.nnd.compiler.ir.Evaluator;
import dev.nnd.compiler.ir.Functions;
import dev.nnd.compiler.ir.Graph;
import dev.nnd.compiler.ir.GraphPrinter;
import dev.nnd.compiler.ir.Op;
import dev.nnd.compiler.ir.Port;
import dev.nnd.compiler.rewrite.Passes;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Rewriting, differentiating and planning keep the values of random graphs. */
class RandomPlanTest {

    /** {@code -Dnnd.graphs=20000} for a long run. */
    private static final int GRAPHS = Integer.getInteger("nnd.graphs", 100);
    /** Relative to the largest element of an output, and at least to 1: rewriting changes the order of sums. */
    private static final double TOLERANCE = 1e-9;

    private static final Map<String, Long> SIZES = Map.of("N", 3L);

    static LongStream seeds() {
        return Seed.several(GRAPHS);
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void optimizedEqualsUnoptimized(long seed) {
        Graph lowered = RandomGraphs.make(seed, 4 + (int) Math.floorMod(seed, 22L));
        Graph plain = withGradients(lowered);
        Graph optimized = Passes.afterAutodiff(withGradients(Passes.beforeAutodiff(lowered)));
        assertTrue(size(optimized) <= size(plain), () -> "seed " + seed + " grows");
        Map<String, double[]> inputs = RandomGraphs.inputs(lowered, SIZES, seed);
        Evaluator.Result expected = Evaluator.evaluate(plain, SIZES, inputs);
        for (Graph graph : List.of(optimized, plain)) {
            ExecutionPlan plan = new Planner(new KernelNames()).plan(graph, Set.of("N"), "Random");
            Map<String, double[]> actual = PlanInterpreter.run(plan, SIZES, inputs, seed);
            for (Port port : plain.outputs()) {
                double[] wanted = expected.output(port.role(), port.name());
                // A graph may divide by 0: what is not finite must be the same, and says nothing about tolerance.
                double largest = Arrays.stream(wanted)
                        .filter(Double::isFinite)
                        .map(Math::abs)
                        .max()
                        .orElse(0);
                assertArrayEquals(
                        wanted,
                        actual.get(port.role() + " " + port.name()),
                        TOLERANCE * Math.max(1, largest),
                        () -> "seed " + seed + ", " + port + "\n" + GraphPrinter.print(graph)
                                + PlanPrinter.print(plan));
            }
        }
    }

    /** Nodes with those of the functions, which stand in the graph itself once they are inlined. */
    private static int size(Graph graph) {
        return graph.nodes().size()
                + Functions.of(graph).stream()
                        .mapToInt(f -> f.graph().nodes().size())
                        .sum();
    }

    /** The generator leaves no op out. */
    @Test
    void everyOpAppears() {
        Set<Class<?>> met = new HashSet<>();
        for (long seed = 0; seed < 200; seed++) {
            Graph lowered = RandomGraphs.make(seed, 20);
            collect(withGradients(lowered), met);
            collect(Passes.afterAutodiff(withGradients(Passes.beforeAutodiff(lowered))), met);
        }
        assertEquals(List.of(), kinds(Op.class).filter(k -> !met.contains(k)).toList());
    }

    private static void collect(Graph graph, Set<Class<?>> met) {
        graph.nodes().forEach(n -> met.add(n.op().getClass()));
        Functions.of(graph).forEach(f -> f.graph().nodes().forEach(n -> met.add(n.op().getClass())));
    }

    private static Stream<Class<?>> kinds(Class<?> type) {
        return type.isRecord()
                ? Stream.of(type)
                : Arrays.stream(type.getPermittedSubclasses()).flatMap(RandomPlanTest::kinds);
    }

    private static Graph withGradients(Graph graph) {
        List<Port> parameters = graph.inputs().stream()
                .filter(p -> p.role() == Port.Role.PARAMETER)
                .toList();
        return Differentiation.gradients(graph, parameters).graph();
    }
}
