package dev.nnd.compiler.check;

import dev.nnd.compiler.type.Dim;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/** The table of built-in functions; each theme has a class that adds its own. */
final class Builtins {

    private static final Map<String, Builtin> ALL = all();

    private Builtins() {}

    static Optional<Builtin> named(String name) {
        return Optional.ofNullable(ALL.get(name));
    }

    static Set<String> names() {
        return ALL.keySet();
    }

    private static Map<String, Builtin> all() {
        var table = new LinkedHashMap<String, Builtin>();
        MathBuiltins.add(table);
        ShapeBuiltins.add(table);
        ReduceBuiltins.add(table);
        NeuralBuiltins.add(table);
        CreationBuiltins.add(table);
        CompileTimeBuiltins.add(table);
        return table;
    }

    /** Adds a function. In {@code slots}, {@code ?} marks what can be left out and {@code *} what takes many values. */
    static void add(Map<String, Builtin> table, String name, String slots, Function<BuiltinCall, Val> rule) {
        Builtin before = table.get(name);
        table.put(
                name,
                new Builtin(
                        name,
                        slots(slots),
                        slots.contains("*"),
                        before == null ? name + "(...)" : before.example(),
                        Optional.of(rule),
                        before == null ? Optional.empty() : before.bracket()));
    }

    /** Adds a function with brackets, or brackets to a function. */
    static void bracket(Map<String, Builtin> table, String name, String example, Function<BracketCall, Val> rule) {
        Builtin before = table.get(name);
        table.put(
                name,
                before == null
                        ? new Builtin(name, slots("x"), false, example, Optional.empty(), Optional.of(rule))
                        : new Builtin(
                                name, before.slots(), before.variadic(), example, before.rule(), Optional.of(rule)));
    }

    private static List<Arguments.Slot> slots(String text) {
        return text.isEmpty()
                ? List.of()
                : List.of(text.split(" ")).stream()
                        .map(s -> new Arguments.Slot(s.replaceAll("[?*]", ""), !s.endsWith("?")))
                        .toList();
    }

    /** The product of dims, for messages. */
    static String product(List<Dim> dims) {
        return dims.isEmpty()
                ? "1"
                : String.join(" * ", dims.stream().map(Dim::toString).toList());
    }
}
