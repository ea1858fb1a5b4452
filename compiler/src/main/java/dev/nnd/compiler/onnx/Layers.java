package dev.nnd.compiler.onnx;

import dev.nnd.compiler.type.DType;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Layers of the library, where an operator with weights from the file is exactly one of them. */
final class Layers {

    private Layers() {}

    /** True for an initializer of floats with that many axes. */
    static boolean isWeight(Value value, int rank) {
        return value instanceof Value.Known k
                && k.isWeight()
                && k.data().rank() == rank
                && k.data().dtype() == DType.F32;
    }

    /** {@code x -> Block(arguments) as name}, with the name that the weights in the file share. */
    static Value emit(NodeCall c, Value x, String block, String hint, Map<String, Value.Known> weights) {
        return c.emit("{} -> " + block + "{}", x, new Step.Instance(hint(hint, weights), weights));
    }

    private static String hint(String otherwise, Map<String, Value.Known> weights) {
        Value.Known weight = weights.values().iterator().next();
        String name = weight.hint();
        int dot = Math.max(name.lastIndexOf('.'), name.lastIndexOf('/'));
        String tail = name.substring(dot + 1);
        boolean usual = List.of("weight", "kernel", "w", "W", "gamma", "scale").contains(tail);
        return dot > 0 && usual ? name.substring(0, dot) : otherwise;
    }

    static Value embedding(NodeCall c, Value.Known table, Value index) {
        List<Long> dims = table.data().dims();
        return emit(
                c, index, "Embedding(" + dims.get(0) + ", " + dims.get(1) + ")", "embedding", Map.of("weight", table));
    }

    /** A dense layer; the weight is [out, in]. */
    static Value dense(NodeCall c, Value x, Value.Known weight, Value.Known bias) {
        var weights = new LinkedHashMap<String, Value.Known>();
        weights.put("weight", weight);
        weights.put("bias", bias);
        return emit(c, x, "Dense(" + weight.data().dims().getFirst() + ")", "dense", weights);
    }

    static Value dense(NodeCall c, Value x, Value.Known weight) {
        return emit(
                c, x, "Dense(" + weight.data().dims().getFirst() + ", bias: false)", "dense", Map.of("weight", weight));
    }
}
