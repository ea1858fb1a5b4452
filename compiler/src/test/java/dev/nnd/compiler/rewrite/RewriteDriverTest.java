package dev.nnd.compiler.rewrite;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.nnd.compiler.ir.Graph;
import dev.nnd.compiler.ir.GraphException;
import dev.nnd.compiler.ir.Node;
import dev.nnd.compiler.ir.Op;
import dev.nnd.compiler.ir.Op.UnaryFunction;
import dev.nnd.compiler.plan.SampleGraphs;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class RewriteDriverTest {

    /** exp becomes exp: never at rest. */
    private record Restless() implements Rule {
        @Override
        public Optional<Replacement> apply(Node node, Neighbourhood graph) {
            Draft draft = graph.replace(node);
            return draft.by(draft.add("again", node.op(), node.inputs()));
        }
    }

    /** Replaces a value by one of another type. */
    private record Careless() implements Rule {
        @Override
        public Optional<Replacement> apply(Node node, Neighbourhood graph) {
            Draft draft = graph.replace(node);
            return draft.by(draft.add("wrong", new Op.Reduce(Op.ReduceFunction.SUM, List.of(0), false), node.inputs()));
        }
    }

    private static Graph exp() {
        return RuleCase.graph(to -> to.unary(UnaryFunction.EXP, RuleCase.input(to, "x", "N", 4)));
    }

    private static void run(Rule rule) {
        RewriteDriver.run(List.of(new Pass("test", List.of(rule))), exp());
    }

    @Test
    void rulesThatDoNotComeToRestAreFound() {
        var problem = assertThrows(GraphException.class, () -> run(new Restless()));
        assertTrue(String.valueOf(problem.getMessage()).contains("Restless"), problem.getMessage());
    }

    @Test
    void aRuleThatChangesTheTypeIsFound() {
        var problem = assertThrows(GraphException.class, () -> run(new Careless()));
        assertTrue(String.valueOf(problem.getMessage()).contains("Careless"), problem.getMessage());
    }

    @Test
    void mnistIsRecognized() {
        var result = RewriteDriver.run(Passes.BEFORE_AUTODIFF, SampleGraphs.mnist());
        List<? extends Class<?>> ops =
                result.graph().nodes().stream().map(n -> n.op().getClass()).toList();
        assertEquals(
                List.of(
                        Op.Convolution.class,
                        Op.Unary.class,
                        Op.InnerProduct.class,
                        Op.SoftmaxCrossEntropy.class,
                        Op.Reduce.class,
                        Op.ArgMax.class,
                        Op.Compare.class,
                        Op.Cast.class,
                        Op.Reduce.class),
                ops,
                () -> result.trace().print());
    }

    @Test
    void theTraceTellsWhatFired() {
        var result = RewriteDriver.run(Passes.BEFORE_AUTODIFF, SampleGraphs.mnist());
        assertEquals(1, result.trace().count(FlattenIntoInnerProduct.class));
        String text = result.trace().print();
        assertTrue(text.contains("recognize: BiasIntoConvolution\n    %"), text);
        assertTrue(text.contains(" => %"), text);
    }
}
