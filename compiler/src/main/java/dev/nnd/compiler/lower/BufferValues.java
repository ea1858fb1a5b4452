package dev.nnd.compiler.lower;

import dev.nnd.compiler.ir.Value;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/** What the buffers of a graph hold before and after it: a layer that is called twice moves them twice. */
final class BufferValues {

    private boolean training;
    private final Map<Value, String> paths = new HashMap<>();
    private final Map<String, Value> updates = new LinkedHashMap<>();
    /** What each buffer has held, from first to last. */
    private final Map<String, List<Value>> held = new HashMap<>();

    BufferValues(boolean training) {
        this.training = training;
    }

    /** Whether layers do what they do in training. */
    boolean training() {
        return training;
    }

    /** From now on layers do, or do not, what they do in training: a frozen model does not. */
    void training(boolean on) {
        training = on;
    }

    /** A buffer and the input that holds it. */
    void declare(String path, Value value) {
        paths.put(value, path);
        held.put(path, new ArrayList<>(List.of(value)));
    }

    /** Whether a value is a buffer as it comes into the graph. */
    boolean holds(Value value) {
        return paths.containsKey(value);
    }

    /** What a buffer holds by now. */
    Value latest(Value buffer) {
        return updates.getOrDefault(path(buffer), buffer);
    }

    /** The buffer holds another value from now on. */
    void update(Value buffer, Value value) {
        update(path(buffer), value);
    }

    /** The same, by the buffer's path. */
    void update(String path, Value value) {
        updates.put(path, value);
        Objects.requireNonNull(held.get(path)).add(value);
    }

    /** What buffers held last before any of these values, by the paths of those that hold one of them by now. */
    Map<String, Value> before(Set<Value> made) {
        Map<String, Value> before = new LinkedHashMap<>();
        updates.forEach((path, latest) -> {
            if (made.contains(latest)) {
                List<Value> all = Objects.requireNonNull(held.get(path));
                all.stream()
                        .filter(v -> !made.contains(v))
                        .reduce((_, later) -> later)
                        .ifPresent(v -> before.put(path, v));
            }
        });
        return before;
    }

    private String path(Value buffer) {
        String path = paths.get(buffer);
        if (path == null) {
            throw new IllegalStateException(buffer + " is no buffer");
        }
        return path;
    }

    /** The last value of each buffer that was moved, by its path. */
    Map<String, Value> updates() {
        return updates;
    }
}
