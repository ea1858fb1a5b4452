package dev.nnd.compiler.check;

import dev.nnd.compiler.typed.Primitive;
import java.util.List;
import java.util.Map;

/** Functions that move elements without computing. */
final class ShapeBuiltins {

    private ShapeBuiltins() {}

    static void add(Map<String, Builtin> table) {
        Builtins.add(table, "flatten", "x", ShapeRules::flatten);
        Builtins.add(table, "transpose", "x", ShapeRules::swapLast);
        Builtins.add(table, "concat", "values* axis?", JoinRules::concat);
        Builtins.add(table, "stack", "values* axis?", JoinRules::stack);
        Builtins.add(table, "split", "x sizes axis?", JoinRules::split);
        Builtins.add(table, "chunk", "x parts axis?", JoinRules::chunk);
        Builtins.add(table, "pad", "x amount axis? mode? value?", PadRule::pad);
        Builtins.add(table, "flip", "x axis?", MoveRules::flip);
        Builtins.add(table, "roll", "x shift axis?", MoveRules::roll);
        Builtins.add(table, "tile", "x count axis?", MoveRules::tile);
        Builtins.add(table, "repeat", "x count axis?", MoveRules::repeat);
        Builtins.add(table, "swap_axes", "x a b", MoveRules::swapAxes);
        Builtins.add(table, "resize", "x size mode? align_corners?", MoveRules::resize);
        Builtins.add(table, "take", "x index axis?", GatherRules::take);
        Builtins.add(table, "gather", "x index axis?", GatherRules::gather);
        Builtins.add(table, "scatter", "x index source axis?", call -> GatherRules.scatter(Primitive.SCATTER, call));
        for (Primitive primitive : List.of(
                Primitive.SCATTER_ADD, Primitive.SCATTER_MULTIPLY, Primitive.SCATTER_MAX, Primitive.SCATTER_MIN)) {
            Builtins.add(table, primitive.text(), "x index source axis?", call -> GatherRules.scatter(primitive, call));
        }
        Builtins.bracket(table, "permute", "x -> permute[0, 2, 1]", MoveRules::permute);
        Builtins.bracket(table, "broadcast_to", "x -> broadcast_to[N, 3, 8]", MoveRules::broadcastTo);
        Builtins.bracket(table, "reshape", "x -> reshape[N, 128]", Reshaping::reshape);
        Builtins.bracket(table, "squeeze", "x -> squeeze[-1]", Reshaping::squeeze);
        Builtins.bracket(table, "unsqueeze", "x -> unsqueeze[1]", Reshaping::unsqueeze);
    }
}
