package dev.nnd.compiler.check;

import dev.nnd.compiler.ast.DataItem;
import dev.nnd.compiler.ast.Expr;
import dev.nnd.compiler.ast.Walk;
import dev.nnd.grammar.Diagnostic;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/** Finds fields that are made of each other in a circle; a field that names itself alone is reported where it is read. */
final class FieldCycles {

    /** A field on the way, with the names in its value that were not followed yet. */
    private record Step(DataItem.Field field, Iterator<Expr.Name> rest) {
        static Step of(DataItem.Field field) {
            return new Step(field, Walk.names(field.value()).iterator());
        }
    }

    private final Checking c;
    private final Map<String, DataItem.Field> fields = new LinkedHashMap<>();
    private final Set<String> open = new HashSet<>();
    private final Set<String> done = new HashSet<>();

    FieldCycles(Checking c, Collection<DataItem.Field> fields) {
        this.c = c;
        fields.forEach(f -> this.fields.putIfAbsent(f.name().name(), f));
    }

    /** Reports every place where a circle closes. */
    void check() {
        for (DataItem.Field field : fields.values()) {
            if (done.add(field.name().name())) {
                follow(field);
            }
        }
    }

    private void follow(DataItem.Field start) {
        Deque<Step> way = new ArrayDeque<>();
        enter(start, way);
        while (!way.isEmpty()) {
            Step step = way.getFirst();
            if (!step.rest().hasNext()) {
                way.removeFirst();
                open.remove(step.field().name().name());
                continue;
            }
            Expr.Name next = step.rest().next();
            DataItem.Field other = fields.get(next.name());
            if (other == null || next.name().equals(step.field().name().name())) {
                continue;
            }
            if (open.contains(next.name())) {
                closed(next, other, step.field());
            } else if (done.add(next.name())) {
                enter(other, way);
            }
        }
    }

    private void enter(DataItem.Field field, Deque<Step> way) {
        open.add(field.name().name());
        way.addFirst(Step.of(field));
    }

    private void closed(Expr.Name at, DataItem.Field first, DataItem.Field last) {
        c.report(Diagnostic.error(
                        "NND0421",
                        at.span(),
                        "the fields `" + first.name().name() + "` and `"
                                + last.name().name() + "` are made of each other")
                .label(first.span(), "`" + first.name().name() + "` is here"));
    }
}
