package dev.nnd.compiler.onnx;

import java.util.List;
import java.util.Map;
import java.util.function.Function;

/** What one operator means in the language: it adds statements and gives the values of its outputs. */
@FunctionalInterface
interface Rule {

    List<Value> apply(NodeCall call);

    /** Adds an operator with one output. */
    static void one(Map<String, Rule> table, String op, Function<NodeCall, Value> rule) {
        table.put(op, call -> List.of(rule.apply(call)));
    }
}
