package dev.nnd.compiler.rewrite;

import dev.nnd.compiler.ir.Functions;
import dev.nnd.compiler.ir.Graph;
import dev.nnd.compiler.ir.GraphException;
import dev.nnd.compiler.ir.Node;
import dev.nnd.compiler.ir.Verifier;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Runs passes over a graph, each until none of its rules fires, and verifies the graph after each. */
public final class RewriteDriver {

    /**
     * More firings a node than any sound pass needs: rules that undo each other are found instead of running forever.
     */
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
     * Runs passes in order, over the functions that the graph calls first.
     *
     * @throws GraphException if a rule makes a graph that is not well made, or if rules undo each other
     */
    public static Rewritten run(List<Pass> passes, Graph graph) {
        var driver = new RewriteDriver(passes);
        Graph result = driver.runAll(Functions.map(graph, driver::runAll));
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
                            current.name(),
                            "pass " + pass.name() + " does not end; last: "
                                    + fired.getLast().print());
                }
            }
            current = Verifier.verify(editable.toGraph());
        }
        return current;
    }

    private boolean sweep(Pass pass, EditableGraph graph) {
        int before = fired.size();
        graph.startSweep();
        int budget = FIRINGS_PER_NODE;
        EditableGraph.Entry entry = graph.first();
        while (entry != null) {
            Node node = entry.node();
            Optional<Firing> firing = budget == 0 ? Optional.empty() : first(pass, node, graph);
            if (firing.isPresent()) {
                fired.add(new RewriteTrace.Fired(
                        pass.name(),
                        firing.get().rule().name(),
                        node,
                        firing.get().replacement()));
                entry = graph.replace(
                        entry, firing.get().replacement(), firing.get().rule().name());
                budget--;
            } else {
                graph.visited(entry);
                entry = entry.next();
                budget = FIRINGS_PER_NODE;
            }
        }
        return fired.size() > before;
    }

    private record Firing(Rule rule, Replacement replacement) {}

    private static Optional<Firing> first(Pass pass, Node node, EditableGraph graph) {
        for (Rule rule : pass.rules()) {
            Optional<Replacement> replacement = rule.apply(node, graph);
            if (replacement.isPresent()) {
                return Optional.of(new Firing(rule, replacement.get()));
            }
        }
        return Optional.empty();
    }
}
