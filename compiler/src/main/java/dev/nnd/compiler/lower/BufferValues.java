package dev.nnd.compiler.lower;

import dev.nnd.compiler.ir.Value;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;

/** What the buffers of a graph hold before and after it: a layer that is called twice moves them twice. */
final class BufferValues {

    private boolean training;
    private final Map<Value, String> paths = new HashMap<>();
    private final Map<String, Value> updates = new LinkedHashMap<>();

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
        updates.put(path(buffer), value);
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
