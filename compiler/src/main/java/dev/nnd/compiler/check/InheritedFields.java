package dev.nnd.compiler.check;

import dev.nnd.compiler.typed.DataExpr;
import dev.nnd.compiler.typed.TypedData;
import dev.nnd.grammar.Diagnostic;
import java.util.ArrayDeque;
import java.util.List;

/** Fields of another section over sources of one's own: these have to hold what the fields are made of. */
final class InheritedFields {

    private final Checking c;
    private final String parent;

    InheritedFields(Checking c, String parent) {
        this.c = c;
        this.parent = parent;
    }

    /** Reports the first source of its own that does not hold what an inherited field needs, for each field. */
    void check(List<TypedData.Source> own, List<TypedData.Field> inherited) {
        for (TypedData.Field field : inherited) {
            own.stream()
                    .filter(s -> !holds(s, field.value()))
                    .findFirst()
                    .ifPresent(s -> c.report(Diagnostic.error(
                                    "NND0410",
                                    s.span(),
                                    "the field `" + field.name() + "` of `" + parent + "` is not made of what `"
                                            + s.format().text() + "` holds")
                            .label(field.span(), "inherited from here")
                            .help("write `field " + field.name() + "` anew, or use a source of the same kind")));
        }
    }

    private static boolean holds(TypedData.Source source, DataExpr value) {
        var open = new ArrayDeque<DataExpr>(List.of(value));
        boolean holds = true;
        while (holds && !open.isEmpty()) {
            DataExpr next = open.pop();
            next.operands().forEach(open::push);
            holds = switch (next) {
                case DataExpr.Images i -> source.format().hasImages();
                case DataExpr.Labels l -> source.format().hasImages();
                case DataExpr.Column k -> source.format().hasColumns() && named(source, k.name());
                case DataExpr.TextColumn t -> source.format().hasColumns() && named(source, t.name());
                case DataExpr.Stream s -> source.format() == TypedData.Format.TEXT;
                case DataExpr other -> true;
            };
        }
        return holds;
    }

    private static boolean named(TypedData.Source source, String column) {
        return source.columns().isEmpty() || source.columns().contains(column);
    }
}
