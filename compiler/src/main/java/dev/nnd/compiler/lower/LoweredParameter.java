package dev.nnd.compiler.lower;

import dev.nnd.compiler.type.Initializer;
import dev.nnd.compiler.type.TensorType;

/**
 * A parameter of a graph, or a buffer, which is kept with the parameters.
 *
 * @param path its name in weights files: {@code layer.3.query.weight}
 * @param type dtype and shape
 * @param initializer how it gets its first values
 * @param trained false for a buffer, which no optimizer changes
 * @param doc what its declaration says; empty if nothing
 */
public record LoweredParameter(String path, TensorType type, Initializer initializer, boolean trained, String doc) {}
