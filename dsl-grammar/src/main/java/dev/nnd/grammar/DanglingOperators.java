package dev.nnd.grammar;

import java.util.ArrayList;
import java.util.List;

/**
 * Finds a statement that begins where an expression is due: {@code let x =} and on the next line {@code let y = 3}.
 * Since keywords may be names, the grammar alone would read {@code let x = let} and then an assignment to y.
 */
final class DanglingOperators {

    private final SourceFile source;
    private final TokenCursor tokens;

    DanglingOperators(SourceFile source, TokenCursor tokens) {
        this.source = source;
        this.tokens = tokens;
    }

    List<Diagnostic> run() {
        var problems = new ArrayList<Diagnostic>();
        for (int i = 1; i < tokens.size(); i++) {
            if (statementAt(i) && expectsOperand(tokens.type(i - 1))) {
                String operator = tokens.at(i - 1).getText();
                String word = tokens.at(i).getText();
                problems.add(Diagnostic.error(
                                "NND0001",
                                Tokens.span(source, tokens.at(i)),
                                "expected an expression after `" + operator + "`, found the statement `" + word + "`")
                        .label(Tokens.span(source, tokens.at(i - 1)), "nothing follows this"));
            }
        }
        return problems;
    }

    /** A statement's keyword, first on its line, with a name of the user's behind it on that line. */
    private boolean statementAt(int position) {
        int type = tokens.type(position);
        boolean keyword = Tokens.STATEMENTS.contains(type) || Tokens.DATA_ITEMS.contains(type);
        return keyword
                && !conditionAt(position)
                && tokens.firstOnLine(position)
                && tokens.type(position + 1) == NndLexer.ID
                && !tokens.firstOnLine(position + 1);
    }

    /** True for {@code if a then b else c}, which is an expression. */
    private boolean conditionAt(int position) {
        if (tokens.type(position) != NndLexer.IF) {
            return false;
        }
        int nested = 0;
        for (int i = position + 1; i < tokens.size() && nested >= 0; i++) {
            int type = tokens.type(i);
            if (nested == 0 && (type == NndLexer.THEN || type == NndLexer.LBRACE)) {
                return type == NndLexer.THEN;
            }
            nested += Tokens.opens(type) ? 1 : Tokens.closes(type) ? -1 : 0;
        }
        return false;
    }

    private static boolean expectsOperand(int type) {
        return switch (type) {
            case NndLexer.ASSIGN,
                    NndLexer.ARROW,
                    NndLexer.POWER,
                    NndLexer.STAR,
                    NndLexer.SLASH,
                    NndLexer.REMAINDER,
                    NndLexer.PLUS,
                    NndLexer.MINUS,
                    NndLexer.AND,
                    NndLexer.OR,
                    NndLexer.NOT,
                    NndLexer.EQUAL,
                    NndLexer.NOT_EQUAL,
                    NndLexer.LESS,
                    NndLexer.LESS_EQUAL,
                    NndLexer.GREATER,
                    NndLexer.GREATER_EQUAL -> true;
            default -> false;
        };
    }
}
