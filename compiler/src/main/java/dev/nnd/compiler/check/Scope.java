package dev.nnd.compiler.check;

import dev.nnd.compiler.type.Dim;
import dev.nnd.grammar.Span;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Names in force, innermost first. */
final class Scope {

    /** What kind of name it is; the word is used in messages. */
    enum Kind {
        PARAMETER("parameter"),
        DIM("dim"),
        INPUT("input"),
        OUTPUT("output"),
        LET("let"),
        VAR("var"),
        LAYER("layer"),
        WEIGHT("param"),
        INDEX("loop index"),
        FIELD("field"),
        MODEL("model"),
        SETTING("setting");

        private final String word;

        Kind(String word) {
            this.word = word;
        }

        String word() {
            return word;
        }

        /** With its article. */
        String described() {
            return ("iou".indexOf(word.charAt(0)) >= 0 ? "an " : "a ") + word;
        }
    }

    /** A name's meaning; a {@code var}'s value changes. */
    static final class Entry {
        private final Kind kind;
        private final Span span;
        private Val value;

        private Entry(Kind kind, Span span, Val value) {
            this.kind = kind;
            this.span = span;
            this.value = value;
        }

        Kind kind() {
            return kind;
        }

        Span span() {
            return span;
        }

        Val value() {
            return value;
        }

        void rebind(Val other) {
            value = other;
        }
    }

    private final @Nullable Scope outer;
    private final Map<String, Entry> entries = new LinkedHashMap<>();
    private @Nullable List<Dim> rest;

    Scope(@Nullable Scope outer) {
        this.outer = outer;
    }

    /** Adds a name, replacing one of this very scope. */
    void define(String name, Kind kind, Span span, Val value) {
        entries.put(name, new Entry(kind, span, value));
    }

    /** The innermost meaning. */
    Optional<Entry> find(String name) {
        for (Scope s = this; s != null; s = s.outer) {
            Entry entry = s.entries.get(name);
            if (entry != null) {
                return Optional.of(entry);
            }
        }
        return Optional.empty();
    }

    /** The names of this very scope. */
    Map<String, Entry> own() {
        return Map.copyOf(entries);
    }

    /** What {@code ...} stands for. */
    Optional<List<Dim>> rest() {
        for (Scope s = this; s != null; s = s.outer) {
            if (s.rest != null) {
                return Optional.of(s.rest);
            }
        }
        return Optional.empty();
    }

    void rest(List<Dim> dims) {
        rest = dims;
    }

    /** All names in force, sorted. */
    TreeSet<String> names() {
        var names = new TreeSet<String>();
        for (Scope s = this; s != null; s = s.outer) {
            names.addAll(s.entries.keySet());
        }
        return names;
    }
}
