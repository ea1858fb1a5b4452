package dev.nnd.compiler.check;

import dev.nnd.compiler.type.Dim;
import dev.nnd.compiler.type.TensorType;
import dev.nnd.compiler.typed.DataExpr;
import dev.nnd.compiler.typed.DataFunction;
import dev.nnd.compiler.typed.TypedData;
import dev.nnd.grammar.Diagnostic;
import dev.nnd.grammar.Span;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Predicate;

/** What the fields of one data section have in common: its sources, each other's types, and what is learned. */
final class FieldContext {

    /** Another field, as far as it is known before its value is read. */
    record Declared(TensorType type, boolean label, Span span) {}

    private final Checking c;
    private final Env env;
    private final String section;
    private final List<TypedData.Source> sources;
    private final Map<String, Declared> declared = new LinkedHashMap<>();
    private final Map<String, TypedData.Ids> ids = new HashMap<>();
    private final Map<String, Dim> vocabularies = new HashMap<>();
    private int learned;
    private Optional<Span> firstLearned = Optional.empty();
    private Optional<FieldWindow> window = Optional.empty();
    private String field = "";

    /** How a field cuts a text into examples. */
    record FieldWindow(long stride, Span span) {}

    /** {@code nextLearned} is the first number for what is learned that no inherited field has. */
    FieldContext(Checking c, Env env, String section, List<TypedData.Source> sources, int nextLearned) {
        this.c = c;
        this.env = env;
        this.section = section;
        this.sources = sources;
        this.learned = nextLearned;
    }

    Checking c() {
        return c;
    }

    Env env() {
        return env;
    }

    List<TypedData.Source> sources() {
        return sources;
    }

    Map<String, Declared> declared() {
        return declared;
    }

    /** The field whose value is read now. */
    String field() {
        return field;
    }

    void enter(String name) {
        field = name;
    }

    /** Remembers that a field's values are ids. */
    void hasIds(String name, Optional<TypedData.Ids> known) {
        known.ifPresent(k -> ids.put(name, k));
    }

    /** What is known of a field's ids so far. */
    Optional<TypedData.Ids> idsOf(String name) {
        return Optional.ofNullable(ids.get(name));
    }

    /** A number for something learned from the training split. */
    int learn(Span span) {
        if (firstLearned.isEmpty()) {
            firstLearned = Optional.of(span);
        }
        return learned++;
    }

    /** The first place where something is learned. */
    Optional<Span> firstLearned() {
        return firstLearned;
    }

    /** The size of a vocabulary that is known when the data is read; the same one for fields that learn the same. */
    Dim vocabulary(DataFunction function, DataExpr operand, String options) {
        String key = function + "(" + options + ") of " + key(operand);
        return vocabularies.computeIfAbsent(key, k -> Dim.variable(section + "." + field + ".vocab"));
    }

    private static String key(DataExpr expr) {
        return switch (expr) {
            case DataExpr.TextColumn t -> "\"" + t.name() + "\"";
            case DataExpr.Stream s -> "text";
            case DataExpr.FieldValue f -> f.name();
            case DataExpr.Apply a ->
                a.function()
                        + a.options().toString()
                        + a.operands().stream().map(FieldContext::key).toList();
            case DataExpr other -> other.toString();
        };
    }

    /** All windows of a section start at the same places; reports one that does not. */
    void window(long stride, Span span) {
        if (window.isEmpty()) {
            window = Optional.of(new FieldWindow(stride, span));
        } else if (window.get().stride() != stride) {
            c.report(Diagnostic.error(
                            "NND0423",
                            span,
                            "the windows of a section start at the same places, and this one starts every " + stride
                                    + " tokens, not every " + window.get().stride())
                    .label(window.get().span(), "starts every " + window.get().stride() + " tokens")
                    .candidate(
                            "give both one `stride`",
                            span,
                            span.text()
                                    .replaceFirst(
                                            "\\)$", ", stride: " + window.get().stride() + ")"))
                    .help("give both the same `stride`; without one it is the length"));
        }
    }

    /** True if all sources pass; the first that does not is reported. */
    boolean sources(Predicate<TypedData.Format> test, String what, Span span, String help) {
        Optional<TypedData.Source> other =
                sources.stream().filter(s -> !test.test(s.format())).findFirst();
        other.ifPresent(o -> c.report(Diagnostic.error(
                        "NND0410", span, "`" + what + ", and the source `" + o.name() + "` " + holds(o.format()))
                .label(o.span(), "declared here")
                .help(help)));
        return other.isEmpty();
    }

    private static String holds(TypedData.Format format) {
        return format.hasImages() ? "has images" : format == TypedData.Format.TEXT ? "is one text" : "is a table";
    }

    /** No number of its own is needed by what is stated. */
    static OptionalInt nothing() {
        return OptionalInt.empty();
    }
}
