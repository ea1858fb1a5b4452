package dev.nnd.compiler.parse;

import dev.nnd.grammar.NndGrammar;
import dev.nnd.grammar.NndLexer;
import dev.nnd.grammar.SourceFile;
import dev.nnd.grammar.Span;
import java.util.ArrayList;
import java.util.List;
import org.antlr.v4.runtime.Token;

/** A word, number, string, comment or symbol of a text, for editors. */
public record Lexeme(Kind kind, String text, Span span) {

    /** What a lexeme is. */
    public enum Kind {
        /** A keyword; most may be names too. */
        KEYWORD,
        NAME,
        NUMBER,
        STRING,
        COMMENT,
        DOC,
        /** Operators, brackets, and what is no word of the language. */
        SYMBOL
    }

    /** All lexemes of a text in order, with comments; any text has some. */
    public static List<Lexeme> of(SourceFile source) {
        var found = new ArrayList<Lexeme>();
        for (Token token : NndGrammar.tokens(source)) {
            var span = new Span(source, token.getStartIndex(), token.getStopIndex() + 1);
            found.add(new Lexeme(kind(token.getType()), span.text(), span));
        }
        return found;
    }

    private static Kind kind(int type) {
        return switch (type) {
            case NndLexer.ID, NndLexer.FOREIGN_WORD -> Kind.NAME;
            case NndLexer.INT, NndLexer.FLOAT, NndLexer.PERCENTAGE -> Kind.NUMBER;
            case NndLexer.STRING, NndLexer.UNTERMINATED_STRING, NndLexer.SINGLE_QUOTED, NndLexer.CURLY_QUOTED ->
                Kind.STRING;
            case NndLexer.COMMENT, NndLexer.BLOCK_COMMENT, NndLexer.HASH_COMMENT -> Kind.COMMENT;
            case NndLexer.DOC -> Kind.DOC;
            default -> type >= NndLexer.TRUE && type < NndLexer.ID ? Kind.KEYWORD : Kind.SYMBOL;
        };
    }

    /** True for this symbol or keyword. */
    public boolean is(String word) {
        return text.equals(word) && kind != Kind.STRING;
    }

    /** True for what can be a name. */
    public boolean isWord() {
        return kind == Kind.NAME || kind == Kind.KEYWORD;
    }
}
