package dev.nnd.compiler.check;

import dev.nnd.compiler.type.Constant;
import dev.nnd.compiler.type.Initializer;
import java.util.Map;

/** What makes a tensor from nothing: initializers of weights. */
final class CreationBuiltins {

    private CreationBuiltins() {}

    static void add(Map<String, Builtin> table) {
        Builtins.add(table, "zeros", "", call -> init(new Initializer.Fill(0)));
        Builtins.add(table, "ones", "", call -> init(new Initializer.Fill(1)));
        Builtins.add(table, "fill", "value", InitializerRules::fill);
        Builtins.add(table, "normal", "mean? std?", InitializerRules::normal);
        Builtins.add(table, "uniform", "low? high?", InitializerRules::uniform);
        NeuralBuiltins.initializers(table);
        Builtins.add(table, "with_fan", "initializer fan", InitializerRules::withFan);
    }

    private static Val init(Initializer initializer) {
        return new Val.Const(new Constant.Init(initializer));
    }
}
