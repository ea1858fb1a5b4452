package dev.nnd.grammar.format;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A part of the text that may go over several lines, and the words before which its lines may break. */
final class Construct {

    /** What it is, which decides how its further lines are indented. */
    enum Kind {
        /** The whole text; its declarations begin lines. */
        FILE,
        /** Braces around statements, each of which begins a line. */
        BODY,
        /** A statement, or a declaration up to its body. */
        STATEMENT,
        /** {@code x -> f -> g}, without what is inside the stages. */
        PIPE,
        /** Operands joined by operators that bind equally. */
        CHAIN,
        /** {@code if a then b else c}. */
        CONDITION,
        /** Items between brackets. */
        BRACKET
    }

    private final Kind kind;
    private final @Nullable Construct parent;
    private final int depth;
    private final int first;
    private final List<Integer> places = new ArrayList<>();
    private final List<Integer> due = new ArrayList<>();
    private boolean expanded;
    private boolean commaAtEnd;
    private int last;

    /** @param first the index of its first word */
    Construct(Kind kind, @Nullable Construct parent, int first) {
        this.kind = kind;
        this.parent = parent;
        this.depth = parent == null ? 0 : parent.depth + 1;
        this.first = first;
        this.last = first;
    }

    Kind kind() {
        return kind;
    }

    @Nullable
    Construct parent() {
        return parent;
    }

    /** How many constructs it is in. */
    int depth() {
        return depth;
    }

    int first() {
        return first;
    }

    int last() {
        return last;
    }

    void endsAt(int word) {
        last = word;
    }

    /** The words before which the author may break the line, in order. */
    List<Integer> places() {
        return places;
    }

    /** A line may break before that word; if {@code tooLong} also without the author, where a line is too long. */
    void mayBreak(int word, boolean tooLong) {
        places.add(word);
        if (tooLong) {
            due.add(word);
        }
    }

    /** True if the author may break the line before that word. */
    boolean isPlace(int word) {
        return Collections.binarySearch(places, word) >= 0;
    }

    /** The words that begin lines as soon as one of the lines is too long, in order. */
    List<Integer> due() {
        return due;
    }

    /** For brackets: the items are on lines of their own. */
    boolean expanded() {
        return expanded;
    }

    void expand() {
        expanded = true;
    }

    /** True if a comma stands behind the last item when the items are on lines of their own. */
    boolean commaAtEnd() {
        return commaAtEnd;
    }

    void commaAtEnd(boolean on) {
        commaAtEnd = on;
    }
}
