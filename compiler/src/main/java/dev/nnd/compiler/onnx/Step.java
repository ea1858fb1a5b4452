package dev.nnd.compiler.onnx;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * One statement of the body: an expression and the value that it makes.
 *
 * @param parts text, {@link Value}s that it reads, and {@link Instance}s
 * @param stage true if the first part is a value that is piped into the rest: {@code x -> relu}
 */
record Step(List<Object> parts, boolean stage, Value.Computed result) {

    /** A layer with weights; the first text is the block with its arguments. */
    record Instance(String hint, Map<String, Value.Known> weights) {
        Instance {
            weights = new LinkedHashMap<>(weights);
        }
    }

    Step {
        parts = List.copyOf(parts);
    }

    List<Value> operands() {
        return parts.stream()
                .filter(Value.class::isInstance)
                .map(Value.class::cast)
                .toList();
    }
}
