package dev.nnd.compiler.rewrite;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.nnd.compiler.Seed;
import dev.nnd.compiler.ir.Evaluator;
import dev.nnd.compiler.ir.Graph;
import dev.nnd.compiler.ir.GraphBuilder;
import dev.nnd.compiler.ir.GraphPrinter;
import dev.nnd.compiler.ir.Op;
import dev.nnd.compiler.ir.Port;
import dev.nnd.compiler.ir.Rounding;
import dev.nnd.compiler.ir.Value;
import dev.nnd.compiler.plan.SampleGraphs;
import dev.nnd.compiler.type.DType;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Function;

/** Runs one rule over a small graph, and holds its values to those before. */
final class RuleCase {

    static final Map<String, Long> SIZES = Map.of("N", 3L, "T", 2L, "C", 4L);

    private RuleCase() {}

    /** A builder whose nodes have an origin. */
    static GraphBuilder builder() {
        return new GraphBuilder("case").at(SampleGraphs.origin("stage", ""));
    }

    /** A graph with one output. */
    static Graph graph(Function<GraphBuilder, Value> body) {
        GraphBuilder to = builder();
        to.output(Port.Role.OUTPUT, "y", body.apply(to));
        return to.build();
    }

    /** The rule fires that often and all outputs keep their values; returns the graph after. */
    static Graph fires(Rule rule, long times, Graph graph) {
        var result = RewriteDriver.run(List.of(new Pass("test", List.of(rule))), graph);
        assertEquals(
                times,
                result.trace().count(rule.getClass()),
                () -> GraphPrinter.print(graph) + result.trace().print());
        sameValues(graph, result.graph(), SIZES, Seed.fresh());
        return result.graph();
    }

    /** The rule does not fire. */
    static void doesNotFire(Rule rule, Graph graph) {
        var result = RewriteDriver.run(List.of(new Pass("test", List.of(rule))), graph);
        assertTrue(result.trace().steps().isEmpty(), () -> result.trace().print());
        assertEquals(graph, result.graph());
    }

    /** Both graphs give the same outputs for the same random inputs, in double precision. */
    static void sameValues(Graph before, Graph after, Map<String, Long> sizes, long seed) {
        Map<String, double[]> inputs = inputs(before, sizes, seed);
        Evaluator.Result expected = Evaluator.evaluate(before, sizes, inputs);
        Evaluator.Result actual = Evaluator.evaluate(after, sizes, inputs);
        for (Port port : before.outputs()) {
            assertArrayEquals(
                    expected.output(port.role(), port.name()),
                    actual.output(port.role(), port.name()),
                    Rounding.tolerance(expected.output(port.role(), port.name())),
                    () -> "seed " + seed + ", " + port + "\n" + GraphPrinter.print(before) + GraphPrinter.print(after));
        }
    }

    private static Map<String, double[]> inputs(Graph graph, Map<String, Long> sizes, long seed) {
        var random = new Random(seed);
        var inputs = new HashMap<String, double[]>();
        for (Port port : graph.inputs()) {
            var elements = new double[(int) port.value().type().elements().evaluate(sizes)];
            DType dtype = port.value().type().dtype();
            for (int i = 0; i < elements.length; i++) {
                elements[i] = dtype.isFloat() ? random.nextGaussian() : random.nextInt(2);
            }
            inputs.put(port.name(), elements);
        }
        return inputs;
    }

    static long count(Graph graph, Class<? extends Op> op) {
        return graph.nodes().stream().filter(n -> op.isInstance(n.op())).count();
    }

    static Value input(GraphBuilder to, String name, Object... dims) {
        return to.input(Port.Role.INPUT, name, SampleGraphs.f32(dims));
    }

    static Value parameter(GraphBuilder to, String name, Object... dims) {
        return to.input(Port.Role.PARAMETER, name, SampleGraphs.f32(dims));
    }
}
