package dev.nnd.compiler.check;

import dev.nnd.compiler.type.Constant;
import dev.nnd.compiler.type.Initializer;
import dev.nnd.compiler.typed.Primitive;
import java.util.Map;

/** What makes a tensor from nothing: initializers of weights, {@code zeros[N, 3]} and the like, random numbers, ranges. */
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
        Builtins.bracket(table, "zeros", "zeros[N, 3]", call -> CreationRules.filled(call, 0));
        Builtins.bracket(table, "ones", "ones[N, 3]", call -> CreationRules.filled(call, 1));
        Builtins.bracket(table, "full", "full[N, 3](0.5)", CreationRules::full);
        Builtins.bracket(table, "normal", "normal[N, 3]", CreationRules::normal);
        Builtins.bracket(table, "uniform", "uniform[N, 3](-1.0, 1.0)", CreationRules::uniform);
        Builtins.bracket(table, "bernoulli", "bernoulli[N, 3](0.5)", CreationRules::bernoulli);
        Builtins.add(table, "zeros_like", "x", call -> CreationRules.like(call, 0));
        Builtins.add(table, "ones_like", "x", call -> CreationRules.like(call, 1));
        Builtins.add(table, "normal_like", "x", call -> CreationRules.randomLike(Primitive.RANDOM_NORMAL, call));
        Builtins.add(table, "uniform_like", "x", call -> CreationRules.randomLike(Primitive.RANDOM_UNIFORM, call));
        Builtins.add(table, "range", "a b? step?", CreationRules::range);
        Builtins.add(table, "linspace", "low high count", CreationRules::linspace);
    }

    private static Val init(Initializer initializer) {
        return new Val.Const(new Constant.Init(initializer));
    }
}
