package dev.nnd.compiler.check;

import dev.nnd.compiler.typed.Primitive;
import java.util.Map;

/** Products, reductions, and functions along an axis. */
final class ReduceBuiltins {

    private ReduceBuiltins() {}

    static void add(Map<String, Builtin> table) {
        Builtins.add(table, "matmul", "a b", MatmulRule::apply);
        Builtins.add(table, "sum", "x axis? keep_dims?", call -> ReduceRules.reduce(Primitive.SUM, call));
        Builtins.add(table, "mean", "x axis? keep_dims?", call -> ReduceRules.reduce(Primitive.MEAN, call));
        Builtins.add(table, "max", "x axis? keep_dims?", call -> ReduceRules.reduce(Primitive.MAX, call));
        Builtins.add(table, "min", "x axis? keep_dims?", call -> ReduceRules.reduce(Primitive.MIN, call));
        Builtins.add(table, "softmax", "x", call -> ReduceRules.lastAxis(Primitive.SOFTMAX, call));
        Builtins.add(table, "log_softmax", "x", call -> ReduceRules.lastAxis(Primitive.LOG_SOFTMAX, call));
        Builtins.add(table, "pick", "x index", ReduceRules::pick);
        Builtins.add(table, "argmax", "x", ReduceRules::argmax);
        Builtins.add(table, "one_hot", "index depth", ReduceRules::oneHot);
    }
}
