package dev.nnd.grammar;

import java.util.List;
import org.antlr.v4.runtime.Token;

/** The tokens that the parser sees, by position, with the questions that recovery and messages ask. */
final class TokenCursor {

    private final List<Token> tokens;

    /** @param all all tokens of a file, the last one being EOF */
    TokenCursor(List<Token> all) {
        this.tokens = all.stream()
                .filter(t -> t.getChannel() == Token.DEFAULT_CHANNEL)
                .toList();
    }

    int size() {
        return tokens.size();
    }

    /** The token there; EOF beyond the end. */
    Token at(int position) {
        return tokens.get(Math.clamp(position, 0, tokens.size() - 1));
    }

    int type(int position) {
        return position < 0 ? Token.INVALID_TYPE : at(position).getType();
    }

    /** The position of a token of the stream. */
    int position(Token token) {
        int low = 0;
        int high = tokens.size() - 1;
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (tokens.get(middle).getTokenIndex() < token.getTokenIndex()) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low;
    }

    boolean firstOnLine(int position) {
        return position == 0 || at(position - 1).getLine() < at(position).getLine();
    }

    /** True if two neighbours have nothing between them. */
    boolean adjacent(int position) {
        return position > 0
                && at(position - 1).getStopIndex() + 1 == at(position).getStartIndex();
    }

    /** True for {@code model Foo {}, {@code block Foo(}, {@code data Foo from} and the like. */
    boolean declarationAt(int position) {
        int type = type(position);
        if (!Tokens.DECLARATIONS.contains(type) || !Tokens.isName(type(position + 1))) {
            return false;
        }
        int after = type(position + 2);
        return switch (type) {
            case NndLexer.CHECKPOINT -> declarationAt(position + 1);
            case NndLexer.FN -> after == NndLexer.LPAREN;
            case NndLexer.DATA -> after == NndLexer.LBRACE || after == NndLexer.FROM;
            case NndLexer.TUNE -> after == NndLexer.LBRACE;
            default -> after == NndLexer.LBRACE || after == NndLexer.LPAREN;
        };
    }

    /** The position of the last bracket before {@code position} that is open there; -1 if none is. */
    int openBracketBefore(int position) {
        int closed = 0;
        for (int i = Math.min(position, tokens.size()) - 1; i >= 0; i--) {
            if (Tokens.closes(type(i))) {
                closed++;
            } else if (Tokens.opens(type(i)) && closed-- == 0) {
                return i;
            }
        }
        return -1;
    }
}
