package dev.nnd.grammar.format;

import dev.nnd.grammar.NndLexer;
import dev.nnd.grammar.format.Construct.Kind;
import java.util.BitSet;
import java.util.List;
import org.antlr.v4.runtime.Token;

/** Writes the words, line by line. */
final class Page {

    private final List<Word> words;
    private final LineBreaks breaks;
    private final Alignment alignment;
    private final BitSet apart = new BitSet();
    private final StringBuilder out = new StringBuilder();

    Page(Outline outline) {
        this.words = outline.words();
        this.breaks = new LineBreaks(outline);
        this.alignment = new Alignment(outline, breaks);
        var parts = outline.constructs().stream()
                .filter(c -> c.kind() == Kind.STATEMENT)
                .filter(c -> c.parent() != null && c.parent().kind() == Kind.FILE)
                .toList();
        for (int i = 1; i < parts.size(); i++) {
            if (!together(parts.get(i - 1), parts.get(i))) {
                apart.set(parts.get(i).first());
            }
        }
    }

    /** Imports, and functions without a body in braces, may follow each other without a blank line. */
    private boolean together(Construct above, Construct below) {
        int type = words.get(below.first()).type();
        return type == words.get(above.first()).type()
                && (type == NndLexer.IMPORT || type == NndLexer.FN && !braces(above) && !braces(below));
    }

    private boolean braces(Construct declaration) {
        return words.get(declaration.last()).type() == NndLexer.RBRACE;
    }

    /** The text; it ends in a line break unless it is empty. */
    String print() {
        for (int start = 0; start < words.size(); start = breaks.lineEnd(start)) {
            gap(start);
            if (words.get(start).type() != Token.EOF) {
                line(start, breaks.lineEnd(start));
            }
        }
        if (!out.isEmpty()) {
            out.append('\n');
        }
        return out.toString();
    }

    private void line(int start, int end) {
        newLine(column(start));
        for (int w = start; w < end; w++) {
            Word word = words.get(w);
            out.repeat(' ', w > start ? alignment.added(w) + (word.spaced() ? 1 : 0) : 0);
            out.append(word.text());
            if (breaks.commaAfter(w)) {
                out.append(',');
            }
        }
    }

    private void newLine(int column) {
        if (!out.isEmpty()) {
            out.append('\n');
        }
        out.repeat(' ', column);
    }

    /** Where a line begins; an operator that hangs goes under what its first operand was moved to. */
    private int column(int start) {
        if (!breaks.hangs(start)) {
            return breaks.column(start);
        }
        int first = words.get(start).owner().first();
        int line = breaks.lineStart(first);
        int operand = breaks.column(line) + breaks.width(line, first) + 1;
        for (int w = line + 1; w <= first; w++) {
            operand += alignment.added(w);
        }
        return LineBreaks.hang(breaks.indent(start), operand, words.get(start));
    }

    /** The comments and the blank line before the line of a word. */
    private void gap(int start) {
        Word word = words.get(start);
        boolean open = start == 0 || opens(words.get(start - 1), word);
        boolean due = apart.get(start) && blankLines(word) == 0;
        for (int i = 0; i < word.comments().size(); i++) {
            Word.Comment comment = word.comments().get(i);
            if (i == 0 && comment.breaks() == 0 && start > 0) {
                out.repeat(' ', Alignment.COMMENT_GAP + alignment.addedToComment(start))
                        .append(comment.text());
                continue;
            }
            if (due || comment.breaks() > 1 && !open) {
                out.append('\n');
                due = false;
            }
            open = false;
            newLine(commentColumn(start));
            out.append(comment.text());
        }
        boolean closes = word.type() == Token.EOF || closes(start);
        if (due || word.breaks() > 1 && !open && !closes) {
            out.append('\n');
        }
    }

    private int blankLines(Word word) {
        long before = word.comments().stream().filter(c -> c.breaks() > 1).count();
        return (int) before + (word.breaks() > 1 ? 1 : 0);
    }

    private static boolean opens(Word before, Word word) {
        return switch (before.type()) {
            case NndLexer.LBRACE, NndLexer.LPAREN, NndLexer.LBRACK ->
                word.owner().kind() != Kind.FILE;
            default -> false;
        };
    }

    private boolean closes(int word) {
        Construct owner = words.get(word).owner();
        return (owner.kind() == Kind.BODY || owner.kind() == Kind.BRACKET) && owner.last() == word;
    }

    private int commentColumn(int start) {
        if (words.get(start).type() == Token.EOF) {
            return 0;
        }
        return breaks.indent(start) + (closes(start) ? LineBreaks.STEP : 0);
    }
}
