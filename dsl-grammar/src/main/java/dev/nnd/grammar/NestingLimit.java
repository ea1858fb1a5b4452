package dev.nnd.grammar;

import java.util.ArrayDeque;
import java.util.List;

/** Refuses texts whose nesting would overflow the stack of this parser or of any later stage. */
final class NestingLimit {

    private static final int BRACKETS = 200;
    private static final int OPERATORS = 600;

    private final SourceFile source;
    private final TokenCursor tokens;

    NestingLimit(SourceFile source, TokenCursor tokens) {
        this.source = source;
        this.tokens = tokens;
    }

    /**
     * Counts brackets that are open, and for each the operators since the last separator: with these a tree can be at
     * most as deep as their sum. Returns one error or none.
     */
    List<Diagnostic> run() {
        var outer = new ArrayDeque<Integer>();
        int sum = 0;
        int here = 0;
        for (int i = 0; i < tokens.size(); i++) {
            int type = tokens.type(i);
            if (Tokens.opens(type)) {
                outer.push(here);
                sum += here + 1;
                here = 0;
            } else if (Tokens.closes(type) && !outer.isEmpty()) {
                int before = outer.pop();
                // After a body a statement has ended, unless its `else` follows, which is nested in it.
                here = type == NndLexer.RBRACE && tokens.type(i + 1) != NndLexer.ELSE ? 0 : before + 1;
                sum -= before + 1;
            } else if (separates(i)) {
                here = 0;
            } else if (deepens(type)) {
                here++;
            }
            if (outer.size() > BRACKETS) {
                return List.of(error(i, "brackets are nested more than " + BRACKETS + " deep"));
            }
            if (sum + here > OPERATORS) {
                return List.of(error(i, "this expression has more than " + OPERATORS + " operators in one another"));
            }
        }
        return List.of();
    }

    /** True at a comma and the like, and at a word right after a complete expression: it begins something new. */
    private boolean separates(int position) {
        int type = tokens.type(position);
        if (type == NndLexer.COMMA || type == NndLexer.ASSIGN || type == NndLexer.ARROW) {
            return true;
        }
        int before = tokens.type(position - 1);
        boolean number = before == NndLexer.INT || before == NndLexer.FLOAT;
        boolean complete = Tokens.closes(before)
                || number
                || before == NndLexer.STRING
                || Tokens.isWord(before) && !deepens(before);
        boolean unit = number && type >= NndLexer.EPOCH && type <= NndLexer.STEPS;
        return complete && Tokens.isName(type) && !unit;
    }

    private static boolean deepens(int type) {
        return switch (type) {
            case NndLexer.POWER,
                    NndLexer.STAR,
                    NndLexer.SLASH,
                    NndLexer.REMAINDER,
                    NndLexer.PLUS,
                    NndLexer.MINUS,
                    NndLexer.RANGE,
                    NndLexer.DOT,
                    NndLexer.EQUAL,
                    NndLexer.NOT_EQUAL,
                    NndLexer.LESS,
                    NndLexer.LESS_EQUAL,
                    NndLexer.GREATER,
                    NndLexer.GREATER_EQUAL,
                    NndLexer.AND,
                    NndLexer.OR,
                    NndLexer.NOT,
                    NndLexer.IF,
                    NndLexer.THEN,
                    NndLexer.ELSE -> true;
            default -> false;
        };
    }

    private Diagnostic error(int position, String message) {
        return Diagnostic.error("NND0005", Tokens.span(source, tokens.at(position)), message)
                .help("give parts of it names with `let`, or make a block of it");
    }
}
