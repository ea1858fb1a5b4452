package dev.nnd.grammar;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Finds a statement that begins where the one before it cannot end: {@code let x =} and on the next line
 * {@code let y = 3}. Since keywords may be names, the grammar alone would read {@code let x = let} and then an
 * assignment to y.
 */
final class DanglingStatements {

    /** So far ahead is looked for the {@code then} of a condition. */
    private static final int FAR = 500;

    private final SourceFile source;
    private final TokenCursor tokens;
    private final ArrayDeque<Integer> open = new ArrayDeque<>();
    private final List<Diagnostic> problems = new ArrayList<>();

    DanglingStatements(SourceFile source, TokenCursor tokens) {
        this.source = source;
        this.tokens = tokens;
    }

    List<Diagnostic> run() {
        for (int i = 0; i < tokens.size(); i++) {
            if (i > 0 && statementAt(i)) {
                interrupted(i);
            }
            int type = tokens.type(i);
            if (Tokens.opens(type)) {
                open.push(i);
            } else if (Tokens.closes(type)) {
                open.poll();
            }
        }
        return problems;
    }

    /** Reports what is missing before a statement, if anything is. */
    private void interrupted(int position) {
        boolean inside = !open.isEmpty() && tokens.type(open.element()) != NndLexer.LBRACE;
        Optional<String> due = due(position - 1, inside);
        if (inside && certain(position)) {
            int bracket = open.element();
            String opened = tokens.at(bracket).getText();
            String wanted = due.map(d -> d + " and ").orElse("") + "`" + (opened.equals("(") ? ")" : "]") + "`";
            report("NND0006", position, wanted, bracket, "this `" + opened + "` is not closed");
            while (!open.isEmpty() && tokens.type(open.element()) != NndLexer.LBRACE) {
                open.pop();
            }
        } else if (due.isPresent() && !inside) {
            String before = tokens.at(position - 1).getText();
            report("NND0001", position, due.get() + " after `" + before + "`", position - 1, "nothing follows this");
        }
    }

    private void report(String code, int position, String wanted, int marked, String remark) {
        String word = tokens.at(position).getText();
        problems.add(Diagnostic.error(
                        code,
                        Tokens.span(source, tokens.at(position)),
                        "expected " + wanted + ", found the statement `" + word + "`")
                .label(Tokens.span(source, tokens.at(marked)), remark));
    }

    /** What a token asks for behind it; nothing if a statement can end there. */
    private Optional<String> due(int position, boolean inside) {
        int type = tokens.type(position);
        if (expectsOperand(type)) {
            return Optional.of("an expression");
        }
        return switch (type) {
            case NndLexer.DOT -> Optional.of("a name");
            case NndLexer.COLON -> Optional.of(inside ? "an expression" : "a type");
            case NndLexer.AS -> named(position - 1) ? Optional.of("a name") : Optional.empty();
            case NndLexer.IN ->
                tokens.type(position - 2) == NndLexer.FOR ? Optional.of("an expression") : Optional.empty();
            case NndLexer.IF, NndLexer.OUTPUT, NndLexer.REQUIRE, NndLexer.AUGMENT, NndLexer.MINIMIZE, NndLexer.METRIC ->
                tokens.firstOnLine(position) ? Optional.of("an expression") : Optional.empty();
            case NndLexer.LET,
                    NndLexer.VAR,
                    NndLexer.LAYER,
                    NndLexer.PARAM,
                    NndLexer.INPUT,
                    NndLexer.FOR,
                    NndLexer.FIELD,
                    NndLexer.SOURCE,
                    NndLexer.SPLIT -> tokens.firstOnLine(position) ? Optional.of("a name") : Optional.empty();
            default -> Optional.empty();
        };
    }

    /** True behind a complete expression, where {@code as} is no name. */
    private boolean named(int position) {
        int type = tokens.type(position);
        return Tokens.closes(type) || type == NndLexer.ID;
    }

    /** A statement's keyword, first on its line, with a name or number behind it on that line. */
    private boolean statementAt(int position) {
        int type = tokens.type(position);
        boolean keyword = Tokens.STATEMENTS.contains(type)
                || Tokens.DATA_ITEMS.contains(type)
                || Tokens.TRAIN_ITEMS.contains(type);
        int next = tokens.type(position + 1);
        boolean begins = next == NndLexer.ID || next == NndLexer.INT || next == NndLexer.FLOAT;
        return keyword
                && begins
                && tokens.firstOnLine(position)
                && !tokens.firstOnLine(position + 1)
                && !conditionAt(position);
    }

    /** True if it cannot be two axes beside each other: {@code let y =}, {@code input x:}, {@code for i in}. */
    private boolean certain(int position) {
        return switch (tokens.type(position + 2)) {
            case NndLexer.ASSIGN, NndLexer.COLON, NndLexer.IN -> true;
            default -> false;
        };
    }

    /** True for {@code if a then b else c}, which is an expression. */
    private boolean conditionAt(int position) {
        if (tokens.type(position) != NndLexer.IF) {
            return false;
        }
        int nested = 0;
        for (int i = position + 1; i < Math.min(tokens.size(), position + FAR) && nested >= 0; i++) {
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
                    NndLexer.GREATER_EQUAL,
                    NndLexer.RANGE,
                    NndLexer.THEN,
                    NndLexer.ELSE -> true;
            default -> false;
        };
    }
}
