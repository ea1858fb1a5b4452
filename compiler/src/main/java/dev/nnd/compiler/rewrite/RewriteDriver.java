package dev.nnd.compiler.rewrite;

import dev.nnd.compiler.ir.Graph;
import dev.nnd.compiler.ir.GraphException;
import dev.nnd.compiler.ir.GraphPrinter;
import dev.nnd.compiler.ir.Node;
import dev.nnd.compiler.ir.Value;
import dev.nnd.compiler.ir.Verifier;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** Runs passes over a graph, each until none of its rules fires, and verifies the graph after each. */
public final class RewriteDriver {

    /** More firings a node than any sound pass needs: rules that undo each other are found instead of running forever. */
    private static final int FIRINGS_PER_NODE = 50;

    private final List<Pass> passes;
    private final List<RewriteTrace.Fired> fired = new ArrayList<>();

    private RewriteDriver(List<Pass> passes) {
        this.passes = passes;
    }

    /**
     * What came out.
     *
     * @param graph computes the same as the graph that went in
     * @param trace what happened to it
     */
    public record Rewritten(Graph graph, RewriteTrace trace) {}

    /**
     * Runs passes in order.
     *
     * @throws GraphException if a rule makes a graph that is not well made, or if rules undo each other
     */
    public static Rewritten run(List<Pass> passes, Graph graph) {
        var driver = new RewriteDriver(passes);
        Graph result = driver.runAll(graph);
        return new Rewritten(result, new RewriteTrace(driver.fired));
    }

    private Graph runAll(Graph graph) {
        Graph current = graph;
        for (Pass pass : passes) {
            var editable = new EditableGraph(current);
            long limit = FIRINGS_PER_NODE * (20L + current.nodes().size()) + fired.size();
            while (sweep(pass, editable)) {
                if (fired.size() > limit) {
                    throw new GraphException(
                            current.name(), "pass " + pass.name() + " does not end; last: " + fired.getLast());
                }
            }
            current = Verifier.verify(editable.toGraph());
        }
        return current;
    }

    private boolean sweep(Pass pass, EditableGraph graph) {
        boolean changed = false;
        graph.startSweep();
        int budget = FIRINGS_PER_NODE;
        var entry = graph.first();
        while (entry != null) {
            Optional<Replacement> replacement = Optional.empty();
            for (int i = 0; i < pass.rules().size() && replacement.isEmpty() && budget > 0; i++) {
                Rule rule = pass.rules().get(i);
                replacement = rule.apply(entry.node(), graph);
                if (replacement.isPresent()) {
                    record(pass, rule, entry.node(), replacement.get());
                    entry = graph.replace(entry, replacement.get(), rule.name());
                    changed = true;
                    budget--;
                }
            }
            if (replacement.isEmpty()) {
                graph.visited(entry);
                entry = entry.next();
                budget = FIRINGS_PER_NODE;
            }
        }
        return changed;
    }

    private void record(Pass pass, Rule rule, Node before, Replacement after) {
        fired.add(new RewriteTrace.Fired(
                pass.name(),
                rule.name(),
                GraphPrinter.node(before),
                after.nodes().stream().map(GraphPrinter::node).toList(),
                after.outputs().stream().map(Value::toString).collect(Collectors.joining("; "))));
    }
}
