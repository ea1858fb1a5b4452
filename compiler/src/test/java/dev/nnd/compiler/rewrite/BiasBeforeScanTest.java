package dev.nnd.compiler.rewrite;

import static dev.nnd.compiler.rewrite.RuleCase.fires;
import static dev.nnd.compiler.rewrite.RuleCase.graph;
import static dev.nnd.compiler.rewrite.RuleCase.input;
import static dev.nnd.compiler.rewrite.RuleCase.parameter;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.nnd.compiler.ir.Function;
import dev.nnd.compiler.ir.Graph;
import dev.nnd.compiler.ir.GraphBuilder;
import dev.nnd.compiler.ir.Op;
import dev.nnd.compiler.ir.Op.UnaryFunction;
import dev.nnd.compiler.ir.Port;
import dev.nnd.compiler.ir.Value;
import dev.nnd.compiler.type.DType;
import dev.nnd.compiler.type.Dim;
import dev.nnd.compiler.type.TensorType;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BiasBeforeScanTest {

    private static final List<Dim> ENTRIES = List.of(Dim.variable("T"), Dim.variable("N"), Dim.of(4));

    /** What a case is made of. */
    record Case(boolean gathered, boolean biased, boolean entryFirst, boolean readTwice) {}

    static Value recurrence(GraphBuilder to, Case is) {
        Value entries = entries(to, is);
        var body = RuleCase.builder();
        Value state = input(body, "state", "N", 4);
        Value entry = input(body, "entry", "N", 4);
        Value u = parameter(body, "u", 4, 4);
        Value bias = parameter(body, "bias", 4);
        Value product = body.apply(new Op.InnerProduct(true, false), state, u, bias);
        Value sum = is.entryFirst ? body.add(entry, product) : body.add(product, entry);
        Value next = body.unary(UnaryFunction.TANH, sum);
        body.output(Port.Role.OUTPUT, "next", is.readTwice ? body.add(next, entry) : next);
        var scan = new Op.Scan(new Function(body.build()), 1, 1, Dim.variable("T"), false);
        return to.apply(scan, input(to, "start", "N", 4), entries, parameter(to, "u", 4, 4), parameter(to, "bias", 4));
    }

    private static Value entries(GraphBuilder to, Case is) {
        Dim rows = is.gathered ? Dim.of(2) : Dim.variable("T").times(Dim.variable("N"));
        var operands = new ArrayList<>(List.of(
                to.input(Port.Role.INPUT, "x", new TensorType(DType.F32, List.of(rows, Dim.of(3))))));
        operands.add(parameter(to, "w", 4, 3));
        if (is.biased) {
            operands.add(parameter(to, "b", 4));
        }
        Value product = to.applyAll("product", new Op.InnerProduct(is.biased, false), operands)
                .getFirst();
        if (!is.gathered) {
            return to.apply("entries", new Op.Reshape(ENTRIES), product);
        }
        Value index = to.input(Port.Role.INPUT, "index", new TensorType(DType.I32, ENTRIES.subList(0, 2)));
        return to.apply("entries", new Op.Gather(0, false), product, index);
    }

    private static Op.InnerProduct product(Graph graph) {
        return (Op.InnerProduct) graph.nodes().stream()
                .map(n -> n.op())
                .filter(Op.InnerProduct.class::isInstance)
                .findFirst()
                .orElseThrow();
    }

    @ParameterizedTest
    @CsvSource({"false,true,true", "false,true,false", "false,false,true", "true,true,true", "true,false,false"})
    void theProductBeforeAddsIt(boolean gathered, boolean biased, boolean entryFirst) {
        var is = new Case(gathered, biased, entryFirst, false);
        Graph after = fires(new BiasBeforeScan(), 1, graph(to -> recurrence(to, is)));
        Op.Scan scan = (Op.Scan) after.nodes().stream()
                .map(n -> n.op())
                .filter(Op.Scan.class::isInstance)
                .findFirst()
                .orElseThrow();
        assertEquals(new Op.InnerProduct(false, false), product(scan.body().graph()));
        assertEquals(3, scan.body().graph().inputs().size());
        Graph clean = RewriteDriver.run(List.of(new Pass("clean", List.of(new DeadCode()))), after)
                .graph();
        assertEquals(new Op.InnerProduct(true, false), product(clean));
    }

    @Test
    void entriesThatAreReadOtherwiseStay() {
        fires(new BiasBeforeScan(), 0, graph(to -> recurrence(to, new Case(false, true, true, true))));
    }
}
