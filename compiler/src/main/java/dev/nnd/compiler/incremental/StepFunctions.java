package dev.nnd.compiler.incremental;

import dev.nnd.compiler.ir.Function;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** What the functions of a graph become, one for each use that differs. */
final class StepFunctions {

    /** The forms of a result that nothing needs. */
    static final List<Form> UNUSED = List.of();

    private record Key(Function function, List<Known> operands, List<List<Form>> results) {}

    private final Axes axes;
    private final Map<Key, StepFunction> made = new HashMap<>();
    private final Set<String> names = new HashSet<>();

    StepFunctions(Axes axes) {
        this.axes = axes;
    }

    StepFunction of(Function function, List<Known> operands, List<List<Form>> results) {
        var key = new Key(function, operands, results);
        StepFunction known = made.get(key);
        if (known == null) {
            known = new StepGraph(function.graph(), operands, results, axes, this, false)
                    .function(unique(function.name()));
            made.put(key, known);
        }
        return known;
    }

    private String unique(String name) {
        String free = name;
        for (int i = 2; !names.add(free); i++) {
            free = name + i;
        }
        return free;
    }
}
