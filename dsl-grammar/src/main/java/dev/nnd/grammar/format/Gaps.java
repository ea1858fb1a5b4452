package dev.nnd.grammar.format;

import dev.nnd.grammar.ParsedFile;
import java.util.ArrayList;
import java.util.List;
import org.antlr.v4.runtime.Token;
import org.jspecify.annotations.Nullable;

/** What stands between the tokens of the original: comments, line breaks and blanks. */
final class Gaps {

    private static final char BYTE_ORDER_MARK = '\uFEFF';

    private final String text;
    private final List<Token> tokens;
    private final List<Word.Comment> carried = new ArrayList<>();
    private int at;
    private int row;
    private int breaksSinceWord;
    private int lineStart;

    Gaps(ParsedFile parsed) {
        this.text = parsed.source().text();
        this.tokens = parsed.tokens().getTokens();
    }

    /** Leaves a token out; its comments go to the next word. */
    void skip(Token token) {
        comments(token);
        step(token.getStartIndex());
        at = token.getStopIndex() + 1;
    }

    /** The word of a token. */
    Word word(@Nullable Token previous, Token token, Construct owner, boolean spaced) {
        comments(token);
        var comments = List.copyOf(carried);
        carried.clear();
        int start = token.getStartIndex();
        int breaks = step(start);
        boolean apart = owner.kind() == Construct.Kind.FILE;
        row += breaksSinceWord == 0 ? 0 : breaksSinceWord > 1 || apart ? 2 : 1;
        breaksSinceWord = 0;
        Word.Place place = place(start);
        String shown = token.getType() == Token.EOF ? "" : token.getText();
        at = Math.max(start, token.getStopIndex() + 1);
        return new Word(token.getType(), shown, comments, breaks, place, owner, spaced);
    }

    private void comments(Token token) {
        int from = token.getTokenIndex();
        while (from > 0 && tokens.get(from - 1).getChannel() != Token.DEFAULT_CHANNEL) {
            from--;
        }
        for (Token hidden : tokens.subList(from, token.getTokenIndex())) {
            int start = hidden.getStartIndex();
            if (text.charAt(start) != BYTE_ORDER_MARK) {
                int breaks = step(start);
                carried.add(new Word.Comment(hidden.getText().stripTrailing(), breaks, place(start)));
            }
            at = hidden.getStopIndex() + 1;
        }
    }

    private Word.Place place(int offset) {
        int blanks = 0;
        while (offset - blanks > 0 && text.charAt(offset - blanks - 1) == ' ') {
            blanks++;
        }
        boolean first = offset - blanks <= lineStart;
        return new Word.Place(row, offset - lineStart, first ? 0 : blanks);
    }

    /** Goes on to an offset and counts the line breaks on the way: {@code \n}, {@code \r} and {@code \r\n}. */
    private int step(int offset) {
        int breaks = 0;
        for (int i = at; i < offset; i++) {
            char c = text.charAt(i);
            boolean alone = c == '\r' && (i + 1 >= text.length() || text.charAt(i + 1) != '\n');
            if (c == '\n' || alone) {
                breaks++;
                lineStart = i + 1;
            }
        }
        at = offset;
        breaksSinceWord = Math.max(breaksSinceWord, breaks);
        return breaks;
    }
}
