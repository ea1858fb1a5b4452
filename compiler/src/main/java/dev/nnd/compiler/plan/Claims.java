package dev.nnd.compiler.plan;

import dev.nnd.compiler.ir.Graph;
import dev.nnd.compiler.ir.Node;
import dev.nnd.compiler.ir.Op;
import dev.nnd.compiler.ir.Port;
import dev.nnd.compiler.ir.Value;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Which output ports are made in place: the step that computes a value writes it where its port is, if no other port has
 * claimed it. The other ports get a copy or a view.
 */
final class Claims {

    private final Map<Value, Node> producers = new HashMap<>();
    private final Map<Value, Port> direct = new HashMap<>();
    private final Map<Port, Value> views = new LinkedHashMap<>();
    private final Set<Port> copies = new HashSet<>();

    Claims(Graph graph) {
        graph.nodes().forEach(n -> n.outputs().forEach(v -> producers.put(v, n)));
        var viewed = new HashSet<Value>();
        for (Port port : graph.outputs()) {
            Value base = base(port.value());
            boolean computed = producers.containsKey(base);
            if (computed && base.equals(port.value()) && !direct.containsKey(base)) {
                direct.put(base, port);
            } else if (computed && !base.equals(port.value()) && viewed.add(base)) {
                views.put(port, base);
            } else {
                copies.add(port);
            }
        }
        // A port that is a view keeps its base from being written into another port.
        List.copyOf(views.entrySet()).forEach(e -> {
            if (direct.containsKey(e.getValue())) {
                views.remove(e.getKey());
                copies.add(e.getKey());
            }
        });
    }

    /** The port that a computed value is written into. */
    Optional<Port> direct(Value value) {
        return Optional.ofNullable(direct.get(value));
    }

    /** The ports that are reshapes of a computed value that no port claims. */
    List<Port> viewsOf(Value value) {
        return views.entrySet().stream()
                .filter(e -> e.getValue().equals(value))
                .map(Map.Entry::getKey)
                .toList();
    }

    /** True if the port gets a copy of its value. */
    boolean copied(Port port) {
        return copies.contains(port);
    }

    /** The value that a chain of reshapes starts from. */
    Value base(Value value) {
        Value base = value;
        for (Node n = producers.get(base); n != null && n.op() instanceof Op.Reshape; n = producers.get(base)) {
            base = n.inputs().getFirst();
        }
        return base;
    }
}
