package dev.nnd.compiler.plan;

import dev.nnd.compiler.ir.Graph;
import dev.nnd.compiler.ir.Node;
import dev.nnd.compiler.ir.Op;
import dev.nnd.compiler.ir.Port;
import dev.nnd.compiler.ir.Value;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Which output ports are made in place: the step that computes a value writes it where its port is, if no other port
 * has claimed it. The other ports get a copy or a view.
 */
final class Claims {

    private final Map<Value, Node> producers = new HashMap<>();
    private final Map<Value, Port> direct = new HashMap<>();
    /** A base has at most one. */
    private final Map<Value, Port> views = new HashMap<>();

    private final Set<Port> copies = new HashSet<>();

    Claims(Graph graph) {
        graph.nodes().forEach(n -> n.outputs().forEach(v -> producers.put(v, n)));
        for (Port port : graph.outputs()) {
            Value base = base(port.value());
            boolean computed = producers.containsKey(base);
            if (computed && base.equals(port.value()) && !direct.containsKey(base)) {
                direct.put(base, port);
            } else if (computed && !base.equals(port.value()) && !views.containsKey(base)) {
                views.put(base, port);
            } else {
                copies.add(port);
            }
        }
        // A port that is a view keeps its base from being written into another port.
        direct.keySet().forEach(base -> {
            Port view = views.remove(base);
            if (view != null) {
                copies.add(view);
            }
        });
    }

    /** The port that a computed value is written into. */
    Optional<Port> direct(Value value) {
        return Optional.ofNullable(direct.get(value));
    }

    /** The port that is a reshape of a computed value which no port claims. */
    Optional<Port> viewOf(Value value) {
        return Optional.ofNullable(views.get(value));
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
