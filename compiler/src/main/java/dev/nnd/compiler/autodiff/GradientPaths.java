package dev.nnd.compiler.autodiff;

import dev.nnd.compiler.ir.Graph;
import dev.nnd.compiler.ir.Node;
import dev.nnd.compiler.ir.Value;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Which values of a graph lie between the targets of a differentiation and its seeds. */
final class GradientPaths {

    /** Ids of the values through which a gradient reaches a target. */
    private final Set<Integer> wanted = new HashSet<>();
    /** Ids of the values that a seed depends on. */
    private final Set<Integer> reaching = new HashSet<>();

    GradientPaths(Graph graph, List<Value> targets, List<Value> seeds) {
        targets.forEach(v -> wanted.add(v.id()));
        seeds.forEach(v -> reaching.add(v.id()));
        graph.nodes().forEach(this::markWanted);
        graph.nodes().reversed().forEach(this::markReaching);
    }

    private void markWanted(Node node) {
        for (int i = 0; i < node.inputs().size(); i++) {
            if (wanted.contains(node.inputs().get(i).id()) && GradientFlow.passes(node.op(), i)) {
                node.outputs().stream().filter(v -> v.type().dtype().isFloat()).forEach(v -> wanted.add(v.id()));
            }
        }
    }

    private void markReaching(Node node) {
        if (node.outputs().stream().noneMatch(v -> reaching.contains(v.id()))) {
            return;
        }
        for (int i = 0; i < node.inputs().size(); i++) {
            if (GradientFlow.passes(node.op(), i)) {
                reaching.add(node.inputs().get(i).id());
            }
        }
    }

    /** True if a target's gradient needs the gradient of this value. */
    boolean wants(Value value) {
        return wanted.contains(value.id());
    }

    /** True if a gradient passes through the value. */
    boolean passes(Value value) {
        return wants(value) && reaching.contains(value.id());
    }

    /** The indexes of the operands whose gradients are wanted. */
    List<Integer> wantedInputs(Node node) {
        var indexes = new ArrayList<Integer>();
        for (int i = 0; i < node.inputs().size(); i++) {
            if (wants(node.inputs().get(i)) && GradientFlow.passes(node.op(), i)) {
                indexes.add(i);
            }
        }
        return List.copyOf(indexes);
    }

    /** The indexes of the outputs through which a gradient passes. */
    List<Integer> passedOutputs(Node node) {
        var indexes = new ArrayList<Integer>();
        for (int i = 0; i < node.outputs().size(); i++) {
            if (passes(node.outputs().get(i))) {
                indexes.add(i);
            }
        }
        return List.copyOf(indexes);
    }
}
