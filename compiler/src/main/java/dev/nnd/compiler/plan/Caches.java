package dev.nnd.compiler.plan;

import dev.nnd.compiler.ir.Function;
import dev.nnd.compiler.ir.Functions;
import dev.nnd.compiler.ir.Graph;
import dev.nnd.compiler.ir.Node;
import dev.nnd.compiler.ir.Op;
import dev.nnd.compiler.ir.Port;
import dev.nnd.compiler.ir.Value;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What a program keeps from run to run: a scatter into a cache writes where the cache is. So the new value of a cache needs
 * no place, and no call has one as a result.
 */
final class Caches {

    private final Claims claims;
    private final Set<Value> caches = new HashSet<>();

    Caches(Graph graph, Claims claims) {
        this.claims = claims;
        for (Port port : graph.inputs()) {
            if (port.role() == Port.Role.CACHE) {
                caches.add(port.value());
            }
        }
    }

    /** The cache, or its reshape, that a unit writes into. */
    Optional<Value> written(Unit unit) {
        return unit.form() == Unit.Form.SINGLE && unit.only().op() instanceof Op.Scatter
                ? Optional.of(unit.only().inputs().getFirst()).filter(v -> caches.contains(claims.base(v)))
                : Optional.empty();
    }

    /** The graph, and the functions it calls, without new values of caches. */
    static Graph inPlace(Graph graph) {
        if (cacheNames(graph).isEmpty()) {
            return graph;
        }
        var changed = new IdentityHashMap<Function, Function>();
        for (Function function : Functions.of(graph)) {
            changed.put(function, new Function(inPlace(function.graph(), changed)));
        }
        return inPlace(graph, changed);
    }

    private static Graph inPlace(Graph graph, Map<Function, Function> changed) {
        var names = cacheNames(graph);
        var nodes = new ArrayList<Node>();
        for (Node node : graph.nodes()) {
            nodes.add(node.op() instanceof Op.Call(var function) ? call(node, function, changed) : node);
        }
        List<Port> outputs =
                graph.outputs().stream().filter(p -> !isUpdate(p, names)).toList();
        return new Graph(graph.name(), graph.inputs(), nodes, outputs);
    }

    private static Node call(Node node, Function function, Map<Function, Function> changed) {
        var names = cacheNames(function.graph());
        var outputs = new ArrayList<Value>();
        for (int i = 0; i < node.outputs().size(); i++) {
            if (!isUpdate(function.graph().outputs().get(i), names)) {
                outputs.add(node.outputs().get(i));
            }
        }
        return new Node(new Op.Call(changed.getOrDefault(function, function)), node.inputs(), outputs, node.origin());
    }

    private static Set<String> cacheNames(Graph graph) {
        var names = new HashSet<String>();
        for (Port port : graph.inputs()) {
            if (port.role() == Port.Role.CACHE) {
                names.add(port.name());
            }
        }
        return names;
    }

    private static boolean isUpdate(Port output, Set<String> caches) {
        return output.role() == Port.Role.UPDATED && caches.contains(output.name());
    }
}
