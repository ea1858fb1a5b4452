package dev.nnd.compiler.parse;

import dev.nnd.grammar.SourceFile;
import dev.nnd.grammar.Span;
import java.lang.reflect.RecordComponent;
import java.util.List;
import java.util.Optional;

/** A tree as text without its spans, for comparing trees of texts that are laid out differently. */
public final class SpanFree {

    private SpanFree() {}

    /** All records, lists and values below, by name, without places. */
    public static String of(Object node) {
        return switch (node) {
            case Span span -> "";
            case SourceFile source -> "";
            case Optional<?> optional -> optional.map(SpanFree::of).orElse("none");
            case List<?> list -> list.stream().map(SpanFree::of).toList().toString();
            case Record made -> made.getClass().getSimpleName() + components(made);
            default -> node.toString();
        };
    }

    private static String components(Record node) {
        var text = new StringBuilder("(");
        for (RecordComponent component : node.getClass().getRecordComponents()) {
            try {
                text.append(of(component.getAccessor().invoke(node))).append(';');
            } catch (ReflectiveOperationException e) {
                throw new AssertionError(e);
            }
        }
        return text.append(')').toString();
    }
}
