package dev.nnd.compiler.lsp;

import dev.nnd.grammar.Span;
import java.util.Arrays;
import org.eclipse.lsp4j.Position;
import org.eclipse.lsp4j.Range;

/** The lines of a text: offsets from and to the protocol's positions, both in UTF-16 units. */
final class TextLines {

    private final String text;
    private final int[] starts;

    TextLines(String text) {
        this.text = text;
        this.starts = starts(text);
    }

    private static int[] starts(String text) {
        int[] found = new int[16];
        int count = 1;
        for (int i = 0; i < text.length(); i++) {
            char letter = text.charAt(i);
            boolean pair = letter == '\r' && i + 1 < text.length() && text.charAt(i + 1) == '\n';
            if (letter == '\n' || (letter == '\r' && !pair)) {
                found = count == found.length ? Arrays.copyOf(found, 2 * count) : found;
                found[count++] = i + 1;
            }
        }
        return Arrays.copyOf(found, count);
    }

    int count() {
        return starts.length;
    }

    /** The offset of a position; one outside of the text is brought to its nearest place. */
    int offset(Position position) {
        if (position.getLine() < 0) {
            return 0;
        }
        if (position.getLine() >= starts.length) {
            return text.length();
        }
        int start = starts[position.getLine()];
        return Math.max(start, Math.min(start + Math.max(0, position.getCharacter()), end(position.getLine())));
    }

    /** The end of a line, before its line break. */
    private int end(int line) {
        int end = line + 1 < starts.length ? starts[line + 1] : text.length();
        while (end > starts[line] && (text.charAt(end - 1) == '\n' || text.charAt(end - 1) == '\r')) {
            end--;
        }
        return end;
    }

    Position position(int offset) {
        int at = Math.max(0, Math.min(offset, text.length()));
        int found = Arrays.binarySearch(starts, at);
        int line = found >= 0 ? found : -found - 2;
        return new Position(line, at - starts[line]);
    }

    Range range(int start, int end) {
        return new Range(position(start), position(end));
    }

    Range range(Span span) {
        return range(span.start(), span.end());
    }

    /** The whole text. */
    Range all() {
        return range(0, text.length());
    }
}
