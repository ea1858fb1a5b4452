package dev.nnd.compiler.check;

import java.util.Map;

/** Functions that move elements without computing. */
final class ShapeBuiltins {

    private ShapeBuiltins() {}

    static void add(Map<String, Builtin> table) {
        Builtins.add(table, "flatten", "x", ShapeRules::flatten);
        Builtins.add(table, "transpose", "x", ShapeRules::swapLast);
        Builtins.bracket(table, "reshape", "x -> reshape[N, 128]", Reshaping::reshape);
        Builtins.bracket(table, "squeeze", "x -> squeeze[-1]", Reshaping::squeeze);
        Builtins.bracket(table, "unsqueeze", "x -> unsqueeze[1]", Reshaping::unsqueeze);
    }
}
