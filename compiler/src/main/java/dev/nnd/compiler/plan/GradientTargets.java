package dev.nnd.compiler.plan;

import dev.nnd.compiler.ir.Graph;
import dev.nnd.compiler.ir.Node;
import dev.nnd.compiler.ir.Op;
import dev.nnd.compiler.ir.Port;
import dev.nnd.compiler.ir.Value;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Finds the parameters whose gradients values are. */
final class GradientTargets {

    private final Map<Value, Node> producers = new HashMap<>();
    private final Map<Value, List<Node>> adds = new HashMap<>();
    private final Map<Value, String> gradients = new HashMap<>();

    GradientTargets(Graph graph) {
        for (Node node : graph.nodes()) {
            node.outputs().forEach(v -> producers.put(v, node));
            if (node.op().equals(new Op.Binary(Op.BinaryFunction.ADD))) {
                node.inputs()
                        .forEach(v ->
                                adds.computeIfAbsent(v, k -> new ArrayList<>()).add(node));
            }
        }
        graph.outputs().stream()
                .filter(p -> p.role() == Port.Role.GRADIENT)
                .forEach(p -> gradients.putIfAbsent(p.value(), p.name()));
    }

    /** True if a value is a gradient of the weights of a provider's op, or a sum with such a summand. */
    boolean isOfWeights(Value gradient) {
        Node producer = producers.get(gradient);
        if (producer == null) {
            return false;
        }
        if (producer.op().equals(new Op.Binary(Op.BinaryFunction.ADD))) {
            return producer.inputs().stream().anyMatch(this::isOfWeights);
        }
        boolean weights = producer.op() instanceof Op.InnerProductBackwardWeights
                || producer.op() instanceof Op.ConvolutionBackwardWeights;
        return weights && producer.output().equals(gradient) || isGiven(producer, gradient);
    }

    private static boolean isGiven(Node producer, Value gradient) {
        if (!(producer.op() instanceof Op.Call(var function))) {
            return false;
        }
        Port result = function.graph().outputs().get(producer.outputs().indexOf(gradient));
        return result.role() == Port.Role.GRADIENT && new GradientTargets(function.graph()).isOfWeights(result.value());
    }

    /** The parameter whose gradient a value is, or is a summand of. */
    Optional<String> parameterOf(Value value) {
        var open = new ArrayDeque<>(List.of(value));
        var seen = new HashSet<>(open);
        while (!open.isEmpty()) {
            Value next = open.remove();
            String parameter = gradients.get(next);
            if (parameter != null) {
                return Optional.of(parameter);
            }
            adds.getOrDefault(next, List.of()).stream()
                    .map(Node::output)
                    .filter(seen::add)
                    .forEach(open::add);
        }
        return Optional.empty();
    }
}
