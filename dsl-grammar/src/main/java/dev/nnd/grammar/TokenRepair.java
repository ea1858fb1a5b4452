package dev.nnd.grammar;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.antlr.v4.runtime.CommonToken;
import org.antlr.v4.runtime.Token;

/**
 * Names every token that is no word of the language, and turns it into what was probably meant, so that the parser
 * goes on as if it had been written.
 */
final class TokenRepair {

    /** Some editors begin every file with it. */
    private static final char BYTE_ORDER_MARK = '\uFEFF';

    private static final String NO_STATEMENT_END = "statements need nothing at their end";

    /** Habits from other languages: token type to the type that was meant. */
    private static final Map<Integer, Integer> HABITS = Map.of(
            NndLexer.DOUBLE_AND, NndLexer.AND,
            NndLexer.DOUBLE_OR, NndLexer.OR,
            NndLexer.BANG, NndLexer.NOT,
            NndLexer.FAT_ARROW, NndLexer.ARROW,
            NndLexer.PIPE_FORWARD, NndLexer.ARROW,
            NndLexer.COLON_ASSIGN, NndLexer.ASSIGN,
            NndLexer.CARET, NndLexer.POWER);

    private final SourceFile source;
    private final List<Token> tokens;
    private final List<Diagnostic> problems = new ArrayList<>();

    TokenRepair(SourceFile source, List<Token> tokens) {
        this.source = source;
        this.tokens = tokens;
    }

    List<Diagnostic> run() {
        for (int i = 0; i < tokens.size(); i++) {
            repair((CommonToken) tokens.get(i), i);
        }
        return problems;
    }

    private void repair(CommonToken token, int index) {
        switch (token.getType()) {
            case NndLexer.STRING -> checkEscapes(token);
            case NndLexer.UNTERMINATED_STRING -> unterminated(token);
            case NndLexer.SINGLE_QUOTED, NndLexer.CURLY_QUOTED -> quotes(token);
            case NndLexer.HASH_COMMENT ->
                stray(token, "`#` does not begin a comment", "comments begin with `//`")
                        .fix(new Span(source, token.getStartIndex(), token.getStartIndex() + 1), "//");
            case NndLexer.BLOCK_COMMENT ->
                stray(token, "there are no `/* */` comments", "begin each line of the comment with `//`");
            case NndLexer.SEMICOLON ->
                stray(token, "unexpected `;`", NO_STATEMENT_END).fix("");
            case NndLexer.FOREIGN_WORD -> foreignWord(token);
            case NndLexer.STRAY_CHARACTER -> strayCharacter(token, index);
            default -> habit(token);
        }
    }

    private void habit(CommonToken token) {
        Integer meant = HABITS.get(token.getType());
        if (meant != null) {
            String text = Tokens.literal(meant);
            stray(token, "`" + token.getText() + "` is not an operator here", "write `" + text + "`")
                    .fix(token.getType() == NndLexer.BANG ? text + " " : text);
            token.setType(meant);
            token.setText(text);
        }
    }

    private void unterminated(CommonToken token) {
        problems.add(Diagnostic.error("NND0003", span(token), "this string has no closing `\"` on its line")
                .help("end it with `\"`; a line break in a string is written `\\n`"));
        token.setType(NndLexer.STRING);
    }

    private void quotes(CommonToken token) {
        String text = token.getText();
        String inside = text.substring(1, text.length() - 1).replace("\\'", "'");
        String fixed = "\"" + inside.replace("\"", "\\\"") + "\"";
        stray(token, "strings stand between double quotes", "write `" + brief(fixed) + "`")
                .fix(fixed);
        token.setType(NndLexer.STRING);
        token.setText(fixed);
    }

    private void foreignWord(CommonToken token) {
        String text = token.getText();
        Optional<String> ascii = LookAlikes.ascii(text);
        var problem = stray(
                token,
                "`" + brief(text) + "` has letters that are not ASCII, names are made of a-z, A-Z, 0-9 and `_`",
                ascii.map(a -> "`" + a + "` was probably meant: the letters only look alike")
                        .orElse("choose a name of ASCII letters"));
        ascii.ifPresent(problem::fix);
        token.setType(NndLexer.ID);
        ascii.ifPresent(token::setText);
    }

    private void strayCharacter(CommonToken token, int index) {
        String text = token.getText();
        if (token.getStartIndex() == 0 && text.charAt(0) == BYTE_ORDER_MARK) {
            return;
        }
        if (Character.isLowSurrogate(text.charAt(0)) && index > 0 && joinsPrevious(token, index)) {
            return;
        }
        int end = token.getStopIndex() + 1;
        boolean pair = Character.isHighSurrogate(text.charAt(0))
                && end < source.text().length()
                && Character.isLowSurrogate(source.text().charAt(end));
        Span span = new Span(source, token.getStartIndex(), pair ? end + 1 : end);
        int codePoint = source.text().codePointAt(span.start());
        Optional<String> ascii = LookAlikes.ascii(codePoint);
        String name = LookAlikes.describe(codePoint);
        if (ascii.isEmpty()) {
            problems.add(Diagnostic.error("NND0002", span, "unexpected " + name));
            return;
        }
        String replacement = ascii.get();
        String meant = replacement.isBlank() ? "an ordinary space" : "`" + replacement + "`";
        problems.add(Diagnostic.error("NND0002", span, "unexpected " + name)
                .help(replacement.isEmpty() ? "delete it" : meant + " was probably meant")
                .fix(span, replacement));
        LookAlikes.tokenType(replacement).ifPresent(type -> {
            token.setType(type);
            token.setText(replacement);
            token.setChannel(Token.DEFAULT_CHANNEL);
        });
    }

    private boolean joinsPrevious(CommonToken token, int index) {
        Token before = tokens.get(index - 1);
        return before.getStopIndex() + 1 == token.getStartIndex()
                && Character.isHighSurrogate(source.text().charAt(before.getStopIndex()));
    }

    private void checkEscapes(CommonToken token) {
        String text = token.getText();
        for (int i = 1; i < text.length() - 1; i++) {
            if (text.charAt(i) == '\\') {
                i++;
                int length = Escapes.lengthAt(text, i);
                if (length == 0) {
                    int at = token.getStartIndex() + i;
                    problems.add(Diagnostic.error(
                                    "NND0004",
                                    new Span(source, at - 1, at + 1),
                                    "`\\" + text.charAt(i) + "` means nothing in a string")
                            .help("the escapes are \\n \\t \\r \\\" \\\\ and \\u with four hexadecimal digits"));
                }
            }
        }
    }

    private Finding stray(CommonToken token, String message, String help) {
        var finding = new Finding(token, problems.size());
        problems.add(Diagnostic.error("NND0002", span(token), message).help(help));
        return finding;
    }

    private Span span(Token token) {
        return Tokens.span(source, token);
    }

    private static String brief(String text) {
        return text.length() <= 40 ? text : text.substring(0, 37) + "...";
    }

    /** A problem that has been added, to which a fix may come. */
    private final class Finding {
        private final CommonToken token;
        private final int index;

        Finding(CommonToken token, int index) {
            this.token = token;
            this.index = index;
        }

        void fix(String replacement) {
            fix(span(token), replacement);
        }

        void fix(Span at, String replacement) {
            problems.set(index, problems.get(index).fix(at, replacement));
        }
    }
}
