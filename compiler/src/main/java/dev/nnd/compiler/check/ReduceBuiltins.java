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
        Builtins.add(table, "prod", "x axis? keep_dims?", call -> ReduceRules.reduce(Primitive.PRODUCT, call));
        Builtins.add(table, "any", "x axis? keep_dims?", call -> ReduceRules.reduce(Primitive.ANY, call));
        Builtins.add(table, "all", "x axis? keep_dims?", call -> ReduceRules.reduce(Primitive.ALL, call));
        Builtins.add(table, "variance", "x axis? keep_dims? correction?", MomentRules::variance);
        Builtins.add(table, "std", "x axis? keep_dims? correction?", MomentRules::std);
        Builtins.add(table, "norm", "x axis? keep_dims? p?", MomentRules::norm);
        Builtins.add(table, "logsumexp", "x axis? keep_dims?", MomentRules::logsumexp);
        Builtins.add(table, "softmax", "x axis?", call -> ReduceRules.softmax(Primitive.SOFTMAX, call));
        Builtins.add(table, "log_softmax", "x axis?", call -> ReduceRules.softmax(Primitive.LOG_SOFTMAX, call));
        Builtins.add(table, "pick", "x index", ReduceRules::pick);
        Builtins.add(table, "argmax", "x axis? keep_dims?", call -> ReduceRules.argmax(false, call));
        Builtins.add(table, "argmin", "x axis? keep_dims?", call -> ReduceRules.argmax(true, call));
        Builtins.add(table, "cumsum", "x axis?", call -> OrderRules.running(Primitive.CUMSUM, call));
        Builtins.add(table, "cumprod", "x axis?", call -> OrderRules.running(Primitive.CUMPROD, call));
        Builtins.add(table, "cummax", "x axis?", call -> OrderRules.running(Primitive.CUMMAX, call));
        Builtins.add(table, "cummin", "x axis?", call -> OrderRules.running(Primitive.CUMMIN, call));
        Builtins.add(table, "sort", "x axis? descending?", call -> OrderRules.sort(Primitive.SORT, call));
        Builtins.add(table, "argsort", "x axis? descending?", call -> OrderRules.sort(Primitive.ARGSORT, call));
        Builtins.add(table, "top_k", "x k axis?", OrderRules::topK);
        Builtins.add(table, "scan", "x cell state axis? reverse?", ScanRules::scan);
        Builtins.add(table, "one_hot", "index depth", ReduceRules::oneHot);
    }
}
