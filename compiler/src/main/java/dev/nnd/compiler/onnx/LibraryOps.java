package dev.nnd.compiler.onnx;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Layers of the library that ONNX has no operator for; importers of other formats write them ({@link OnnxImport#LIBRARY}). */
final class LibraryOps {

    private static final int ARRAYS = 4;

    private LibraryOps() {}

    static void add(Map<String, Rule> table) {
        Rule.one(table, "Dense", LibraryOps::dense);
        Rule.one(table, "Dropout", c -> c.emit("{} -> Dropout({})", c.in(0), Literals.of(c.number("rate", 0.5))));
        for (String block : List.of("LSTM", "GRU", "RNN")) {
            Rule.one(table, block, LibraryOps::recurrent);
        }
    }

    /** A dense layer over the last axis of any tensor. */
    private static Value dense(NodeCall c) {
        var weight = (Value.Known) c.in(1);
        return c.has(2) ? Layers.dense(c, c.in(0), weight, (Value.Known) c.in(2)) : Layers.dense(c, c.in(0), weight);
    }

    /** A recurrent layer over [N, T, F], in one direction or in both. */
    private static Value recurrent(NodeCall c) {
        boolean both = c.integer("bidirectional", 0) == 1;
        boolean bias = c.inputs().size() > (both ? ARRAYS + 1 : ARRAYS / 2 + 1);
        var weights = new LinkedHashMap<String, Value.Known>();
        int next = 1;
        for (String direction : both ? List.of("forward.", "backward.") : List.of("")) {
            for (String array :
                    List.of("weight_ih", "weight_hh", "bias_ih", "bias_hh").subList(0, bias ? 4 : 2)) {
                weights.put(direction + array, (Value.Known) c.in(next));
                next++;
            }
        }
        String block =
                c.op() + "(" + c.integer("hidden", 1) + (c.integer("sequences", 0) == 1 ? ", sequences: true" : "")
                        + (c.word("activation", "tanh").equals("relu") ? ", activation: \"relu\"" : "")
                        + (bias ? ")" : ", bias: false)");
        return c.emit(
                "{} -> " + (both ? "Bidirectional(" + block + ")" : block) + "{}",
                c.in(0),
                new Step.Instance(c.word("name", c.op()), weights));
    }
}
