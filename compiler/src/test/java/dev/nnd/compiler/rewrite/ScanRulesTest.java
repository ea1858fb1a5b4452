package dev.nnd.compiler.rewrite;

import static dev.nnd.compiler.rewrite.RuleCase.count;
import static dev.nnd.compiler.rewrite.RuleCase.fires;
import static dev.nnd.compiler.rewrite.RuleCase.graph;
import static dev.nnd.compiler.rewrite.RuleCase.input;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.nnd.compiler.ir.Function;
import dev.nnd.compiler.ir.Graph;
import dev.nnd.compiler.ir.GraphBuilder;
import dev.nnd.compiler.ir.Op;
import dev.nnd.compiler.ir.Op.ReduceFunction;
import dev.nnd.compiler.ir.Op.UnaryFunction;
import dev.nnd.compiler.ir.Port;
import dev.nnd.compiler.ir.Value;
import dev.nnd.compiler.plan.SampleGraphs;
import dev.nnd.compiler.type.Dim;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The rules that move work out of scans. */
class ScanRulesTest {

    private static final Dim STEPS = Dim.variable("T");

    /** What a step adds to its sum [4, 3], made of a state [N, 4] and an entry [N, 3]. */
    interface Term {
        Value of(GraphBuilder body, Value state, Value entry);
    }

    /** The sum and the state after all steps, added up to one number. */
    static Value summed(GraphBuilder to, Term term, boolean reverse, boolean collects) {
        var body = RuleCase.builder();
        Value state = input(body, "state", "N", 4);
        Value sum = input(body, "sum", 4, 3);
        Value entry = input(body, "entry", "N", 3);
        Value row = body.reduce(ReduceFunction.MEAN, entry, List.of(1), true);
        Value next = body.unary(UnaryFunction.TANH, body.add(state, row));
        body.output(Port.Role.OUTPUT, "next", next);
        body.output(Port.Role.OUTPUT, "total", body.add(sum, term.of(body, state, entry)));
        if (collects) {
            body.output(Port.Role.OUTPUT, "all", next);
        }
        var scan = new Op.Scan(new Function(body.build()), 2, 1, STEPS, reverse);
        List<Value> results = to.applyAll(
                "scan",
                scan,
                List.of(input(to, "start", "N", 4), input(to, "before", 4, 3), input(to, "x", "T", "N", 3)));
        Value all = to.constant(0, results.getFirst().type().dtype());
        for (Value result : results) {
            int rank = result.type().rank();
            all = to.add(
                    all, to.reduceSum(result, IntStream.range(0, rank).boxed().toList(), false));
            if (rank == 2 && result.type().dim(0).is(4)) {
                all = to.add(all, to.reduceSum(to.multiply(result, result), List.of(0, 1), false));
            }
        }
        return all;
    }

    static Value product(GraphBuilder body, Value state, Value entry) {
        return body.matMul(state, entry, true, false);
    }

    private static Value gradient(GraphBuilder body, Value state, Value entry) {
        List<Dim> dims = List.of(Dim.of(4), Dim.of(3));
        return body.applyAll("dw", new Op.InnerProductBackwardWeights(dims, false), List.of(state, entry))
                .getFirst();
    }

    private static Op.Scan scan(Graph graph) {
        return (Op.Scan) graph.nodes().stream()
                .map(n -> n.op())
                .filter(Op.Scan.class::isInstance)
                .findFirst()
                .orElseThrow();
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void productsOfAllStepsAreOne(boolean reverse) {
        for (Term term : List.<Term>of(ScanRulesTest::product, ScanRulesTest::gradient)) {
            for (boolean collects : new boolean[] {false, true}) {
                Graph after = fires(new SumAfterScan(), 1, graph(to -> summed(to, term, reverse, collects)));
                assertEquals(1, scan(after).states());
                assertEquals(0, count(scan(after).body().graph(), Op.MatMul.class));
                assertEquals(0, count(scan(after).body().graph(), Op.InnerProductBackwardWeights.class));
            }
        }
    }

    private static void stays(Graph graph) {
        var result = RewriteDriver.run(List.of(new Pass("test", List.of(new SumAfterScan()))), graph);
        assertEquals(
                0,
                result.trace().count(SumAfterScan.class),
                () -> result.trace().print());
    }

    @Test
    void otherSumsStay() {
        stays(graph(to -> summed(
                to, (body, state, entry) -> body.unary(UnaryFunction.TANH, product(body, state, entry)), false, true)));
        stays(graph(to -> summed(
                to,
                (body, state, entry) -> body.add(product(body, state, entry), body.matMul(state, entry, true, false)),
                false,
                true)));
    }

    @Test
    void sumsOfEntriesNeedNoScan() {
        Graph after = fires(new SumAfterScan(), 1, graph(to -> {
            var body = RuleCase.builder();
            Value sum = body.input(Port.Role.INPUT, "sum", SampleGraphs.f32(3));
            Value entry = input(body, "entry", "N", 3);
            body.output(Port.Role.OUTPUT, "total", body.add(body.reduceSum(entry, List.of(0), false), sum));
            var scan = new Op.Scan(new Function(body.build()), 1, 1, STEPS, true);
            return to.applyAll("scan", scan, List.of(input(to, "before", 3), input(to, "x", "T", "N", 3)))
                    .getFirst();
        }));
        assertEquals(0, count(after, Op.Scan.class));
    }

    /** A plain recurrence whose cell multiplies its entry, and perhaps its state, by weights. */
    static Value projected(GraphBuilder to, boolean ofState, boolean reads) {
        var body = RuleCase.builder();
        Value state = input(body, "state", "N", 4);
        Value entry = input(body, "entry", "N", 3);
        Value w = RuleCase.parameter(body, "w", 4, 3);
        Value bias = RuleCase.parameter(body, "bias", 4);
        Value u = RuleCase.parameter(body, "u", 4, 4);
        Value x = body.apply(new Op.InnerProduct(true, false), entry, w, bias);
        Value next = body.unary(UnaryFunction.TANH, body.add(x, ofState ? body.matMul(state, u, false, true) : state));
        Value shown = reads ? body.add(next, body.reduceSum(entry, List.of(1), true)) : next;
        body.output(Port.Role.OUTPUT, "next", next);
        body.output(Port.Role.OUTPUT, "all", shown);
        var scan = new Op.Scan(new Function(body.build()), 1, 1, STEPS, reads);
        List<Value> operands = List.of(
                input(to, "start", "N", 4),
                input(to, "x", "T", "N", 3),
                RuleCase.parameter(to, "w", 4, 3),
                RuleCase.parameter(to, "bias", 4),
                RuleCase.parameter(to, "u", 4, 4));
        List<Value> results = to.applyAll("scan", scan, operands);
        return to.add(to.reduceSum(results.get(1), List.of(0), false), results.get(0));
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void productsOfEntriesAreOneBefore(boolean reads) {
        Graph after = fires(new ProductBeforeScan(), 1, graph(to -> projected(to, true, reads)));
        assertEquals(1, count(after, Op.InnerProduct.class));
        assertEquals(reads ? 2 : 1, scan(after).sequences());
        assertEquals(reads ? 4 : 3, scan(after).body().graph().inputs().size());
        assertEquals(0, count(scan(after).body().graph(), Op.InnerProduct.class));
        assertEquals(1, count(scan(after).body().graph(), Op.MatMul.class));
    }
}
