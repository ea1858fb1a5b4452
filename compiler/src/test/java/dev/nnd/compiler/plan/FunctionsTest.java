package dev.nnd.compiler.plan;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.nnd.compiler.Seed;
import dev.nnd.compiler.autodiff.Differentiation;
import dev.nnd.compiler.ir.Evaluator;
import dev.nnd.compiler.ir.Function;
import dev.nnd.compiler.ir.Functions;
import dev.nnd.compiler.ir.Graph;
import dev.nnd.compiler.ir.GraphBuilder;
import dev.nnd.compiler.ir.GraphPrinter;
import dev.nnd.compiler.ir.Inlining;
import dev.nnd.compiler.ir.Op;
import dev.nnd.compiler.ir.Port;
import dev.nnd.compiler.ir.Rounding;
import dev.nnd.compiler.ir.Value;
import dev.nnd.compiler.rewrite.Passes;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.stream.LongStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Functions that call functions have the values and gradients of one graph without calls. */
class FunctionsTest {

    private static final int GRAPHS = 60;
    private static final Map<String, Long> SIZES = Map.of("N", 3L);

    static LongStream seeds() {
        return Seed.several(GRAPHS);
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void callsEqualTheirInlining(long seed) {
        var random = new Random(seed);
        Function inner = function("inner", RandomGraphs.make(seed, 3 + random.nextInt(8)), random);
        Function outer = function("outer", calling(inner, "loss", random), random);
        Graph graph = calling(outer, "loss", random);
        Graph plain = joint(Inlining.all(graph));
        Map<String, double[]> inputs = RandomGraphs.inputs(graph, SIZES, seed);
        Evaluator.Result expected = Evaluator.evaluate(plain, SIZES, inputs);
        Graph called = joint(graph);
        assertTrue(Functions.of(called).size() >= 4, "two functions in two halves each");
        equal(expected, plain, called, inputs, seed);
        equal(expected, plain, Passes.afterAutodiff(called), inputs, seed);
        equal(expected, plain, Passes.afterAutodiff(joint(Passes.beforeAutodiff(graph))), inputs, seed);
    }

    private static void equal(
            Evaluator.Result expected, Graph plain, Graph graph, Map<String, double[]> inputs, long seed) {
        Evaluator.Result actual = Evaluator.evaluate(graph, SIZES, inputs);
        ExecutionPlan plan = new Planner(new KernelNames()).plan(graph, Set.of("N"), "Random");
        Map<String, double[]> planned = PlanInterpreter.run(plan, SIZES, inputs, seed);
        for (Port port : plain.outputs()) {
            double[] wanted = expected.output(port.role(), port.name());
            String where = "seed " + seed + ", " + port + "\n";
            double tolerance = Rounding.tolerance(wanted);
            assertArrayEquals(
                    wanted,
                    actual.output(port.role(), port.name()),
                    tolerance,
                    () -> where + GraphPrinter.print(graph));
            assertArrayEquals(
                    wanted,
                    planned.get(port.role() + " " + port.name()),
                    tolerance,
                    () -> where + GraphPrinter.print(graph) + PlanPrinter.print(plan));
        }
    }

    /** A graph as a function, perhaps a checkpoint; loss and metrics are outputs like the others. */
    private static Function function(String name, Graph graph, Random random) {
        var outputs = new ArrayList<Port>();
        var names = new HashSet<String>();
        for (Port port : graph.outputs()) {
            if (names.add(port.name())) {
                outputs.add(new Port(Port.Role.OUTPUT, port.name(), port.value()));
            }
        }
        var made = new Graph(name, graph.inputs(), graph.nodes(), outputs);
        return random.nextInt(3) == 0 ? Function.checkpoint(made) : new Function(made);
    }

    /** Calls a function two or three times, with parameters that some of the calls share. */
    private static Graph calling(Function function, String loss, Random random) {
        var to = new GraphBuilder("calling").at(SampleGraphs.origin("calls", "calls"));
        List<Value> first = new ArrayList<>();
        Optional<Value> sum = Optional.empty();
        for (int call = 0; call < 2 + random.nextInt(2); call++) {
            var operands = new ArrayList<Value>();
            for (Port port : function.graph().inputs()) {
                boolean share = call > 0 && random.nextBoolean();
                operands.add(
                        share
                                ? first.get(operands.size())
                                : to.input(
                                        port.role(),
                                        port.name() + "c" + call,
                                        port.value().type()));
            }
            first = call == 0 ? operands : first;
            to.at(SampleGraphs.origin("call" + call, "call" + call));
            List<Value> results = to.applyAll("call" + call, new Op.Call(function), operands);
            Value result = scalar(function, results, loss);
            sum = Optional.of(sum.map(before -> to.add(before, to.multiply(result, result)))
                    .orElse(result));
        }
        to.output(Port.Role.LOSS, loss, sum.orElseThrow());
        return to.build();
    }

    private static Value scalar(Function function, List<Value> results, String loss) {
        List<String> names = function.graph().outputs().stream().map(Port::name).toList();
        return results.get(names.indexOf(loss));
    }

    private static Graph joint(Graph graph) {
        List<Port> parameters = graph.inputs().stream()
                .filter(p -> p.role() == Port.Role.PARAMETER)
                .toList();
        return Differentiation.gradients(graph, parameters).graph();
    }
}
