package dev.nnd.compiler.plan;

import dev.nnd.compiler.ir.Graph;
import dev.nnd.compiler.ir.Port;
import dev.nnd.compiler.ir.Value;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Knows which buffers of the model may get their new value in place: those whose old value no later unit reads. */
final class BufferUpdates {

    private final Claims claims;
    private final Map<String, Value> old = new HashMap<>();
    /** The last unit, by index, that reads a value. */
    private final Map<Value, Integer> lastReads = new HashMap<>();

    private int current = -1;

    BufferUpdates(Graph graph, Claims claims) {
        this.claims = claims;
        for (Port port : graph.inputs()) {
            if (port.role() == Port.Role.BUFFER) {
                old.put(port.name(), port.value());
            }
        }
    }

    /** The units in the order of execution. */
    void plan(List<Unit> units) {
        for (int i = 0; i < units.size(); i++) {
            for (Value input : units.get(i).inputs()) {
                lastReads.put(claims.base(input), i);
            }
        }
    }

    /** A unit is going to be next. */
    void next() {
        current++;
    }

    /** Whether no unit after the current one reads the old value of the buffer that a port updates. */
    boolean unread(Port updated) {
        Value before = old.get(updated.name());
        return before != null && lastReads.getOrDefault(before, -1) <= current;
    }
}
