package dev.nnd.compiler.rewrite;

import dev.nnd.compiler.ir.Graph;
import dev.nnd.compiler.ir.Node;
import dev.nnd.compiler.ir.Op;
import dev.nnd.compiler.ir.Value;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** What a rule asks about the body of a scan: what makes a value, how often it is used, and what it is to the scan. */
final class ScanBody {

    private final Op.Scan scan;
    private final Graph graph;
    private final Map<Value, Node> producers = new HashMap<>();
    private final Map<Value, Integer> uses = new HashMap<>();

    ScanBody(Op.Scan scan) {
        this.scan = scan;
        this.graph = scan.body().graph();
        for (Node node : graph.nodes()) {
            node.outputs().forEach(v -> producers.put(v, node));
            node.inputs().forEach(v -> uses.merge(v, 1, Integer::sum));
        }
        graph.outputs().forEach(p -> uses.merge(p.value(), 1, Integer::sum));
    }

    Graph graph() {
        return graph;
    }

    Optional<Node> producer(Value value) {
        return Optional.ofNullable(producers.get(value));
    }

    /** How often a value is used, by nodes and as a result. */
    int uses(Value value) {
        return uses.getOrDefault(value, 0);
    }

    /** The index of the operand that the value is; -1 if it is computed. */
    int operand(Value value) {
        for (int i = 0; i < graph.inputs().size(); i++) {
            if (graph.inputs().get(i).value().equals(value)) {
                return i;
            }
        }
        return -1;
    }

    /** Whether the value is an entry of a sequence. */
    boolean isEntry(Value value) {
        int operand = operand(value);
        return operand >= scan.states() && operand < scan.states() + scan.sequences();
    }

    /** Whether the value is the same in all steps because it comes so from outside. */
    boolean isShared(Value value) {
        return operand(value) >= scan.states() + scan.sequences();
    }

    /** The index of the result that collects the value; -1 if none does. */
    int collected(Value value) {
        for (int i = scan.states(); i < graph.outputs().size(); i++) {
            if (graph.outputs().get(i).value().equals(value)) {
                return i;
            }
        }
        return -1;
    }
}
