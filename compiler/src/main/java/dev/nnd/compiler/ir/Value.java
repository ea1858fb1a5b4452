package dev.nnd.compiler.ir;

import dev.nnd.compiler.type.TensorType;

/**
 * A tensor in a graph, made once: an input of the graph or an output of one node.
 *
 * @param id unique in its graph
 * @param name a readable name in lower camel case, not necessarily unique; the emitter makes Java names of it
 * @param type dtype and dims over the graph's free dims
 */
public record Value(int id, String name, TensorType type) {

    @Override
    public String toString() {
        return "%" + id + " " + name + ": " + type;
    }
}
