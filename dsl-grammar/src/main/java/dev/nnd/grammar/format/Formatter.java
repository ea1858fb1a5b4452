package dev.nnd.grammar.format;

import dev.nnd.grammar.Diagnostic;
import dev.nnd.grammar.NndGrammar;
import dev.nnd.grammar.NndLexer;
import dev.nnd.grammar.ParsedFile;
import dev.nnd.grammar.SourceFile;
import java.util.ArrayList;
import java.util.List;
import org.antlr.v4.runtime.Token;

/**
 * Gives a text the one style of the language. It moves spaces, line breaks and the comma behind a last item, drops the
 * colon that {@code on_error} may have, and never changes anything else; the same text comes out of it unchanged.
 */
public final class Formatter {

    private static final String BYTE_ORDER_MARK = "\uFEFF";

    private Formatter() {}

    /**
     * A text in style.
     *
     * @param text the new text; the old one if it has syntax errors
     * @param problems the syntax errors
     */
    public record Formatted(String text, List<Diagnostic> problems) {

        public Formatted {
            problems = List.copyOf(problems);
        }
    }

    /** Formats a text. Never throws for what is wrong with the text. */
    public static Formatted format(SourceFile source) {
        ParsedFile parsed = NndGrammar.parse(source);
        if (!parsed.problems().isEmpty()) {
            return new Formatted(source.text(), parsed.problems());
        }
        String text = new Page(Outline.of(parsed)).print();
        ParsedFile again = NndGrammar.parse(new SourceFile(source.name(), text));
        if (!again.problems().isEmpty() || !essence(again).equals(essence(parsed))) {
            throw new IllegalStateException("formatting " + source.name() + " would change what it says");
        }
        return new Formatted(lineEnds(source.text(), text), List.of());
    }

    /** The line ends of the original's first line; {@code \n} if it has none. */
    private static String lineEnds(String original, String text) {
        int end = original.indexOf('\n');
        boolean windows = end > 0 && original.charAt(end - 1) == '\r';
        return windows ? text.replace("\n", "\r\n") : text;
    }

    /** Tokens and comments in their order, without what formatting may drop: it must not change these. */
    private static List<String> essence(ParsedFile parsed) {
        var all = new ArrayList<String>();
        List<Token> tokens = parsed.tokens().getTokens();
        for (int i = 0; i < tokens.size(); i++) {
            Token token = tokens.get(i);
            boolean code = token.getChannel() == Token.DEFAULT_CHANNEL;
            if (!code && !token.getText().equals(BYTE_ORDER_MARK)) {
                all.add(token.getText().stripTrailing());
            } else if (code && !optional(tokens, i)) {
                all.add(token.getText());
            }
        }
        return all;
    }

    /** True for a comma behind a last item and a colon behind {@code on_error}. */
    private static boolean optional(List<Token> tokens, int index) {
        int type = tokens.get(index).getType();
        return type == NndLexer.COMMA && closesNext(tokens, index)
                || type == NndLexer.COLON && follows(tokens, index, NndLexer.ON_ERROR);
    }

    private static boolean follows(List<Token> tokens, int index, int type) {
        for (int i = index - 1; i >= 0; i--) {
            if (tokens.get(i).getChannel() == Token.DEFAULT_CHANNEL) {
                return tokens.get(i).getType() == type;
            }
        }
        return false;
    }

    /** True if the next token that is no comment closes a bracket. */
    static boolean closesNext(List<Token> tokens, int index) {
        for (int i = index + 1; i < tokens.size(); i++) {
            Token token = tokens.get(i);
            if (token.getChannel() == Token.DEFAULT_CHANNEL) {
                int type = token.getType();
                return type == NndLexer.RPAREN || type == NndLexer.RBRACK || type == NndLexer.RBRACE;
            }
        }
        return false;
    }
}
