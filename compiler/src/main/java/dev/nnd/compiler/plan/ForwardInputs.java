package dev.nnd.compiler.plan;

import dev.nnd.compiler.ir.Graph;
import dev.nnd.compiler.ir.Node;
import dev.nnd.compiler.ir.Op;
import dev.nnd.compiler.ir.Origin;
import dev.nnd.compiler.ir.Port;
import dev.nnd.compiler.ir.Value;
import dev.nnd.compiler.type.Dim;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Finds for backward ops what they belong to: the forward op's input, the parameter. */
final class ForwardInputs {

    /** What a forward op and its backward-data op have in common. */
    private record Key(Object op, Value weight, List<Dim> inputDims) {}

    /** What a mean and its backward op have in common: the place in the file. */
    private record Pooled(Op.Window window, Origin origin, List<Dim> inputDims) {}

    private final Map<Key, Value> inputs = new HashMap<>();
    private final Map<Pooled, Value> pooled = new HashMap<>();
    private final Map<Value, Node> producers = new HashMap<>();
    private final Map<Value, List<Node>> adds = new HashMap<>();
    private final Map<Value, String> gradients = new HashMap<>();

    ForwardInputs(Graph graph) {
        for (Node node : graph.nodes()) {
            node.outputs().forEach(v -> producers.put(v, node));
            if (node.op() instanceof Op.InnerProduct) {
                remember("inner product", node);
            } else if (node.op() instanceof Op.Convolution op) {
                remember(op.window(), node);
            } else if (node.op() instanceof Op.Pool op) {
                Value x = node.inputs().getFirst();
                pooled.putIfAbsent(new Pooled(op.window(), node.origin(), x.type().dims()), x);
            } else if (node.op().equals(new Op.Binary(Op.BinaryFunction.ADD))) {
                node.inputs()
                        .forEach(v ->
                                adds.computeIfAbsent(v, k -> new ArrayList<>()).add(node));
            }
        }
        graph.outputs().stream()
                .filter(p -> p.role() == Port.Role.GRADIENT)
                .forEach(p -> gradients.putIfAbsent(p.value(), p.name()));
    }

    private void remember(Object op, Node node) {
        Value x = node.inputs().get(0);
        inputs.putIfAbsent(new Key(op, node.inputs().get(1), x.type().dims()), x);
    }

    /** The input of the forward op of a backward-data or pooling-backward op. */
    Optional<Value> of(Node backward) {
        List<Dim> dims = backward.output().type().dims();
        return switch (backward.op()) {
            case Op.PoolBackward o when o.function() == Op.PoolFunction.MAXIMUM ->
                Optional.ofNullable(producers.get(backward.inputs().get(1)))
                        .map(n -> n.inputs().getFirst());
            case Op.PoolBackward o -> Optional.ofNullable(pooled.get(new Pooled(o.window(), backward.origin(), dims)));
            case Op.ConvolutionBackwardData o ->
                Optional.ofNullable(inputs.get(new Key(o.window(), backward.inputs().get(1), dims)));
            default -> Optional.ofNullable(inputs.get(new Key("inner product", backward.inputs().get(1), dims)));
        };
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
        return result.role() == Port.Role.GRADIENT
                && new ForwardInputs(function.graph()).isOfWeights(result.value());
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
